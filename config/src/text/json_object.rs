//! Objects of JSON that somebody else defines.

use crate::reader::Reader;
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;
use serde_json::Map;

const EXPECTED: &str = r#"a JSON object in quotes, such as `'{"reasoning_effort": "low"}'`"#;

/// A JSON object, as it is written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JsonObject(Map<String, serde_json::Value>);

impl JsonObject {
    /// The object.
    #[must_use]
    pub fn get(&self) -> &Map<String, serde_json::Value> {
        &self.0
    }
}

impl Value for JsonObject {
    fn shape() -> Shape {
        Shape::Text("JSON object")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(node, EXPECTED)?;
        match serde_json::from_str(&text) {
            Ok(object) => Some(Self(object)),
            Err(_) => {
                reader.wrong_value(node, EXPECTED);
                None
            }
        }
    }

    compare_whole!();
}
