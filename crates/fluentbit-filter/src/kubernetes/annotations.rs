//! What a pod asks for by its annotations: `fluentbit.io/parser` and `fluentbit.io/exclude`.
//!
//! The full form of a key is `fluentbit.io/parser_STREAM-CONTAINER`; without `_STREAM` both streams are meant,
//! without `-CONTAINER` all containers. What is said of a container wins over what is said of all; of two
//! that say the same, the first wins in general and the last for a container. As in Fluent Bit, a container
//! is meant by any beginning of its name.

use event_model::OwnedValue;
use fluentbit_config::value;

use super::Stream;

/// What the annotations of a pod say about one of its containers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Requests<'p> {
    pub(super) parsers: [Option<&'p str>; 2],
    pub(super) excluded: [Option<bool>; 2],
}

/// An annotation of a pod that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnnotationProblem {
    /// Its key.
    pub annotation: String,
    /// Why not.
    pub kind: AnnotationProblemKind,
}

/// Why an annotation cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnnotationProblemKind {
    /// `K8S-Logging.Parser` or `K8S-Logging.Exclude` is not on.
    NotAllowed,
    /// No parser has the name.
    UnknownParser,
    /// It is neither `parser` nor `exclude`.
    Unknown,
    /// The stream is neither `stdout` nor `stderr`.
    BadStream,
    /// The name of the container is missing.
    NoContainer,
    /// Something follows that belongs to no annotation.
    Malformed,
}

/// What pods may ask for, and what there is to ask for.
pub(super) struct Allowed<'f> {
    pub(super) parser: bool,
    pub(super) exclude: bool,
    pub(super) is_parser: &'f dyn Fn(&str) -> bool,
}

#[derive(Clone, Copy)]
enum Request {
    Parser,
    Exclude,
}

/// Reads the annotations of a pod for the container called `container`.
pub(super) fn read<'p>(
    annotations: &'p OwnedValue,
    container: &[u8],
    allowed: &Allowed<'_>,
    problems: &mut Vec<AnnotationProblem>,
) -> Requests<'p> {
    let mut requests = Requests::default();
    let OwnedValue::Map(fields) = annotations else { return requests };
    for field in fields {
        let Some(name) = field.key.strip_prefix(b"fluentbit.io/").filter(|name| !name.is_empty()) else {
            continue;
        };
        let OwnedValue::Str(text) = &field.value else { continue };
        if let Err(kind) = requests.add(name, text, container, allowed) {
            let annotation = String::from_utf8_lossy(&field.key).into_owned();
            problems.push(AnnotationProblem { annotation, kind });
        }
    }
    requests
}

impl<'p> Requests<'p> {
    fn add(
        &mut self,
        name: &[u8],
        text: &'p [u8],
        container: &[u8],
        allowed: &Allowed<'_>,
    ) -> Result<(), AnnotationProblemKind> {
        use AnnotationProblemKind as Kind;

        let (request, rest) = if let Some(rest) = name.strip_prefix(b"parser") {
            (Request::Parser, rest)
        } else if let Some(rest) = name.strip_prefix(b"exclude") {
            (Request::Exclude, rest)
        } else {
            return Err(Kind::Unknown);
        };
        let (streams, rest): (&[Stream], _) = match rest.strip_prefix(b"_") {
            None => (&[Stream::Stdout, Stream::Stderr], rest),
            Some(stream) => {
                if let Some(rest) = stream.strip_prefix(b"stdout") {
                    (&[Stream::Stdout], rest)
                } else if let Some(rest) = stream.strip_prefix(b"stderr") {
                    (&[Stream::Stderr], rest)
                } else {
                    return Err(Kind::BadStream);
                }
            }
        };
        let specific = match rest {
            [] => false,
            [b'-'] => return Err(Kind::NoContainer),
            [b'-', meant @ ..] if container.starts_with(meant) => true,
            [b'-', ..] => return Ok(()),
            _ => return Err(Kind::Malformed),
        };
        // A name that is not UTF-8 names no parser and is no boolean.
        let text = std::str::from_utf8(text).unwrap_or_default();
        match request {
            Request::Parser if !allowed.parser => return Err(Kind::NotAllowed),
            Request::Parser if !(allowed.is_parser)(text) => return Err(Kind::UnknownParser),
            Request::Parser => put(&mut self.parsers, streams, text, specific),
            Request::Exclude if !allowed.exclude => return Err(Kind::NotAllowed),
            Request::Exclude => {
                put(&mut self.excluded, streams, value::parse_bool(text) == Some(true), specific);
            }
        }
        Ok(())
    }
}

