//! What models and IDE assistants call: who, when, what, how it ended.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, text_null};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_tool_calls"
    }
}

#[allow(
    elided_lifetimes_in_paths,
    reason = "async_trait must see the trait's own signature"
)]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("tool_call")
            .col(text("id").primary_key())
            .col(big_integer("called_at"))
            .col(text("client"))
            .col(text_null("person"))
            .col(text("tool"))
            .col(text("arguments"))
            .col(text("outcome"))
            .col(big_integer("took"))
            .to_owned();
        schema.create_table(table).await?;
        let index = Index::create()
            .table("tool_call")
            .name("ix_tool_call_called_at")
            .col("called_at")
            .to_owned();
        schema.create_index(index).await
    }
}
