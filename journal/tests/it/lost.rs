//! PostgreSQL gone, restarted, unreachable, or closing connections in the middle of the work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use journal::{Journal, JournalError, JournalOptions, Transaction};
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

use crate::support::server::{self, Server};
use crate::support::{deployment, effect, event, start};

const SOON: Duration = Duration::from_secs(30);

async fn open(url: &str) -> Journal {
    Journal::open(url, JournalOptions::default()).await.unwrap()
}

fn two_events(stream: &str, revision: i64) -> Transaction {
    let stream = deployment(stream);
    let events = vec![event("e").with_effect(effect("k", "x")), event("f")];
    Transaction::at(start())
        .append(&stream, revision, events)
        .set_timer(&stream, "bake", start(), json!({}))
}

fn not_available<T: std::fmt::Debug>(result: &Result<T, JournalError>) {
    assert!(
        matches!(result, Err(JournalError::Unavailable(_))),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_database_that_restarts_is_an_error_that_says_so_and_then_everything_goes_on() {
    let server = Server::own();
    let url = format!("{}?connect_timeout=1", server.url("postgres"));
    let journal = open(&url).await;
    let (writer, reader) = (journal.writer().unwrap(), journal.reader());
    writer.append(two_events("d", 0)).await.unwrap();
    let mut commits = reader.commits();
    commits.borrow_and_update();

    server.stop();
    not_available(&writer.append(two_events("d", 2)).await);
    not_available(&reader.head(&deployment("d")).await);
    not_available(&writer.append(two_events("d", 2)).await);
    let opened = Journal::open(&url, JournalOptions::default()).await;
    let Err(JournalError::Unavailable(reason)) = opened else {
        panic!("opened without a database")
    };
    let place = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port());
    assert!(reason.starts_with(&place), "{reason}");

    server.start(&[]);
    let head = reader.head(&deployment("d")).await.unwrap().unwrap();
    assert_eq!(head.revision, 2, "nothing of the refused appends");
    writer.append(two_events("d", 2)).await.unwrap();
    assert_eq!(reader.verify(None).await.unwrap().broken, []);
    timeout(SOON, commits.changed()).await.unwrap().unwrap();
}

#[tokio::test]
async fn connections_closed_at_any_moment_leave_whole_appends_or_none() {
    let url = server::shared().database().await;
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let mut writers = JoinSet::new();
    let mut replicas = Vec::new();
    for r in 0..3 {
        let journal = open(&url).await;
        for w in 0..3 {
            let writer = journal.writer().unwrap();
            writers.spawn(async move {
                let mut ends = Vec::new();
                for n in 0..25 {
                    let stream = format!("d-{r}-{w}-{n}");
                    let end = writer.append(two_events(&stream, 0)).await;
                    ends.push((stream, end));
                }
                ends
            });
        }
        replicas.push(journal);
    }
    let mut closed = 0;
    while !writers.is_empty() && closed < 60 {
        let ended = admin
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()
                   AND state <> 'idle'",
            )
            .await
            .unwrap();
        closed += ended.rows_affected();
        tokio::task::yield_now().await;
    }
    let (mut lost, reader) = (0, replicas[0].reader());
    for (stream, end) in writers.join_all().await.into_iter().flatten() {
        let id = deployment(&stream);
        let events = reader.events(&id, 0).await.unwrap().len();
        let effects = reader.effects(&id).await.unwrap().len();
        let timers = reader.timers(&id).await.unwrap().len();
        match (&end, events, effects, timers) {
            (Ok(_) | Err(JournalError::CommitUnknown(_)), 2, 1, 1) => {}
            (Err(JournalError::Unavailable(_) | JournalError::CommitUnknown(_)), 0, 0, 0) => {
                lost += 1;
            }
            half => panic!("{stream}: {half:?}"),
        }
    }
    assert!(closed > 0 && lost > 0, "{closed} closed, {lost} lost");
    assert_eq!(reader.verify(None).await.unwrap().broken, []);
}

