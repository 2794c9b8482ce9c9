//! Real processes: one that writes, and is killed while it does.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use journal::{Journal, JournalError, JournalOptions, Transaction};

use crate::support::{deployment, event, folder, server, start, url};

const URL: &str = "TAWNY_TEST_JOURNAL_OF_CHILD";

/// Not a test of its own: what the child process of the test below runs.
#[tokio::test]
async fn child_that_appends_until_it_is_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    let journal = Journal::open(&url, JournalOptions::default())
        .await
        .unwrap();
    let writer = journal.writer().unwrap();
    let stream = deployment("d");
    let mut revision = journal
        .reader()
        .head(&stream)
        .await
        .unwrap()
        .map_or(0, |head| head.revision);
    loop {
        let two = vec![event("e"), event("f")];
        writer
            .append(Transaction::at(start()).append(&stream, revision, two))
            .await
            .unwrap();
        revision += 2;
        println!("acknowledged {revision}");
    }
}

fn child(url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "killed::child_that_appends_until_it_is_killed",
            "--nocapture",
        ])
        .env(URL, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn a_process_killed_while_writing_loses_nothing_it_was_told_is_written_and_frees_the_lock() {
    let folder = folder();
    killed_while_writing(&url(&folder), |locked, child| {
        let Err(JournalError::Locked { holder, .. }) = locked else {
            panic!("not locked")
        };
        assert_eq!(holder, format!("process {child}"));
    })
    .await;
}

#[tokio::test]
async fn a_replica_killed_while_writing_loses_nothing_it_was_told_is_written_and_stops_no_other() {
    let url = server::shared().database().await;
    killed_while_writing(&url, |beside, _| drop(beside.unwrap())).await;
}

/// `beside` is told how an open went while the child writes.
async fn killed_while_writing(url: &str, beside: fn(Result<Journal, JournalError>, u32)) {
    for _ in 0..3 {
        let mut child = child(url);
        let mut told = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("acknowledged ")?.parse::<i64>().ok());
        let soon = told.by_ref().nth(20).unwrap();
        let opened = Journal::open(url, JournalOptions::default()).await;
        beside(opened, child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = told.last().unwrap_or(soon);

        let journal = Journal::open(url, JournalOptions::default()).await.unwrap();
        // On PostgreSQL, what the dead one had under way ends before this, or with it.
        journal
            .writer()
            .unwrap()
            .put_meta("mine", "now")
            .await
            .unwrap();
        let head = journal.reader().head(&deployment("d")).await.unwrap();
        let revision = head.unwrap().revision;
        assert!(
            revision >= acknowledged,
            "told of {acknowledged}, found {revision}"
        );
        assert_eq!(revision % 2, 0, "half an append was written");
        assert_eq!(journal.reader().verify(None).await.unwrap().broken, []);
        journal.close().await.unwrap();
    }
}
