//! What the journal refuses, and why.

use std::path::PathBuf;

use sea_orm::{DbErr, RuntimeErr};

use crate::StreamId;

/// Everything that can go wrong in the journal.
///
/// Callers branch on [`Conflict`](Self::Conflict) (read the stream again and decide anew),
/// [`Fenced`](Self::Fenced) and [`ClaimLost`](Self::ClaimLost) (somebody else works on it now:
/// stop), and [`LeaseHeld`](Self::LeaseHeld) (wait). The rest is for people.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The stream has moved on since it was read: nothing of the transaction was written.
    #[error(
        "stream {stream} is at revision {actual}, expected {expected}: read it again and decide anew"
    )]
    Conflict {
        /// The stream that moved.
        stream: StreamId,
        /// The revision the caller decided on.
        expected: i64,
        /// The revision found.
        actual: i64,
    },
    /// The lease behind the call has expired or belongs to a later epoch.
    #[error("lease {lease} is no longer held in epoch {epoch}: stop, and acquire it again")]
    Fenced {
        /// The lease's name.
        lease: String,
        /// The epoch the caller held.
        epoch: i64,
    },
    /// Another owner holds the lease.
    #[error("lease {lease} is held by {owner} until {until}")]
    LeaseHeld {
        /// The lease's name.
        lease: String,
        /// Who holds it.
        owner: String,
        /// When it expires, by the database's time.
        until: jiff::Timestamp,
    },
    /// A claimed input or effect was finished or taken over in the meantime.
    #[error("{what} is no longer claimed by epoch {epoch} of lease {lease}: drop the work")]
    ClaimLost {
        /// Which input or effect.
        what: String,
        /// The lease it was claimed under.
        lease: String,
        /// The epoch it was claimed under.
        epoch: i64,
    },
    /// Something named by an operator or a reader is not there, or not in that state.
    #[error("{0} not found")]
    NotFound(String),
    /// Another process writes this journal.
    #[error("journal {path} is being written by {holder}: stop it, or open the journal read-only", path = path.display())]
    Locked {
        /// The database file.
        path: PathBuf,
        /// What the lock file says about the holder.
        holder: String,
    },
    /// The journal was opened read-only, or had to be.
    #[error("journal is read-only: {0}")]
    ReadOnly(String),
    /// The database has migrations this build does not know.
    #[error("journal has a schema of a newer version ({0}): start that version, or a later one")]
    NewerSchema(String),
    /// A reader found a database that a writer has not migrated yet.
    #[error(
        "journal has a schema of an older version (missing: {0}): start `tawny serve` once to migrate it"
    )]
    OlderSchema(String),
    /// The URL names no database this build can use.
    #[error("journal url {url:?}: {problem}")]
    BadUrl {
        /// The URL as given, without its password.
        url: String,
        /// What is wrong, and what was expected.
        problem: String,
    },
    /// A stream name that would not survive being stored.
    #[error("stream {0}")]
    BadStream(String),
    /// A stored value does not parse: somebody wrote to the database by hand.
    #[error("stored {what} does not parse: {problem}")]
    Corrupt {
        /// Table and row.
        what: String,
        /// The parser's words.
        problem: String,
    },
    /// An event that this build cannot fold. Nothing may be decided on a history with a hole.
    #[error("event {revision} of {stream} is a {name} of version {version}: {problem}")]
    Unfoldable {
        /// The stream.
        stream: StreamId,
        /// The event's revision.
        revision: i64,
        /// The type as stored.
        name: String,
        /// The version as stored.
        version: u32,
        /// Why not.
        problem: String,
    },
    /// An event that could not be read back as it is: refused before it is written.
    #[error("a {name} cannot be journalled: {problem}")]
    Unstorable {
        /// The type.
        name: &'static str,
        /// What would be lost, as for a number that is not finite.
        problem: String,
    },
    /// The commit failed after the work was done: it may or may not have landed.
    /// Read the stream before doing it again.
    #[error("commit failed, outcome unknown: {0}")]
    CommitUnknown(String),
    /// The database cannot be reached, or the connection was lost on the way: nothing was written.
    /// The next call connects anew.
    #[error("journal database is not available, nothing was written: {0}")]
    Unavailable(String),
    /// The writing task has ended because the journal was closed.
    #[error("journal is closed")]
    Closed,
    /// An archive is only read into a new journal.
    #[error("journal {0} is not empty: import into a new one")]
    NotEmpty(String),
    /// A line of an archive that does not hold, or could not be written. Nothing was imported.
    #[error("archive, line {line}: {problem}")]
    Archive {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// A file beside the database could not be used.
    #[error("journal file {path}: {source}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The database refused a statement.
    #[error("journal database: {0}")]
    Database(#[source] sea_orm::DbErr),
}

impl From<DbErr> for JournalError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(RuntimeErr::Internal(_)) => {
                Self::Unavailable(error.to_string())
            }
            DbErr::Conn(RuntimeErr::SqlxError(cause))
            | DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause))
                if is_lost(cause) =>
            {
                Self::Unavailable(reason(cause))
            }
            _ => Self::Database(error),
        }
    }
}

/// Whether it was the connection or the server that failed, and not the statement.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        // Also what a server that stops says last is no answer.
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(refusal) => refusal.code().is_some_and(|code| {
            // PostgreSQL: connection exceptions, shutdown and start, too many connections, waited
            // too long for the write lock or inside a transaction, a standby.
            code.starts_with("08")
                || [
                    "57P01", "57P02", "57P03", "57P05", "53300", "55P03", "25P03", "25006",
                ]
                .contains(&code.as_ref())
        }),
        _ => false,
    }
}

/// What went wrong, in words that help.
pub(crate) fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::PoolTimedOut => "no connection in time".to_owned(),
        other => other.to_string(),
    }
}
