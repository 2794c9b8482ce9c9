use std::os::unix::fs::PermissionsExt;

use journal::{Journal, JournalError, JournalOptions, ManualClock, Transaction};

use crate::support::{Bench, database, deployment, event, folder, options, start, url};

#[tokio::test]
async fn of_three_opens_at_once_one_writes_and_two_are_told_who_does() {
    let folder = folder();
    let clock = ManualClock::at(start());
    let url = url(&folder);
    let open = || Journal::open(&url, options(&clock));
    let (a, b, c) = tokio::join!(open(), open(), open());
    let mut opened = Vec::new();
    for result in [a, b, c] {
        match result {
            Ok(journal) => opened.push(journal),
            Err(JournalError::Locked { holder, .. }) => {
                assert!(
                    holder.contains(&std::process::id().to_string()) || holder == "another process"
                );
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(opened.len(), 1);
    let writer = opened[0].writer().unwrap();
    writer
        .append(Transaction::at(start()).append(&deployment("d"), 0, vec![event("e")]))
        .await
        .unwrap();
    // Closed, the next one may write, and finds what was written.
    opened.remove(0).close().await.unwrap();
    assert!(matches!(
        writer.put_meta("a", "b").await,
        Err(JournalError::Closed)
    ));
    let again = Journal::open(&url, options(&clock)).await.unwrap();
    assert_eq!(again.reader().event_count().await.unwrap(), 1);
}

#[tokio::test]
async fn the_error_for_a_second_writer_names_the_file_the_process_and_the_way_out() {
    let bench = Bench::new().await;
    let error = Journal::open(&url(&bench.folder), options(&bench.clock))
        .await
        .err()
        .unwrap();
    let text = error.to_string();
    assert!(
        text.contains("tawny.db is being written by process"),
        "{text}"
    );
    assert!(text.contains(&std::process::id().to_string()), "{text}");
    assert!(text.contains("open the journal read-only"), "{text}");
}

#[tokio::test]
async fn a_reader_beside_the_writer_sees_each_commit_and_cannot_write() {
    let bench = Bench::new().await;
    let beside = Journal::open_read_only(&url(&bench.folder), options(&bench.clock))
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
        &url(&bench.folder),
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
        &url(&bench.folder),
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
        Journal::open(&url(&bench.folder), options(&bench.clock)).await,
        Journal::open_read_only(&url(&bench.folder), options(&bench.clock)).await,
    ] {
        let error = result.err().unwrap();
        assert!(
            matches!(&error, JournalError::NewerSchema(what) if what == "m0099_later"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_reader_of_a_database_nobody_migrated_is_told_to_start_the_server_once() {
    let folder = folder();
    std::fs::File::create(database(&folder)).unwrap();
    let error = Journal::open_read_only(&url(&folder), JournalOptions::default())
        .await
        .err()
        .unwrap();
    assert!(
        error.to_string().contains("missing: m0001_first"),
        "{error}"
    );
}

#[tokio::test]
async fn a_url_that_names_no_database_is_refused_without_its_password() {
    for (url, says) in [
        ("mysql://tawny:secret@db/tawny", "expected sqlite:"),
        ("sqlite::memory:", "expected the path of a file"),
        ("sqlite:", "expected the path of a file"),
    ] {
        let error = Journal::open(url, JournalOptions::default())
            .await
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains(says), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn the_database_file_is_its_owners_alone() {
    let bench = Bench::new().await;
    bench.append(&deployment("d-1"), vec![]).await;
    for suffix in ["", "-wal"] {
        let path = format!("{}{suffix}", database(&bench.folder).display());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
}

#[tokio::test]
async fn the_databases_own_time_is_the_machines() {
    let folder = folder();
    let journal = Journal::open(&url(&folder), JournalOptions::default())
        .await
        .unwrap();
    let before = jiff::Timestamp::now();
    let shown = journal.reader().now().await.unwrap();
    let apart = shown.duration_since(before).as_millis().abs();
    assert!(apart < 2_000, "the database's time is {apart} ms away");
}
