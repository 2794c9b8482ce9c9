//! A line for machines: one flat object.

use super::layer::Line;
use serde_json::{Map, Value};

/// `timestamp`, `level`, `message`, `target`, then the fields. A field cannot take one of these names.
pub(super) fn render(line: Line<'_>) -> String {
    let mut object = Map::new();
    object.insert("timestamp".to_owned(), format!("{:.3}", line.at).into());
    object.insert(
        "level".to_owned(),
        line.level.as_str().to_ascii_lowercase().into(),
    );
    object.insert("message".to_owned(), line.message.into());
    object.insert("target".to_owned(), line.target.into());
    for (name, value) in line.fields.iter() {
        let name = if object.contains_key(name) {
            format!("field_{name}")
        } else {
            name.clone()
        };
        object.insert(name, value.clone());
    }
    format!("{}\n", Value::Object(object))
}
