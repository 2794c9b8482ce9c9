//! The only SQL: events, inbox, outbox, timers, leases, evidence.
//!
//! SQLite in one file, or PostgreSQL by URL: every table, migration and query is written once, and
//! every test runs on both. [`Reader::export`] and [`Journal::import`] move a journal between them.
//! The journal knows nothing of deployments: an event is a name, a version and a JSON payload.
//!
//! # Three handles
//!
//! [`Journal::open`] gives a [`Reader`] (shows), an [`Inbox`] (asks) and a [`Writer`] (the engine).
//! There is no way from the first two to the third:
//!
//! ```compile_fail,E0599
//! fn forge(inbox: journal::Inbox) -> journal::Writer { inbox.writer() }
//! ```
//! ```compile_fail,E0451
//! fn forge(inbox: journal::Inbox) -> journal::Writer { journal::Writer { ..todo!() } }
//! ```
//! ```compile_fail,E0616
//! fn forge(inbox: journal::Inbox) { let _ = inbox.committer; }
//! ```
//!
//! # The loop of an engine
//!
//! ```no_run
//! # use std::time::{Duration, Instant};
//! # use journal::*;
//! # use serde_json::json;
//! # async fn engine(now: jiff::Timestamp) -> Result<(), JournalError> {
//! let journal = Journal::open("sqlite:/var/lib/tawny/tawny.db", JournalOptions::default()).await?;
//! let (reader, inbox, writer) = (journal.reader(), journal.inbox()?, journal.writer()?);
//!
//! // A webhook: durable before it is answered; a repeated delivery is a duplicate.
//! inbox.deliver("github", "delivery-1", "deployment/d-17", &json!({"state": "started"}), now).await?;
//!
//! // The engine works under a lease and stops by its own clock when it may be lost.
//! let lease = writer.acquire("engine", "host-1/4711", Duration::from_secs(15), Instant::now()).await?;
//! let fence = lease.fence();
//! writer.fire_timers(fence, 100).await?; // into the inbox
//! for input in writer.next_inbox(fence, 10, None).await? {
//!     let stream: StreamId = input.stream_key.parse()?;
//!     let history = reader.events(&stream, 0).await?;
//!     let revision = history.last().map_or(0, |event| event.revision);
//!     let started = NewEvent::new("watch_started", 1, json!({"canary": "i-3"})).with_effect(
//!         NewEffect::new("chat/d-17", "chat.post", json!({"text": "..."}))
//!             .not_after(now + Duration::from_secs(300)),
//!     );
//!     // Events, effects, timers and the end of the input: together or not at all.
//!     let transaction = Transaction::at(now)
//!         .fenced(fence)
//!         .append(&stream, revision, vec![started])
//!         .set_timer(&stream, "bake", now + Duration::from_secs(1800), json!({}))
//!         .consume(&input);
//!     match writer.append(transaction).await {
//!         Ok(_) => {}
//!         Err(JournalError::Conflict { .. }) => { /* read again, decide anew */ }
//!         Err(error) => { writer.input_failed(&input, &error.to_string(), now).await?; }
//!     }
//! }
//! for effect in writer.claim_effects(fence, &["chat.post"], 10).await? {
//!     if effect.uncertain { /* look for the marker `effect.id` first */ }
//!     if effect.too_late(now) || effect.expired { writer.stale(&effect, &json!({})).await?; }
//!     else { writer.complete(&effect, &json!({"ts": "1.2"})).await?; } // told back by the inbox
//! }
//! # Ok(()) }
//! ```
//!
//! # What holds
//!
//! * An append is wholly durable when it returns, or nothing of it was written; a caller that is
//!   cancelled half-way leaves no half. [`JournalError::CommitUnknown`] is the one exception.
//! * `seq` grows in commit order and without gaps: a [`Reader::tail`] that goes on from the last
//!   one misses nothing.
//! * Every stream is a hash chain ([`Reader::verify`]); retention erases payloads and the chain
//!   still holds.
//! * Inputs are handled once and in order per stream key, effects in order per key; both are
//!   quarantined after a number of tries and hold back only their own key.
//! * Nothing begins after its `not_after`; what a dead owner may have begun comes back `uncertain`.
//! * Calls that change nothing write nothing and wake nobody ([`Reader::commits`]).

//!
//! # PostgreSQL
//!
//! `postgres://tawny@db/tawny?sslmode=verify-full&sslrootcert=/etc/tawny/ca.pem`. Without
//! `sslmode=verify-full` nobody checks whom the connection reaches. The password may be in the URL, in
//! `PGPASSWORD` or in a `.pgpass` file; it is in no error and no log. `connect_timeout` (5) and
//! `answer_timeout` (10) are whole seconds. Several processes may share the database: writers
//! exclude each other by an advisory lock until they commit, leases go by the server's time. A
//! connection must be a session (a pooler that shares sessions between clients loses notices and
//! settings).
//!
//! * Work that the server does not answer in time is given up and its connection replaced; the
//!   error is [`JournalError::Unavailable`] (nothing was written), or
//!   [`JournalError::CommitUnknown`] if it was the commit.
//! * A process that freezes inside a write holds up the others for [`JournalOptions::frozen_writer`]:
//!   then the server ends its session, and nothing of the write has happened.

mod append;
mod archive;
mod chain;
mod chat_messages;
mod claim;
mod clock;
pub mod codec;
mod committer;
mod connect;
mod counts;
#[cfg(test)]
mod crash_tests;
mod database;
mod dialect;
mod error;
mod events;
mod evidence;
#[cfg(test)]
mod frozen_tests;
mod history;
mod inbox;
mod journal;
mod json;
mod lease;
pub mod ledger;
mod location;
mod lock_file;
mod meta;
mod meters;
mod model_calls;
mod notices;
mod outbox;
mod quarantine;
pub mod reports;
mod retention;
mod schema;
mod sessions;
mod shares;
mod stream_id;
mod summaries;
mod table;
mod timers;
mod tool_calls;
mod transaction;
mod watch_state;
mod work_shown;

pub use append::Appended;
pub use archive::Archived;
pub use chain::{BrokenLink, Verified};
pub use chat_messages::ChatMessage;
pub use clock::{DbClock, ManualClock};
pub use counts::{Counts, WorkCounts};
pub use error::JournalError;
pub use events::{Head, StoredEvent};
pub use evidence::Evidence;
pub use history::{Histories, History};
pub use inbox::{ClaimedInput, Delivered, Fate, REQUEST_SOURCE};
pub use journal::{Inbox, Journal, JournalOptions, Reader, Writer};
pub use lease::{Fence, LeaseHold, LeaseShown};
pub use meters::JournalMeters;
pub use model_calls::{ModelCall, ModelCallsWanted, ModelUse, Spent};
pub use outbox::{ClaimedEffect, EffectEnd, EffectEnded, Happened, OUTBOX_SOURCE};
pub use retention::{Retained, Retention};
pub use sessions::{Session, TokenKind};
pub use shares::ShareToken;
pub use stream_id::StreamId;
pub use summaries::StreamSummary;
pub use timers::{TIMER_SOURCE, Timer, TimerFired};
pub use tool_calls::{CallsWanted, ToolCall};
pub use transaction::{NewEffect, NewEvent, Transaction};
pub use work_shown::{EffectShown, InputShown};
