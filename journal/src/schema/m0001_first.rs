//! The first schema. Every time is microseconds since 1970; every JSON is text, because the bytes
//! are hashed and no engine may reorder them.

use super::step::{Made, Step, index, table, text_pk, unique};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, boolean, integer, text, text_null,
};

pub(super) const STEP: Step = Step {
    name: "m0001_first",
    makes,
};

fn makes() -> Vec<Made> {
    let mut all = told();
    all.extend(work());
    all.extend(kept_beside());
    all.extend(indexes());
    all
}

fn told() -> Vec<Made> {
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

fn work() -> Vec<Made> {
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

fn kept_beside() -> Vec<Made> {
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

fn indexes() -> Vec<Made> {
    vec![
        index("stream", &["kind"]),
        unique("event", &["stream", "revision"]),
        index("event", &["name", "version"]),
        unique("inbox", &["source", "delivery_key"]),
        index("inbox", &["status", "stream_key", "id"]),
        unique("effect", &["id"]),
        index("effect", &["status", "key", "ordinal"]),
        index("effect", &["stream"]),
        unique("timer", &["stream", "name"]),
        index("timer", &["due_at"]),
        index("evidence", &["taken_at"]),
    ]
}
