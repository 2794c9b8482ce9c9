//! The only things SQLite and PostgreSQL do not share: the time, the append lock, how a write
//! transaction begins, and how ids that count by themselves are set forward.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use crate::JournalError;

/// One key for migrations and writes: sequence order must be commit order, and on PostgreSQL only
/// a lock held until commit gives that.
const WRITE_LOCK: i64 = 0x7461_776e_790a;

/// The database's time in microseconds since 1970.
pub(crate) async fn database_time<C: ConnectionTrait>(db: &C) -> Result<i64, JournalError> {
    let backend = db.get_database_backend();
    let sql = match backend {
        // julianday has millisecond precision; strftime('%f') is the same clock.
        DbBackend::Sqlite => {
            "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER) * 1000 AS now"
        }
        // now() is the start of the transaction, which may have waited for the lock.
        _ => "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint AS now",
    };
    let row = db
        .query_one_raw(Statement::from_string(backend, sql))
        .await?
        .ok_or_else(|| JournalError::NotFound("the database's time".into()))?;
    Ok(row.try_get("", "now")?)
}

/// Begins the only kind of transaction that writes: exclusive among all writers.
pub(crate) async fn begin_write(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let tx = db
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        })
        .await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_raw(Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_advisory_xact_lock($1)",
            [WRITE_LOCK.into()],
        ))
        .await?;
    }
    Ok(tx)
}

/// Makes the ids that a table gives out by itself go on after `last`.
pub(crate) async fn ids_go_on_after(
    tx: &DatabaseTransaction,
    table: &str,
    column: &str,
    last: i64,
) -> Result<(), DbErr> {
    if last == 0 {
        return Ok(());
    }
    let backend = tx.get_database_backend();
    let statements = match backend {
        DbBackend::Sqlite => vec![
            Statement::from_sql_and_values(
                backend,
                "DELETE FROM sqlite_sequence WHERE name = $1",
                [table.into()],
            ),
            Statement::from_sql_and_values(
                backend,
                "INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)",
                [table.into(), last.into()],
            ),
        ],
        _ => vec![Statement::from_sql_and_values(
            backend,
            "SELECT setval(pg_get_serial_sequence($1, $2), $3)",
            [table.into(), column.into(), last.into()],
        )],
    };
    for statement in statements {
        tx.execute_raw(statement).await?;
    }
    Ok(())
}
