use std::time::{Duration, Instant};

use journal::{JournalError, Transaction};
use serde_json::json;

use super::Bench;
use crate::support::{deployment, effect, event};

const TTL: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_lease_is_one_owners_until_it_expires_by_the_databases_time() {
    let bench = Bench::new().await;
    let acquire = |owner| bench.writer.acquire("engine", owner, TTL, Instant::now());
    let first = acquire("host-1").await.unwrap();
    bench.pass(59);
    let held = acquire("host-2").await;
    let Err(JournalError::LeaseHeld { owner, until, .. }) = held else {
        panic!("{held:?}")
    };
    assert_eq!(owner, "host-1");
    assert_eq!(until, bench.now() + Duration::from_secs(1));
    bench.pass(1);
    let second = acquire("host-2").await.unwrap();
    assert_eq!((first.fence().epoch(), second.fence().epoch()), (1, 2));
}

#[tokio::test]
async fn of_twenty_owners_acquiring_at_once_one_gets_the_lease() {
    let bench = Bench::new().await;
    let owners: Vec<String> = (0..20).map(|n| format!("host-{n}")).collect();
    let acquired = futures_util::future::join_all(
        owners
            .iter()
            .map(|owner| bench.writer.acquire("engine", owner, TTL, Instant::now())),
    )
    .await;
    assert_eq!(acquired.iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test]
async fn a_renewed_lease_lives_on_and_a_released_one_is_free_at_once() {
    let bench = Bench::new().await;
    let mut lease = bench.lease().await;
    bench.pass(50);
    bench
        .writer
        .renew(&mut lease, Instant::now())
        .await
        .unwrap();
    bench.pass(50);
    let other = bench
        .writer
        .acquire("engine", "host-2", TTL, Instant::now())
        .await;
    assert!(matches!(other, Err(JournalError::LeaseHeld { .. })));
    bench.writer.release(lease).await.unwrap();
    let other = bench
        .writer
        .acquire("engine", "host-2", TTL, Instant::now())
        .await
        .unwrap();
    assert_eq!(other.fence().epoch(), 2);
}

#[tokio::test]
async fn a_holder_stops_by_its_own_clock_at_two_thirds_of_the_time_since_it_asked() {
    let bench = Bench::new().await;
    let asked = Instant::now();
    let mut lease = bench
        .writer
        .acquire("engine", "host-1", TTL, asked)
        .await
        .unwrap();
    let after = |seconds| asked + Duration::from_secs(seconds);
    assert!(!lease.renewal_due(after(19)));
    assert!(lease.renewal_due(after(20)));
    assert!(lease.still_mine(after(39)));
    assert!(!lease.still_mine(after(40)));
    bench.writer.renew(&mut lease, after(30)).await.unwrap();
    assert!(lease.still_mine(after(69)));
    assert!(!lease.still_mine(after(70)));
}

#[tokio::test]
async fn a_holder_that_slept_past_its_lease_is_fenced_off_from_everything() {
    let bench = Bench::new().await;
    let stream = deployment("d");
    bench.append(&stream, vec![effect("k", "x")]).await;
    bench.deliver("1", "deployment/d", json!({})).await;
    let asked = Instant::now();
    let mut sleeper = bench
        .writer
        .acquire("engine", "host-1", TTL, asked)
        .await
        .unwrap();
    let effect = bench
        .writer
        .claim_effects(sleeper.fence(), &["x"], 1)
        .await
        .unwrap()
        .remove(0);
    let input = bench.one_input(sleeper.fence()).await;

    // Stopped for five minutes while another took over.
    bench.pass(300);
    assert!(
        !sleeper.still_mine(asked + Duration::from_secs(300)),
        "it can see so itself"
    );
    bench
        .writer
        .acquire("engine", "host-2", TTL, Instant::now())
        .await
        .unwrap();

    let fence = sleeper.fence().clone();
    let now = bench.now();
    let append = Transaction::at(now)
        .fenced(&fence)
        .append(&stream, 1, vec![event("late")]);
    let refusals = [
        bench.writer.append(append).await.map(|_| ()),
        bench
            .writer
            .append(Transaction::at(now).consume(&input))
            .await
            .map(|_| ()),
        bench
            .writer
            .append(Transaction::at(now).complete(&effect, json!({})))
            .await
            .map(|_| ()),
        bench.writer.next_inbox(&fence, 1, None).await.map(|_| ()),
        bench
            .writer
            .claim_effects(&fence, &["x"], 1)
            .await
            .map(|_| ()),
        bench.writer.fire_timers(&fence, 1).await.map(|_| ()),
        bench.writer.complete(&effect, &json!({})).await,
        bench.writer.renew(&mut sleeper, Instant::now()).await,
        bench.writer.release(sleeper).await,
    ];
    for (n, refused) in refusals.into_iter().enumerate() {
        assert!(
            matches!(refused, Err(JournalError::Fenced { epoch: 1, .. })),
            "{n}: {refused:?}"
        );
    }
    assert_eq!(
        bench.reader.head(&stream).await.unwrap().unwrap().revision,
        1
    );
    let still = bench
        .writer
        .acquire("engine", "host-3", TTL, Instant::now())
        .await;
    assert!(matches!(still, Err(JournalError::LeaseHeld { owner, .. }) if owner == "host-2"));
}

#[tokio::test]
async fn a_lease_that_expired_unnoticed_is_refused_even_though_nobody_took_it() {
    let bench = Bench::new().await;
    let lease = bench.lease().await;
    bench.pass(60);
    let late = Transaction::at(bench.now()).fenced(lease.fence()).append(
        &deployment("d"),
        0,
        vec![event("late")],
    );
    assert!(matches!(
        bench.writer.append(late).await,
        Err(JournalError::Fenced { .. })
    ));
}

#[tokio::test]
async fn a_clock_set_back_gives_no_lease_to_two_owners() {
    let bench = Bench::new().await;
    let first = bench.lease().await;
    bench.pass(60);
    let second = bench
        .writer
        .acquire("engine", "host-2", TTL, Instant::now())
        .await
        .unwrap();
    // The machine's clock jumps back to a time when the first lease was not yet over.
    bench.clock.set(bench.now() - Duration::from_secs(45));
    let late = Transaction::at(bench.now()).fenced(first.fence()).append(
        &deployment("d"),
        0,
        vec![event("late")],
    );
    assert!(matches!(
        bench.writer.append(late).await,
        Err(JournalError::Fenced { .. })
    ));
    let mine = Transaction::at(bench.now()).fenced(second.fence()).append(
        &deployment("d"),
        0,
        vec![event("mine")],
    );
    bench.writer.append(mine).await.unwrap();
}
