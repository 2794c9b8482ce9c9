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
        }
    }
}
