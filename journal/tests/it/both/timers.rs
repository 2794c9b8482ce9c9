use std::time::Duration;

use journal::{TIMER_SOURCE, TimerFired, Transaction};
use serde_json::json;

use super::Bench;
use crate::support::{deployment, event};

#[tokio::test]
async fn a_due_timer_becomes_one_input_however_often_timers_are_fired() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let stream = deployment("d");
    let due = bench.now() + Duration::from_secs(30);
    let set = Transaction::at(bench.now())
        .append(&stream, 0, vec![event("asked")])
        .set_timer(&stream, "approval", due, json!({"approval": "a-1"}));
    bench.writer.append(set).await.unwrap();
    assert_eq!(bench.reader.next_timer().await.unwrap(), Some(due));
    assert_eq!(
        bench.writer.fire_timers(lease.fence(), 10).await.unwrap(),
        0,
        "not due yet"
    );
    bench.pass(30);
    assert_eq!(
        bench.writer.fire_timers(lease.fence(), 10).await.unwrap(),
        1
    );
    assert_eq!(
        bench.writer.fire_timers(lease.fence(), 10).await.unwrap(),
        0
    );
    let input = bench.one_input(lease.fence()).await;
    assert_eq!(
        (input.source.as_str(), input.stream_key.as_str()),
        (TIMER_SOURCE, "deployment/d")
    );
    let fired: TimerFired = serde_json::from_value(input.payload).unwrap();
    assert_eq!(
        fired,
        TimerFired {
            timer: "approval".into(),
            due,
            payload: json!({"approval": "a-1"})
        }
    );
    assert_eq!(bench.reader.next_timer().await.unwrap(), None);
}

#[tokio::test]
async fn a_timer_set_again_replaces_the_first_and_fires_again_after_firing() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let stream = deployment("d");
    let set =
        |due, n: u32| Transaction::at(bench.now()).set_timer(&stream, "bake", due, json!({"n": n}));
    let due = bench.now() + Duration::from_secs(10);
    bench.writer.append(set(due, 1)).await.unwrap();
    bench.writer.append(set(due, 2)).await.unwrap();
    let timers = bench.reader.timers(&stream).await.unwrap();
    assert_eq!(timers.len(), 1);
    assert_eq!(timers[0].payload, json!({"n": 2}));
    bench.pass(10);
    assert_eq!(
        bench.writer.fire_timers(lease.fence(), 10).await.unwrap(),
        1
    );
    // The same name and the same due time once more: another timer.
    bench.writer.append(set(due, 3)).await.unwrap();
    assert_eq!(
        bench.writer.fire_timers(lease.fence(), 10).await.unwrap(),
        1
    );
    let mut seen = Vec::new();
    for _ in 0..2 {
        let input = bench.one_input(lease.fence()).await;
        seen.push(input.payload["payload"]["n"].clone());
        bench
            .writer
            .append(Transaction::at(bench.now()).consume(&input))
            .await
            .unwrap();
    }
    assert_eq!(seen, [json!(2), json!(3)]);
}

#[tokio::test]
async fn a_cancelled_timer_does_not_fire_and_cancelling_none_is_no_error() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let (stream, other) = (deployment("d"), deployment("e"));
    let due = bench.now();
    let set = Transaction::at(due)
        .set_timer(&stream, "bake", due, json!({}))
        .set_timer(&other, "bake", due, json!({}));
    bench.writer.append(set).await.unwrap();
    let cancel = Transaction::at(due)
        .cancel_timer(&stream, "bake")
        .cancel_timer(&stream, "none");
    bench.writer.append(cancel).await.unwrap();
    assert_eq!(
        bench.writer.fire_timers(lease.fence(), 10).await.unwrap(),
        1
    );
    assert_eq!(
        bench.one_input(lease.fence()).await.stream_key,
        "deployment/e"
    );
}

#[tokio::test]
async fn timers_fire_in_the_order_they_are_due() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    let stream = deployment("d");
    let mut transaction = Transaction::at(bench.now());
    for seconds in [30, 10, 20] {
        let due = bench.now() + Duration::from_secs(seconds);
        transaction = transaction.set_timer(&stream, format!("t{seconds}"), due, json!({}));
    }
    bench.writer.append(transaction).await.unwrap();
    bench.pass(3600);
    let lease_again = bench.lease().await;
    drop(lease);
    assert_eq!(
        bench
            .writer
            .fire_timers(lease_again.fence(), 2)
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        bench
            .writer
            .fire_timers(lease_again.fence(), 2)
            .await
            .unwrap(),
        1
    );
    let mut names = Vec::new();
    for _ in 0..3 {
        let input = bench.one_input(lease_again.fence()).await;
        names.push(input.payload["timer"].as_str().unwrap().to_owned());
        bench
            .writer
            .append(Transaction::at(bench.now()).consume(&input))
            .await
            .unwrap();
    }
    assert_eq!(names, ["t10", "t20", "t30"]);
}
