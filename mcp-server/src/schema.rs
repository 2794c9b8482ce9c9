//! JSON schemas of arguments and answers: small, closed, and without names that only Rust knows.

use rmcp::model::JsonObject;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::Value;
use std::sync::Arc;

/// What a tool takes.
pub(crate) fn input<T: JsonSchema>() -> Arc<JsonObject> {
    object::<T>(SchemaSettings::draft2020_12())
}

/// What a tool answers.
pub(crate) fn output<T: JsonSchema>() -> Arc<JsonObject> {
    object::<T>(SchemaSettings::draft2020_12().for_serialize())
}

fn object<T: JsonSchema>(settings: SchemaSettings) -> Arc<JsonObject> {
    let settings = settings.with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        settings.transforms.push(Box::new(Closed));
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.remove("description");
    match schema.to_value() {
        Value::Object(mut object) => {
            // Of no arguments at all, clients want to know that they are an object.
            object.entry("type").or_insert_with(|| "object".into());
            object
                .entry("properties")
                .or_insert_with(|| Value::Object(JsonObject::new()));
            Arc::new(object)
        }
        _ => Arc::default(),
    }
}

/// Closes every object, and takes out what costs words and tells nobody anything.
#[derive(Clone)]
struct Closed;

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        // A property may be called `title` or `format`: only their words go.
        for noise in ["title", "format"] {
            if object.get(noise).is_some_and(Value::is_string) {
                object.remove(noise);
            }
        }
        if object.contains_key("properties") {
            object.entry("additionalProperties").or_insert(false.into());
            one_type_each(object);
        }
    }
}

/// What may be left out is never null as well: there are models whose schemas know one type for each thing.
fn one_type_each(object: &mut JsonObject) {
    let required = object.get("required").cloned().unwrap_or_default();
    let needed = |name: &str| {
        let mut names = required.as_array().into_iter().flatten();
        names.any(|one| one == name)
    };
    let Some(Value::Object(properties)) = object.get_mut("properties") else {
        return;
    };
    for (name, property) in properties {
        if let Value::Object(property) = property
            && !needed(name)
        {
            without_null(property);
        }
    }
}

fn without_null(property: &mut JsonObject) {
    if let Some(Value::Array(words)) = property.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(either)) = property.get_mut("anyOf") {
        either.retain(|schema| schema.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = either.as_slice() {
            let only = only.clone();
            property.remove("anyOf");
            for (word, value) in only {
                property.entry(word).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Side {
        Left,
        Right,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Inner {
        number: Option<f64>,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Given {
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Which.
        #[serde(skip_serializing_if = "Option::is_none")]
        side: Option<Side>,
        #[serde(skip_serializing_if = "Option::is_none")]
        inner: Option<Inner>,
    }

    #[test]
    fn what_may_be_left_out_has_one_type_and_what_is_always_there_may_be_null() {
        let input = Value::Object((*input::<Given>()).clone());
        assert_eq!(input["properties"]["name"], json!({"type": "string"}));
        let side = &input["properties"]["side"];
        assert_eq!(side["enum"], json!(["left", "right"]), "{side}");
        assert_eq!(side["description"], "Which.");
        assert_eq!(input["properties"]["inner"]["type"], "object", "{input}");
        let output = Value::Object((*output::<Given>()).clone());
        assert_eq!(output["properties"]["name"], json!({"type": "string"}));
        let number = &output["properties"]["inner"]["properties"]["number"];
        assert_eq!(number["type"], json!(["number", "null"]), "it is written");
    }
}
