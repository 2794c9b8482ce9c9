//! Links that show one deployment: which token opens which, and when it was last used. Who made it and until when it stands
//! is in the deployment's stream.

use super::step::{Made, Step, index, table, text_pk};
use sea_orm_migration::schema::{big_integer, big_integer_null, text};

pub(super) const STEP: Step = Step {
    name: "m0007_shares",
    makes,
};

fn makes() -> Vec<Made> {
    let columns = vec![
        text_pk("token_hash"),
        text("share"),
        text("deployment"),
        big_integer("created_at"),
        big_integer("expires_at"),
        big_integer_null("used_at"),
    ];
    vec![table("share", columns), index("share", &["deployment"])]
}
