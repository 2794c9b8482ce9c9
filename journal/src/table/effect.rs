use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::Status;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "effect")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub ordinal: i64,
    pub id: String,
    pub stream: String,
    pub revision: i64,
    pub key: String,
    pub kind: String,
    pub payload: String,
    pub precondition: Option<String>,
    pub not_before: i64,
    pub not_after: Option<i64>,
    pub status: Status,
    pub attempts: i32,
    pub uncertain: bool,
    pub last_error: Option<String>,
    pub claim_lease: Option<String>,
    pub claim_epoch: Option<i64>,
    pub claimed_at: Option<i64>,
    pub outcome: Option<String>,
    pub ended_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
