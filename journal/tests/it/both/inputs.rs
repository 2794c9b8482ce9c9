use std::time::{Duration, Instant};

use journal::{Delivered, Fate, JournalError, Transaction};
use serde_json::json;

use super::Bench;
use crate::support::{deployment, event};

#[tokio::test]
async fn a_repeated_delivery_is_a_duplicate_and_another_sources_same_key_is_not() {
    let bench = Bench::new().await;
    let deliver = |source: &'static str, key: &'static str| {
        let (inbox, now) = (bench.inbox.clone(), bench.now());
        async move {
            inbox
                .deliver(source, key, "deployment/d", &json!({}), now)
                .await
                .unwrap()
        }
    };
    assert!(matches!(deliver("github", "1").await, Delivered::New(_)));
    assert_eq!(deliver("github", "1").await, Delivered::Duplicate);
    assert!(matches!(deliver("gitlab", "1").await, Delivered::New(_)));
    let keys = ["1", "2"].map(str::to_owned);
    let known = bench.reader.delivered("github", &keys).await.unwrap();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), ["1"]);

    // Handled, it is still known.
    let lease = bench.lease().await;
    let input = bench.one_input(lease.fence()).await;
    bench
        .writer
        .append(Transaction::at(bench.now()).consume(&input))
        .await
        .unwrap();
    assert_eq!(deliver("github", "1").await, Delivered::Duplicate);
    let counts = bench.reader.counts().await.unwrap();
    assert_eq!(counts.inputs.pending, 1);
}

#[tokio::test]
async fn twenty_deliveries_of_one_key_at_once_make_one_input() {
    let bench = Bench::new().await;
    let payload = json!({"n": 1});
    let deliveries = (0..20).map(|_| {
        bench
            .inbox
            .deliver("github", "same", "deployment/d", &payload, bench.now())
    });
    let results = futures_util::future::join_all(deliveries).await;
    let new = results
        .iter()
        .filter(|r| matches!(r, Ok(Delivered::New(_))))
        .count();
    let duplicate = results
        .iter()
        .filter(|r| matches!(r, Ok(Delivered::Duplicate)))
        .count();
    assert_eq!((new, duplicate), (1, 19));
}

#[tokio::test]
async fn inputs_of_one_key_come_one_after_another_and_of_other_keys_beside_them() {
    let bench = Bench::new().await;
    for (key, stream) in [
        ("1", "deployment/a"),
        ("2", "deployment/a"),
        ("3", "deployment/b"),
    ] {
        bench.deliver(key, stream, json!({"key": key})).await;
    }
    let lease = bench.lease().await;
    let first = bench
        .writer
        .next_inbox(lease.fence(), 10, None)
        .await
        .unwrap();
    let keys: Vec<_> = first
        .iter()
        .map(|input| input.delivery_key.as_str())
        .collect();
    assert_eq!(keys, ["1", "3"], "2 waits for 1");
    assert_eq!(
        bench
            .writer
            .next_inbox(lease.fence(), 10, None)
            .await
            .unwrap(),
        []
    );
    bench
        .writer
        .append(Transaction::at(bench.now()).consume(&first[0]))
        .await
        .unwrap();
    let second = bench.one_input(lease.fence()).await;
    assert_eq!(
        (second.delivery_key.as_str(), second.payload),
        ("2", json!({"key": "2"}))
    );
}

#[tokio::test]
async fn only_the_key_asked_for_is_claimed() {
    let bench = Bench::new().await;
    bench.deliver("1", "deployment/a", json!({})).await;
    bench.deliver("2", "deployment/b", json!({})).await;
    let lease = bench.lease().await;
    let claimed = bench
        .writer
        .next_inbox(lease.fence(), 10, Some("deployment/b"))
        .await
        .unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].stream_key, "deployment/b");
}

