//! What the analyst asked of which model, and what that cost.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_model_calls"
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
            .table("model_call")
            .col(text("id").primary_key())
            .col(big_integer("called_at"))
            .col(text("purpose"))
            .col(text("subject"))
            .col(text("channel"))
            .col(text("endpoint"))
            .col(text("model"))
            .col(text("outcome"))
            .col(big_integer("tokens_in"))
            .col(big_integer("tokens_cached"))
            .col(big_integer("tokens_out"))
            .col(big_integer_null("cost"))
            .col(big_integer("took"))
            .to_owned();
        schema.create_table(table).await?;
        let index = Index::create()
            .table("model_call")
            .name("ix_model_call_called_at")
            .col("called_at")
            .to_owned();
        schema.create_index(index).await
    }
}
