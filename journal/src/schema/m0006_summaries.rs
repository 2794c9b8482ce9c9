//! Streams that are over in one line each, so that a list need not read them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_summaries"
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
            .table("summary")
            .col(text("stream").primary_key())
            .col(integer("version"))
            .col(big_integer("revision"))
            .col(text("summary"))
            .to_owned();
        schema.create_table(table).await
    }
}