fn put<T: Copy>(places: &mut [Option<T>; 2], streams: &[Stream], value: T, specific: bool) {
    for stream in streams {
        let place = &mut places[stream.index()];
        if specific || place.is_none() {
            *place = Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use event_model::OwnedField;

    use super::*;

    /// Parsers and exclusions for stdout and stderr, and the first problem.
    fn check(annotations: &[(&str, &str)], expected: &str) {
        let fields = annotations.iter().map(|(key, value)| OwnedField::new(key, OwnedValue::text(value)));
        let map = OwnedValue::Map(fields.collect());
        let mut problems = Vec::new();
        let allowed = Allowed { parser: true, exclude: true, is_parser: &|name| name != "nope" };
        let requests = read(&map, b"api", &allowed, &mut problems);
        let parsers = requests.parsers.map(|parser| parser.unwrap_or("-"));
        let excluded = requests.excluded.map(|excluded| excluded.map_or("-".to_owned(), |it| it.to_string()));
        let problem = problems.first().map(|problem| format!(" {:?}", problem.kind)).unwrap_or_default();
        let found = format!("{} {} {} {}{problem}", parsers[0], parsers[1], excluded[0], excluded[1]);
        assert_eq!(found, expected, "{annotations:?}");
    }

    #[test]
    fn requests() {
        for (annotations, expected) in [
            (&[][..], "- - - -"),
            (&[("fluentbit.io/parser", "a")], "a a - -"),
            (&[("fluentbit.io/parser_stderr", "a")], "- a - -"),
            (&[("fluentbit.io/parser_stdout-api", "a")], "a - - -"),
            (&[("fluentbit.io/parser-sidecar", "a")], "- - - -"),
            // Any beginning of the name means the container.
            (&[("fluentbit.io/parser-a", "a")], "a a - -"),
            (&[("fluentbit.io/parser-apis", "a")], "- - - -"),
            (&[("fluentbit.io/parser", "a"), ("fluentbit.io/parser-api", "b")], "b b - -"),
            (&[("fluentbit.io/parser-api", "b"), ("fluentbit.io/parser", "a")], "b b - -"),
            (&[("fluentbit.io/parser", "a"), ("fluentbit.io/parser_stderr", "b")], "a a - -"),
            (&[("fluentbit.io/parser_stderr", "b"), ("fluentbit.io/parser", "a")], "a b - -"),
            (&[("fluentbit.io/parser-api", "a"), ("fluentbit.io/parser-ap", "b")], "b b - -"),
            (&[("fluentbit.io/exclude", "True")], "- - true true"),
            (&[("fluentbit.io/exclude_stderr", "on")], "- - - true"),
            (&[("fluentbit.io/exclude", "1")], "- - false false"),
            (&[("fluentbit.io/exclude", "true"), ("fluentbit.io/exclude-api", "false")], "- - false false"),
            (&[("fluentbit.io/parser", "nope")], "- - - - UnknownParser"),
            (&[("fluentbit.io/parser_stdin", "a")], "- - - - BadStream"),
            (&[("fluentbit.io/parsers", "a")], "- - - - Malformed"),
            (&[("fluentbit.io/parser_stdoutx", "a")], "- - - - Malformed"),
            (&[("fluentbit.io/parser-", "a")], "- - - - NoContainer"),
            (&[("fluentbit.io/paser", "a")], "- - - - Unknown"),
            (&[("fluentbit.io/", "a"), ("fluent-bit.io/parser", "a")], "- - - -"),
        ] {
            check(annotations, expected);
        }
    }

    #[test]
    fn what_is_not_allowed() {
        let map = OwnedValue::Map(vec![
            OwnedField::new("fluentbit.io/parser", OwnedValue::text("a")),
            OwnedField::new("fluentbit.io/exclude", OwnedValue::text("true")),
            OwnedField::new("fluentbit.io/exclude_stdout", OwnedValue::Bool(true)),
        ]);
        let mut problems = Vec::new();
        let allowed = Allowed { parser: false, exclude: false, is_parser: &|_| true };
        assert_eq!(read(&map, b"api", &allowed, &mut problems), Requests::default());
        let kinds: Vec<_> = problems.iter().map(|problem| problem.kind).collect();
        assert_eq!(kinds, [AnnotationProblemKind::NotAllowed; 2]);
        assert_eq!(read(&OwnedValue::Null, b"api", &allowed, &mut problems), Requests::default());
    }
}
