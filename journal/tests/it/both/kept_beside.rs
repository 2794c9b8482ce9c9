use std::time::Duration;

use jiff::Timestamp;
use journal::{
    ChatMessage, Evidence, JournalError, Retained, Retention, Session, TokenKind, Transaction,
};
use serde_json::json;

use super::Bench;
use crate::support::{deployment, effect, event, start};

const DAY: u64 = 24 * 3600;

fn evidence(value: f64) -> Evidence {
    Evidence {
        source: "prometheus".into(),
        query: "rate(http_requests_total[5m])".into(),
        window_start: start(),
        window_end: start() + Duration::from_secs(300),
        result: json!({"value": value, "labels": {"job": "shop", "instance": "i-1"}}),
        taken_at: start(),
    }
}

#[tokio::test]
async fn evidence_is_found_by_the_id_of_its_content_and_stored_once() {
    let bench = Bench::new().await;
    let id = bench.inbox.put_evidence(&evidence(0.25)).await.unwrap();
    assert_eq!(
        id, "ev_4f308c3825029396",
        "ids are cited in reports: they must never change"
    );
    let later = Evidence {
        taken_at: start() + Duration::from_secs(60),
        ..evidence(0.25)
    };
    assert_eq!(bench.writer.put_evidence(&later).await.unwrap(), id);
    assert_ne!(bench.writer.put_evidence(&evidence(0.5)).await.unwrap(), id);
    assert_eq!(
        bench.reader.evidence(&id).await.unwrap(),
        Some(evidence(0.25))
    );
    assert_eq!(
        bench.reader.evidence("ev_0000000000000000").await.unwrap(),
        None
    );
    assert_eq!(bench.reader.counts().await.unwrap().evidence, 2);
}

#[tokio::test]
async fn detector_state_of_another_code_version_is_not_used() {
    let bench = Bench::new().await;
    let put = |version: &'static str, state: u8| {
        let (writer, now) = (bench.writer.clone(), bench.now());
        async move {
            writer
                .put_watch_state("w-1", version, vec![state], now)
                .await
                .unwrap();
        }
    };
    put("1", 7).await;
    assert_eq!(
        bench.reader.watch_state("w-1", "1").await.unwrap(),
        Some(vec![7])
    );
    assert_eq!(bench.reader.watch_state("w-1", "2").await.unwrap(), None);
    put("2", 8).await;
    assert_eq!(bench.reader.watch_state("w-1", "1").await.unwrap(), None);
    assert_eq!(
        bench.reader.watch_state("w-1", "2").await.unwrap(),
        Some(vec![8])
    );
    bench.writer.drop_watch_state("w-1").await.unwrap();
    assert_eq!(bench.reader.watch_state("w-1", "2").await.unwrap(), None);
}

