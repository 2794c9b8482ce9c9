//! What lists are made of: everything that was ever deployed, in one line each.

use crate::world::{Life, World, ann, request, until};
use engine::{EngineError, ledger};
use guard::duty::Duty;
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::input::{Command, Happened};
use guard::judgement::Judgement;
use guard::lane::Lane;
use guard::summary::Summary;
use std::collections::BTreeMap;

/// Lines by deployment, and lanes by service.
type Known = (BTreeMap<DeploymentId, Summary>, BTreeMap<ServiceName, Lane>);

async fn listed(life: &Life) -> Known {
    let read = life.engine.listed(|listing| {
        let lines = listing
            .newest()
            .map(|row| (row.deployment.clone(), Summary::clone(row)));
        let lines: BTreeMap<_, _> = lines.collect();
        let of = |(service, environment): &(ServiceName, Environment)| {
            let lane = listing.lane(service, environment).unwrap();
            (service.clone(), Lane::clone(lane))
        };
        let lanes = listing.lanes().map(of).collect();
        let newest: Vec<_> = listing.newest().map(|row| row.requested_at).collect();
        assert!(newest.is_sorted_by(|a, b| a >= b));
        let changed: Vec<_> = listing.changed().map(|row| row.updated_at).collect();
        assert!(changed.is_sorted_by(|a, b| a >= b));
        assert_eq!((newest.len(), changed.len()), (lines.len(), lines.len()));
        (lines, lanes)
    });
    read.await.unwrap()
}

/// The same by reading everything.
async fn folded(life: &Life) -> Known {
    let reader = life.reader();
    let (mut lines, mut lanes) = (BTreeMap::new(), BTreeMap::new());
    for head in reader.streams("deployment", 1000).await.unwrap() {
        let id = DeploymentId::new(head.stream.id()).unwrap();
        let state = ledger::state(&reader, &id).await.unwrap().unwrap();
        lines.insert(id, Summary::of(&state));
    }
    for (service, environment) in ledger::lanes(&reader).await.unwrap() {
        let lane = ledger::lane(&reader, &service, &environment).await.unwrap();
        lanes.insert(service, lane);
    }
    (lines, lanes)
}

/// A number that follows from the one before, below `most`.
fn next(dice: &mut u64, most: usize) -> usize {
    *dice = dice
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*dice >> 33) as usize % most
}

/// Something happens to one of them, or a new one begins; much of it is refused, as in life.
async fn something(life: &Life, known: &mut Vec<DeploymentId>, dice: &mut u64) {
    let kind = next(dice, 12);
    if kind < 4 || known.is_empty() {
        let mut request = request(["shop", "till"][next(dice, 2)]);
        request.queue = kind > 1;
        match life.engine.deploy(request).await {
            Ok(id) => known.push(id),
            Err(error @ (EngineError::Journal(_) | EngineError::Fold { .. })) => panic!("{error}"),
            // The lane is busy, or there is nothing to do.
            Err(_) => {}
        }
        return;
    }
    let id = &known[next(dice, known.len())];
    let command = |command| Happened::Commanded {
        by: ann(),
        duty: Duty::default(),
        command,
        reason: None,
    };
    let judged = |judgement| Happened::Judged {
        by: ann(),
        judgement,
        note: None,
        since: None,
    };
    let what = match kind {
        4 => Happened::BaselineCaptured {
            history_s: 40.0,
            blind: Vec::new(),
        },
        5 => command(Command::Pause),
        6 => command(Command::Resume),
        7 => command(Command::Promote),
        8 => command(Command::Rollback),
        9 => judged(Judgement::Fine),
        10 => judged(Judgement::Missed),
        _ => command(Command::Abandon),
    };
    life.engine.apply(id, what).await.unwrap();
}

#[tokio::test]
async fn the_listing_is_the_fold_of_all_streams_whatever_happened_and_after_each_restart() {
    let world = World::new();
    let mut known = Vec::new();
    let mut dice = 7;
    let mut seen = BTreeMap::new();
    for _ in 0..3 {
        let life = world.begin().await;
        assert_eq!(listed(&life).await, folded(&life).await, "after a start");
        for _ in 0..60 {
            something(&life, &mut known, &mut dice).await;
            world.pass(1);
        }
        life.all_said().await;
        until("both are the same", async || {
            listed(&life).await == folded(&life).await
        })
        .await;
        for line in listed(&life).await.0.values() {
            *seen.entry(format!("{:?}", line.status)).or_insert(0) += 1;
        }
        life.end().await;
    }
    assert!(known.len() > 5, "{known:?}");
    assert!(seen.len() > 1, "too little happened: {seen:?}");
}

#[tokio::test]
async fn what_is_over_is_listed_from_what_was_kept_of_it_unless_it_is_older_damaged_or_of_another_version()
 {
    let world = World::new();
    let life = world.begin().await;
    let over = life.deploy("shop").await;
    crate::inputs::fail(&world, &life, &over).await;
    life.all_said().await;
    let reader = life.reader();
    until("its line is kept", async || {
        !reader
            .summaries(guard::summary::VERSION)
            .await
            .unwrap()
            .is_empty()
    })
    .await;
    let real = listed(&life).await;
    life.end().await;

    let shown = async || {
        let life = world.begin().await;
        let shown = listed(&life).await.0[&over].to.to_string();
        life.end().await;
        shown
    };
    world
        .sql("UPDATE summary SET summary = replace(summary, '\"v2\"', '\"v9\"')")
        .await;
    assert_eq!(shown().await, "v9", "what is kept is not read");
    for damage in [
        "UPDATE summary SET revision = revision - 1",
        "UPDATE summary SET version = version + 1, summary = replace(summary, '\"v2\"', '\"v9\"')",
        "UPDATE summary SET summary = 'no line'",
        "DELETE FROM summary",
    ] {
        world.sql(damage).await;
        assert_eq!(shown().await, "v2", "{damage}");
    }
    let life = world.begin().await;
    assert_eq!(listed(&life).await, real);
    life.end().await;
}

#[tokio::test]
async fn what_others_write_is_listed_at_once_and_what_cannot_be_read_is_not() {
    let world = World::new();
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    let other = life.deploy("till").await;
    assert_eq!(listed(&life).await.0.len(), 2);
    // Past this engine, as another server does.
    let state = ledger::state(&life.reader(), &id).await.unwrap().unwrap();
    let stream = journal::StreamId::deployment(id.as_str()).unwrap();
    let event = guard::event::Event::AuthorsKnown {
        authors: vec!["mei".to_owned()],
    };
    let event = journal::codec::encode(&event).unwrap();
    let at = world.now() + std::time::Duration::from_secs(5);
    let written =
        journal::Transaction::at(at).append(&stream, state.revision().cast_signed(), vec![event]);
    life.journal
        .writer()
        .unwrap()
        .append(written)
        .await
        .unwrap();
    let line = listed(&life).await.0.remove(&id).unwrap();
    assert_eq!((line.revision, line.updated_at), (state.revision() + 1, at));
    life.all_said().await;
    life.end().await;

    world.sql("UPDATE event SET payload = NULL WHERE stream LIKE 'deployment/%' AND stream IN (SELECT stream FROM event WHERE payload LIKE '%\"shop\"%')").await;
    let life = world.begin().await;
    let lines = listed(&life).await.0;
    assert_eq!(lines.into_keys().collect::<Vec<_>>(), [other]);
    life.end().await;
}
