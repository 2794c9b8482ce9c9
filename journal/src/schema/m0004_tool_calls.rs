//! What models and IDE assistants call: who, when, what, how it ended.

use super::step::{Made, Step, index, table, text_pk};
use sea_orm_migration::schema::{big_integer, text, text_null};

pub(super) const STEP: Step = Step {
    name: "m0004_tool_calls",
    makes,
};

fn makes() -> Vec<Made> {
    let columns = vec![
        text_pk("id"),
        big_integer("called_at"),
        text("client"),
        text_null("person"),
        text("tool"),
        text("arguments"),
        text("outcome"),
        big_integer("took"),
    ];
    vec![
        table("tool_call", columns),
        index("tool_call", &["called_at"]),
    ]
}
