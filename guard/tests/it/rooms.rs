//! Who may know whom.

use crate::house::{root, text};
use std::collections::BTreeMap;
use std::fs;
use toml::Table;

/// The rooms, and the rooms that each may know. A room that is not listed does not exist.
const MAY_KNOW: [(&str, &[&str]); 12] = [
    ("guard", &[]),
    ("mock-service", &[]),
    // Only tests use it.
    ("tests/refused", &[]),
    ("config", &["guard"]),
    ("messages", &["guard"]),
    ("journal", &["config", "guard", "messages"]),
    ("sources", &["config", "guard", "messages"]),
    ("platforms", &["config", "guard", "messages"]),
    (
        "engine",
        &[
            "config",
            "guard",
            "journal",
            "messages",
            "platforms",
            "sources",
        ],
    ),
    // What a model can call can neither act nor decide.
    (
        "mcp-server",
        &["config", "guard", "journal", "messages", "sources"],
    ),
    (
        "bot",
        &[
            "config",
            "engine",
            "guard",
            "journal",
            "mcp-server",
            "messages",
            "mock-service",
            "platforms",
            "sources",
        ],
    ),
    // Doubles and scenarios: they boot everything, and nothing knows them.
    (
        "tests",
        &[
            "bot",
            "config",
            "engine",
            "guard",
            "journal",
            "mcp-server",
            "messages",
            "mock-service",
            "platforms",
            "sources",
        ],
    ),
];

/// What only these rooms may use: a crate, and the rooms.
const RESERVED: [(&str, &[&str]); 5] = [
    ("sea-orm", &["journal"]),
    ("sea-orm-migration", &["journal"]),
    ("sqlx", &["journal"]),
    ("axum", &["bot", "mcp-server", "mock-service", "tests"]),
    ("clap", &["bot", "mock-service"]),
];

fn members() -> Vec<String> {
    let workspace: Table = text("Cargo.toml").parse().unwrap();
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let names = members.iter().map(|name| name.as_str().unwrap().to_owned());
    names.collect()
}

fn manifest(room: &str) -> Table {
    text(&format!("{room}/Cargo.toml")).parse().unwrap()
}

/// What the product of a room depends on; what only its tests use does not count.
fn dependencies(room: &str) -> Vec<String> {
    let manifest = manifest(room);
    let tables = ["dependencies", "build-dependencies"];
    let tables = tables
        .iter()
        .filter_map(|table| manifest.get(*table)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn a_room_knows_only_whom_it_may() {
    let may_know: BTreeMap<_, _> = MAY_KNOW.into_iter().collect();
    let members = members();
    for room in &members {
        let Some(allowed) = may_know.get(room.as_str()) else {
            panic!("{room}: say in this test whom it may know, and who may know it");
        };
        for dependency in dependencies(room) {
            assert!(
                !members.contains(&dependency) || allowed.contains(&dependency.as_str()),
                "{room} may not know {dependency}"
            );
        }
    }
}

#[test]
fn only_engine_and_bot_can_act_on_the_outside() {
    for room in members() {
        let acts = dependencies(&room).contains(&"platforms".to_owned());
        assert_eq!(
            acts,
            ["engine", "bot"].contains(&room.as_str()) || (acts && room == "tests"),
            "{room}"
        );
    }
}

#[test]
fn sql_pages_and_arguments_stay_in_their_rooms() {
    for room in members() {
        let dependencies = dependencies(&room);
        for (reserved, rooms) in RESERVED {
            assert!(
                !dependencies.iter().any(|name| name == reserved) || rooms.contains(&room.as_str()),
                "{room} may not use {reserved}"
            );
        }
    }
}

#[test]
fn every_room_says_what_it_is_and_takes_the_shared_lints_and_versions() {
    for room in members() {
        let manifest = manifest(&room);
        assert_eq!(
            manifest["lints"]["workspace"].as_bool(),
            Some(true),
            "{room}"
        );
        assert_eq!(
            manifest["package"]["publish"]["workspace"].as_bool(),
            Some(true),
            "{room}"
        );
        assert!(manifest["package"]["description"].is_str(), "{room}");
        let library = root().join(&room).join("src/lib.rs");
        if let Ok(library) = fs::read_to_string(library) {
            assert!(library.starts_with("//! "), "{room}: what is it?");
        }
    }
}

#[test]
fn a_library_that_two_rooms_use_has_one_version_for_both() {
    let mut own: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for room in members() {
        let manifest = manifest(&room);
        for table in ["dependencies", "dev-dependencies"] {
            let Some(table) = manifest.get(table).and_then(|table| table.as_table()) else {
                continue;
            };
            for (name, from) in table {
                let shared = from.as_table().is_some_and(|from| {
                    from.contains_key("workspace") || from.contains_key("path")
                });
                if !shared {
                    own.entry(name.clone()).or_default().push(room.clone());
                }
            }
        }
    }
    let twice: Vec<_> = own.iter().filter(|(_, rooms)| rooms.len() > 1).collect();
    assert!(
        twice.is_empty(),
        "belongs into the workspace's versions: {twice:?}"
    );
}
