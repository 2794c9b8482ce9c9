//! How replicas wake each other: PostgreSQL's LISTEN and NOTIFY. A notice says only that somebody
//! committed. It is a hint: notices are lost with a connection (and never pass a pooler that
//! shares sessions), so every loop that waits for one also looks from time to time.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};
use sqlx::Executor;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::location::Postgres;

const CHANNEL: &str = "tawny_journal";
/// Silence after which the connection is asked whether it still lives.
const SILENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_secs(1);

/// Tells the other replicas, if and when the transaction commits. `me` tells one's own notices.
pub(crate) async fn announce(tx: &DatabaseTransaction, me: &str) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_raw(Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_notify($1, $2)",
            [CHANNEL.into(), me.into()],
        ))
        .await?;
    }
    Ok(())
}

/// An ear that hears from now on.
pub(crate) async fn ear(place: &Postgres) -> Result<PgListener, sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(place.connect_timeout)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(place.options.clone());
    let mut ear = PgListener::connect_with(&pool).await?;
    ear.eager_reconnect(false);
    ear.listen(CHANNEL).await?;
    Ok(ear)
}

/// Counts what other replicas commit, for ever, through every loss of the connection.
pub(crate) async fn listen(
    place: Postgres,
    mut ear: PgListener,
    me: String,
    committed: watch::Sender<u64>,
) {
    loop {
        if let Err(error) = hear(&place, &mut ear, &me, &committed).await {
            tracing::warn!(%error, database = ?place, "not hearing of other replicas' commits");
        }
        ear = loop {
            match self::ear(&place).await {
                Ok(ear) => break ear,
                Err(error) => tracing::debug!(%error, database = ?place, "still not hearing"),
            }
            tokio::time::sleep(PAUSE).await;
        };
        // What was committed in between was not heard.
        committed.send_modify(|count| *count += 1);
    }
}

/// Listens until the connection is lost.
async fn hear(
    place: &Postgres,
    ear: &mut PgListener,
    me: &str,
    committed: &watch::Sender<u64>,
) -> Result<(), sqlx::Error> {
    loop {
        match timeout(SILENCE, ear.try_recv()).await {
            Ok(Ok(Some(notice))) if notice.payload() == me => {}
            Ok(Ok(Some(_))) => committed.send_modify(|count| *count += 1),
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => return Err(error),
            Err(_) => match timeout(place.answer_timeout, ear.execute("SELECT 1")).await {
                Ok(alive) => {
                    alive?;
                }
                Err(_) => return Ok(()),
            },
        }
    }
}