#[tokio::test]
async fn a_chat_message_is_found_by_its_key_and_by_where_it_is() {
    let bench = Bench::new().await;
    let message = ChatMessage {
        post_key: "deployment/d-1/parent".into(),
        platform: "slack".into(),
        channel: "C1".into(),
        message: "1700000000.000100".into(),
        digest: "a".into(),
        posted_at: bench.now(),
    };
    bench
        .writer
        .put_chat_message(message.clone())
        .await
        .unwrap();
    let edited = ChatMessage {
        digest: "b".into(),
        ..message
    };
    bench.writer.put_chat_message(edited.clone()).await.unwrap();
    let found = bench
        .reader
        .chat_message("deployment/d-1/parent")
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&edited));
    let clicked = bench
        .reader
        .chat_message_at("slack", "C1", "1700000000.000100")
        .await
        .unwrap();
    assert_eq!(clicked, Some(edited));
    assert_eq!(
        bench
            .reader
            .chat_message_at("slack", "C2", "1700000000.000100")
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_key_of_a_chat_message_is_claimed_once_and_found_by_its_beginning_until_it_is_forgotten()
{
    let bench = Bench::new().await;
    let message = |key: &str, digest: &str| ChatMessage {
        post_key: key.into(),
        platform: "slack".into(),
        channel: "C1".into(),
        message: String::new(),
        digest: digest.into(),
        posted_at: bench.now(),
    };
    let claim = |key: &str, digest: &str| bench.writer.claim_chat_message(message(key, digest));
    let (one, two) = tokio::join!(claim("later/a_1/x", "1"), claim("later/a_1/x", "2"));
    assert!(one.unwrap() != two.unwrap(), "one of two has it");
    let first = bench.reader.chat_message("later/a_1/x").await.unwrap();
    assert!(!claim("later/a_1/x", "3").await.unwrap());
    assert_eq!(
        bench.reader.chat_message("later/a_1/x").await.unwrap(),
        first
    );
    // `_` is no wildcard, and neither is `%`.
    for key in ["later/ab1/y", "later/a_1/B", "later/a%/z"] {
        assert!(claim(key, "1").await.unwrap());
    }
    let under = async |beginning: &str| {
        let found = bench.reader.chat_messages_under(beginning).await.unwrap();
        found
            .into_iter()
            .map(|message| message.post_key)
            .collect::<Vec<_>>()
    };
    assert_eq!(under("later/a_1/").await, ["later/a_1/B", "later/a_1/x"]);
    assert_eq!(under("later/a%/").await, ["later/a%/z"]);
    bench
        .writer
        .forget_chat_message("later/a_1/x")
        .await
        .unwrap();
    bench
        .writer
        .forget_chat_message("later/a_1/x")
        .await
        .unwrap();
    assert_eq!(under("later/a_1/").await, ["later/a_1/B"]);
    assert!(claim("later/a_1/x", "4").await.unwrap());
}

fn session(until: Timestamp) -> Session {
    Session {
        person: "ana".into(),
        data: json!({}),
        created_at: start(),
        expires_at: until,
    }
}

#[tokio::test]
async fn a_link_begins_a_session_once_even_when_twenty_redeem_it_together() {
    let bench = Bench::new().await;
    let until = bench.now() + Duration::from_secs(600);
    bench
        .writer
        .put_token(TokenKind::Link, "link-token", session(until))
        .await
        .unwrap();
    assert_eq!(
        bench
            .reader
            .session("link-token", bench.now())
            .await
            .unwrap(),
        None,
        "a link is no session"
    );
    let redeemed = futures_util::future::join_all(
        (0..20).map(|_| bench.writer.redeem_link("link-token", bench.now())),
    )
    .await;
    let winners = redeemed
        .iter()
        .filter(|result| matches!(result, Ok(Some(_))))
        .count();
    assert_eq!(winners, 1);
}

#[tokio::test]
async fn expired_and_ended_sessions_are_none_and_tokens_are_stored_nowhere() {
    let bench = Bench::new().await;
    let until = bench.now() + Duration::from_secs(600);
    for (kind, token) in [
        (TokenKind::Session, "tok-1"),
        (TokenKind::Session, "tok-2"),
        (TokenKind::Link, "tok-3"),
    ] {
        bench
            .writer
            .put_token(kind, token, session(until))
            .await
            .unwrap();
    }
    assert_eq!(
        bench.reader.session("tok-1", bench.now()).await.unwrap(),
        Some(session(until))
    );
    bench.writer.end_session("tok-1").await.unwrap();
    assert_eq!(
        bench.reader.session("tok-1", bench.now()).await.unwrap(),
        None
    );
    assert_eq!(
        bench.reader.session("tok-2", until).await.unwrap(),
        None,
        "over"
    );
    assert_eq!(
        bench.writer.redeem_link("tok-3", until).await.unwrap(),
        None,
        "over"
    );
    let found = bench
        .sql("SELECT CAST(COUNT(*) AS TEXT) FROM session WHERE token_hash LIKE '%tok-%' OR data LIKE '%tok-%'")
        .await;
    assert_eq!(found.as_deref(), Some("0"));
}

#[tokio::test]
async fn a_link_is_known_by_its_token_alone_and_for_some_time_after_it_expired() {
    let bench = Bench::new().await;
    let made = journal::ShareToken {
        share: "s1".to_owned(),
        deployment: "dep_1".to_owned(),
        created_at: bench.now(),
        expires_at: bench.now() + Duration::from_secs(DAY),
        used_at: None,
    };
    bench
        .writer
        .put_share("tok-share", made.clone())
        .await
        .unwrap();
    let twice = bench.writer.put_share("tok-share", made.clone()).await;
    assert!(twice.is_err(), "a token is stored once");
    assert_eq!(bench.reader.share("tok-shar").await.unwrap(), None);
    let known = bench.reader.share("tok-share").await.unwrap().unwrap();
    assert_eq!(known, made);
    assert!(known.is_news(bench.now()));
    bench
        .writer
        .share_used("tok-share", bench.now())
        .await
        .unwrap();
    let used = bench.reader.shares_of("dep_1").await.unwrap();
    assert_eq!(used[0].used_at, Some(bench.now()));
    assert!(!used[0].is_news(bench.now() + Duration::from_secs(59)));
    assert!(used[0].is_news(bench.now() + Duration::from_secs(60)));
    assert_eq!(bench.reader.shares_of("dep_2").await.unwrap(), []);
    let found = bench
        .sql("SELECT CAST(COUNT(*) AS TEXT) FROM share WHERE token_hash LIKE '%tok-%'")
        .await;
    assert_eq!(found.as_deref(), Some("0"));
    for (days, forgotten) in [(30, 0), (2, 1)] {
        bench.pass(days * DAY);
        let policy = Retention::default();
        let retained = bench.writer.retain(&policy, bench.now()).await.unwrap();
        assert_eq!(retained.shares, forgotten, "{days}");
    }
    assert_eq!(bench.reader.share("tok-share").await.unwrap(), None);
}

#[tokio::test]
async fn retention_erases_old_payloads_and_the_chain_still_holds() {
    let bench = Bench::new().await;
    let (old, open, lane) = (
        deployment("old"),
        deployment("open"),
        journal::StreamId::lane("shop", "prod").unwrap(),
    );
    for stream in [&old, &open, &lane] {
        bench.append(stream, vec![]).await;
    }
    let bake = bench.now() + Duration::from_secs(900 * DAY);
    bench
        .writer
        .append(Transaction::at(bench.now()).set_timer(&open, "checkpoint", bake, json!({})))
        .await
        .unwrap();
    bench.pass(401 * DAY);
    let fresh = deployment("fresh");
    bench.append(&fresh, vec![]).await;
    let retained = bench
        .writer
        .retain(&Retention::default(), bench.now())
        .await
        .unwrap();
    assert_eq!(
        retained,
        Retained {
            payloads: 1,
            ..Retained::default()
        }
    );
    let erased = bench.reader.events(&old, 0).await.unwrap();
    assert_eq!((erased.len(), erased[0].payload.as_ref()), (1, None));
    for kept in [&open, &lane, &fresh] {
        assert!(
            bench.reader.events(kept, 0).await.unwrap()[0]
                .payload
                .is_some(),
            "{kept}"
        );
    }
    let verified = bench.reader.verify(None).await.unwrap();
    assert_eq!(
        (verified.events, verified.erased, verified.broken.len()),
        (4, 1, 0)
    );
    let again = bench
        .writer
        .retain(&Retention::default(), bench.now())
        .await
        .unwrap();
    assert_eq!(again, Retained::default());
    // The stream goes on from its head.
    bench.append(&old, vec![]).await;
    assert_eq!(bench.reader.verify(None).await.unwrap().broken, []);
}

#[tokio::test]
async fn retention_removes_what_is_over_and_nothing_that_is_open() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let stream = deployment("d");
    bench
        .append(&stream, vec![effect("a", "x"), effect("a", "x")])
        .await;
    let done = bench
        .writer
        .claim_effects(lease.fence(), &["x"], 1)
        .await
        .unwrap()
        .remove(0);
    bench.writer.complete(&done, &json!({})).await.unwrap(); // one input that stays open
    bench.deliver("1", "deployment/e", json!({})).await;
    let input = bench
        .writer
        .next_inbox(lease.fence(), 1, Some("deployment/e"))
        .await
        .unwrap()
        .remove(0);
    bench
        .writer
        .append(Transaction::at(bench.now()).consume(&input))
        .await
        .unwrap();
    bench.writer.put_evidence(&evidence(1.0)).await.unwrap();
    bench
        .writer
        .put_watch_state("w", "1", vec![1], bench.now())
        .await
        .unwrap();
    bench
        .writer
        .put_token(
            TokenKind::Session,
            "t",
            session(bench.now() + Duration::from_secs(1)),
        )
        .await
        .unwrap();

    let nothing = bench
        .writer
        .retain(&Retention::default(), bench.now())
        .await
        .unwrap();
    assert_eq!(nothing, Retained::default());
    bench.pass(91 * DAY);
    let retained = bench
        .writer
        .retain(&Retention::default(), bench.now())
        .await
        .unwrap();
    let expected = Retained {
        inputs: 1,
        effects: 1,
        evidence: 1,
        watch_states: 1,
        sessions: 1,
        ..Retained::default()
    };
    assert_eq!(retained, expected);
    let counts = bench.reader.counts().await.unwrap();
    assert_eq!((counts.inputs.pending, counts.effects.pending), (1, 1));
}

