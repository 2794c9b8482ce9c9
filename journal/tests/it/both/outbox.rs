use std::time::{Duration, Instant};

use journal::{
    ClaimedEffect, EffectEnd, EffectEnded, Fate, Happened, JournalError, LeaseHold, NewEffect,
    OUTBOX_SOURCE, Transaction,
};
use serde_json::json;

use super::Bench;
use crate::support::{deployment, effect, event};

const KINDS: [&str; 2] = ["chat.post", "platform.pause"];

impl Bench {
    async fn claim(&self, lease: &LeaseHold) -> Vec<ClaimedEffect> {
        self.writer
            .claim_effects(lease.fence(), &KINDS, 10)
            .await
            .unwrap()
    }

    /// What the stream is told, and nothing else may be in the inbox.
    async fn told(&self, lease: &LeaseHold) -> Vec<EffectEnded> {
        let mut told = Vec::new();
        loop {
            let inputs = self
                .writer
                .next_inbox(lease.fence(), 10, None)
                .await
                .unwrap();
            if inputs.is_empty() {
                return told;
            }
            for input in inputs {
                assert_eq!(input.source, OUTBOX_SOURCE);
                assert_eq!(input.stream_key, "deployment/d");
                told.push(serde_json::from_value(input.payload.clone()).unwrap());
                self.writer
                    .append(Transaction::at(self.now()).consume(&input))
                    .await
                    .unwrap();
            }
        }
    }
}

fn ids(effects: &[ClaimedEffect]) -> Vec<&str> {
    effects.iter().map(|effect| effect.id.as_str()).collect()
}

#[tokio::test]
async fn an_effects_id_is_its_events_place_so_a_second_append_cannot_double_it() {
    let bench = Bench::new().await;
    let stream = deployment("d");
    let two = || {
        event("e")
            .with_effect(effect("k", "chat.post"))
            .with_effect(effect("l", "chat.post"))
    };
    let append = || Transaction::at(bench.now()).append(&stream, 0, vec![two(), two()]);
    let appended = bench.writer.append(append()).await.unwrap();
    assert_eq!(
        appended.effects,
        [
            "deployment/d@1#0",
            "deployment/d@1#1",
            "deployment/d@2#0",
            "deployment/d@2#1"
        ]
    );
    assert!(matches!(
        bench.writer.append(append()).await,
        Err(JournalError::Conflict { .. })
    ));
    assert_eq!(bench.reader.counts().await.unwrap().effects.pending, 4);
}

#[tokio::test]
async fn effects_of_one_key_run_one_after_another_and_of_other_keys_beside_them() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let post = |key| effect(key, "chat.post");
    bench
        .append(&deployment("d"), vec![post("a"), post("a"), post("b")])
        .await;
    let first = bench.claim(&lease).await;
    assert_eq!(ids(&first), ["deployment/d@1#0", "deployment/d@1#2"]);
    assert_eq!(
        bench.claim(&lease).await,
        [],
        "claimed ones are not offered again"
    );
    bench
        .writer
        .complete(&first[0], &json!({"ts": "1.1"}))
        .await
        .unwrap();
    assert_eq!(ids(&bench.claim(&lease).await), ["deployment/d@1#1"]);
}

#[tokio::test]
async fn an_effect_without_a_handler_waits_and_holds_back_its_key() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    bench
        .append(
            &deployment("d"),
            vec![effect("a", "owl.hoot"), effect("a", "chat.post")],
        )
        .await;
    assert_eq!(bench.claim(&lease).await, []);
    let hoot = bench
        .writer
        .claim_effects(lease.fence(), &["owl.hoot"], 1)
        .await
        .unwrap();
    assert_eq!(ids(&hoot), ["deployment/d@1#0"]);
}

