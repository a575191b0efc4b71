//! Files that are followed.

use std::collections::BTreeMap;

use source_text::Diagnostic;

use super::{in_vain, is, is_on, likely, note};
use crate::load::Config;
use crate::section::{Property, Section};
use crate::value;

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    for input in config.inputs.iter().filter(|input| is(input, "tail")) {
        problems.extend(parser_ignored(config, input));
        problems.extend(star_with_tag_regex(input));
        problems.extend(memory(config, input));
        problems.extend(container_logs(config, input));
        for path in input.get_all("path") {
            paths(path, problems);
        }
        starting(config, input, problems);
    }
    shared_databases(config, problems);
}

fn parser_ignored(config: &Config, input: &Section) -> Option<Diagnostic> {
    let (parser, multiline) = (input.get("parser")?, input.get("multiline.parser")?);
    let message = "`Parser` does nothing beside `multiline.parser`";
    let problem = in_vain(config, parser, multiline.key_span, "parser-ignored", message);
    Some(problem.help("parse the joined record with a parser filter"))
}

fn star_with_tag_regex(input: &Section) -> Option<Diagnostic> {
    let (tag, regex) = (input.get("tag")?, input.get("tag_regex")?);
    if !tag.value.contains('*') {
        return None;
    }
    let problem = Diagnostic::warning(
        "star-with-tag-regex",
        tag.value_span,
        "with `Tag_Regex`, the `*` stays in the tag",
    )
    .label(regex.key_span, "set here")
    .help("name the groups of the pattern in the tag instead, as <name>");
    let groups: Vec<String> = groups(&regex.value).map(|name| format!("<{name}>")).collect();
    let tag = (!groups.is_empty()).then(|| tag.rewritten(&tag.raw.replacen('*', &groups.join("."), 1)));
    Some(likely(problem, "name the groups of the pattern", [tag.flatten()]))
}

