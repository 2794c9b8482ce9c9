//! Streams that are over in one line each, so that a list need not read them.

use super::step::{Made, Step, table, text_pk};
use sea_orm_migration::schema::{big_integer, integer, text};

pub(super) const STEP: Step = Step {
    name: "m0006_summaries",
    makes,
};

fn makes() -> Vec<Made> {
    let columns = vec![
        text_pk("stream"),
        integer("version"),
        big_integer("revision"),
        text("summary"),
    ];
    vec![table("summary", columns)]
}
