//! A journal moves from one engine to the other, and back.

use std::io::Cursor;
use std::time::Duration;

use journal::{
    ChatMessage, Evidence, Journal, JournalError, Retention, Session, StreamId, TokenKind,
    Transaction,
};
use serde_json::json;

use crate::support::{Bench, Engine, Postgres, Sqlite, deployment, effect, event, options, start};

const DAY: u64 = 24 * 3600;

/// A journal with something in every table, and in every state.
async fn full<E: Engine>() -> Bench<E> {
    let bench = Bench::<E>::new().await;
    let stream = deployment("d");
    bench.append(&deployment("old"), vec![]).await;
    bench.pass(500 * DAY);
    bench
        .writer
        .retain(&Retention::default(), bench.now())
        .await
        .unwrap();
    let lease = bench.lease().await;
    for n in 0..300 {
        let demands = if n % 50 == 0 {
            vec![effect("k", "x"), effect("l", "y")]
        } else {
            vec![]
        };
        bench.append(&stream, demands).await;
    }
    let strange = journal::NewEvent::new(
        "e",
        1,
        json!({"text": "\u{0}\"\\\u{2028}猫", "n": 0.1, "big": 9_007_199_254_740_993_i64}),
    );
    let lane = StreamId::lane("shop/eu", "prod").unwrap();
    let set = Transaction::at(bench.now())
        .append(&lane, 0, vec![strange])
        .set_timer(
            &stream,
            "later",
            bench.now() + Duration::from_secs(DAY),
            json!({}),
        )
        .set_timer(&stream, "fired", bench.now(), json!({}));
    bench.writer.append(set).await.unwrap();
    bench.writer.fire_timers(lease.fence(), 10).await.unwrap();
    bench.deliver("1", "deployment/e", json!({"k": "v"})).await;
    bench
        .writer
        .next_inbox(lease.fence(), 1, None)
        .await
        .unwrap();
    let claimed = bench
        .writer
        .claim_effects(lease.fence(), &["x", "y"], 2)
        .await;
    let claimed = claimed.unwrap();
    bench
        .writer
        .complete(&claimed[0], &json!({"ts": "1.1"}))
        .await
        .unwrap();
    let evidence = Evidence {
        source: "prom".into(),
        query: "up".into(),
        window_start: start(),
        window_end: start(),
        result: json!([1.5, null]),
        taken_at: start(),
    };
    bench.inbox.put_evidence(&evidence).await.unwrap();
    bench
        .writer
        .put_watch_state("w", "1", vec![0, 255, 10], bench.now())
        .await
        .unwrap();
    let message = ChatMessage {
        post_key: "deployment/d/parent".into(),
        platform: "slack".into(),
        channel: "C1".into(),
        message: "1.1".into(),
        digest: "a".into(),
        posted_at: bench.now(),
    };
    bench.writer.put_chat_message(message).await.unwrap();
    let session = Session {
        person: "ana".into(),
        data: json!({}),
        created_at: bench.now(),
        expires_at: bench.now() + Duration::from_secs(DAY),
    };
    bench
        .writer
        .put_token(TokenKind::Session, "tok", session)
        .await
        .unwrap();
    bench.writer.put_meta("instance", "a").await.unwrap();
    bench
}

async fn exported(journal: &Journal) -> Vec<u8> {
    let mut archive = Vec::new();
    journal.reader().export(&mut archive).await.unwrap();
    archive
}

/// The archive of the same journal with nobody leading.
fn with_free_lease(archive: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(archive).unwrap();
    let lines = text.split_inclusive('\n').map(|line| {
        let lease = line.contains("\"is\":\"lease\"");
        match line.split_once("\"expires_at\":").filter(|_| lease) {
            Some((before, _)) => format!("{before}\"expires_at\":0}}}}\n"),
            None => line.to_owned(),
        }
    });
    lines.collect::<String>().into_bytes()
}

/// Moves a journal and works on in the new place.
async fn moves<From: Engine, To: Engine>() {
    let old = full::<From>().await;
    let archive = exported(&old.journal).await;
    let to = To::place().await;
    let imported = Journal::import(&to.url, Cursor::new(&archive))
        .await
        .unwrap();
    assert_eq!((imported.streams, imported.events), (3, 302));

    let new = Journal::open(&to.url, options(&old.clock)).await.unwrap();
    assert!(
        exported(&new).await == with_free_lease(archive),
        "the same byte for byte, but for the lease, which is free"
    );
    let (reader, writer) = (new.reader(), new.writer().unwrap());
    let verified = reader.verify(None).await.unwrap();
    assert_eq!(
        (verified.streams, verified.events, verified.erased),
        (3, 302, 1)
    );
    assert_eq!(verified.broken, []);
    let stream = deployment("d");
    assert_eq!(
        reader.head(&stream).await.unwrap(),
        old.reader.head(&stream).await.unwrap()
    );
    assert!(reader.session("tok", old.now()).await.unwrap().is_some());

    // The work goes on where it was: claims of the old place are taken over as uncertain.
    let lease = writer
        .acquire(
            "engine",
            "host-1",
            Duration::from_secs(60),
            std::time::Instant::now(),
        )
        .await
        .unwrap();
    assert_eq!(lease.fence().epoch(), 2);
    let effects = writer.claim_effects(lease.fence(), &["x", "y"], 10).await;
    let effects = effects.unwrap();
    let found: Vec<_> = effects
        .iter()
        .map(|effect| (effect.id.as_str(), effect.uncertain))
        .collect();
    assert_eq!(
        found,
        [("deployment/d@1#1", true), ("deployment/d@51#0", false)]
    );
    // Ids are not given out twice: a timer set now is a new delivery, though the last was fired.
    let due = old.now();
    let set = Transaction::at(due)
        .append(
            &stream,
            300,
            vec![event("on").with_effect(effect("m", "x"))],
        )
        .set_timer(&stream, "again", due, json!({}));
    assert_eq!(writer.append(set).await.unwrap().last_seq, 303);
    let before = reader.counts().await.unwrap().inputs;
    assert_eq!(writer.fire_timers(lease.fence(), 10).await.unwrap(), 1);
    let after = reader.counts().await.unwrap().inputs;
    assert_eq!(
        after.pending + after.claimed,
        before.pending + before.claimed + 1
    );
    assert_eq!(reader.verify(None).await.unwrap().broken, []);
}