#[tokio::test]
async fn a_completed_effect_tells_its_stream_through_the_inbox() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let pause = effect("a", "platform.pause").only_if(json!({"step": 2}));
    bench.append(&deployment("d"), vec![pause]).await;
    let claimed = bench.claim(&lease).await.remove(0);
    assert_eq!(claimed.precondition, Some(json!({"step": 2})));
    assert_eq!(
        (claimed.attempt, claimed.uncertain, claimed.expired),
        (1, false, false)
    );
    bench
        .writer
        .complete(&claimed, &json!({"paused": true}))
        .await
        .unwrap();
    let told = bench.told(&lease).await;
    assert_eq!(
        told,
        [EffectEnded {
            effect: "deployment/d@1#0".into(),
            kind: "platform.pause".into(),
            end: EffectEnd::Done,
            outcome: json!({"paused": true}),
        }]
    );
    let twice = bench.writer.complete(&claimed, &json!({})).await;
    assert!(
        matches!(twice, Err(JournalError::ClaimLost { .. })),
        "{twice:?}"
    );
}

#[tokio::test]
async fn completed_by_an_append_an_effect_says_nothing_more() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let stream = deployment("d");
    bench.append(&stream, vec![effect("a", "chat.post")]).await;
    let claimed = bench.claim(&lease).await.remove(0);
    let transaction = Transaction::at(bench.now())
        .append(&stream, 1, vec![event("posted")])
        .complete(&claimed, json!({"ts": "1.1"}));
    bench.writer.append(transaction).await.unwrap();
    assert_eq!(bench.told(&lease).await, []);
    let shown = bench.reader.effects(&stream).await.unwrap();
    assert_eq!(shown[0].status, "done");
    assert_eq!(shown[0].outcome, Some(json!({"ts": "1.1"})));
}

#[tokio::test]
async fn an_effect_whose_time_has_passed_is_never_begun_and_its_stream_is_told() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let limit = bench.now() + Duration::from_secs(30);
    let pause = effect("a", "platform.pause").not_after(limit);
    bench
        .append(
            &deployment("d"),
            vec![pause.clone(), pause, effect("a", "chat.post")],
        )
        .await;
    bench.pass(31);
    let claimed = bench.claim(&lease).await;
    assert_eq!(
        ids(&claimed),
        ["deployment/d@1#2"],
        "both stale ones ended, the next is first"
    );
    let ends: Vec<_> = bench
        .told(&lease)
        .await
        .into_iter()
        .map(|told| told.end)
        .collect();
    assert_eq!(ends, [EffectEnd::Stale, EffectEnd::Stale]);
}

#[tokio::test]
async fn an_effect_claimed_in_time_says_so_when_it_has_become_too_late() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let limit = bench.now() + Duration::from_secs(30);
    let pause = effect("a", "platform.pause").not_after(limit);
    bench.append(&deployment("d"), vec![pause]).await;
    let claimed = bench.claim(&lease).await.remove(0);
    assert!(!claimed.too_late(limit));
    bench.pass(31);
    assert!(claimed.too_late(bench.now()));
    bench
        .writer
        .stale(&claimed, &json!({"why": "waited for the platform"}))
        .await
        .unwrap();
    assert_eq!(bench.told(&lease).await[0].end, EffectEnd::Stale);
}

#[tokio::test]
async fn an_effect_waits_for_its_earliest_time() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let remind = effect("a", "chat.post").not_before(bench.now() + Duration::from_secs(10));
    bench.append(&deployment("d"), vec![remind]).await;
    assert_eq!(bench.claim(&lease).await, []);
    bench.pass(10);
    assert_eq!(bench.claim(&lease).await.len(), 1);
}

