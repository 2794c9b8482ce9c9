//! The table of all fields, for people.

use crate::settings::Settings;
use crate::shape::{FieldShape, ObjectShape, Shape};
use crate::value::Value as _;
use std::fmt::Write as _;

/// A Markdown table of every field: path, kind, default, meaning. `[]` stands for an entry of a list, `NAME` for a
/// name that the user chooses.
#[must_use]
pub fn reference_markdown() -> String {
    let mut table = String::from("| field | value | default | meaning |\n|---|---|---|---|\n");
    below(&Settings::shape(), "", &mut table);
    table
}

fn below(shape: &Shape, path: &str, table: &mut String) {
    match shape {
        Shape::Object(object) => fields(object, path, "", table),
        Shape::Tagged(variants) => {
            for (tag, object) in variants {
                fields(object, path, &format!("(`{tag}`) "), table);
            }
        }
        Shape::Either(shapes) => {
            for shape in shapes {
                below(shape, path, table);
            }
        }
        Shape::List(inner) => below(inner, &format!("{path}[]"), table),
        Shape::Map(inner) => below(inner, &format!("{path}.NAME"), table),
        _ => {}
    }
}

fn fields(object: &ObjectShape, path: &str, only: &str, table: &mut String) {
    for field in &object.fields {
        let path = if path.is_empty() {
            field.name.to_owned()
        } else {
            format!("{path}.{}", field.name)
        };
        row(field, &path, only, table);
        below(&field.shape, &path, table);
    }
}

fn row(field: &FieldShape, path: &str, only: &str, table: &mut String) {
    let default = match field.default {
        Some(default) => format!("`{default}`"),
        None if field.required => "required".to_owned(),
        None => String::new(),
    };
    let kind = field.shape.name();
    // Writing to a string cannot fail.
    let _ = writeln!(
        table,
        "| `{path}` | {} | {} | {only}{} |",
        cell(&kind),
        cell(&default),
        cell(&field.doc)
    );
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
