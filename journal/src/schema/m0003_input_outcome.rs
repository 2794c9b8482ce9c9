//! What became of an input, for whoever asks after a delivery.

use super::step::{Made, Step, column, index};
use sea_orm_migration::schema::text_null;

pub(super) const STEP: Step = Step {
    name: "m0003_input_outcome",
    makes,
};

fn makes() -> Vec<Made> {
    vec![
        column("inbox", text_null("outcome")),
        index("inbox", &["source", "id"]),
    ]
}