#[tokio::test]
async fn what_a_dead_owner_had_begun_comes_back_uncertain_and_the_dead_one_is_refused() {
    let bench = Bench::new().await;
    bench
        .append(&deployment("d"), vec![effect("a", "platform.pause")])
        .await;
    let dead = bench.lease().await;
    let begun = bench.claim(&dead).await.remove(0);
    assert_eq!(bench.reader.counts().await.unwrap().effects.claimed, 1);
    bench.pass(61);
    let next = bench
        .writer
        .acquire("engine", "host-2", Duration::from_secs(60), Instant::now())
        .await
        .unwrap();
    let handed_on = bench.claim(&next).await.remove(0);
    assert_eq!(handed_on.id, begun.id);
    assert_eq!((handed_on.uncertain, handed_on.attempt), (true, 2));
    assert_eq!(bench.reader.counts().await.unwrap().effects.uncertain, 1);
    for refused in [
        bench.writer.complete(&begun, &json!({})).await,
        bench.writer.stale(&begun, &json!({})).await,
        bench
            .writer
            .retry(&begun, bench.now(), "late", Happened::No)
            .await
            .map(|_| ()),
    ] {
        assert!(
            matches!(refused, Err(JournalError::Fenced { epoch: 1, .. })),
            "{refused:?}"
        );
    }
    bench
        .writer
        .complete(&handed_on, &json!({"found": "marker"}))
        .await
        .unwrap();
    assert_eq!(bench.told(&next).await.len(), 1);
}

#[tokio::test]
async fn an_effect_of_another_lease_that_lives_is_not_taken() {
    let bench = Bench::new().await;
    bench
        .append(&deployment("d"), vec![effect("a", "platform.pause")])
        .await;
    let one = bench.lease().await;
    bench.claim(&one).await;
    let other = bench
        .writer
        .acquire("watch/d", "host-2", Duration::from_secs(60), Instant::now())
        .await
        .unwrap();
    assert_eq!(bench.claim(&other).await, []);
}

#[tokio::test]
async fn expired_and_perhaps_done_is_handed_on_for_the_marker_and_not_called_stale() {
    let bench = Bench::new().await;
    let pause = effect("a", "platform.pause").not_after(bench.now() + Duration::from_secs(30));
    bench.append(&deployment("d"), vec![pause]).await;
    let dead = bench.lease().await;
    bench.claim(&dead).await;
    bench.pass(61);
    let next = bench.lease().await;
    let handed_on = bench.claim(&next).await.remove(0);
    assert_eq!((handed_on.uncertain, handed_on.expired), (true, true));
    assert_eq!(
        bench.told(&next).await,
        [],
        "nobody says stale of what may have happened"
    );
}

#[tokio::test]
async fn a_try_of_unknown_outcome_comes_back_uncertain_and_a_refused_one_does_not() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    bench
        .append(
            &deployment("d"),
            vec![effect("a", "chat.post"), effect("b", "chat.post")],
        )
        .await;
    let claimed = bench.claim(&lease).await;
    let at = bench.now() + Duration::from_secs(1);
    bench
        .writer
        .retry(&claimed[0], at, "connection refused", Happened::No)
        .await
        .unwrap();
    bench
        .writer
        .retry(&claimed[1], at, "answer lost", Happened::Perhaps)
        .await
        .unwrap();
    assert_eq!(bench.claim(&lease).await, [], "not due yet");
    bench.pass(1);
    let again = bench.claim(&lease).await;
    assert_eq!((again[0].uncertain, again[0].attempt), (false, 2));
    assert_eq!((again[1].uncertain, again[1].attempt), (true, 2));
}

#[tokio::test]
async fn a_poisonous_effect_is_quarantined_with_its_error_and_holds_back_only_its_own_key() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let stream = deployment("d");
    bench
        .append(
            &stream,
            vec![effect("a", "chat.post"), effect("a", "chat.post")],
        )
        .await;
    for attempt in 1..=3 {
        let claimed = bench.claim(&lease).await.remove(0);
        let fate = bench
            .writer
            .retry(&claimed, bench.now(), "channel_not_found", Happened::No)
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
    }
    bench.append(&stream, vec![effect("b", "chat.post")]).await;
    assert_eq!(ids(&bench.claim(&lease).await), ["deployment/d@2#0"]);
    let told = bench.told(&lease).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].end, EffectEnd::Quarantined);
    assert_eq!(told[0].outcome, json!({"error": "channel_not_found"}));
    let quarantined = bench.reader.quarantined_effects(10).await.unwrap();
    assert_eq!(
        quarantined[0].last_error.as_deref(),
        Some("channel_not_found")
    );

    let id = quarantined[0].id.clone();
    bench.writer.requeue_effect(&id).await.unwrap();
    let again = bench.claim(&lease).await.remove(0);
    assert_eq!((again.id.as_str(), again.attempt), (id.as_str(), 1));
    bench.writer.complete(&again, &json!({})).await.unwrap();
    assert_eq!(ids(&bench.claim(&lease).await), ["deployment/d@1#1"]);
    assert_eq!(bench.told(&lease).await[0].end, EffectEnd::Done);
    let gone = bench.writer.discard_effect(&id, "no").await;
    assert!(matches!(gone, Err(JournalError::NotFound(_))));
}

