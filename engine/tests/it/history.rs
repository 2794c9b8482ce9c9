//! What pages are made of: all that happened to one deployment, read once and kept up.

use crate::world::{World, ann};
use engine::ledger;
use futures_util::future::join_all;
use guard::duty::Duty;
use guard::input::{Command, Happened};
use journal::Histories;
use std::sync::Arc;

#[tokio::test]
async fn of_many_who_look_at_once_one_reads_and_all_see_what_happened_since() {
    let world = World::new();
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    life.all_said().await;
    let first = life.engine.history(&id).await.unwrap().unwrap();
    let again = life.engine.history(&id).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&first, &again), "nothing happened meanwhile");
    let paused = Happened::Commanded {
        by: ann(),
        duty: Duty::default(),
        command: Command::Pause,
        reason: None,
    };
    life.engine.apply(&id, paused).await.unwrap();
    life.all_said().await;
    let many = join_all((0..50).map(|_| life.engine.history(&id))).await;
    let many: Vec<_> = many.into_iter().map(|one| one.unwrap().unwrap()).collect();
    assert!(many.iter().all(|one| Arc::ptr_eq(one, &many[0])));
    let records = ledger::records(&life.reader(), &id).await.unwrap();
    assert!(records.len() > first.records.len());
    assert_eq!(many[0].records, records);
    let state = ledger::state(&life.reader(), &id).await.unwrap().unwrap();
    assert_eq!(many[0].state, state);
    // Who still holds the older one keeps it as it was.
    assert_eq!(first.records, records[..first.records.len()]);
    let nobody = guard::ids::DeploymentId::new("dep_none").unwrap();
    assert!(life.engine.history(&nobody).await.unwrap().is_none());
    life.end().await;
}

#[tokio::test]
async fn what_retention_erases_is_not_shown_from_memory() {
    let world = World::new();
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    life.all_said().await;
    let histories = Histories::default();
    assert!(histories.of(&life.reader(), &id).await.unwrap().is_some());
    life.end().await;
    world
        .sql("UPDATE event SET payload = NULL WHERE stream LIKE 'deployment/%'")
        .await;
    let life = world.begin().await;
    let gone = histories.of(&life.reader(), &id).await;
    assert!(gone.is_err_and(|error| error.is_erased()));
    life.end().await;
}