#[tokio::test]
async fn a_journal_moves_from_sqlite_to_postgresql_and_works_on() {
    moves::<Sqlite, Postgres>().await;
}

#[tokio::test]
async fn a_journal_moves_from_postgresql_to_sqlite_and_works_on() {
    moves::<Postgres, Sqlite>().await;
}

#[tokio::test]
async fn an_export_shows_one_moment_while_others_write_on() {
    one_moment::<Sqlite>().await;
    one_moment::<Postgres>().await;
}

/// Writes while it is written to: every line that comes out lets an append through.
async fn one_moment<E: Engine>() {
    let bench = full::<E>().await;
    let (reader, stream) = (bench.reader.clone(), deployment("d"));
    let mut archive = Vec::new();
    let appends = async {
        for _ in 0..50 {
            bench.append(&stream, vec![effect("n", "x")]).await;
        }
    };
    let (done, ()) = tokio::join!(reader.export(&mut archive), appends);
    done.unwrap();
    let to = Sqlite::place().await;
    // Heads and events agree, or it would be refused.
    let imported = Journal::import(&to.url, Cursor::new(&archive)).await;
    assert!(imported.unwrap().events >= 302);
}

#[tokio::test]
async fn an_archive_that_was_changed_is_refused_at_its_line_and_nothing_of_it_is_kept() {
    refused_in::<Sqlite>().await;
    refused_in::<Postgres>().await;
}

async fn refused_in<E: Engine>() {
    let archive = String::from_utf8(exported(&full::<Sqlite>().await.journal).await).unwrap();
    let lines: Vec<&str> = archive.lines().collect();
    let event_at = lines
        .iter()
        .position(|line| line.contains(r#""is":"event""#) && line.contains(r#""revision":7"#))
        .unwrap();
    let change = |n: usize, line: String| {
        let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        changed[n] = line;
        changed.join("\n")
    };
    let without = |n: usize| {
        let mut changed = lines.clone();
        changed.remove(n);
        changed.join("\n")
    };
    let last = lines.len() - 1;
    let of_d = lines
        .iter()
        .position(|line| line.contains(r#""is":"stream""#) && line.contains("deployment/d\""))
        .unwrap();
    let rows = |n: usize| format!(r#"{{"rows":{n}}}"#);
    let headless = without(of_d).replace(&rows(last - 1), &rows(last - 2));
    let cases = [
        (
            change(
                event_at,
                lines[event_at].replace(r#"\"n\":1"#, r#"\"n\":2"#),
            ),
            event_at + 1,
            "its payload has another hash",
        ),
        (without(event_at), event_at + 1, "the event is missing"),
        (without(of_d), last, "expected"),
        (headless, last + 1, "deployment/d has events and no head"),
        (without(last), last + 1, "its end is missing"),
        (
            change(event_at, "{}".to_owned()),
            event_at + 1,
            "no line of an archive",
        ),
        (
            change(
                0,
                r#"{"is":"head","row":{"format":9,"schema":[]}}"#.to_owned(),
            ),
            1,
            "format 9",
        ),
        (without(0), 1, "expected the head"),
        (String::new(), 1, "its end is missing"),
    ];
    let to = E::place().await;
    for (changed, line, says) in cases {
        let refused = Journal::import(&to.url, Cursor::new(changed)).await;
        let Err(JournalError::Archive { line: at, problem }) = refused else {
            panic!("{says}: {refused:?}")
        };
        assert!(problem.contains(says), "{says}: {problem}");
        assert_eq!(at, line as u64, "{says}: {problem}");
    }
    let newer = change(
        0,
        r#"{"is":"head","row":{"format":1,"schema":["m0099"]}}"#.to_owned(),
    );
    let newer = Journal::import(&to.url, Cursor::new(newer)).await;
    assert!(matches!(newer, Err(JournalError::NewerSchema(_))));

    Journal::import(&to.url, Cursor::new(&archive))
        .await
        .unwrap();
    let twice = Journal::import(&to.url, Cursor::new(&archive)).await;
    assert!(matches!(twice, Err(JournalError::NotEmpty(_))), "{twice:?}");
}
