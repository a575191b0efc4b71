//! Which filters and outputs get records at all.

use source_text::Diagnostic;

use crate::load::Config;
use crate::section::Section;

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    let tags = Tags::of(config);
    for section in config.filters.iter().chain(&config.outputs) {
        check_match(section, &tags, problems);
    }
    // With one of each there is nothing to choose, and routes of an input name outputs themselves.
    let single = config.inputs.len() == 1 && config.outputs.len() == 1;
    let routed = config.inputs.iter().any(|input| input.groups.iter().any(|group| group.name == "routes"));
    for output in &config.outputs {
        let matches = ["match", "match_regex"].iter().any(|key| output.get(key).is_some());
        if !matches && !single && !routed {
            problems.push(
                Diagnostic::warning("output-without-match", output.span, "the output gets no records")
                    .help("expected `Match` and a pattern for tags; `*` takes all"),
            );
        }
    }
}

fn check_match(section: &Section, tags: &Tags, problems: &mut Vec<Diagnostic>) {
    let Some(property) = section.get("match").filter(|property| !property.value.is_empty()) else { return };
    if property.value.contains(',') {
        problems.push(
            Diagnostic::warning(
                "match-with-comma",
                property.value_span,
                "a comma does not separate patterns here",
            )
            .help("it is one pattern with a comma in it; use `Match_Regex` for several tags"),
        );
    } else if section.get("match_regex").is_none() && !tags.may_match(&property.value) {
        problems.push(
            Diagnostic::warning(
                "no-such-tag",
                property.value_span,
                format!("no input has a tag that `{}` matches", property.value),
            )
            .help("the tags are those of the inputs and of rewrite_tag rules"),
        );
    }
}

/// What is known of the tags records can have.
struct Tags {
    /// Templates: a `*` stands for any text. `None` when a tag can be anything.
    templates: Option<Vec<String>>,
}

impl Tags {
    /// Nothing is said of tags when comparing them takes more steps than this.
    const MOST_WORK: usize = 20_000_000;

    fn of(config: &Config) -> Self {
        let rewritten = config.filters.iter().any(|filter| {
            // These make tags of their own, or are not known well enough.
            let name = filter.name().to_ascii_lowercase();
            matches!(name.as_str(), "rewrite_tag" | "multiline" | "lua" | "log_to_metrics")
        });
        if rewritten || config.inputs.is_empty() {
            return Self { templates: None };
        }
        let templates = config.inputs.iter().map(template).collect::<Option<Vec<_>>>();
        Self { templates: templates.filter(|templates| Self::work(config, templates) <= Self::MOST_WORK) }
    }

    /// The steps it takes to compare every pattern with every tag.
    fn work(config: &Config, templates: &[String]) -> usize {
        let patterns =
            config.filters.iter().chain(&config.outputs).filter_map(|section| section.get("match"));
        let patterns: usize = patterns.map(|pattern| pattern.value.len() + 1).sum();
        let templates: usize = templates.iter().map(|template| template.len() + 1).sum();
        patterns.saturating_mul(templates)
    }

    fn may_match(&self, pattern: &str) -> bool {
        self.templates.as_ref().is_none_or(|templates| {
            templates.iter().any(|template| overlap(pattern.as_bytes(), template.as_bytes()))
        })
    }
}

/// The tags an input gives, with `*` for what depends on files; `None` when nothing is known.
fn template(input: &Section) -> Option<String> {
    let plugin = input.name().to_ascii_lowercase();
    let Some(tag) = input.get("tag").map(|tag| tag.value.as_str()).filter(|tag| !tag.is_empty()) else {
        // The default is the name of the instance: its number is not known here.
        return matches!(plugin.as_str(), "tail" | "dummy").then(|| format!("{plugin}.*"));
    };
    match plugin.as_str() {
        "dummy" => Some(tag.to_owned()),
        // `<name>` is filled in from the path, and stays as it is without `Tag_Regex`.
        "tail" => {
            let mut template = String::new();
            let mut rest = tag;
            while let Some((before, after)) = rest.split_once('<') {
                template.push_str(before);
                template.push('*');
                rest = after.split_once('>').map_or("", |(_, after)| after);
            }
            template.push_str(rest);
            Some(template)
        }
        _ => None,
    }
}

/// Whether two patterns have a text in common; `*` stands for any text in both. Time is the product of the
/// lengths.
fn overlap(one: &[u8], other: &[u8]) -> bool {
    // `row[j]` says whether the rest of `one` and the rest of `other` from j on have a text in common.
    let mut row: Vec<bool> = vec![false; other.len() + 1];
    for i in (0..=one.len()).rev() {
        let below = std::mem::replace(&mut row, vec![false; other.len() + 1]);
        for j in (0..=other.len()).rev() {
            row[j] = match (one.get(i), other.get(j)) {
                (None, None) => true,
                (Some(b'*'), Some(b'*')) => below[j] || row[j + 1],
                (Some(b'*'), Some(_)) => below[j] || row[j + 1],
                (Some(_), Some(b'*')) => below[j] || row[j + 1],
                (Some(b'*'), None) => below[j],
                (None, Some(b'*')) => row[j + 1],
                (Some(a), Some(b)) => a == b && below[j + 1],
                (None, Some(_)) | (Some(_), None) => false,
            };
        }
    }
    row[0]
}

#[cfg(test)]
mod tests {
    use super::overlap;

    #[test]
    fn overlaps() {
        for (one, other, expected) in [
            ("a", "a", true),
            ("a", "b", false),
            ("kube.*", "kube.<*", true),
            ("kube.*", "host.*", false),
            ("*", "", true),
            ("*.log", "app.*", true),
            ("a*c", "ab*d", false),
            ("a*", "*b", true),
            ("", "a", false),
        ] {
            assert_eq!(overlap(one.as_bytes(), other.as_bytes()), expected, "{one} and {other}");
        }
    }
}