#[tokio::test]
async fn an_effect_that_kills_the_process_each_time_ends_in_quarantine_and_can_be_discarded() {
    let bench = Bench::new().await;
    bench
        .append(
            &deployment("d"),
            vec![effect("a", "chat.post"), effect("a", "chat.post")],
        )
        .await;
    for _ in 0..3 {
        let lease = bench.lease().await;
        assert_eq!(bench.claim(&lease).await.len(), 1);
    }
    let lease = bench.lease().await;
    assert_eq!(bench.claim(&lease).await, []);
    assert_eq!(bench.told(&lease).await[0].end, EffectEnd::Quarantined);
    bench
        .writer
        .discard_effect("deployment/d@1#0", "kills us")
        .await
        .unwrap();
    assert_eq!(bench.told(&lease).await[0].end, EffectEnd::Discarded);
    assert_eq!(ids(&bench.claim(&lease).await), ["deployment/d@1#1"]);
}

#[test]
fn an_effect_without_limits_is_never_too_late() {
    let effect = NewEffect::new("k", "chat.post", json!({}));
    assert_eq!(
        (effect.not_before, effect.not_after, effect.precondition),
        (None, None, None)
    );
}

#[tokio::test]
async fn an_effect_that_is_postponed_never_ends_in_quarantine_and_keeps_its_place() {
    let bench = Bench::new().await;
    let stream = deployment("d");
    let effects = vec![effect("k", "chat.post"), effect("k", "chat.post")];
    let wanted = bench.append(&stream, effects).await;
    let mut heard = false;
    for _ in 0..12 {
        let lease = bench.lease().await;
        let claimed = bench.claim(&lease).await;
        assert_eq!(ids(&claimed), [wanted[0].as_str()]);
        assert_eq!((claimed[0].attempt, claimed[0].uncertain), (1, heard));
        heard = true;
        let later = bench.now() + Duration::from_secs(5);
        bench
            .writer
            .postpone(&claimed[0], later, "not there", Happened::Perhaps)
            .await
            .unwrap();
        assert_eq!(bench.claim(&lease).await, []);
        bench.pass(5);
    }
    let shown = bench.reader.effects(&stream).await.unwrap();
    assert_eq!(shown[0].last_error.as_deref(), Some("not there"));
    assert_eq!(bench.reader.quarantined_effects(9).await.unwrap(), []);
}

#[tokio::test]
async fn an_effect_damaged_by_hand_is_quarantined_and_the_others_are_claimed() {
    let bench = Bench::new().await;
    let effects = vec![effect("k", "chat.post"), effect("l", "chat.post")];
    let wanted = bench.append(&deployment("d"), effects).await;
    bench
        .sql("UPDATE effect SET payload = 'not json' WHERE ordinal = 1")
        .await;
    let lease = bench.lease().await;
    assert_eq!(ids(&bench.claim(&lease).await), [wanted[1].as_str()]);
    let quarantined = bench.reader.quarantined_effects(9).await.unwrap();
    assert_eq!(quarantined[0].id, wanted[0]);
    assert_eq!(quarantined[0].payload, json!("not json"));
    let told = bench.told(&lease).await;
    assert_eq!(told[0].end, EffectEnd::Quarantined);
}
