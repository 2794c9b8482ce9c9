//! What hurts is looked into by whoever was handed in for that.

use crate::world::{Life, World, until};
use engine::investigate::{Inquiry, Looking};
use futures_util::FutureExt;
use guard::cause::Cause;
use guard::event::Event;
use guard::ids::{DeploymentId, SignalKey};
use guard::input::Happened;
use guard::root_cause::{Author, RootCauseReport};
use guard::suspects::Verdict;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// Somebody who looks, as long as they are kept, and what they were asked.
struct Analyst {
    asked: AtomicU32,
    of: Mutex<Vec<u64>>,
    may_end: Semaphore,
}

impl Analyst {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            asked: AtomicU32::new(0),
            of: Mutex::default(),
            may_end: Semaphore::new(0),
        })
    }

    fn works_in(self: &Arc<Self>, world: &mut World) {
        let analyst = Arc::clone(self);
        world.investigates = Some(Arc::new(move |inquiry: Inquiry, looking: Looking| {
            let analyst = Arc::clone(&analyst);
            async move {
                analyst.of.lock().unwrap().push(inquiry.of);
                looking("the errors of checkout".to_owned());
                analyst.asked.fetch_add(1, Ordering::SeqCst);
                analyst.may_end.acquire().await.unwrap().forget();
                Some(RootCauseReport {
                    summary: "It was the cart.".to_owned(),
                    written_by: Author::Model {
                        name: "analyst-1".to_owned(),
                    },
                    ..RootCauseReport::default()
                })
            }
            .boxed()
        }));
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

fn cause(first: &str) -> Happened {
    Happened::Ranked(Box::new(Cause {
        verdict: Verdict::Unknown,
        probability: 0.5,
        suspects: Vec::new(),
        elsewhere: Vec::new(),
        supports: Vec::new(),
        order: vec![first.to_owned()],
        changes: 1,
        missing: BTreeMap::new(),
        signals: BTreeSet::from([SignalKey::new("errors").unwrap()]),
        signatures: Vec::new(),
    }))
}

async fn reports(life: &Life, id: &DeploymentId) -> Vec<Event> {
    let records = journal::ledger::records(&life.reader(), id).await.unwrap();
    let events = records.into_iter().map(|record| record.event);
    events
        .filter(|event| matches!(event, Event::RootCauseReported { .. }))
        .collect()
}

#[tokio::test]
async fn what_is_ranked_is_looked_into_once_and_nothing_waits_for_it() {
    let mut world = World::new();
    let analyst = Analyst::new();
    analyst.works_in(&mut world);
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    life.engine.apply(&id, cause("a")).await.unwrap();
    until("it is asked", async || analyst.asked() == 1).await;
    until("it is shown what is looked at", async || {
        world.tries().iter().any(|one| one.what == "looking")
    })
    .await;
    // The ranking itself was told, though the analyst still thinks.
    until("the thread goes on", async || {
        world.tries().iter().any(|one| one.what == "reply")
    })
    .await;
    assert!(reports(&life, &id).await.is_empty());
    analyst.may_end.add_permits(1);
    life.all_said().await;
    let told = reports(&life, &id).await;
    let [Event::RootCauseReported { of, report }] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(report.summary, "It was the cart.");
    assert_eq!(*analyst.of.lock().unwrap(), [*of]);
    // What comes too late, or again, changes nothing.
    let again = Happened::Investigated {
        of: *of,
        report: report.clone(),
    };
    assert!(life.engine.apply(&id, again).await.unwrap().is_empty());
    assert_eq!(analyst.asked(), 1);
    life.end().await;
}

#[tokio::test]
async fn what_a_restart_cut_off_is_looked_into_again_and_told_once() {
    let mut world = World::new();
    let analyst = Analyst::new();
    analyst.works_in(&mut world);
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    life.engine.apply(&id, cause("a")).await.unwrap();
    until("it is asked", async || analyst.asked() == 1).await;
    life.end().await;
    let life = world.begin().await;
    until("it is asked again", async || analyst.asked() == 2).await;
    analyst.may_end.add_permits(2);
    life.all_said().await;
    assert_eq!(reports(&life, &id).await.len(), 1);
    life.end().await;
    // And a third life finds nothing to do.
    let life = world.begin().await;
    life.all_said().await;
    assert_eq!(analyst.asked(), 2);
    life.end().await;
}

#[tokio::test]
async fn where_nobody_looks_into_it_nobody_is_asked() {
    let world = World::new();
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    life.engine.apply(&id, cause("a")).await.unwrap();
    life.all_said().await;
    let stream = format!("deployment/{id}").parse().unwrap();
    let effects = life.reader().effects(&stream).await.unwrap();
    assert!(!effects.is_empty());
    assert!(
        effects
            .iter()
            .all(|effect| effect.kind != "agent.investigate")
    );
    assert!(reports(&life, &id).await.is_empty());
    life.end().await;
}
