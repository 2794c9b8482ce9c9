//! Which parts of an answer somebody else wrote, found by its schema: no tool can forget to say so.

use super::untrusted::MARK;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The places of an answer that hold text from outside, as in `series[].labels`, with where it comes from.
pub(crate) type Marks = BTreeMap<String, String>;

/// The marks of `document`, which has this schema.
pub(crate) fn marks(schema: &Map<String, Value>, document: &Value) -> Marks {
    let mut marks = Marks::new();
    walk(schema, document, "", &mut marks);
    marks
}

fn walk(schema: &Map<String, Value>, value: &Value, path: &str, marks: &mut Marks) {
    if value.is_null() {
        return;
    }
    if let Some(Value::String(from)) = schema.get(MARK) {
        marks.entry(path.to_owned()).or_insert_with(|| from.clone());
        return;
    }
    // What may be absent, or of several kinds.
    for one in ["anyOf", "oneOf", "allOf"]
        .iter()
        .filter_map(|word| schema.get(*word)?.as_array())
    {
        one.iter()
            .filter_map(Value::as_object)
            .for_each(|schema| walk(schema, value, path, marks));
    }
    match value {
        Value::Object(fields) => {
            let known = schema.get("properties").and_then(Value::as_object);
            let others = schema
                .get("additionalProperties")
                .and_then(Value::as_object);
            for (name, value) in fields {
                let own = known
                    .and_then(|known| known.get(name))
                    .and_then(Value::as_object);
                if let Some(schema) = own {
                    let dot = if path.is_empty() { "" } else { "." };
                    walk(schema, value, &format!("{path}{dot}{name}"), marks);
                } else if let Some(schema) = others {
                    // Whoever chose the values chose the names too.
                    walk(schema, value, path, marks);
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = schema.get("items").and_then(Value::as_object) {
                let path = format!("{path}[]");
                items
                    .iter()
                    .for_each(|item| walk(schema, item, &path, marks));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Untrusted;
    use schemars::JsonSchema;
    use serde::Serialize;

    #[derive(Serialize, JsonSchema)]
    struct Answer {
        query: String,
        warnings: Vec<Untrusted>,
        #[schemars(extend("x-untrusted" = "title of a commit"))]
        title: Option<Untrusted>,
        none: Option<Untrusted>,
        series: Vec<Series>,
    }

    #[derive(Serialize, JsonSchema)]
    struct Series {
        #[schemars(extend("x-untrusted" = "labels of exporters"))]
        labels: BTreeMap<String, Untrusted>,
        others: BTreeMap<String, Untrusted>,
        value: f64,
    }

    #[test]
    fn what_somebody_else_wrote_is_marked_where_it_occurs() {
        let series = |label: &str| Series {
            labels: [("job".to_owned(), Untrusted::label(label))].into(),
            others: BTreeMap::new(),
            value: 1.0,
        };
        let answer = Answer {
            query: "up".to_owned(),
            warnings: vec![],
            title: Some(Untrusted::line("fix")),
            none: None,
            series: vec![series("a"), series("b")],
        };
        let schema = crate::schema::output::<Answer>();
        let marks = marks(&schema, &serde_json::to_value(&answer).unwrap());
        let marks: Vec<(&str, &str)> = marks
            .iter()
            .map(|(at, from)| (at.as_str(), from.as_str()))
            .collect();
        assert_eq!(
            marks,
            [
                ("series[].labels", "labels of exporters"),
                ("title", "title of a commit")
            ]
        );
    }
}
