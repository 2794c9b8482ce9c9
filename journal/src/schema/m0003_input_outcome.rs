//! What became of an input, for whoever asks after a delivery.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_input_outcome"
    }
}

#[allow(
    elided_lifetimes_in_paths,
    reason = "async_trait must see the trait's own signature"
)]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let column = Table::alter()
            .table("inbox")
            .add_column(text_null("outcome"))
            .to_owned();
        schema.alter_table(column).await?;
        let index = Index::create()
            .table("inbox")
            .name("ix_inbox_source_id")
            .col("source")
            .col("id")
            .to_owned();
        schema.create_index(index).await
    }
}
