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

/// Counts what other replicas commit, for ever, through every loss of the connection.
pub(crate) async fn listen(place: Postgres, me: String, committed: watch::Sender<u64>) {
    let mut connected_before = false;
    loop {
        if let Err(error) = hear(&place, &me, &committed, &mut connected_before).await {
            tracing::warn!(%error, database = ?place, "not hearing of other replicas' commits");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn hear(
    place: &Postgres,
    me: &str,
    committed: &watch::Sender<u64>,
    connected_before: &mut bool,
) -> Result<(), sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(place.connect_timeout)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(place.options.clone());
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    if *connected_before {
        // What was committed in between was not heard.
        committed.send_modify(|count| *count += 1);
    }
    *connected_before = true;
    loop {
        match timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(notice))) if notice.payload() == me => {}
            Ok(Ok(Some(_))) => committed.send_modify(|count| *count += 1),
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => return Err(error),
            Err(_) => {
                let alive = listener.execute("SELECT 1");
                if timeout(place.answer_timeout, alive).await.is_err() {
                    return Ok(());
                }
            }
        }
    }
}