/// The names of the groups of a pattern.
fn groups(pattern: &str) -> impl Iterator<Item = &str> {
    pattern
        .split("(?<")
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

fn memory(config: &Config, input: &Section) -> Option<Diagnostic> {
    let on_disk = input.get("storage.type").filter(|kind| kind.value.eq_ignore_ascii_case("filesystem"));
    match (input.get("mem_buf_limit"), on_disk) {
        (Some(limit), Some(kind)) => {
            let message = "`Mem_Buf_Limit` does nothing for an input with `storage.type filesystem`";
            let problem = in_vain(config, limit, kind.value_span, "mem-buf-limit-ignored", message);
            Some(problem.help("`storage.max_chunks_up` in `[SERVICE]` limits what is in memory"))
        }
        (None, None) => {
            let problem = note(input, "unlimited-memory", "this input may take any amount of memory")
                .help("set `Mem_Buf_Limit`, or `storage.type filesystem`");
            Some(likely(problem, "limit it to 50 MB", [config.insertion(input, "Mem_Buf_Limit", "50MB")]))
        }
        _ => None,
    }
}

/// Where reading starts, and where it goes on after a restart.
fn starting(config: &Config, input: &Section, problems: &mut Vec<Diagnostic>) {
    if input.str("db").is_none() {
        let message = "without `DB`, a restart reads files again or skips what was written meanwhile";
        problems
            .push(note(input, "no-database", message).help("set `DB` to a file that outlives the container"));
    }
    if input.get("read_from_head").is_none() {
        let message = "what a file holds when it is first seen is skipped";
        let problem = note(input, "starts-at-end", message)
            .help("files that exist at the first scan are read from their end; set `Read_from_Head On`");
        let edit = config.insertion(input, "Read_from_Head", "On");
        problems.push(likely(problem, "read files from their start", [edit]));
    }
    if !is_on(input, "skip_long_lines") && !is_on(input, "truncate_long_lines") {
        let size = input.size("buffer_max_size", 32_768);
        let message =
            format!("a line of {size} bytes or more stops the reading of its file until the next scan");
        let problem = note(input, "long-line-stops-file", &message)
            .help("set `Skip_Long_Lines On` to lose only that line, and a larger `Buffer_Max_Size`");
        let edit = config.insertion(input, "Skip_Long_Lines", "On");
        problems.push(likely(problem, "skip such lines", [edit]));
    }
}

fn paths(path: &Property, problems: &mut Vec<Diagnostic>) {
    for pattern in value::split_commas(&path.value) {
        let span = path.span_of(pattern);
        if let Some(at) = pattern.find("**") {
            let problem = Diagnostic::warning(
                "double-star",
                span.part(at, at + 2),
                "`**` is the same as `*` here",
            )
            .help("it does not go into folders below; write one pattern for each depth, with commas between");
            problems.push(problem.fix(span.part(at, at + 2), "*"));
        }
        // What a log is called after it was rotated.
        let rotated =
            pattern.rsplit_once(".log").filter(|(_, rest)| rest.starts_with('*') && !rest.contains('/'));
        if let Some((_, rest)) = rotated {
            let from = pattern.len() - rest.len();
            problems.push(
                Diagnostic::warning(
                    "path-matches-rotated",
                    span,
                    format!("`{pattern}` matches rotated files too: they are read a second time"),
                )
                .help("end the pattern before the part that rotation adds")
                .likely_fix(span.part(from, from + rest.len()), ""),
            );
        }
    }
}

/// Logs of containers, which have ways of their own to go wrong.
fn container_logs(config: &Config, input: &Section) -> Vec<Diagnostic> {
    let path = input.str("path").unwrap_or_default();
    let mut found = Vec::new();
    if !["/var/log/containers", "/var/log/pods", "/var/lib/docker/containers"]
        .iter()
        .any(|at| path.contains(at))
    {
        return found;
    }
    if is_on(input, "docker_mode") {
        found.push(
            note(input, "docker-mode", "`Docker_Mode` gives a joined line the time of its last part")
                .help("`multiline.parser docker, cri` gives it that of the first, and knows containerd too"),
        );
    } else if input.get("multiline.parser").is_none() && !is_on(input, "multiline") {
        let problem = note(input, "split-lines", "lines over 16 kB stay split into several records")
            .help("set `multiline.parser docker, cri` in the place of `Parser`: it joins them");
        let edits = match input.get("parser") {
            Some(parser) => [Some(parser.renamed("multiline.parser")), parser.rewritten("docker, cri")],
            None => [config.insertion(input, "multiline.parser", "docker, cri"), None],
        };
        let edits: Vec<_> = edits.into_iter().flatten().collect();
        found.push(problem.with_fix(source_text::Fix::likely("join the parts", edits)));
    }
    found.extend(own_log(config, input));
    found
}

/// A log of standard output that is read again.
fn own_log(config: &Config, input: &Section) -> Option<Diagnostic> {
    let excluded = input.str("exclude_path").unwrap_or_default();
    if excluded.contains("fluent") || excluded.contains("weirgate") {
        return None;
    }
    let tag = input.str("tag").unwrap_or_default();
    let fixed = tag.split(['*', '<']).next().unwrap_or_default();
    let takes_all = |output: &&Section| {
        let pattern = output.str("match").unwrap_or_default();
        is(output, "stdout") && pattern.strip_suffix('*').is_some_and(|start| fixed.starts_with(start))
    };
    let output = config.outputs.iter().find(takes_all)?;
    let path = input.get("path")?;
    let problem = Diagnostic::warning(
        "own-log",
        path.value_span,
        "the agent reads its own log: each record it prints becomes a record again",
    )
    .label(output.span, "this output prints them")
    .help("leave its own log out with `Exclude_Path`");
    let edit = config.insertion_below(
        path,
        "Exclude_Path",
        "/var/log/containers/*fluent-bit*,/var/log/containers/*weirgate*",
    );
    Some(likely(problem, "leave its own log out", [edit]))
}

/// Two inputs with one database delete each other's offsets.
fn shared_databases(config: &Config, problems: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, (&Property, usize)> = BTreeMap::new();
    for input in config.inputs.iter().filter(|input| is(input, "tail")) {
        let Some(database) = input.get("db").filter(|property| !property.value.is_empty()) else { continue };
        match seen.get_mut(database.value.as_str()) {
            Some((first, count)) => {
                *count += 1;
                let problem = Diagnostic::warning(
                    "shared-database",
                    database.value_span,
                    "another input uses this database",
                )
                .label(first.value_span, "used here")
                .help("at its start each input deletes the offsets of files it does not read");
                let own = match database.raw.rsplit_once('.') {
                    Some((name, ending)) if !ending.contains('/') => format!("{name}-{count}.{ending}"),
                    _ => format!("{}-{count}", database.raw),
                };
                problems.push(likely(problem, &format!("use `{own}`"), [database.rewritten(&own)]));
            }
            None => {
                seen.insert(&database.value, (database, 1));
            }
        }
    }
}
