//! The first schema. Every time is microseconds since 1970; every JSON is text, because the bytes
//! are hashed and no engine may reorder them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, boolean, integer, text, text_null,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_first"
    }
}

#[allow(
    elided_lifetimes_in_paths,
    reason = "async_trait must see the trait's own signature"
)]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            schema.create_table(table).await?;
        }
        for index in indexes() {
            schema.create_index(index).await?;
        }
        Ok(())
    }
}

fn table(name: &'static str, columns: Vec<ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create().table(name).to_owned();
    for mut column in columns {
        table.col(&mut column);
    }
    table
}

fn text_pk(name: &'static str) -> ColumnDef {
    text(name).primary_key().to_owned()
}

fn tables() -> Vec<TableCreateStatement> {
    let mut tables = told();
    tables.extend(work());
    tables.extend(kept_beside());
    tables
}

fn told() -> Vec<TableCreateStatement> {
    vec![
        table(
            "stream",
            vec![
                text_pk("name"),
                text("kind"),
                big_integer("revision"),
                text("hash"),
                big_integer("updated_at"),
            ],
        ),
        table(
            "event",
            vec![
                // Numbered by the journal under the write lock, without gaps.
                big_integer("seq").primary_key().to_owned(),
                text("stream"),
                big_integer("revision"),
                text("name"),
                integer("version"),
                big_integer("at"),
                text_null("payload"),
                text("payload_hash"),
                text("prev_hash"),
                text("hash"),
            ],
        ),
    ]
}

fn work() -> Vec<TableCreateStatement> {
    vec![
        table(
            "inbox",
            vec![
                big_pk_auto("id"),
                text("source"),
                text("delivery_key"),
                text("stream_key"),
                text("payload"),
                big_integer("received_at"),
                text("status"),
                integer("attempts"),
                text_null("last_error"),
                big_integer("not_before"),
                text_null("claim_lease"),
                big_integer_null("claim_epoch"),
                big_integer_null("ended_at"),
            ],
        ),
        table(
            "effect",
            vec![
                big_pk_auto("ordinal"),
                text("id"),
                text("stream"),
                big_integer("revision"),
                text("key"),
                text("kind"),
                text("payload"),
                text_null("precondition"),
                big_integer("not_before"),
                big_integer_null("not_after"),
                text("status"),
                integer("attempts"),
                boolean("uncertain"),
                text_null("last_error"),
                text_null("claim_lease"),
                big_integer_null("claim_epoch"),
                big_integer_null("claimed_at"),
                text_null("outcome"),
                big_integer_null("ended_at"),
            ],
        ),
        table(
            "timer",
            vec![
                big_pk_auto("id"),
                text("stream"),
                text("name"),
                big_integer("due_at"),
                text("payload"),
            ],
        ),
        table(
            "lease",
            vec![
                text_pk("name"),
                text("owner"),
                big_integer("epoch"),
                big_integer("expires_at"),
            ],
        ),
    ]
}

fn kept_beside() -> Vec<TableCreateStatement> {
    vec![
        table(
            "evidence",
            vec![
                text_pk("id"),
                text("source"),
                text("query"),
                big_integer("window_start"),
                big_integer("window_end"),
                text("result"),
                big_integer("taken_at"),
            ],
        ),
        table(
            "watch_state",
            vec![
                text_pk("watch"),
                text("code_version"),
                ColumnDef::new("state").blob().not_null().to_owned(),
                big_integer("updated_at"),
            ],
        ),
        table(
            "chat_message",
            vec![
                text_pk("post_key"),
                text("platform"),
                text("channel"),
                text("message"),
                text("digest"),
                big_integer("posted_at"),
            ],
        ),
        table(
            "session",
            vec![
                text_pk("token_hash"),
                text("kind"),
                text("person"),
                text("data"),
                big_integer("created_at"),
                big_integer("expires_at"),
            ],
        ),
        table("meta", vec![text_pk("key"), text("value")]),
    ]
}

fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index
        .table(table)
        .name(format!("ix_{table}_{}", columns.join("_")));
    for column in columns {
        index.col(*column);
    }
    index
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("stream", &["kind"]),
        index("event", &["stream", "revision"]).unique().to_owned(),
        index("event", &["name", "version"]),
        index("inbox", &["source", "delivery_key"])
            .unique()
            .to_owned(),
        index("inbox", &["status", "stream_key", "id"]),
        index("effect", &["id"]).unique().to_owned(),
        index("effect", &["status", "key", "ordinal"]),
        index("effect", &["stream"]),
        index("timer", &["stream", "name"]).unique().to_owned(),
        index("timer", &["due_at"]),
        index("evidence", &["taken_at"]),
    ]
}
