use std::marker::PhantomData;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use journal::{
    ClaimedInput, DbClock, Fence, Inbox, Journal, JournalOptions, LeaseHold, ManualClock,
    NewEffect, NewEvent, Reader, StreamId, Transaction, Writer,
};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use tempfile::TempDir;

mod database;
pub(crate) mod server;

/// An engine that the journal runs on. Every test of `both/` runs on each.
pub(crate) trait Engine {
    /// A place for a journal, where none is yet.
    async fn place() -> Place;
}

/// SQLite, in a file.
pub(crate) struct Sqlite;

/// PostgreSQL, in a throw-away server.
pub(crate) struct Postgres;

/// Where a test's journal is.
pub(crate) struct Place {
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

impl Engine for Sqlite {
    async fn place() -> Place {
        let folder = folder();
        Place {
            url: url(&folder),
            _folder: Some(folder),
        }
    }
}

impl Engine for Postgres {
    async fn place() -> Place {
        Place {
            url: server::shared().database().await,
            _folder: None,
        }
    }
}

/// A journal of its own, under a clock moved by hand.
pub(crate) struct Bench<E> {
    pub(crate) clock: ManualClock,
    pub(crate) reader: Reader,
    pub(crate) inbox: Inbox,
    pub(crate) writer: Writer,
    pub(crate) journal: Journal,
    pub(crate) place: Place,
    engine: PhantomData<E>,
}

pub(crate) fn start() -> Timestamp {
    "2026-11-20T22:00:00Z".parse().unwrap()
}

/// Memory-backed if the machine has it: a sync to disk costs nothing there and tests need no disk.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

pub(crate) fn url(folder: &TempDir) -> String {
    format!("sqlite:{}", database(folder).display())
}

pub(crate) fn database(folder: &TempDir) -> PathBuf {
    folder.path().join("tawny.db")
}

pub(crate) fn options(clock: &ManualClock) -> JournalOptions {
    JournalOptions {
        meters: journal::JournalMeters::default(),
        clock: DbClock::Manual(clock.clone()),
        input_tries: 3,
        effect_tries: 3,
        known_events: None,
        ..JournalOptions::default()
    }
}

impl<E: Engine> Bench<E> {
    pub(crate) async fn new() -> Self {
        let place = E::place().await;
        let clock = ManualClock::at(start());
        let journal = Journal::open(&place.url, options(&clock)).await.unwrap();
        Self {
            clock,
            reader: journal.reader(),
            inbox: journal.inbox().unwrap(),
            writer: journal.writer().unwrap(),
            journal,
            place,
            engine: PhantomData,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The engine's lease for a minute; again under the same name, the next epoch.
    pub(crate) async fn lease(&self) -> LeaseHold {
        self.writer
            .acquire("engine", "host-1", Duration::from_secs(60), Instant::now())
            .await
            .unwrap()
    }

    pub(crate) async fn deliver(&self, key: &str, stream: &str, payload: Value) {
        self.inbox
            .deliver("test", key, stream, &payload, self.now())
            .await
            .unwrap();
    }

    pub(crate) async fn one_input(&self, fence: &Fence) -> ClaimedInput {
        let mut inputs = self.writer.next_inbox(fence, 10, None).await.unwrap();
        assert_eq!(inputs.len(), 1, "expected one input, got {inputs:?}");
        inputs.remove(0)
    }

    /// Appends one event with these effects to the end of a stream.
    pub(crate) async fn append(&self, stream: &StreamId, effects: Vec<NewEffect>) -> Vec<String> {
        let revision = self
            .reader
            .head(stream)
            .await
            .unwrap()
            .map_or(0, |head| head.revision);
        let mut event = event("moved");
        event.effects = effects;
        let transaction = Transaction::at(self.now()).append(stream, revision, vec![event]);
        self.writer.append(transaction).await.unwrap().effects
    }

    /// Runs SQL against the database, past the journal: for tampering and for looking.
    pub(crate) async fn sql(&self, sql: &str) -> Option<String> {
        let db = Database::connect(&self.place.url).await.unwrap();
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(statement).await.unwrap();
        let answer = row.and_then(|row| row.try_get_by_index(0).unwrap());
        db.close().await.unwrap();
        answer
    }
}

pub(crate) fn deployment(id: &str) -> StreamId {
    StreamId::deployment(id).unwrap()
}

pub(crate) fn event(name: &str) -> NewEvent {
    NewEvent::new(name, 1, json!({"n": 1}))
}

pub(crate) fn effect(key: &str, kind: &str) -> NewEffect {
    NewEffect::new(key, kind, json!({"do": kind}))
}
