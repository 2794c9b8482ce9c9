//! The tables as sea-orm sees them. `schema.rs` creates them; a test compares the two.
//! Times are microseconds since 1970, JSON is text (its bytes are hashed).
#![allow(
    missing_docs,
    unreachable_pub,
    reason = "sea-orm's derive makes public items of private tables"
)]

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

pub mod chat_message;
pub mod effect;
pub mod event;
pub mod evidence;
pub mod inbox;
pub mod lease;
pub mod meta;
pub mod model_call;
pub mod session;
pub mod share;
pub mod stream;
pub mod summary;
pub mod timer;
pub mod tool_call;
pub mod watch_state;

/// Where an input or effect stands. The first three are open: they hold back what is behind them
/// in their key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Status {
    #[sea_orm(string_value = "pending")]
    Pending,
    #[sea_orm(string_value = "claimed")]
    Claimed,
    #[sea_orm(string_value = "quarantined")]
    Quarantined,
    #[sea_orm(string_value = "done")]
    Done,
    #[sea_orm(string_value = "stale")]
    Stale,
    #[sea_orm(string_value = "discarded")]
    Discarded,
}

impl Status {
    pub const OPEN: [Self; 3] = [Self::Pending, Self::Claimed, Self::Quarantined];
}
