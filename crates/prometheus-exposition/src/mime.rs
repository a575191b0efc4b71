//! Media types with parameters, as Go's `mime.ParseMediaType` reads them.

/// A parsed media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// Type and subtype, in lower case.
    pub(crate) name: String,
    /// The parameters; their names are in lower case.
    pub(crate) parameters: Vec<(String, String)>,
}

impl MediaType {
    /// Parses `header`. The error is Go's text.
    pub(crate) fn parse(header: &str) -> Result<Self, &'static str> {
        let (base, mut rest) = match header.find(';') {
            Some(at) => header.split_at(at),
            None => (header, ""),
        };
        let name = base.to_lowercase().trim().to_owned();
        check_name(&name)?;
        let mut media_type = Self { name, parameters: Vec::new() };
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return Ok(media_type);
            }
            let Some((name, value, after)) = parameter(rest) else {
                // A semicolon at the end is not an error.
                if rest.trim() == ";" {
                    return Ok(media_type);
                }
                return Err("mime: invalid media parameter");
            };
            match media_type.parameters.iter().find(|(known, _)| *known == name) {
                Some((_, known)) if *known != value => return Err("mime: duplicate parameter name"),
                Some(_) => {}
                None => media_type.parameters.push((name, value)),
            }
            rest = after;
        }
    }

    /// The value of a parameter. The continued and encoded forms of RFC 2231 are not put together.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn check_name(name: &str) -> Result<(), &'static str> {
    let (media_type, rest) = token(name);
    if media_type.is_empty() {
        return Err("mime: no media type");
    }
    if rest.is_empty() {
        return Ok(());
    }
    let (subtype, rest) = token(rest.strip_prefix('/').ok_or("mime: expected slash after first token")?);
    if subtype.is_empty() {
        return Err("mime: expected token after slash");
    }
    if rest.is_empty() { Ok(()) } else { Err("mime: unexpected content after media subtype") }
}

/// `; name = value` and what follows.
fn parameter(text: &str) -> Option<(String, String, &str)> {
    let (name, rest) = token(text.trim_start().strip_prefix(';')?.trim_start());
    if name.is_empty() {
        return None;
    }
    let (value, rest) = value(rest.trim_start().strip_prefix('=')?.trim_start())?;
    Some((name.to_lowercase(), value, rest))
}

/// A token or a quoted string, and what follows.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = token(text);
        return (!value.is_empty()).then(|| (value.to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &quoted[at + 1..])),
            '\r' | '\n' => return None,
            // A backslash before anything else is one.
            '\\' => match chars.next_if(|(_, next)| is_special(*next)) {
                Some((_, escaped)) => value.push(escaped),
                None => value.push(c),
            },
            _ => value.push(c),
        }
    }
    None
}

/// The longest token at the start, and what follows.
fn token(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_graphic() || is_special(c)).unwrap_or(text.len());
    text.split_at(end)
}

fn is_special(c: char) -> bool {
    matches!(c, '(' | ')' | '<' | '>' | '@' | ',' | ';' | ':' | '\\' | '"' | '/' | '[' | ']' | '?' | '=')
}

#[cfg(test)]
mod tests {
    use super::MediaType;

    #[test]
    fn media_types_are_read_as_go_does() {
        for (header, expected) in [
            ("text/plain", Ok(("text/plain", vec![]))),
            (
                " Text/PLAIN ; Version=0.0.4;charset = utf-8;",
                Ok(("text/plain", vec!["version=0.0.4", "charset=utf-8"])),
            ),
            (r#"a/b; c="d;\"e\\f\g""#, Ok(("a/b", vec![r#"c=d;"e\f\g"#]))),
            ("a/b; c=d; c=d", Ok(("a/b", vec!["c=d"]))),
            ("text", Ok(("text", vec![]))),
            (r#"a/b; c="""#, Ok(("a/b", vec!["c="]))),
            ("", Err("mime: no media type")),
            ("/b", Err("mime: no media type")),
            ("a b", Err("mime: expected slash after first token")),
            ("a/", Err("mime: expected token after slash")),
            ("a/b c", Err("mime: unexpected content after media subtype")),
            ("a/b; c=d; c=e", Err("mime: duplicate parameter name")),
            ("a/b;;", Err("mime: invalid media parameter")),
            ("a/b; c", Err("mime: invalid media parameter")),
            ("a/b; c=", Err("mime: invalid media parameter")),
            (r#"a/b; c="d"#, Err("mime: invalid media parameter")),
        ] {
            let parsed = MediaType::parse(header).map(|parsed| {
                let parameters = parsed.parameters.iter().map(|(name, value)| format!("{name}={value}"));
                (parsed.name.clone(), parameters.collect())
            });
            let expected = expected.map(|(name, parameters): (&str, Vec<&str>)| {
                (name.to_owned(), parameters.into_iter().map(str::to_owned).collect::<Vec<_>>())
            });
            assert_eq!(parsed, expected, "{header}");
        }
    }
}
