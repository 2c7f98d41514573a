//! The structure that ARCHITECTURE.md promises, read from what cargo itself resolves.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// The inner crates, lowest first. A crate may depend on those of a lower rank, never on its own
/// rank or above.
const RANKS: &[(&str, u8)] = &[
    ("message", 0),
    ("connections", 1),
    ("kafka", 2),
    ("rabbitmq", 2),
    ("ledger", 2),
    ("results", 2),
    ("replay", 3),
    ("worker", 3),
    ("kronos-console", 4),
];

/// What only the shell may know.
const SHELL_ONLY: &[&str] = &["tauri", "wry", "tao", "specta", "tauri-specta"];

/// Names of the normal (not test, not build) dependencies of each package in the graph, by name.
fn resolved() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let version = Command::new(&cargo).arg("-vV").output().expect("cargo says its version");
    let version = String::from_utf8(version.stdout).expect("cargo prints text");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("the host");
    // For this platform only: what others need was never fetched where the tests are built.
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", host])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();

    let names: BTreeMap<String, String> = list(&metadata["packages"])
        .iter()
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let mut graph = BTreeMap::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        let normal = list(&node["deps"]).into_iter().filter(|dependency| {
            list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null())
        });
        let dependencies: BTreeSet<String> =
            normal.map(|dependency| names[&text(&dependency["pkg"])].clone()).collect();
        graph
            .entry(names[&text(&node["id"])].clone())
            .or_insert_with(BTreeSet::new)
            .extend(dependencies);
    }
    graph
}

/// Everything that a package depends on, directly or not.
fn reachable(graph: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(name) = open.pop() {
        for dependency in graph.get(&name).into_iter().flatten() {
            if found.insert(dependency.clone()) {
                open.push(dependency.clone());
            }
        }
    }
    found
}

#[test]
fn dependencies_between_our_crates_point_one_way() {
    let graph = resolved();
    let ranks: BTreeMap<&str, u8> = RANKS.iter().copied().collect();
    for (name, rank) in RANKS {
        let dependencies = graph.get(*name).unwrap_or_else(|| panic!("no crate named {name}"));
        for dependency in dependencies {
            if let Some(below) = ranks.get(dependency.as_str()) {
                assert!(below < rank, "{name} depends on {dependency}, which is not below it");
            }
        }
    }
}

#[test]
fn no_inner_crate_depends_on_tauri_directly_or_through_another() {
    let graph = resolved();
    assert!(reachable(&graph, "kronos-console").contains("tauri"), "the check can see tauri");
    for (name, _) in RANKS.iter().filter(|(name, _)| *name != "kronos-console") {
        let all = reachable(&graph, name);
        for forbidden in SHELL_ONLY {
            assert!(!all.contains(*forbidden), "{name} depends on {forbidden}");
        }
    }
}

#[test]
fn every_inner_crate_has_a_rank() {
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src-tauri/crates");
    for entry in std::fs::read_dir(crates).expect("the folder of crates") {
        let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
        assert!(RANKS.iter().any(|(ranked, _)| *ranked == name), "{name} has no rank");
    }
}

#[test]
fn no_shipped_crate_depends_on_a_test_crate() {
    let graph = resolved();
    let shipped = reachable(&graph, "kronos-console");
    for test_crate in ["brokers", "desktop", "bench", "architecture"] {
        assert!(!shipped.contains(test_crate), "the app depends on {test_crate}");
    }
}
