//! A deployment takes the place of the one before.

use crate::world::{World, request};
use engine::ledger;
use guard::event::Event;
use guard::ids::DeploymentId;
use guard::state::Status;
use jiff::SignedDuration;
use journal::{StreamId, Transaction, codec};

/// A release that is promoted and still watched.
async fn promoted(world: &World) -> DeploymentId {
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    life.all_said().await;
    life.end().await;
    let journal = world.journal().await;
    let writer = journal.writer().unwrap();
    let plan = ledger::state(&journal.reader(), &id)
        .await
        .unwrap()
        .unwrap();
    let bake_until = world.now() + SignedDuration::from_hours(9);
    let promoted = Event::Promoted { bake_until };
    let lane = guard::lane::lane_events(&promoted, &plan);
    let lane = lane.iter().map(|event| codec::encode_lane(event).unwrap());
    let transaction = Transaction::at(world.now())
        .append(
            &format!("deployment/{id}").parse::<StreamId>().unwrap(),
            1,
            vec![codec::encode(&promoted).unwrap()],
        )
        .append(&StreamId::lane("shop", "prod").unwrap(), 1, lane.collect());
    writer.append(transaction).await.unwrap();
    drop(writer);
    journal.close().await.unwrap();
    id
}

#[tokio::test]
async fn a_release_whose_place_is_taken_is_superseded_in_the_same_write() {
    let world = World::new();
    let older = promoted(&world).await;
    let life = world.begin().await;
    // The first half alone must not be possible.
    world
        .sql(
            "CREATE TRIGGER broken BEFORE INSERT ON event
              WHEN NEW.name = 'superseded' BEGIN SELECT RAISE(ABORT, 'injected'); END",
        )
        .await;
    let mut next = request("shop");
    next.version = guard::ids::Version::new("v3").unwrap();
    assert!(life.engine.deploy(next.clone()).await.is_err());
    let streams = life.reader().streams("deployment", 9).await.unwrap();
    assert_eq!(streams.len(), 1, "nothing has begun");
    world.sql("DROP TRIGGER broken").await;

    let newer = life.engine.deploy(next).await.unwrap();
    let state = ledger::state(&life.reader(), &older)
        .await
        .unwrap()
        .unwrap();
    assert!(state.watch_over());
    assert_eq!(state.status(), Status::Promoted);
    let watched = life.engine.watched().await.unwrap();
    assert_eq!(watched.len(), 1);
    assert_eq!(watched[0].plan().deployment, newer);
    life.end().await;
}
