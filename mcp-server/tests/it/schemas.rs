//! What clients see of the tools: small, closed, and saying when to use each.

use mcp_server::tools::{ALL, Entry, Kind};
use serde_json::Value;
use std::collections::BTreeSet;

/// More tools than this, and models choose badly among them.
const MOST: usize = 16;

#[test]
fn the_schemas_are_those_that_clients_know() {
    let all: Vec<_> = ALL.iter().map(Entry::definition).collect();
    insta::assert_json_snapshot!(all);
}

#[test]
fn every_tool_says_when_to_use_it_and_its_hints_are_true() {
    let mut names = BTreeSet::new();
    assert!(ALL.len() <= MOST, "{}", ALL.len());
    for tool in ALL {
        let name = tool.name;
        assert!(names.insert(name), "{name} is there twice");
        let words = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(words && name.contains('_'), "{name}");
        assert!(
            tool.description.contains("Use "),
            "{name} does not say when to use it"
        );
        assert!(!tool.description.contains('\n'), "{name}");
        let seen = tool.definition();
        assert_eq!(seen.title.as_deref(), Some(tool.title), "{name}");
        let hints = seen.annotations.unwrap();
        assert_eq!(
            hints.read_only_hint,
            Some(tool.kind == Kind::Read),
            "{name}"
        );
        assert_eq!(hints.destructive_hint, Some(false), "{name}");
        assert_eq!(hints.idempotent_hint, Some(true), "{name}");
        assert_eq!(hints.open_world_hint, Some(false), "{name}");
    }
    // Those that ask come last: the list for those who may not is its beginning.
    let asks = ALL.iter().skip_while(|tool| tool.kind == Kind::Read);
    assert!(asks.into_iter().all(|tool| tool.kind == Kind::Ask));
}

#[test]
fn no_schema_leaves_anything_open() {
    for tool in ALL {
        let seen = tool.definition();
        let input = Value::Object((*seen.input_schema).clone());
        closed(&input, &format!("{} takes", tool.name));
        let output = seen.output_schema.unwrap();
        closed(
            &Value::Object((*output).clone()),
            &format!("{} answers", tool.name),
        );
    }
}

/// Every object says which properties it has, or of which type all of them are; nothing may be just anything.
fn closed(schema: &Value, at: &str) {
    let Some(object) = schema.as_object() else {
        assert_eq!(schema, &Value::Bool(false), "{at} may be anything");
        return;
    };
    assert!(
        !object.contains_key("$ref"),
        "{at}: clients do not follow references"
    );
    let said = ["type", "enum", "const", "anyOf", "oneOf", "allOf"];
    assert!(
        said.iter().any(|word| object.contains_key(*word)),
        "{at} may be anything: {schema}"
    );
    if object.get("type").is_some_and(|kind| kind == "object") {
        let additional = object.get("additionalProperties");
        let additional = additional.unwrap_or_else(|| panic!("{at} is open: {schema}"));
        closed(additional, &format!("{at}.*"));
    }
    for (name, property) in object
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        closed(property, &format!("{at}.{name}"));
    }
    if let Some(items) = object.get("items") {
        closed(items, &format!("{at}[]"));
    }
    for word in ["anyOf", "oneOf", "allOf", "prefixItems"] {
        for (place, one) in object
            .get(word)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            closed(one, &format!("{at}/{word}{place}"));
        }
    }
}