#[tokio::test]
async fn a_poisonous_input_is_quarantined_with_its_error_and_holds_back_only_its_own_key() {
    let bench = Bench::new().await;
    bench.deliver("poison", "deployment/a", json!({})).await;
    bench.deliver("behind", "deployment/a", json!({})).await;
    let lease = bench.lease().await;
    for attempt in 1..=3 {
        let input = bench.one_input(lease.fence()).await;
        assert_eq!(
            (input.delivery_key.as_str(), input.attempt),
            ("poison", attempt)
        );
        let retry_at = bench.now() + Duration::from_secs(5);
        let fate = bench
            .writer
            .input_failed(&input, "cannot fold", retry_at)
            .await
            .unwrap();
        assert_eq!(
            fate,
            if attempt == 3 {
                Fate::Quarantined
            } else {
                Fate::Retried
            }
        );
        assert_eq!(
            bench
                .writer
                .next_inbox(lease.fence(), 10, None)
                .await
                .unwrap(),
            [],
            "not due yet"
        );
        bench.pass(5);
    }
    bench.deliver("other", "deployment/b", json!({})).await;
    let other = bench.one_input(lease.fence()).await;
    assert_eq!(other.delivery_key, "other");

    let counts = bench.reader.counts().await.unwrap().inputs;
    assert_eq!(
        (counts.pending, counts.claimed, counts.quarantined),
        (1, 1, 1)
    );
    let quarantined = bench.reader.quarantined_inputs(10).await.unwrap();
    assert_eq!(quarantined.len(), 1);
    assert_eq!(quarantined[0].last_error.as_deref(), Some("cannot fold"));
    assert_eq!(
        (
            quarantined[0].attempts,
            quarantined[0].delivery_key.as_str()
        ),
        (3, "poison")
    );

    // An operator lets it try again, then gives it up: what is behind it goes on.
    let id = quarantined[0].id;
    bench.writer.requeue_input(id).await.unwrap();
    let again = bench.one_input(lease.fence()).await;
    assert_eq!((again.delivery_key.as_str(), again.attempt), ("poison", 1));
    for _ in 0..2 {
        bench
            .writer
            .input_failed(&again, "still", bench.now())
            .await
            .ok();
        bench
            .writer
            .next_inbox(lease.fence(), 10, None)
            .await
            .unwrap();
    }
    bench.pass(61);
    let lease = bench.lease().await;
    assert_eq!(
        bench
            .writer
            .next_inbox(lease.fence(), 1, Some("deployment/a"))
            .await
            .unwrap(),
        []
    );
    bench.writer.discard_input(id, bench.now()).await.unwrap();
    let behind = bench
        .writer
        .next_inbox(lease.fence(), 1, Some("deployment/a"))
        .await
        .unwrap();
    assert_eq!(behind[0].delivery_key, "behind");
    let twice = bench.writer.discard_input(id, bench.now()).await;
    assert!(matches!(twice, Err(JournalError::NotFound(_))));
}

#[tokio::test]
async fn an_input_that_kills_the_process_each_time_ends_in_quarantine_too() {
    let bench = Bench::new().await;
    bench.deliver("killer", "deployment/a", json!({})).await;
    for attempt in 1..=3 {
        let lease = bench.lease().await; // after each death a new epoch
        let input = bench.one_input(lease.fence()).await;
        assert_eq!(input.attempt, attempt);
    }
    let lease = bench.lease().await;
    assert_eq!(
        bench
            .writer
            .next_inbox(lease.fence(), 10, None)
            .await
            .unwrap(),
        []
    );
    let quarantined = bench.reader.quarantined_inputs(10).await.unwrap();
    assert_eq!(
        quarantined[0].last_error.as_deref(),
        Some("3 tries were begun and none was finished")
    );
}

