use std::time::{Duration, Instant};

use jiff::Timestamp;
use mock_service::Ended;
use mock_service::traffic::{Mix, Target, Traffic, Visit};
use serde_json::json;

use crate::support::{OpenShop, until};

const LIMIT: Duration = Duration::from_secs(20);

fn traffic(targets: Vec<Target>, rps: f64) -> Traffic {
    Traffic {
        targets,
        rps,
        seed: 3,
        mix: Mix::default(),
    }
}

#[tokio::test]
async fn traffic_keeps_its_rate_takes_turns_and_counts_failures_where_they_happen() {
    let (good, bad) = (OpenShop::new().await, OpenShop::new().await);
    bad.begin(&json!({"kind": "errors", "intensity": 1, "seconds": 60}))
        .await;
    let targets = vec![
        Target::new("good", &good.base),
        Target::new("bad", &bad.base),
    ];
    let (since, from) = (Instant::now(), Timestamp::now());
    let running = traffic(targets, 60.0).start().unwrap();
    let many = || async { running.totals().values().map(|t| t.sent).sum::<u64>() >= 120 };
    until(LIMIT, many).await;
    let seconds = since.elapsed().as_secs_f64();
    assert!((1.0..8.0).contains(&seconds), "120 at 60/s in {seconds} s");
    assert!(running.sent_between(from, Timestamp::now()) >= 120);
    let early = from - Duration::from_secs(60);
    assert_eq!(
        running.failed_between(early, from - Duration::from_secs(2)),
        0
    );
    let totals = running.stop().await;
    assert!(
        totals["good"].sent.abs_diff(totals["bad"].sent) <= 1,
        "{totals:?}"
    );
    assert_eq!(totals["good"].failed, 0, "{totals:?}");
    assert_eq!(totals["bad"].failed, totals["bad"].sent, "{totals:?}");
}

#[tokio::test]
async fn an_instance_that_is_down_still_gets_its_turns_and_each_is_a_failure() {
    let shop = OpenShop::new().await;
    let base = shop.base.clone();
    assert_eq!(shop.stop().await, Ended::Stopped);
    let running = traffic(vec![Target::new("gone", base)], 100.0)
        .start()
        .unwrap();
    let failed = || async { running.totals().get("gone").is_some_and(|t| t.failed >= 20) };
    until(LIMIT, failed).await;
    let totals = running.stop().await;
    assert_eq!(totals["gone"].failed, totals["gone"].sent);
}

#[tokio::test]
async fn rate_and_targets_change_while_it_runs() {
    let (first, second) = (OpenShop::new().await, OpenShop::new().await);
    let running = traffic(vec![Target::new("first", &first.base)], 0.0)
        .start()
        .unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(running.totals().is_empty(), "no rate, no requests");
    running.set_rps(100.0).unwrap();
    let sent = |name: &'static str| {
        let totals = running.totals();
        totals.get(name).map_or(0, |tally| tally.sent)
    };
    until(LIMIT, || async { sent("first") >= 10 }).await;
    running.set_targets(vec![Target::new("second", &second.base)]);
    until(LIMIT, || async { sent("second") >= 10 }).await;
    let before = sent("first");
    until(LIMIT, || async { sent("second") >= 30 }).await;
    assert_eq!(sent("first"), before);
    let error = running.set_rps(f64::NAN).unwrap_err().to_string();
    assert_eq!(
        error,
        "rps is \"NaN\", expected 0 to 1000 requests per second"
    );
}

#[tokio::test]
async fn the_mix_decides_what_is_asked() {
    let shop = OpenShop::new().await;
    let mut only_checkout = traffic(vec![Target::new("a", &shop.base)], 100.0);
    only_checkout.mix = Mix(vec![Visit::post("/checkout", 1)]);
    let running = only_checkout.start().unwrap();
    let many = || async { running.totals().get("a").is_some_and(|t| t.sent >= 20) };
    until(LIMIT, many).await;
    let sent = running.stop().await["a"].sent as f64;
    let page = shop.page().await;
    let attempts = crate::support::value(&page, "checkout_attempts_total");
    assert_eq!(attempts, Some(sent));
}
