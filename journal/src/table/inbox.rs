use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::Status;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "inbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub source: String,
    pub delivery_key: String,
    pub stream_key: String,
    pub payload: String,
    pub received_at: i64,
    pub status: Status,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub not_before: i64,
    pub claim_lease: Option<String>,
    pub claim_epoch: Option<i64>,
    pub ended_at: Option<i64>,
    #[serde(default)]
    pub outcome: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