/// A way to the server that can be cut without a word: bytes stop, connections stay open.
struct Wire {
    port: u16,
    cut: Arc<AtomicBool>,
    accepting: AbortHandle,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Wire {
    async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::new(AtomicBool::new(false));
        let state = cut.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                let (near_in, near_out) = near.into_split();
                let (far_in, far_out) = far.into_split();
                tokio::spawn(carry(near_in, far_out, state.clone()));
                tokio::spawn(carry(far_in, near_out, state.clone()));
            }
        });
        Self {
            port,
            cut,
            accepting: accepting.abort_handle(),
        }
    }
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    cut: Arc<AtomicBool>,
) {
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if cut.load(Ordering::SeqCst) {
            // For good: what is sent into a cut wire never arrives.
            std::future::pending::<()>().await;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
}

#[tokio::test]
async fn a_replica_whose_network_is_cut_says_so_in_time_and_goes_on_when_it_is_back() {
    let url = server::shared().database().await;
    let (_, name) = url.rsplit_once('/').unwrap();
    let wire = Wire::to(server::shared().port()).await;
    let through = format!(
        "postgres://postgres@127.0.0.1:{}/{name}?connect_timeout=1&answer_timeout=1",
        wire.port
    );
    let (near, far) = (open(&url).await, open(&through).await);
    let (writer, reader) = (far.writer().unwrap(), far.reader());
    writer.append(two_events("far", 0)).await.unwrap();
    reader.head(&deployment("far")).await.unwrap();

    wire.cut.store(true, Ordering::SeqCst);
    for _ in 0..4 {
        let stream = deployment("far");
        let both =
            async { tokio::join!(writer.append(two_events("far", 2)), reader.head(&stream)) };
        let (write, read) = timeout(SOON, both).await.unwrap();
        not_available(&write);
        not_available(&read);
    }
    // The others are not held up.
    let other = near.writer().unwrap();
    timeout(SOON, other.append(two_events("near", 0)))
        .await
        .unwrap()
        .unwrap();

    wire.cut.store(false, Ordering::SeqCst);
    let head = reader.head(&deployment("far")).await.unwrap().unwrap();
    assert_eq!(head.revision, 2);
    writer.append(two_events("far", 2)).await.unwrap();
    assert_eq!(reader.verify(None).await.unwrap().broken, []);
}

/// Work that was given up in the middle of a statement when the network went away: nobody waits
/// for its connections any more, and the network does not say that they are dead.
#[tokio::test]
async fn connections_of_abandoned_work_that_died_without_a_word_are_not_waited_for() {
    let url = server::shared().database().await;
    let (_, name) = url.rsplit_once('/').unwrap();
    let wire = Wire::to(server::shared().port()).await;
    let through = format!(
        "postgres://postgres@127.0.0.1:{}/{name}?connect_timeout=1&answer_timeout=60",
        wire.port
    );
    let far = open(&through).await;
    far.writer()
        .unwrap()
        .append(two_events("far", 0))
        .await
        .unwrap();

    let mut holder = PgConnection::connect(&url).await.unwrap();
    let mut held = holder.begin().await.unwrap();
    held.execute("LOCK TABLE stream IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let mut abandoned = JoinSet::new();
    for _ in 0..3 {
        let reader = far.reader();
        abandoned.spawn(async move { reader.head(&deployment("far")).await });
    }
    let waiting = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut onlooker = PgConnection::connect(&url).await.unwrap();
    while sqlx::query_scalar::<_, i64>(waiting)
        .fetch_one(&mut onlooker)
        .await
        .unwrap()
        < 3
    {
        tokio::task::yield_now().await;
    }
    wire.cut.store(true, Ordering::SeqCst);
    abandoned.shutdown().await;
    held.rollback().await.unwrap();

    let reader = far.reader();
    let stream = deployment("far");
    not_available(&timeout(SOON, reader.head(&stream)).await.unwrap());
    wire.cut.store(false, Ordering::SeqCst);
    let head = timeout(SOON, reader.head(&stream)).await.unwrap().unwrap();
    assert_eq!(head.unwrap().revision, 2);
}
