//! A whole journal as a text file: a backup, and the way from SQLite to PostgreSQL (and back).
//!
//! JSON lines, `{"is": ..., "row": {...}}`: first a `head` with the format and the schema, then
//! every row of every table (but summaries: they are made anew from the events), streams before events
//! and events in the order of their commits, last an `end` with the number of rows. Hashes go along and are checked on the way in, so nothing can
//! be changed in between. The file holds what the journal holds, hashes of tokens of sessions and links
//! included: keep it as safe.

use serde::{Deserialize, Serialize};

use crate::table::{
    chat_message, effect, event, evidence, inbox, lease, meta, model_call, session, share, stream,
    timer, tool_call, watch_state,
};

mod export;
mod import;
mod rows;

/// The shape of the lines. Other shapes get another number.
const FORMAT: u32 = 1;

/// What was written to an archive, or read from one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Archived {
    /// Streams.
    pub streams: u64,
    /// Events of all streams.
    pub events: u64,
    /// Rows of all tables.
    pub rows: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "is", content = "row", rename_all = "snake_case")]
enum Line {
    Head(Head),
    Stream(stream::Model),
    Event(event::Model),
    Inbox(inbox::Model),
    Effect(effect::Model),
    Timer(timer::Model),
    Lease(lease::Model),
    Evidence(evidence::Model),
    WatchState(watch_state::Model),
    ChatMessage(chat_message::Model),
    Session(session::Model),
    Share(share::Model),
    ToolCall(tool_call::Model),
    ModelCall(model_call::Model),
    Meta(meta::Model),
    End(End),
}

#[derive(Serialize, Deserialize)]
struct Head {
    format: u32,
    schema: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct End {
    rows: u64,
}

impl Archived {
    fn count(&mut self, line: &Line) {
        self.rows += 1;
        match line {
            Line::Stream(_) => self.streams += 1,
            Line::Event(_) => self.events += 1,
            _ => {}
        }
    }
}
