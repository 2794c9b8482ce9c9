//! What only a SQLite journal has: a file, and a lock beside it.

use std::os::unix::fs::PermissionsExt;

use journal::{
    Journal, JournalError, JournalOptions, ManualClock, Session, TokenKind, Transaction,
};
use serde_json::json;
use sqlx::Connection;

use crate::support::{Bench, Sqlite, database, deployment, event, folder, options, start, url};

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
    let bench = Bench::<Sqlite>::new().await;
    let error = Journal::open(&bench.place.url, options(&bench.clock))
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
    let bench = Bench::<Sqlite>::new().await;
    bench.append(&deployment("d-1"), vec![]).await;
    for suffix in ["", "-wal"] {
        let path = format!(
            "{}{suffix}",
            bench.place.url.strip_prefix("sqlite:").unwrap()
        );
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
}

#[tokio::test]
async fn a_token_is_nowhere_in_the_file() {
    let folder = folder();
    let journal = Journal::open(&url(&folder), JournalOptions::default())
        .await
        .unwrap();
    let session = Session {
        person: "ana".into(),
        data: json!({}),
        created_at: start(),
        expires_at: start(),
    };
    let writer = journal.writer().unwrap();
    writer
        .put_token(TokenKind::Session, "tok-1", session)
        .await
        .unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(4).any(|window| window == b"tok-"));
    }
}

/// What a released step makes is in people's journals: lines are added at the end of the file, never changed.
#[tokio::test]
async fn a_new_journal_has_the_tables_and_indexes_that_released_ones_have() {
    let bench = Bench::<Sqlite>::new().await;
    let statement = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'seaql_migrations' ORDER BY rowid";
    let mut connection = sqlx::SqliteConnection::connect(&bench.place.url)
        .await
        .unwrap();
    let made: Vec<String> = sqlx::query_scalar(statement)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let released = include_str!("../golden/schema.sql").lines();
    assert_eq!(made, released.collect::<Vec<_>>());
}
