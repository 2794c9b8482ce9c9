//! Streams that are over: a start looks through those that are not, however many there ever were.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_closed_streams"
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
            .table("stream")
            .add_column(big_integer_null("closed_at"))
            .to_owned();
        schema.alter_table(column).await?;
        let index = Index::create()
            .table("stream")
            .name("ix_stream_kind_closed_at")
            .col("kind")
            .col("closed_at")
            .to_owned();
        schema.create_index(index).await
    }
}