#[tokio::test]
async fn an_input_is_consumed_once_and_only_by_the_owner_of_its_claim() {
    let bench = Bench::new().await;
    let stream = deployment("a");
    bench.deliver("1", "deployment/a", json!({})).await;
    let old = bench.lease().await;
    let input = bench.one_input(old.fence()).await;
    bench.pass(61); // the lease runs out, another takes over
    let new = bench
        .writer
        .acquire("engine", "host-2", Duration::from_secs(60), Instant::now())
        .await
        .unwrap();
    let taken_over = bench.one_input(new.fence()).await;
    assert_eq!(taken_over.attempt, 2);

    let append = |input| {
        Transaction::at(bench.now())
            .append(&stream, 0, vec![event("e")])
            .consume(input)
    };
    let late = bench.writer.append(append(&input)).await;
    assert!(
        matches!(late, Err(JournalError::Fenced { epoch: 1, .. })),
        "{late:?}"
    );
    assert_eq!(
        bench.reader.head(&stream).await.unwrap(),
        None,
        "nothing of it was written"
    );
    bench.writer.append(append(&taken_over)).await.unwrap();
    let twice = bench
        .writer
        .append(Transaction::at(bench.now()).consume(&taken_over))
        .await;
    assert!(
        matches!(twice, Err(JournalError::ClaimLost { .. })),
        "{twice:?}"
    );
}

#[tokio::test]
async fn looking_for_input_where_there_is_none_writes_nothing_and_wakes_nobody() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let before = *bench.reader.commits().borrow();
    assert_eq!(
        bench
            .writer
            .next_inbox(lease.fence(), 10, None)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        bench
            .writer
            .claim_effects(lease.fence(), &["x"], 10)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        bench.writer.fire_timers(lease.fence(), 10).await.unwrap(),
        0
    );
    bench.deliver("1", "deployment/a", json!({})).await;
    bench.deliver("1", "deployment/a", json!({})).await;
    assert_eq!(
        *bench.reader.commits().borrow(),
        before + 1,
        "only the new delivery"
    );
}

#[tokio::test]
async fn an_error_that_holds_a_nul_character_is_noted_all_the_same() {
    let bench = Bench::new().await;
    bench
        .deliver("1", "deployment/d", json!({"text": "a\u{0}b"}))
        .await;
    let lease = bench.lease().await;
    let input = bench.one_input(lease.fence()).await;
    assert_eq!(input.payload, json!({"text": "a\u{0}b"}));
    bench
        .writer
        .input_failed(&input, "bad byte \u{0} in line 1", bench.now())
        .await
        .unwrap();
    let shown = bench.reader.input(input.id).await.unwrap().unwrap();
    let noted = shown.last_error.as_deref();
    assert_eq!(noted, Some("bad byte \u{fffd} in line 1"));
}

#[tokio::test]
async fn an_input_that_is_postponed_never_ends_in_quarantine() {
    let bench = Bench::new().await;
    bench.deliver("1", "deployment/d", json!({})).await;
    let lease = bench.lease().await;
    for _ in 0..9 {
        let input = bench.one_input(lease.fence()).await;
        assert_eq!(input.attempt, 1);
        let later = bench.now() + std::time::Duration::from_secs(1);
        bench
            .writer
            .postpone_input(&input, "the database is away", later)
            .await
            .unwrap();
        bench.pass(1);
    }
    assert_eq!(bench.reader.quarantined_inputs(9).await.unwrap(), []);
}

#[tokio::test]
async fn an_input_that_is_not_understood_is_quarantined_at_once_and_shown() {
    let bench = Bench::new().await;
    bench.deliver("1", "deployment/d", json!({"x": 1})).await;
    let lease = bench.lease().await;
    let input = bench.one_input(lease.fence()).await;
    bench
        .writer
        .quarantine_input(&input, "no such happening")
        .await
        .unwrap();
    let shown = bench.reader.quarantined_inputs(9).await.unwrap();
    assert_eq!(shown[0].last_error.as_deref(), Some("no such happening"));
    assert_eq!(shown[0].payload, json!({"x": 1}));
}

#[tokio::test]
async fn an_input_damaged_by_hand_is_quarantined_and_the_others_are_claimed() {
    let bench = Bench::new().await;
    bench.deliver("1", "deployment/d", json!({})).await;
    bench.deliver("2", "deployment/e", json!({})).await;
    bench
        .sql("UPDATE inbox SET payload = 'not json' WHERE delivery_key = '1'")
        .await;
    let lease = bench.lease().await;
    let input = bench.one_input(lease.fence()).await;
    assert_eq!(input.delivery_key, "2");
    let shown = bench.reader.quarantined_inputs(9).await.unwrap();
    assert_eq!(shown[0].payload, json!("not json"));
}
