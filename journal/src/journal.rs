//! Opening a journal, and its three handles.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sea_orm::{EntityTrait, QuerySelect};
use tokio::sync::watch;

use crate::clock::DbClock;
use crate::committer::Committer;
use crate::connect::{self, Purpose, refused};
use crate::database::Db;
use crate::location::Location;
use crate::lock_file::LockFile;
use crate::meters::JournalMeters;
use crate::table::event;
use crate::{JournalError, notices, schema};

/// How a journal is opened.
#[derive(Debug, Clone)]
pub struct JournalOptions {
    /// Whose time leases, timers and claims go by.
    pub clock: DbClock,
    /// Tries of one input before it is quarantined. At least 1.
    pub input_tries: u32,
    /// Tries of one effect before it is quarantined. At least 1.
    pub effect_tries: u32,
    /// The newest version of every event type the caller can fold. If the journal holds others, it
    /// opens read-only. `None`: the caller folds nothing.
    pub known_events: Option<Vec<(String, u32)>>,
    /// PostgreSQL: how long a process that freezes inside a write may keep the others from writing. Then the
    /// server ends its session, and nothing of the write has happened. The URL may say another time
    /// (`options[idle_in_transaction_session_timeout]`).
    pub frozen_writer: Duration,
    /// What is counted about it.
    pub meters: JournalMeters,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self {
            clock: DbClock::Database,
            input_tries: 5,
            effect_tries: 10,
            known_events: None,
            frozen_writer: Duration::from_secs(5),
            meters: JournalMeters::default(),
        }
    }
}

/// An open journal. Hand out its handles: [`Reader`] to whoever shows, [`Inbox`] to whoever asks,
/// [`Writer`] to the engine alone.
pub struct Journal {
    reader: Reader,
    writer: Result<Writer, String>,
}

/// Reads everything, changes nothing.
#[derive(Clone)]
pub struct Reader {
    pub(crate) db: Db,
    pub(crate) clock: DbClock,
    commits: watch::Receiver<u64>,
}

/// Takes what comes from outside: deliveries, requests, evidence. Cannot append events, claim work
/// or hold leases, and there is no way from here to a [`Writer`].
#[derive(Clone)]
pub struct Inbox {
    pub(crate) committer: Committer,
}

/// Appends events and carries the work on. For the engine.
#[derive(Clone)]
pub struct Writer {
    pub(crate) committer: Committer,
    pub(crate) options: Arc<JournalOptions>,
}

impl Journal {
    /// Opens a journal for writing, and creates or migrates it first. `sqlite:/path/to/file.db` or
    /// `postgres://...`.
    ///
    /// With events that `known_events` does not cover, the journal opens read-only: nothing may be
    /// decided on half a history. [`Journal::writer`] then says why.
    ///
    /// # Errors
    /// [`JournalError::Locked`] if another process (or another `Journal`) writes a SQLite journal,
    /// [`JournalError::NewerSchema`], or what the database refused.
    pub async fn open(url: &str, options: JournalOptions) -> Result<Self, JournalError> {
        let (journal, writing) = Self::open_unspawned(url, options).await?;
        tokio::spawn(writing);
        Ok(journal)
    }

    /// As [`Journal::open`], but the caller polls the writing task. The crash tests stop it at
    /// every await.
    pub(crate) async fn open_unspawned(
        url: &str,
        options: JournalOptions,
    ) -> Result<(Self, impl Future<Output = ()> + Send + 'static), JournalError> {
        let mut location = Location::parse(url)?;
        if let Location::Postgres(postgres) = &mut location {
            postgres.frozen_writer = options.frozen_writer;
        }
        let lock = match &location {
            Location::Sqlite(path) => {
                connect::create_file(path)?;
                Some(LockFile::beside(path)?)
            }
            Location::Postgres(_) => None,
        };
        let writing = Db::open(&location, Purpose::Write).await?;
        schema::migrate(&writing.current()).await?;
        let reading = Db::open(&location, Purpose::Read).await?;
        let unknown = unknown_events(&reading, options.known_events.as_deref()).await?;
        let options = Arc::new(options);
        let me = uuid::Uuid::new_v4().to_string();
        let (committed, commits) = watch::channel(0);
        let hearing = hearing(&location, me.clone(), committed.clone()).await?;
        let heard = committed.clone();
        let (committer, committing) = Committer::new(writing, lock, me, committed);
        let reader = Reader {
            db: reading,
            clock: options.clock.clone(),
            commits,
        };
        let (writer, committing) = match unknown {
            None => (Ok(Writer { committer, options }), Some(committing)),
            // The lock goes with it, before anybody else opens the journal.
            Some(reason) => (Err(reason), None),
        };
        let working = async move {
            let committing = async {
                match committing {
                    Some(committing) => committing.await,
                    None => heard.closed().await,
                }
            };
            tokio::select! {
                biased;
                () = committing => {}
                () = hearing => {}
            }
        };
        Ok((Self { reader, writer }, working))
    }

