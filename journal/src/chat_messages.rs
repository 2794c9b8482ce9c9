//! Which chat message shows what: from the key of a post to the message that was posted for it.

use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, TryInsertResult};

use crate::clock::from_micros;
use crate::committer::Done;
use crate::table::chat_message;
use crate::{JournalError, Reader, Writer};

/// A message in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatMessage {
    /// What it shows, as in `deployment/d-17/parent`. One message per key.
    pub post_key: String,
    /// The chat, as in `slack`.
    pub platform: String,
    /// The channel, as the chat names it.
    pub channel: String,
    /// The message, as the chat names it (Slack's `ts`).
    pub message: String,
    /// A hash of what it shows now: an edit that changes nothing need not be sent.
    pub digest: String,
    /// When it was posted or last edited.
    pub posted_at: Timestamp,
}

impl Writer {
    /// Keeps where a post went, in place of what was kept for its key.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn put_chat_message(&self, message: ChatMessage) -> Result<(), JournalError> {
        let row = row(message);
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    chat_message::Entity::insert(row)
                        .on_conflict(
                            OnConflict::column(chat_message::Column::PostKey)
                                .update_columns([
                                    chat_message::Column::Platform,
                                    chat_message::Column::Channel,
                                    chat_message::Column::Message,
                                    chat_message::Column::Digest,
                                    chat_message::Column::PostedAt,
                                ])
                                .to_owned(),
                        )
                        .exec_without_returning(tx)
                        .await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }

    /// Keeps it unless something is kept for its key already; returns whether it was kept. Of several that try at once
    /// one has it.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn claim_chat_message(&self, message: ChatMessage) -> Result<bool, JournalError> {
        let row = row(message);
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let inserted = chat_message::Entity::insert(row)
                        .on_conflict(
                            OnConflict::column(chat_message::Column::PostKey)
                                .do_nothing()
                                .to_owned(),
                        )
                        .try_insert()
                        .exec_without_returning(tx)
                        .await?;
                    Ok(match inserted {
                        TryInsertResult::Inserted(1..) => Done::Wrote(true),
                        _ => Done::Unchanged(false),
                    })
                })
            })
            .await
    }

    /// Forgets what was kept for a key.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn forget_chat_message(&self, post_key: &str) -> Result<(), JournalError> {
        let key = post_key.to_owned();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let gone = chat_message::Entity::delete_by_id(key).exec(tx).await?;
                    Ok(match gone.rows_affected {
                        0 => Done::Unchanged(()),
                        _ => Done::Wrote(()),
                    })
                })
            })
            .await
    }
}

fn row(message: ChatMessage) -> chat_message::ActiveModel {
    chat_message::ActiveModel {
        post_key: Set(message.post_key),
        platform: Set(message.platform),
        channel: Set(message.channel),
        message: Set(message.message),
        digest: Set(message.digest),
        posted_at: Set(message.posted_at.as_microsecond()),
    }
}

impl Reader {
    /// All messages whose keys begin so, in the order of their keys.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn chat_messages_under(
        &self,
        beginning: &str,
    ) -> Result<Vec<ChatMessage>, JournalError> {
        let rows = chat_message::Entity::find()
            .filter(chat_message::Column::PostKey.starts_with(beginning))
            .all(&self.db)
            .await?;
        let mut found: Vec<ChatMessage> = rows
            .into_iter()
            // To the database some characters stand for any.
            .filter(|row| row.post_key.starts_with(beginning))
            .map(message)
            .collect();
        // Nor do databases agree on an order of texts.
        found.sort_by(|a, b| a.post_key.cmp(&b.post_key));
        Ok(found)
    }

    /// The message of a post key.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn chat_message(&self, post_key: &str) -> Result<Option<ChatMessage>, JournalError> {
        Ok(chat_message::Entity::find_by_id(post_key)
            .one(&self.db)
            .await?
            .map(message))
    }

    /// What a message shows: the way back, for clicks.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn chat_message_at(
        &self,
        platform: &str,
        channel: &str,
        message_id: &str,
    ) -> Result<Option<ChatMessage>, JournalError> {
        let row = chat_message::Entity::find()
            .filter(chat_message::Column::Platform.eq(platform))
            .filter(chat_message::Column::Channel.eq(channel))
            .filter(chat_message::Column::Message.eq(message_id))
            .one(&self.db)
            .await?;
        Ok(row.map(message))
    }
}

fn message(row: chat_message::Model) -> ChatMessage {
    ChatMessage {
        post_key: row.post_key,
        platform: row.platform,
        channel: row.channel,
        message: row.message,
        digest: row.digest,
        posted_at: from_micros(row.posted_at),
    }
}
