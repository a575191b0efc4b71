//! Which filters and outputs get records at all.

use source_text::{Diagnostic, Fix, Severity};

use crate::load::Config;
use crate::section::Section;
use crate::value;

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    let tags = Tags::of(config);
    for section in config.filters.iter().chain(&config.outputs) {
        check_match(section, &tags, problems);
        both_patterns(section, problems);
    }
    unrouted_inputs(config, problems);
    // With one of each there is nothing to choose, and routes of an input name outputs themselves.
    let single = config.inputs.len() == 1 && config.outputs.len() == 1;
    let routed = config.inputs.iter().any(|input| input.groups.iter().any(|group| group.name == "routes"));
    for output in &config.outputs {
        let matches = ["match", "match_regex"].iter().any(|key| output.get(key).is_some());
        if !matches && !single && !routed {
            let problem =
                Diagnostic::warning("output-without-match", output.span, "the output gets no records")
                    .help("expected `Match` and a pattern for tags; `*` takes all");
            problems.push(match config.insertion(output, "Match", "*") {
                Some(edit) => problem.with_fix(Fix::likely("take all records", vec![edit])),
                None => problem,
            });
        }
    }
}

fn check_match(section: &Section, tags: &Tags, problems: &mut Vec<Diagnostic>) {
    let Some(property) = section.get("match").filter(|property| !property.value.is_empty()) else { return };
    if property.value.contains(',') {
        let problem = Diagnostic::warning(
            "match-with-comma",
            property.value_span,
            "a comma does not separate patterns here",
        )
        .help("it is one pattern with a comma in it; use `Match_Regex` for several tags");
        let free = section.get("match_regex").is_none() && property.raw == property.value;
        let edit = free.then(|| property.rewritten(&one_pattern(&property.value))).flatten();
        problems.push(match edit {
            Some(edit) => {
                let edits = vec![property.renamed("Match_Regex"), edit];
                problem.with_fix(Fix::certain("match either of them", edits))
            }
            None => problem,
        });
    } else if property.value.contains(['^', '$', '|', '(', '[', '\\', '?']) && !property.value.contains("${")
    {
        let problem = Diagnostic::warning(
            "match-is-no-regex",
            property.value_span,
            "`Match` knows `*` and nothing else: every other character stands for itself",
        )
        .help("use `Match_Regex` for a regular expression");
        problems.push(if section.get("match_regex").is_none() {
            let edits = vec![property.renamed("Match_Regex")];
            problem.with_fix(Fix::likely("read it as a regular expression", edits))
        } else {
            problem
        });
    } else if section.get("match_regex").is_none() && !tags.may_match(&property.value) {
        let problem = Diagnostic::warning(
            "no-such-tag",
            property.value_span,
            format!("no input has a tag that `{}` matches", property.value),
        );
        problems.push(match tags.in_other_case(&property.value) {
            Some(tag) => problem.help(format!("case matters, and there is the tag `{tag}`")),
            None => problem.help("the tags are those of the inputs and of rewrite_tag rules"),
        });
    }
}

/// The regular expression for several patterns with commas between them.
fn one_pattern(patterns: &str) -> String {
    let mut regex = "^(?:".to_owned();
    for (index, pattern) in value::split_commas(patterns).enumerate() {
        if index > 0 {
            regex.push('|');
        }
        for c in pattern.chars() {
            match c {
                '*' => regex.push_str(".*"),
                _ if c.is_ascii_punctuation() && !matches!(c, '-' | '_' | '/' | ':') => {
                    regex.push('\\');
                    regex.push(c);
                }
                _ => regex.push(c),
            }
        }
    }
    regex.push_str(")$");
    regex
}

fn both_patterns(section: &Section, problems: &mut Vec<Diagnostic>) {
    if let (Some(glob), Some(regex)) = (section.get("match"), section.get("match_regex")) {
        problems.push(
            Diagnostic::new(
                Severity::Info,
                "match-or-regex",
                "one of `Match` and `Match_Regex` is enough: a tag need not match both",
            )
            .at(regex.key_span)
            .label(glob.key_span, "the other one"),
        );
    }
}

/// Inputs whose records go nowhere.
fn unrouted_inputs(config: &Config, problems: &mut Vec<Diagnostic>) {
    let globs: Option<Vec<&str>> = config
        .outputs
        .iter()
        .map(|output| match (output.get("match"), output.get("match_regex")) {
            (Some(glob), None) => Some(glob.value.as_str()),
            // One without a pattern is reported itself.
            _ => None,
        })
        .collect();
    let Some(globs) = globs.filter(|globs| !globs.is_empty()) else { return };
    // These make tags of their own.
    let retags = |filter: &Section| {
        ["rewrite_tag", "multiline", "lua", "log_to_metrics"]
            .iter()
            .any(|name| filter.name().eq_ignore_ascii_case(name))
    };
    if config.filters.iter().any(retags) {
        return;
    }
    let length: usize = globs.iter().map(|glob| glob.len() + 1).sum();
    for input in &config.inputs {
        let Some(template) = template(input) else { continue };
        let routed = input.groups.iter().any(|group| group.name == "routes");
        if routed || length.saturating_mul(template.len() + 1) > Tags::MOST_WORK {
            continue;
        }
        if !globs.iter().any(|glob| overlap(glob.as_bytes(), template.as_bytes())) {
            let span = input.get("tag").map_or(input.span, |tag| tag.value_span);
            problems.push(
                Diagnostic::warning(
                    "unrouted-input",
                    span,
                    "no output takes the records of this input: they are dropped",
                )
                .help("give an output a `Match` for this tag"),
            );
        }
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

    /// A tag that the pattern matches but for the case of letters.
    fn in_other_case(&self, pattern: &str) -> Option<&str> {
        let pattern = pattern.to_ascii_lowercase();
        let fits = |template: &&String| overlap(pattern.as_bytes(), template.to_ascii_lowercase().as_bytes());
        self.templates.as_ref()?.iter().find(fits).map(String::as_str)
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
