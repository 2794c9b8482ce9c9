//! Streams that are over: a start looks through those that are not, however many there ever were.

use super::step::{Made, Step, column, index};
use sea_orm_migration::schema::big_integer_null;

pub(super) const STEP: Step = Step {
    name: "m0002_closed_streams",
    makes,
};

fn makes() -> Vec<Made> {
    vec![
        column("stream", big_integer_null("closed_at")),
        index("stream", &["kind", "closed_at"]),
    ]
}
