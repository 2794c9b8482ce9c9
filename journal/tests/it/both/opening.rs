use journal::{Journal, JournalError, JournalOptions, Transaction};

use super::{Bench, Engine};
use crate::support::{Engine as _, deployment, event, options, start};

#[tokio::test]
async fn a_reader_beside_the_writer_sees_each_commit_and_cannot_write() {
    let bench = Bench::new().await;
    let beside = Journal::open_read_only(&bench.place.url, options(&bench.clock))
        .await
        .unwrap();
    for revision in 1..=5 {
        bench.append(&deployment("d-1"), vec![]).await;
        let head = beside
            .reader()
            .head(&deployment("d-1"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(head.revision, revision);
    }
    let refused = beside.writer().err().unwrap().to_string();
    assert_eq!(refused, "journal is read-only: it was opened read-only");
    assert!(beside.inbox().is_err());
}

#[tokio::test]
async fn reads_go_on_while_writes_do() {
    let bench = Bench::new().await;
    let writing = async {
        for _ in 0..50 {
            bench.append(&deployment("d-1"), vec![]).await;
        }
    };
    let reading = async {
        let mut last = 0;
        while last < 50 {
            let events = bench.reader.events(&deployment("d-1"), 0).await.unwrap();
            assert!(events.len() >= last, "a stream never shrinks");
            last = events.len();
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(writing, reading);
}

#[tokio::test]
async fn events_this_build_cannot_fold_open_the_journal_read_only_with_a_clear_error() {
    let bench = Bench::new().await;
    let stream = deployment("d-1");
    let mut newer = event("watch_started");
    newer.version = 3;
    let events = vec![event("deployment_started"), newer, event("owl_hooted")];
    bench
        .writer
        .append(Transaction::at(start()).append(&stream, 0, events))
        .await
        .unwrap();
    bench.journal.close().await.unwrap();

    let known = |versions: &[(&str, u32)]| JournalOptions {
        known_events: Some(
            versions
                .iter()
                .map(|(name, version)| ((*name).into(), *version))
                .collect(),
        ),
        ..options(&bench.clock)
    };
    let old = Journal::open(
        &bench.place.url,
        known(&[("deployment_started", 1), ("watch_started", 2)]),
    )
    .await
    .unwrap();
    let error = old.writer().err().unwrap().to_string();
    assert!(error.contains("read-only"), "{error}");
    assert!(
        error.contains("watch_started version 3 (this build knows up to 2)"),
        "{error}"
    );
    assert!(
        error.contains("owl_hooted version 1 (unknown to this build)"),
        "{error}"
    );
    assert!(
        old.inbox().is_err(),
        "deliveries must be sent again to a build that can handle them"
    );
    assert_eq!(
        old.reader().events(&stream, 0).await.unwrap().len(),
        3,
        "still readable"
    );

    let new = Journal::open(
        &bench.place.url,
        known(&[
            ("deployment_started", 1),
            ("watch_started", 3),
            ("owl_hooted", 1),
        ]),
    )
    .await
    .unwrap();
    assert!(new.writer().is_ok());
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_refused_by_writers_and_readers() {
    let bench = Bench::new().await;
    bench
        .sql("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m0099_later', 0)")
        .await;
    bench.journal.close().await.unwrap();
    for result in [
        Journal::open(&bench.place.url, options(&bench.clock)).await,
        Journal::open_read_only(&bench.place.url, options(&bench.clock)).await,
    ] {
        let error = result.err().unwrap();
        assert!(
            matches!(&error, JournalError::NewerSchema(what) if what == "m0099_later"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn the_databases_own_time_is_the_machines() {
    let place = Engine::place().await;
    let journal = Journal::open(&place.url, JournalOptions::default())
        .await
        .unwrap();
    let before = jiff::Timestamp::now();
    let shown = journal.reader().now().await.unwrap();
    let apart = shown.duration_since(before).as_millis().abs();
    assert!(apart < 2_000, "the database's time is {apart} ms away");
}
