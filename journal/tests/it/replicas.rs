//! Several processes on one PostgreSQL database: here several `Journal`s, each with connections of
//! its own.

use std::time::{Duration, Instant};

use journal::{Journal, JournalError, JournalOptions, ManualClock, Transaction};
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{Bench, Postgres, deployment, effect, event, options, server, start};

const TTL: Duration = Duration::from_secs(60);
/// Longer than anything takes that happens at all.
const SOON: Duration = Duration::from_secs(20);

async fn replica(url: &str, clock: &ManualClock) -> Journal {
    Journal::open(url, options(clock)).await.unwrap()
}

#[tokio::test]
async fn three_replicas_that_start_at_once_on_an_empty_database_all_come_up() {
    for _ in 0..5 {
        let url = server::shared().database().await;
        let open = || Journal::open(&url, JournalOptions::default());
        let opened = tokio::join!(open(), open(), open());
        let opened = [opened.0.unwrap(), opened.1.unwrap(), opened.2.unwrap()];
        for (n, journal) in (0..).zip(&opened) {
            let append = Transaction::at(start()).append(&deployment("d"), n, vec![event("e")]);
            journal.writer().unwrap().append(append).await.unwrap();
        }
        assert_eq!(opened[0].reader().event_count().await.unwrap(), 3);
    }
}

#[tokio::test]
async fn a_tail_misses_nothing_of_twenty_writers_in_five_replicas() {
    let url = server::shared().database().await;
    let clock = ManualClock::at(start());
    let mut writers = JoinSet::new();
    let mut replicas = Vec::new();
    for r in 0..5 {
        let journal = replica(&url, &clock).await;
        for w in 0..4 {
            let writer = journal.writer().unwrap();
            writers.spawn(async move {
                for revision in 0..15 {
                    let stream = deployment(&format!("d-{r}-{w}"));
                    let append =
                        Transaction::at(start()).append(&stream, revision, vec![event("e")]);
                    writer.append(append).await.unwrap();
                }
            });
        }
        replicas.push(journal);
    }
    let mut tails = JoinSet::new();
    for journal in &replicas[..2] {
        let reader = journal.reader();
        tails.spawn(async move {
            let mut seen: Vec<i64> = Vec::new();
            while seen.len() < 300 {
                // Goes on from the last it saw: what commits later with a lower number is missed.
                let after = seen.last().copied().unwrap_or(0);
                let events = reader.tail(after, 11).await.unwrap();
                seen.extend(events.iter().map(|event| event.seq));
                tokio::task::yield_now().await;
            }
            seen
        });
    }
    writers.join_all().await;
    for seen in timeout(SOON, tails.join_all()).await.unwrap() {
        assert_eq!(seen, (1..=300).collect::<Vec<i64>>());
    }
    let verified = replicas[0].reader().verify(None).await.unwrap();
    assert_eq!((verified.events, verified.broken.len()), (300, 0));
}

