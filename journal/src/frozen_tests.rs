//! A replica that is frozen in the middle of a write (SIGSTOP, a paused virtual machine) while it
//! holds the lock of all writers. Here a runtime that nobody polls.

#[path = "../tests/it/support/database.rs"]
mod database;
#[path = "../tests/it/support/server.rs"]
#[allow(dead_code, reason = "the other tests need more of it")]
mod server;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::committer::Done;
use crate::{Journal, JournalError, JournalOptions, NewEvent, StreamId, Transaction, meta};

fn append(revision: i64) -> Transaction {
    let stream = StreamId::deployment("d").unwrap();
    let event = NewEvent::new("e", 1, json!({}));
    Transaction::at(Timestamp::UNIX_EPOCH).append(&stream, revision, vec![event])
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_replica_frozen_in_the_middle_of_a_write_holds_up_the_others_only_for_a_while() {
    let (frozen, living) = (runtime(), runtime());
    let url = living.block_on(server::shared().database());
    let shorter = format!("{url}?options[idle_in_transaction_session_timeout]=500ms");
    let open = |url: String| async move {
        Journal::open(&url, JournalOptions::default())
            .await
            .unwrap()
    };

    // One write is half done, inside its transaction, when the replica freezes.
    let (half_done, is_half_done) = oneshot::channel();
    let (thaw, thawed) = oneshot::channel::<()>();
    let writing = frozen.spawn(async move {
        let journal = open(shorter).await;
        let writer = journal.writer().unwrap();
        writer
            .committer
            .write(move |tx| {
                Box::pin(async move {
                    meta::put(tx, "half", "done").await?;
                    half_done.send(()).unwrap();
                    thawed.await.unwrap();
                    meta::put(tx, "whole", "done").await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    });
    frozen.block_on(is_half_done).unwrap();

    let reader = living.block_on(async {
        let journal = open(url).await;
        let goes_on = journal.writer().unwrap();
        timeout(Duration::from_secs(8), goes_on.append(append(0)))
            .await
            .unwrap()
            .unwrap();
        journal.reader()
    });

    thaw.send(()).unwrap();
    let woken = frozen.block_on(writing).unwrap();
    assert!(
        matches!(woken, Err(JournalError::Unavailable(_))),
        "{woken:?}"
    );
    living.block_on(async {
        assert_eq!(reader.meta("half").await.unwrap(), None, "nothing of it");
        assert_eq!(reader.event_count().await.unwrap(), 1);
    });
}
