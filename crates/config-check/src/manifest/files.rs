//! The files of an object as a configuration sees them.

use std::collections::BTreeMap;

use fluentbit_config::{Files, MemoryFiles};
use source_text::yaml::Node;
use source_text::{Diagnostic, Edit, SourceMap, Span};

use super::memory;
use super::mounts::Mount;
use super::objects::Store;

/// A file inside a manifest.
pub(super) struct Embedded<'n> {
    pub(super) node: &'n Node,
    pub(super) text: String,
    /// Whether it stands there as base64.
    pub(super) is_encoded: bool,
}

impl Embedded<'_> {
    /// The place in the manifest of a place in this file.
    pub(super) fn place(&self, span: Span, manifest: &str) -> Span {
        if self.is_encoded { self.node.span } else { self.node.positions(manifest).span(span.range()) }
    }

    /// The edit of the manifest for one of this file.
    pub(super) fn edit(&self, edit: &Edit, manifest: &str) -> Option<Edit> {
        if self.is_encoded {
            return None;
        }
        self.node.positions(manifest).edit(edit.span.range(), &edit.replacement)
    }
}

/// What a configuration in one object can see.
pub(super) struct View<'s> {
    pub(super) files: MemoryFiles,
    /// By the identity of their path.
    by_path: BTreeMap<String, (&'s Embedded<'s>, bool)>,
    /// Folders that hold nothing but what the manifest puts there.
    folders: Vec<String>,
}

impl<'s> View<'s> {
    /// The files beside those of `store`, as the first container that mounts it has them. If the manifest
    /// has no such container, the keys are files in one folder.
    pub(super) fn of(store: &'s Store<'s>, stores: &'s [Store<'s>], mounts: &[Mount<'_>]) -> Self {
        let shows = |mount: &Mount<'_>, store: &Store<'_>| {
            mount.kind == store.kind && mount.name == store.name && mount.namespace == store.namespace
        };
        let container = mounts.iter().find(|mount| shows(mount, store)).map(|mount| mount.container);
        let mut paths: Vec<(String, &'s Embedded<'s>, bool)> = Vec::new();
        let mut folders = Vec::new();
        match container {
            None => paths.extend(store.files.iter().map(|(key, file)| ((*key).to_owned(), file, true))),
            Some(container) => {
                for mount in mounts.iter().filter(|mount| mount.container == container) {
                    if mount.sub_path.is_none() {
                        folders.push(format!("{}/", mount.path.trim_end_matches('/')));
                    }
                    for other in stores.iter().filter(|other| shows(mount, other)) {
                        let is_own = std::ptr::eq(other, store);
                        paths.extend(
                            other
                                .files
                                .iter()
                                .filter_map(|(key, file)| Some((mount.path_of(key)?, file, is_own))),
                        );
                    }
                }
            }
        }
        let files = memory(paths.iter().map(|(path, file, _)| (path.as_str(), *file)));
        let by_path =
            paths.into_iter().map(|(path, file, own)| (files.identity(&path), (file, own))).collect();
        Self { files, by_path, folders }
    }

    /// The files of the object itself, by path.
    pub(super) fn own(&self) -> impl Iterator<Item = (&str, &'s Embedded<'s>)> {
        self.by_path.iter().filter(|(_, (_, own))| *own).map(|(path, (file, _))| (path.as_str(), *file))
    }

    pub(super) fn get(&self, path: &str) -> Option<&'s Embedded<'s>> {
        self.by_path.get(&self.files.identity(path)).map(|(file, _)| *file)
    }

    /// Makes warnings of complaints about files that the image may have, although the manifest has not.
    pub(super) fn soften(
        &self,
        entry: &str,
        sources: &SourceMap,
        mut found: Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        let folder = entry.rsplit_once('/').map_or("", |(folder, _)| folder);
        let may_exist = |problem: &Diagnostic| {
            let path = problem.span().map_or("", |span| sources.text(span));
            let path = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
            !self.folders.iter().any(|folder| path.starts_with(folder.as_str()))
        };
        let is_missing = |problem: &Diagnostic| {
            matches!(problem.code(), "missing-include" | "missing-parsers-file") && may_exist(problem)
        };
        let any = found.iter().any(is_missing);
        for problem in &mut found {
            if is_missing(problem) {
                *problem =
                    problem.clone().into_warning().help("it is not in this manifest; the image may have it");
            } else if any && problem.code() == "unknown-parser" {
                *problem =
                    problem.clone().into_warning().help("it may be in a file that is not in this manifest");
            }
        }
        found
    }
}
