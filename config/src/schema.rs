//! The JSON schema of `tawny.yaml`, for editors.

use crate::settings::Settings;
use crate::shape::{ObjectShape, Shape};
use crate::value::Value as _;
use crate::yaml::{self, Kind, Node};
use serde_json::{Map, Value, json};

/// The JSON schema (draft 2020-12) of the configuration, as committed in `docs/tawny.schema.json`.
#[must_use]
pub fn json_schema() -> Value {
    let mut schema = of(&Settings::shape());
    if let Value::Object(fields) = &mut schema {
        fields.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        fields.insert("title".to_owned(), json!("tawny.yaml"));
        fields.insert("patternProperties".to_owned(), json!({"^x-": {}}));
    }
    schema
}

fn of(shape: &Shape) -> Value {
    match shape {
        Shape::Text(name) => text(name),
        Shape::Secret => json!({
            "type": ["string", "number"],
            "writeOnly": true,
            "description": "a secret: `${NAME}`, `file:PATH` or a text",
        }),
        Shape::Bool => or_variable(&json!({"type": "boolean"})),
        Shape::Integer { min, max } => {
            or_variable(&json!({"type": "integer", "minimum": min, "maximum": max}))
        }
        Shape::Number { min, max } if *max == f64::MAX => {
            or_variable(&json!({"type": "number", "minimum": min}))
        }
        Shape::Number { min, max } => {
            or_variable(&json!({"type": "number", "minimum": min, "maximum": max}))
        }
        Shape::Words(words) => json!({
            "anyOf": words
                .iter()
                .map(|(word, meaning)| json!({"const": word, "description": meaning}))
                .collect::<Vec<_>>(),
        }),
        Shape::List(inner) => json!({"type": "array", "items": of(inner)}),
        Shape::Map(inner) => json!({"type": "object", "additionalProperties": of(inner)}),
        Shape::Object(shape) => object(shape, None),
        Shape::Tagged(variants) => {
            let bare: Vec<&str> = variants
                .iter()
                .filter(|(_, shape)| shape.fields.iter().all(|field| !field.required))
                .map(|(tag, _)| *tag)
                .collect();
            let mut forms: Vec<Value> = variants
                .iter()
                .map(|(tag, shape)| object(shape, Some(tag)))
                .collect();
            if !bare.is_empty() {
                forms.push(json!({"enum": bare}));
            }
            json!({"anyOf": forms})
        }
        Shape::Either(shapes) => json!({"anyOf": shapes.iter().map(of).collect::<Vec<_>>()}),
    }
}

fn object(shape: &ObjectShape, tag: Option<&str>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    if let Some(tag) = tag {
        properties.insert("type".to_owned(), json!({"const": tag}));
        required.push("type");
    }
    for field in &shape.fields {
        let mut schema = of(&field.shape);
        if let Value::Object(entries) = &mut schema {
            entries.insert("description".to_owned(), json!(field.doc));
            if let Some(default) = field.default.and_then(|text| yaml::parse(text).0) {
                entries.insert("default".to_owned(), to_json(&default));
            }
        }
        properties.insert(field.name.to_owned(), schema);
        if field.required {
            required.push(field.name);
        }
    }
    json!({
        "type": "object",
        "description": shape.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn text(name: &str) -> Value {
    let pattern = match name {
        "duration" => Some(r"^\s*([0-9]+(\.[0-9]+)?\s*[A-Za-zµ]+\s*)+$|\$\{"),
        "URL" => Some(r"^(https?|file)://|\$\{"),
        "URL of a probe" => Some(r"^(https?://|\{base_url\})|\$\{"),
        "URL path" => Some(r"^/|\$\{"),
        "count or percentage" => Some(r"^[1-9][0-9]*$|^[0-9.]+ *%$|\$\{"),
        _ => None,
    };
    match pattern {
        Some(pattern) if name == "count or percentage" => {
            json!({"type": ["string", "integer"], "pattern": pattern, "minimum": 1})
        }
        Some(pattern) => json!({"type": "string", "pattern": pattern}),
        None => json!({"type": ["string", "number"]}),
    }
}

/// The same, or a text in which a variable stands for it.
fn or_variable(schema: &Value) -> Value {
    json!({"anyOf": [schema, {"type": "string", "pattern": r"\$\{"}]})
}

/// A node as JSON, scalars read as YAML's core schema reads them.
fn to_json(node: &Node) -> Value {
    match &node.kind {
        Kind::Nothing => Value::Null,
        Kind::Scalar { text, plain: true } => scalar(text),
        Kind::Scalar { text, .. } => json!(text),
        Kind::List(items) => items.iter().map(to_json).collect(),
        Kind::Map(entries) => Value::Object(
            entries
                .iter()
                .map(|entry| (entry.key.clone(), to_json(&entry.value)))
                .collect(),
        ),
    }
}

fn scalar(text: &str) -> Value {
    if let Ok(number) = text.parse::<i64>() {
        return json!(number);
    }
    if let Ok(number) = text.parse::<f64>()
        && text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
    {
        return json!(number);
    }
    match text {
        "true" => json!(true),
        "false" => json!(false),
        text => json!(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../tawny.example.yaml");
    const COMMITTED: &str = include_str!("../../docs/tawny.schema.json");

    #[test]
    fn the_committed_schema_is_the_one_the_readers_declare() {
        let fresh = format!(
            "{}\n",
            serde_json::to_string_pretty(&json_schema()).unwrap()
        );
        assert!(
            COMMITTED == fresh,
            "docs/tawny.schema.json is stale: cargo run -p config --example generate -- schema > docs/tawny.schema.json"
        );
    }

    #[test]
    fn the_example_shows_every_field() {
        let document = yaml::parse(EXAMPLE).0.unwrap();
        let mut missing = Vec::new();
        unseen(&Settings::shape(), &[&document], "", &mut missing);
        assert_eq!(missing, Vec::<String>::new());
    }

    /// Adds the fields that occur in none of the nodes of this shape.
    fn unseen(shape: &Shape, nodes: &[&Node], path: &str, missing: &mut Vec<String>) {
        let fields = |object: &ObjectShape, nodes: &[&Node], missing: &mut Vec<String>| {
            for field in &object.fields {
                let path = format!("{path}.{}", field.name);
                let values: Vec<&Node> = nodes
                    .iter()
                    .filter_map(|node| node.get(field.name))
                    .collect();
                if values.is_empty() {
                    missing.push(path);
                } else {
                    unseen(&field.shape, &values, &path, missing);
                }
            }
        };
        match shape {
            Shape::Object(object) => fields(object, nodes, missing),
            Shape::Tagged(variants) => {
                for (tag, object) in variants {
                    let of_tag: Vec<&Node> = nodes
                        .iter()
                        .copied()
                        .filter(|node| node.get("type").and_then(Node::text) == Some(tag))
                        .collect();
                    fields(object, &of_tag, missing);
                }
            }
            Shape::Either(shapes) => {
                for shape in shapes {
                    unseen(shape, nodes, path, missing);
                }
            }
            Shape::List(inner) => {
                let items: Vec<&Node> = nodes.iter().flat_map(|node| node.items()).collect();
                unseen(inner, &items, path, missing);
            }
            Shape::Map(inner) => {
                let values: Vec<&Node> = nodes
                    .iter()
                    .flat_map(|node| node.entries())
                    .map(|entry| &entry.value)
                    .collect();
                unseen(inner, &values, path, missing);
            }
            _ => {}
        }
    }
}