#[tokio::test]
async fn of_two_replicas_racing_on_one_stream_exactly_one_wins_each_revision() {
    let bench = Bench::<Postgres>::new().await;
    let other = replica(&bench.place.url, &bench.clock).await;
    let mut races = JoinSet::new();
    for writer in [bench.writer.clone(), other.writer().unwrap()] {
        races.spawn(async move {
            let mut won = 0;
            for revision in 0..30 {
                let append =
                    Transaction::at(start()).append(&deployment("d"), revision, vec![event("e")]);
                match writer.append(append).await {
                    Ok(_) => won += 1,
                    Err(JournalError::Conflict { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            won
        });
    }
    let won: i64 = races.join_all().await.iter().sum();
    let head = bench.reader.head(&deployment("d")).await.unwrap().unwrap();
    assert_eq!(won, head.revision);
}

#[tokio::test]
async fn the_lease_moves_when_its_holder_stops_renewing_and_its_claims_come_back_uncertain() {
    let bench = Bench::<Postgres>::new().await;
    let other = replica(&bench.place.url, &bench.clock).await;
    let (stopped, taker) = (&bench.writer, other.writer().unwrap());
    bench
        .append(&deployment("d"), vec![effect("k", "platform.pause")])
        .await;
    bench.deliver("1", "deployment/d", json!({})).await;

    let held = stopped
        .acquire("engine", "host-1", TTL, Instant::now())
        .await
        .unwrap();
    let kinds = ["platform.pause"];
    let begun = stopped.claim_effects(held.fence(), &kinds, 1).await;
    let begun = begun.unwrap().remove(0);
    let input = bench.one_input(held.fence()).await;
    assert!(!begun.uncertain);

    let acquire = || taker.acquire("engine", "host-2", TTL, Instant::now());
    assert!(matches!(
        acquire().await,
        Err(JournalError::LeaseHeld { owner, .. }) if owner == "host-1"
    ));
    bench.pass(60);
    let taken = acquire().await.unwrap();
    assert_eq!(taken.fence().epoch(), held.fence().epoch() + 1);
    let again = taker.claim_effects(taken.fence(), &kinds, 1).await.unwrap();
    assert_eq!(again[0].id, begun.id);
    assert!(again[0].uncertain, "the other may have done it");
    let same = taker.next_inbox(taken.fence(), 1, None).await.unwrap();
    assert_eq!((same[0].id, same[0].attempt), (input.id, 2));

    // The stopped one wakes up: nothing it began can be finished.
    let late = [
        stopped.complete(&begun, &json!({})).await,
        stopped
            .append(Transaction::at(bench.now()).consume(&input))
            .await
            .map(|_| ()),
    ];
    for refused in late {
        assert!(
            matches!(refused, Err(JournalError::Fenced { epoch: 1, .. })),
            "{refused:?}"
        );
    }
    taker.complete(&again[0], &json!({})).await.unwrap();
}

#[tokio::test]
async fn of_twenty_owners_in_four_replicas_acquiring_at_once_one_gets_each_lease() {
    let url = server::shared().database().await;
    let clock = ManualClock::at(start());
    let mut races = JoinSet::new();
    let mut replicas = Vec::new();
    for r in 0..4 {
        let journal = replica(&url, &clock).await;
        for n in 0..5 {
            let writer = journal.writer().unwrap();
            let owner = format!("host-{r}-{n}");
            races.spawn(async move {
                let mut won = Vec::new();
                for lease in ["a", "b", "c", "d", "e", "f"] {
                    let acquired = writer.acquire(lease, &owner, TTL, Instant::now()).await;
                    won.extend(acquired.is_ok().then_some(lease));
                }
                won
            });
        }
        replicas.push(journal);
    }
    let mut won: Vec<&str> = races.join_all().await.into_iter().flatten().collect();
    won.sort_unstable();
    assert_eq!(won, ["a", "b", "c", "d", "e", "f"]);
}

#[tokio::test]
async fn a_commit_of_one_replica_wakes_the_others_and_each_hears_its_own_once() {
    let bench = Bench::<Postgres>::new().await;
    let other = replica(&bench.place.url, &bench.clock).await;
    let shown = Journal::open_read_only(&bench.place.url, options(&bench.clock))
        .await
        .unwrap();
    let mut hearing = [other.reader().commits(), shown.reader().commits()];
    let mut mine = bench.reader.commits();
    let before = *mine.borrow_and_update();
    for _ in 0..3 {
        bench.append(&deployment("d"), vec![]).await;
        for commits in &mut hearing {
            timeout(SOON, commits.changed()).await.unwrap().unwrap();
            commits.borrow_and_update();
        }
    }
    assert_eq!(*mine.borrow_and_update() - before, 3);

    // Deaf for a moment, they are woken when they hear again, for what they may have missed.
    let mut admin = PgConnection::connect(&bench.place.url).await.unwrap();
    admin
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND query LIKE 'LISTEN%'",
        )
        .await
        .unwrap();
    for commits in hearing.iter_mut().chain([&mut mine]) {
        timeout(SOON, commits.changed()).await.unwrap().unwrap();
        commits.borrow_and_update();
    }
    bench.append(&deployment("d"), vec![]).await;
    for commits in &mut hearing {
        timeout(SOON, commits.changed()).await.unwrap().unwrap();
    }
}
