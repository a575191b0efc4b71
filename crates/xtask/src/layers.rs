//! Arrows between crates, and what a pure crate must not touch.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Crates that do I/O. Every other published crate of the workspace is pure.
const RUNTIME: [&str; 11] = [
    "tls-client",
    "file-tail",
    "kubernetes-watch",
    "prometheus-http-client",
    "metrics-discovery",
    "metrics-scrape",
    "sample-queue",
    "remote-write-output",
    "elasticsearch-output",
    "sample-documents",
    "weirgate-agent",
];
/// Runtime crates that other runtime crates may stand on: each is the one way to something outside. They may stand on
/// those before them.
const SHARED_RUNTIME: [&str; 5] =
    ["tls-client", "kubernetes-watch", "prometheus-http-client", "elasticsearch-output", "sample-queue"];
/// Crates nobody depends on from below.
const UNPUBLISHED: [&str; 4] = ["conformance", "embed-in-an-agent", "weirgate-fuzz", "xtask"];
/// A pure crate that only a Python interpreter can load.
const NOT_FOR_WASM: &str = "weirgate-python";
/// Crates that stand on nothing of ours.
const GROUND: [&str; 5] = ["source-text", "event-model", "linear-regex", "json-decode", "prometheus-labels"];
/// Libraries that bring files, sockets, threads or a runtime along.
const IMPURE_LIBRARIES: [&str; 12] = [
    "tokio",
    "hyper",
    "mio",
    "socket2",
    "rusqlite",
    "notify",
    "kube",
    "reqwest",
    "rustls",
    "rustix",
    "getrandom",
    "rayon",
];
/// Calls that read the world. `std::io` traits are fine; what implements them is the caller's.
const IMPURE_CALLS: [&str; 17] = [
    "std::fs",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "std::env",
    "std::thread",
    "std::process",
    "std::os",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "thread_rng",
    "println!",
    "eprintln!",
    "RandomState",
];

struct Crate {
    folder: PathBuf,
    ours: BTreeSet<String>,
    all: BTreeSet<String>,
}

/// Checks all rules; `Err` lists every breach.
pub(crate) fn check() -> Result<String, String> {
    let crates = workspace()?;
    let mut breaches = Vec::new();
    for (name, found) in &crates {
        if UNPUBLISHED.contains(&name.as_str()) {
            continue;
        }
        let allowed = |on: &str| {
            if UNPUBLISHED.contains(&on) || on == "weirgate-agent" || GROUND.contains(&name.as_str()) {
                return false;
            }
            is_pure(on)
                || (name == "weirgate-agent" && RUNTIME.contains(&on))
                || (RUNTIME.contains(&name.as_str()) && shared_place(on) < shared_place(name))
        };
        breaches.extend(
            found.ours.iter().filter(|on| !allowed(on)).map(|on| format!("{name}: may not depend on {on}")),
        );
        if is_pure(name) {
            let impure = found.all.iter().filter(|library| IMPURE_LIBRARIES.contains(&library.as_str()));
            breaches.extend(impure.map(|library| format!("{name}: is pure, but brings {library} along")));
            breaches.extend(impure_source(name, &found.folder));
        }
    }
    if breaches.is_empty() {
        let pure = crates.keys().filter(|name| is_pure(name)).count();
        Ok(format!("layers: {} crates, {pure} of them pure, no breach", crates.len()))
    } else {
        Err(breaches.join("\n"))
    }
}

/// The pure crates of the workspace that can be compiled for wasm32.
pub(crate) fn pure_crates() -> Result<Vec<String>, String> {
    Ok(workspace()?.into_keys().filter(|name| is_pure(name) && name != NOT_FOR_WASM).collect())
}

/// Where a crate stands among those that are shared; behind all of them if it is none.
fn shared_place(name: &str) -> usize {
    SHARED_RUNTIME.iter().position(|shared| *shared == name).unwrap_or(SHARED_RUNTIME.len())
}

fn is_pure(name: &str) -> bool {
    !RUNTIME.contains(&name) && !UNPUBLISHED.contains(&name)
}

/// The crates of the workspace with their dependencies (not those for tests or builds), all features on.
fn workspace() -> Result<BTreeMap<String, Crate>, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--all-features", "--locked"])
        .output()
        .map_err(|error| format!("cannot run cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names: BTreeMap<String, String> = list(&metadata["packages"])
        .iter()
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        let normal =
            |dependency: &&Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
        let dependencies = list(&node["deps"]);
        let normal = dependencies.iter().filter(normal).map(|dependency| text(&dependency["pkg"]));
        edges.insert(text(&node["id"]), normal.collect());
    }
    let members: BTreeSet<String> = list(&metadata["workspace_members"]).iter().map(text).collect();
    let crates =
        list(&metadata["packages"]).into_iter().filter(|package| members.contains(&text(&package["id"])));
    Ok(crates
        .map(|package| {
            let id = text(&package["id"]);
            let direct = edges.get(&id).cloned().unwrap_or_default();
            let ours = direct.iter().filter(|on| members.contains(*on)).map(|on| names[on].clone()).collect();
            let folder =
                Path::new(&text(&package["manifest_path"])).parent().unwrap_or(Path::new("")).to_owned();
            (text(&package["name"]), Crate { folder, ours, all: reachable(&id, &edges, &names) })
        })
        .collect())
}

fn reachable(
    from: &str,
    edges: &BTreeMap<String, Vec<String>>,
    names: &BTreeMap<String, String>,
) -> BTreeSet<String> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(id) = open.pop() {
        for on in edges.get(&id).into_iter().flatten() {
            if seen.insert(on.clone()) {
                open.push(on.clone());
            }
        }
    }
    seen.iter().map(|id| names[id].clone()).collect()
}

/// Breaches in the source of a pure crate, its tests left out.
fn impure_source(name: &str, folder: &Path) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in rust_files(&folder.join("src")) {
        let source = fs::read_to_string(&file).unwrap_or_default();
        let place = file.strip_prefix(folder).unwrap_or(&file).display();
        if file.ends_with("src/lib.rs") && !source.contains("#![forbid(unsafe_code)]") {
            breaches.push(format!("{name}/{place}: lacks #![forbid(unsafe_code)]"));
        }
        // Tests may do as they like; by habit they come last in a file.
        let shipped = source.split("#[cfg(test)]\nmod").next().unwrap_or_default();
        for (index, line) in shipped.lines().enumerate() {
            let code = line.trim_start();
            let call = IMPURE_CALLS.iter().find(|call| !code.starts_with("//") && code.contains(**call));
            breaches
                .extend(call.map(|call| format!("{name}/{place}:{}: is pure, but uses {call}", index + 1)));
        }
    }
    breaches
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut entries: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            // A module of tests in a file of its own.
            if path.file_stem().is_none_or(|stem| stem != "tests") {
                files.push(path);
            }
        }
    }
    files
}
