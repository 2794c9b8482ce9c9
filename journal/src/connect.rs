//! Connections: from a URL to pools that are safe to use.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{self, ConnectOptions};
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr, SqlxPostgresConnector, SqlxSqliteConnector};

use crate::JournalError;

/// How long a connection waits for another one's lock before it gives up.
const BUSY: Duration = Duration::from_secs(10);
const READERS: u32 = 3;

/// Where a journal lives.
#[derive(Debug, Clone)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Location {
    pub(crate) fn parse(url: &str) -> Result<Self, JournalError> {
        let bad = |problem: &str| JournalError::BadUrl {
            url: without_password(url),
            problem: problem.to_owned(),
        };
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        let Some(path) = url.strip_prefix("sqlite:") else {
            return Err(bad("expected sqlite:/path/to/tawny.db or postgres://..."));
        };
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.contains(":memory:") || path.contains('?') {
            return Err(bad(
                "expected the path of a file, as in sqlite:/var/lib/tawny/tawny.db",
            ));
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            format!("{}://***{}", &url[..scheme], &url[at..])
        }
        _ => url.to_owned(),
    }
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

/// The one connection that writes.
pub(crate) async fn writing(location: &Location) -> Result<DatabaseConnection, JournalError> {
    match location {
        Location::Sqlite(path) => {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .journal_mode(SqliteJournalMode::Wal)
                // What was answered survives the loss of power, not only of the process.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY);
            sqlite(options, 1).await
        }
        Location::Postgres(url) => postgres(postgres_options(url)?, 1).await,
    }
}

/// Connections that cannot write.
pub(crate) async fn reading(location: &Location) -> Result<DatabaseConnection, JournalError> {
    match location {
        Location::Sqlite(path) => {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .read_only(true)
                .busy_timeout(BUSY);
            sqlite(options, READERS).await
        }
        Location::Postgres(url) => {
            let options = postgres_options(url)?.options([("default_transaction_read_only", "on")]);
            postgres(options, READERS).await
        }
    }
}

async fn sqlite(
    options: SqliteConnectOptions,
    most: u32,
) -> Result<DatabaseConnection, JournalError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(most)
        .acquire_timeout(BUSY)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.disable_statement_logging())
        .await
        .map_err(refused)?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

async fn postgres(
    options: PgConnectOptions,
    most: u32,
) -> Result<DatabaseConnection, JournalError> {
    let pool = PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(BUSY)
        .connect_with(options.disable_statement_logging())
        .await
        .map_err(refused)?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

fn postgres_options(url: &str) -> Result<PgConnectOptions, JournalError> {
    PgConnectOptions::from_str(url).map_err(|error| JournalError::BadUrl {
        url: without_password(url),
        problem: error.to_string(),
    })
}

fn refused(error: sqlx::Error) -> JournalError {
    JournalError::Database(DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};

    use super::*;

    #[tokio::test]
    async fn what_is_committed_is_synced_to_disk_and_readers_do_not_wait() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("a name with ? and %20.db"));
        let Location::Sqlite(path) = &location else {
            panic!()
        };
        create_file(path).unwrap();
        let db = writing(&location).await.unwrap();
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