    /// Opens a journal beside the process that writes it.
    ///
    /// # Errors
    /// [`JournalError::OlderSchema`] or [`JournalError::NewerSchema`] if this build cannot read it.
    pub async fn open_read_only(url: &str, options: JournalOptions) -> Result<Self, JournalError> {
        let location = Location::parse(url)?;
        let db = Db::open(&location, Purpose::Read).await?;
        schema::check(&db.current()).await?;
        let (committed, commits) = watch::channel(0);
        let hearing = hearing(&location, String::new(), committed.clone()).await?;
        tokio::spawn(async move {
            tokio::select! {
                () = committed.closed() => {}
                () = hearing => {}
            }
        });
        let reader = Reader {
            db,
            clock: options.clock,
            commits,
        };
        Ok(Self {
            reader,
            writer: Err("it was opened read-only".into()),
        })
    }

    /// The handle that reads.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// The handle that takes deliveries.
    ///
    /// # Errors
    /// [`JournalError::ReadOnly`] with the reason.
    pub fn inbox(&self) -> Result<Inbox, JournalError> {
        let writer = self.writer()?;
        Ok(Inbox {
            committer: writer.committer,
        })
    }

    /// The handle that appends.
    ///
    /// # Errors
    /// [`JournalError::ReadOnly`] with the reason.
    pub fn writer(&self) -> Result<Writer, JournalError> {
        match &self.writer {
            Ok(writer) => Ok(writer.clone()),
            Err(reason) => Err(JournalError::ReadOnly(reason.clone())),
        }
    }

    /// Finishes what was handed in, closes the connections and releases the lock. Other handles
    /// answer [`JournalError::Closed`] afterwards.
    ///
    /// # Errors
    /// What the database said when closing.
    pub async fn close(self) -> Result<(), JournalError> {
        if let Ok(writer) = &self.writer {
            writer.committer.close().await;
        }
        self.reader.db.close().await
    }
}

/// On PostgreSQL, counts what other replicas commit from now on; elsewhere there are none. Never
/// ends.
async fn hearing(
    location: &Location,
    me: String,
    committed: watch::Sender<u64>,
) -> Result<BoxFuture<'static, ()>, JournalError> {
    let Location::Postgres(place) = location else {
        return Ok(Box::pin(std::future::pending()));
    };
    let ear = notices::ear(place).await.map_err(refused(location))?;
    Ok(Box::pin(notices::listen(
        (**place).clone(),
        ear,
        me,
        committed,
    )))
}

impl Reader {
    /// Changes whenever something is committed: by this process at once, on PostgreSQL also by
    /// others, through LISTEN and NOTIFY. For loops that wait for work. What another process
    /// writes to a SQLite file is only found by looking, and a notice can be lost with its
    /// connection: a loop must also look from time to time.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    /// Now, by the journal's clock.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn now(&self) -> Result<jiff::Timestamp, JournalError> {
        Ok(crate::clock::from_micros(self.clock.now(&self.db).await?))
    }
}

/// Why the journal must not be written: event types or versions that the caller cannot fold.
async fn unknown_events(
    db: &Db,
    known: Option<&[(String, u32)]>,
) -> Result<Option<String>, JournalError> {
    let Some(known) = known else { return Ok(None) };
    let mut strange: Vec<String> = Vec::new();
    for (name, version) in event_types(db).await? {
        match known.iter().find(|(known, _)| *known == name) {
            Some((_, newest)) if version <= *newest => {}
            Some((_, newest)) => {
                strange.push(format!(
                    "{name} version {version} (this build knows up to {newest})"
                ));
            }
            None => strange.push(format!("{name} version {version} (unknown to this build)")),
        }
    }
    if strange.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!(
        "it holds events of a later build: {}; start that build, or a later one",
        strange.join(", ")
    )))
}

async fn event_types(db: &Db) -> Result<Vec<(String, u32)>, JournalError> {
    let rows: Vec<(String, i32)> = event::Entity::find()
        .select_only()
        .column(event::Column::Name)
        .column(event::Column::Version)
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(name, version)| (name, version.unsigned_abs()))
        .collect())
}