#[tokio::test]
async fn counts_say_what_waits_and_since_when_and_which_events_a_stream_is_made_of() {
    let bench = Bench::new().await;
    let stream = deployment("d");
    let events = vec![event("watch_started"), event("assessed"), event("assessed")];
    bench
        .writer
        .append(Transaction::at(bench.now()).append(&stream, 0, events))
        .await
        .unwrap();
    assert_eq!(bench.reader.counts().await.unwrap().inputs.oldest, None);
    let arrived = bench.now();
    bench.deliver("1", "deployment/d", json!({})).await;
    bench.pass(10);
    bench.deliver("2", "deployment/d", json!({})).await;
    let counts = bench.reader.counts().await.unwrap();
    assert_eq!(
        (counts.streams, counts.events, counts.inputs.pending),
        (1, 3, 2)
    );
    assert_eq!(counts.inputs.oldest, Some(arrived));
    let by_name = bench.reader.events_by_name(&stream).await.unwrap();
    assert_eq!(
        by_name,
        [("assessed".to_owned(), 2), ("watch_started".to_owned(), 1)]
    );
}

#[tokio::test]
async fn meta_keeps_the_last_value() {
    let bench = Bench::new().await;
    assert_eq!(bench.reader.meta("instance").await.unwrap(), None);
    bench.writer.put_meta("instance", "a").await.unwrap();
    bench.writer.put_meta("instance", "b").await.unwrap();
    assert_eq!(
        bench.reader.meta("instance").await.unwrap().as_deref(),
        Some("b")
    );
}

#[tokio::test]
async fn a_payload_damaged_by_hand_is_an_error_that_names_the_row() {
    let bench = Bench::new().await;
    bench.append(&deployment("d"), vec![]).await;
    bench.sql("UPDATE event SET payload = 'not json'").await;
    let error = bench.reader.events(&deployment("d"), 0).await.unwrap_err();
    assert!(matches!(error, JournalError::Corrupt { .. }));
    assert!(
        error.to_string().contains("event 1 of deployment/d"),
        "{error}"
    );
}
