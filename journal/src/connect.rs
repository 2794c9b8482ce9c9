//! Connections: from a location to pools that are safe to use.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use tokio::time::timeout;

use crate::JournalError;
use crate::error::reason;
use crate::location::{Location, Postgres};

/// How long a connection waits for another one's lock before it gives up.
const BUSY: Duration = Duration::from_secs(10);
const READERS: u32 = 3;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The one connection that writes.
    Write,
    /// Connections that cannot write.
    Read,
}

/// Creates the database file, readable by its owner only: it holds session hashes and payloads.
pub(crate) fn create_file(path: &Path) -> Result<(), JournalError> {
    let failed = |source| JournalError::File {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(failed)?;
    }
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    Ok(())
}

/// Connects, and fails at once where that cannot be done.
pub(crate) async fn connect(
    location: &Location,
    purpose: Purpose,
) -> Result<DatabaseConnection, JournalError> {
    let opened = match location {
        Location::Sqlite(path) => sqlite(path, purpose).await,
        Location::Postgres(postgres) => {
            // A pool tries again and again and then says only that it took too long.
            match timeout(postgres.connect_timeout, postgres.options.connect()).await {
                Ok(Ok(first)) => first.close().await.map(|()| anew(postgres, purpose)),
                Ok(Err(error)) => Err(error),
                Err(_) => Err(sqlx::Error::PoolTimedOut),
            }
        }
    };
    opened.map_err(refused(location))
}

/// Says which database could not be connected to.
pub(crate) fn refused(location: &Location) -> impl Fn(sqlx::Error) -> JournalError {
    move |error| JournalError::Unavailable(format!("{location}: {}", reason(&error)))
}

/// A pool in place of one whose connections do not answer. It connects when it is used.
pub(crate) fn anew(postgres: &Postgres, purpose: Purpose) -> DatabaseConnection {
    SqlxPostgresConnector::from_sqlx_postgres_pool(pool(postgres, purpose))
}

async fn sqlite(path: &Path, purpose: Purpose) -> Result<DatabaseConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY);
    let (options, most) = match purpose {
        Purpose::Write => (
            options
                .journal_mode(SqliteJournalMode::Wal)
                // What was answered survives the loss of power, not only of the process.
                .synchronous(SqliteSynchronous::Full),
            1,
        ),
        Purpose::Read => (options.read_only(true), READERS),
    };
    let pool = SqlitePoolOptions::new()
        .max_connections(most)
        .acquire_timeout(BUSY)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.disable_statement_logging())
        .await?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

fn pool(postgres: &Postgres, purpose: Purpose) -> PgPool {
    let frozen = format!("{}ms", postgres.frozen_writer.as_millis().max(1));
    let (settings, most) = match purpose {
        Purpose::Write => (
            &[
                // A statement must see what was committed while it waited for the write lock.
                ("default_transaction_isolation", "read committed"),
                ("default_transaction_read_only", "off"),
                ("lock_timeout", "10s"),
                // A replica that is stopped in the middle of a write holds the lock of all. The
                // server then ends its session, and nothing of the write has happened.
                ("idle_in_transaction_session_timeout", frozen.as_str()),
            ][..],
            1,
        ),
        Purpose::Read => (&[("default_transaction_read_only", "on")][..], READERS),
    };
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(postgres.connect_timeout)
        .after_connect(|connection, _| {
            Box::pin(async move {
                // What was answered survives a crash of the server, whatever it is set to.
                sqlx::query(
                    "SELECT set_config('synchronous_commit', 'on', false)
                     WHERE current_setting('synchronous_commit') = 'off'",
                )
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .connect_lazy_with(with_settings(&postgres.options, settings))
}

/// Settings of the session, unless the URL has its own.
fn with_settings(options: &PgConnectOptions, settings: &[(&str, &str)]) -> PgConnectOptions {
    let given = options.get_options().unwrap_or_default().to_owned();
    let wanted = settings
        .iter()
        .filter(|(name, _)| !given.contains(&format!("{name}=")));
    let mut options = options.clone().disable_statement_logging();
    if options.get_application_name().is_none() {
        options = options.application_name("tawny");
    }
    for (name, value) in wanted {
        options = options.options([(*name, *value)]);
    }
    options
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use sea_orm::{ConnectionTrait, DbBackend, Statement};

    use super::*;

    #[tokio::test]
    async fn what_is_committed_is_synced_to_disk_and_readers_do_not_wait() {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join("a name with ? and %20.db");
        create_file(&path).unwrap();
        let location = Location::Sqlite(path);
        let db = connect(&location, Purpose::Write).await.unwrap();
        for (pragma, wanted) in [
            ("journal_mode", "wal"),
            ("synchronous", "2"),
            ("busy_timeout", "10000"),
        ] {
            let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {pragma}"));
            let row = db.query_one_raw(statement).await.unwrap().unwrap();
            let found = row
                .try_get_by_index::<String>(0)
                .or_else(|_| {
                    row.try_get_by_index::<i64>(0)
                        .map(|number| number.to_string())
                })
                .unwrap();
            assert_eq!(found, wanted, "{pragma}");
        }
    }
}
