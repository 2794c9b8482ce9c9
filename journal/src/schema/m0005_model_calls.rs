//! What the analyst asked of which model, and what that cost.

use super::step::{Made, Step, index, table, text_pk};
use sea_orm_migration::schema::{big_integer, big_integer_null, text};

pub(super) const STEP: Step = Step {
    name: "m0005_model_calls",
    makes,
};

fn makes() -> Vec<Made> {
    let columns = vec![
        text_pk("id"),
        big_integer("called_at"),
        text("purpose"),
        text("subject"),
        text("channel"),
        text("endpoint"),
        text("model"),
        text("outcome"),
        big_integer("tokens_in"),
        big_integer("tokens_cached"),
        big_integer("tokens_out"),
        big_integer_null("cost"),
        big_integer("took"),
    ];
    vec![
        table("model_call", columns),
        index("model_call", &["called_at"]),
    ]
}
