//! Kubernetes manifests: configurations in ConfigMaps and Secrets, checked where they stand.
//!
//! The files of one object, and those a container sees beside them through its volume mounts, are read as
//! if they lay on a disk. Every place is then moved into the manifest.

mod files;
mod mounts;
mod objects;
mod pods;

use std::collections::BTreeSet;

use fluentbit_config::{Files, MemoryFiles};
use source_text::{Diagnostic, SourceId, SourceMap, Span, yaml};

use crate::prometheus::{check_text, comments};
use crate::{Kind, Options, Report, allow, fluentbit, opentelemetry};
use files::{Embedded, View};
use objects::Store;

pub(crate) fn check(name: &str, bytes: &[u8], options: &Options<'_>) -> Report {
    let mut sources = SourceMap::new();
    let text = String::from_utf8_lossy(bytes).into_owned();
    let id = sources.add(name, text.as_str());
    let mut diagnostics = match yaml::parse(id, &text) {
        Ok(documents) => {
            let objects = objects::of(&documents);
            let mut found = pods::check(&objects);
            found.extend(check_stores(id, &text, &objects, options));
            found
        }
        Err(problem) => vec![*problem],
    };
    allow::apply(&sources, &comments(id, &text), &mut diagnostics);
    Report { kind: Kind::Kubernetes, sources, diagnostics }
}

/// Checks what lies in ConfigMaps and Secrets.
fn check_stores(
    id: SourceId,
    text: &str,
    objects: &[objects::Object<'_>],
    options: &Options<'_>,
) -> Vec<Diagnostic> {
    let stores: Vec<Store<'_>> = objects.iter().filter_map(Store::of).collect();
    let mounts = mounts::of(objects);
    let mut diagnostics = Vec::new();
    for store in &stores {
        for problem in &store.problems {
            diagnostics.push(problem.clone());
        }
        let view = View::of(store, &stores, &mounts);
        let whole = ManifestText { id, text };
        check_view(&view, whole, options, &mut diagnostics);
    }
    diagnostics
}

/// The manifest.
#[derive(Clone, Copy)]
struct ManifestText<'a> {
    id: SourceId,
    text: &'a str,
}

/// Checks the configurations among the files of one object.
fn check_view(
    view: &View<'_>,
    manifest: ManifestText<'_>,
    options: &Options<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut reports = Vec::new();
    let mut included = BTreeSet::new();
    for (path, file) in view.own() {
        let kind = Kind::of_content(&file.text).or_else(|| Kind::of_file_name(path));
        match kind {
            Some(Kind::FluentBit) => {
                let (sources, found) = fluentbit::check_entry(path, &view.files, options);
                for (_, source) in sources.iter().skip(1) {
                    let identity = view.files.identity(source.name());
                    if identity != view.files.identity(path) {
                        included.insert(identity);
                    }
                }
                reports.push((path, sources, found));
            }
            Some(kind @ (Kind::Prometheus | Kind::OpenTelemetry)) => {
                let mut sources = SourceMap::new();
                let id = sources.add(path, file.text.as_str());
                let found = check_metrics(kind, path, &file.text, id, &sources, options);
                reports.push((path, sources, found));
            }
            _ => {}
        }
    }
    // A file that another one includes is checked there.
    for (path, sources, found) in reports {
        if !included.contains(&view.files.identity(path)) {
            let found = view.soften(path, &sources, found);
            diagnostics.extend(found.into_iter().map(|problem| moved(problem, view, &sources, manifest)));
        }
    }
}

/// Checks a configuration of the metrics half.
fn check_metrics(
    kind: Kind,
    path: &str,
    text: &str,
    id: SourceId,
    sources: &SourceMap,
    options: &Options<'_>,
) -> Vec<Diagnostic> {
    match kind {
        _ if !cfg!(feature = "prometheus") => {
            options.elsewhere.map_or_else(Vec::new, |check| check(kind, path, text, id))
        }
        Kind::OpenTelemetry => opentelemetry::check_text(sources, id, text),
        _ => check_text(sources, id, text, options),
    }
}

/// The same problem at its place in the manifest.
fn moved(
    problem: Diagnostic,
    view: &View<'_>,
    sources: &SourceMap,
    manifest: ManifestText<'_>,
) -> Diagnostic {
    let file = |span: Span| -> Option<&Embedded<'_>> { view.get(sources.get(span.source)?.name()) };
    let place = |span: Span| match file(span) {
        Some(file) => file.place(span, manifest.text),
        None => Span::at_start(manifest.id),
    };
    problem.relocate(place, |edit| file(edit.span)?.edit(&edit, manifest.text))
}

/// The files of a view, for the reader of configurations.
fn memory<'a>(files: impl Iterator<Item = (&'a str, &'a Embedded<'a>)>) -> MemoryFiles {
    let mut memory = MemoryFiles::new();
    for (path, file) in files {
        memory.insert(path, file.text.as_str());
    }
    memory
}
