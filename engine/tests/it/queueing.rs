//! Deployments that wait for their lane.

use crate::world::{Life, World, ann, request, until};
use engine::{EngineError, ledger};
use guard::duty::Duty;
use guard::event::Event;
use guard::ids::{ActionId, DeploymentId, Environment, ServiceName, Version};
use guard::input::{Command, Happened};
use guard::lane::{Lane, lane_events};
use guard::queue::Ending;
use guard::state::{State, Status};
use journal::{Reader, StreamId, Transaction, codec};

async fn queue(life: &Life, version: &str) -> Result<DeploymentId, EngineError> {
    let mut wanted = request("shop");
    wanted.version = Version::new(version).unwrap();
    wanted.from = None;
    wanted.queue = true;
    life.engine.deploy(wanted).await
}

/// `v2` has the lane, `v3` and `v4` wait.
async fn three(life: &Life) -> [DeploymentId; 3] {
    let first = life.deploy("shop").await;
    let second = queue(life, "v3").await.unwrap();
    let third = queue(life, "v4").await.unwrap();
    [first, second, third]
}

async fn state(reader: &Reader, id: &DeploymentId) -> State {
    ledger::state(reader, id).await.unwrap().unwrap()
}

async fn lane(reader: &Reader) -> Lane {
    let service = ServiceName::new("shop").unwrap();
    let environment = Environment::new("prod").unwrap();
    ledger::lane(reader, &service, &environment).await.unwrap()
}

/// Ends what has the lane, while no engine runs: as a process that dies right after that leaves it.
async fn ended(world: &World, id: &DeploymentId, event: Event) {
    let journal = world.journal().await;
    let reader = journal.reader();
    let before = state(&reader, id).await;
    let in_lane = lane_events(&event, &before);
    let in_lane = in_lane
        .iter()
        .map(|event| codec::encode_lane(event).unwrap());
    let transaction = Transaction::at(world.now())
        .append(
            &format!("deployment/{id}").parse::<StreamId>().unwrap(),
            before.revision().cast_signed(),
            vec![codec::encode(&event).unwrap()],
        )
        .append(
            &StreamId::lane("shop", "prod").unwrap(),
            lane(&reader).await.revision().cast_signed(),
            in_lane.collect(),
        );
    let writer = journal.writer().unwrap();
    writer.append(transaction).await.unwrap();
    drop(writer);
    journal.close().await.unwrap();
}

async fn give_up(life: &Life, id: &DeploymentId) {
    let command = Happened::Commanded {
        by: ann(),
        duty: Duty::default(),
        command: Command::Abandon,
        reason: None,
    };
    let events = life.engine.apply(id, command).await.unwrap();
    assert_eq!(events[0].name(), "abandoned", "{events:?}");
}

async fn events(reader: &Reader, id: &DeploymentId, name: &str) -> usize {
    let records = ledger::records(reader, id).await.unwrap();
    let named = records.iter().filter(|record| record.event.name() == name);
    named.count()
}

fn promoted(world: &World) -> Event {
    let bake_until = world.now() + jiff::SignedDuration::from_hours(9);
    Event::Promoted { bake_until }
}

#[tokio::test]
async fn what_waits_is_pending_in_its_order_and_is_neither_watched_nor_begun() {
    let world = World::new();
    let life = world.begin().await;
    let [first, second, third] = three(&life).await;
    life.all_said().await;
    let reader = life.reader();
    let lane = lane(&reader).await;
    assert_eq!(lane.holder(), Some(&first));
    assert_eq!(lane.queue().collect::<Vec<_>>(), [&second, &third]);
    for (id, before, from) in [(&second, &first, "v2"), (&third, &second, "v3")] {
        let state = state(&reader, id).await;
        assert_eq!(state.status(), Status::Pending);
        assert_eq!(state.queued_behind().unwrap().deployment, *before);
        assert_eq!(state.plan().from.as_ref().unwrap().as_str(), from);
        assert_eq!(state.revision(), 2, "nothing else has happened to it");
    }
    // Who does not wait is refused as ever, and told that it could.
    let mut impatient = request("shop");
    impatient.version = Version::new("v5").unwrap();
    let refused = life.engine.deploy(impatient).await.unwrap_err().to_string();
    assert!(
        refused.contains(first.as_str()) && refused.contains("`--queue`"),
        "{refused}"
    );
    let again = queue(&life, "v4").await.unwrap_err().to_string();
    assert!(again.contains(third.as_str()), "{again}");
    life.end().await;
}

#[tokio::test]
async fn a_turn_that_nobody_gave_is_given_once_to_the_first_when_the_next_engine_leads() {
    let world = World::new();
    let life = world.begin().await;
    let [first, second, third] = three(&life).await;
    life.all_said().await;
    life.end().await;
    ended(&world, &first, promoted(&world)).await;
    for _ in 0..2 {
        let life = world.begin().await;
        let reader = life.reader();
        until("its turn comes", async || {
            !state(&reader, &second).await.is_queued()
        })
        .await;
        life.all_said().await;
        assert_eq!(events(&reader, &second, "turn_came").await, 1);
        let begun = state(&reader, &second).await;
        assert_eq!(begun.plan().from.as_ref().unwrap().as_str(), "v2");
        assert!(begun.holds_lane());
        let older = state(&reader, &first).await;
        assert_eq!(older.superseded_by(), Some(&second));
        assert!(state(&reader, &third).await.is_queued());
        let lane = lane(&reader).await;
        assert_eq!(lane.holder(), Some(&second));
        assert_eq!(lane.queue().collect::<Vec<_>>(), [&third]);
        life.end().await;
    }
}

#[tokio::test]
async fn behind_one_that_went_back_nobody_begins_and_each_says_why() {
    let world = World::new();
    let life = world.begin().await;
    let [first, second, third] = three(&life).await;
    life.all_said().await;
    life.end().await;
    let back = Event::RolledBack {
        action: ActionId::new("act_1").unwrap(),
        cure_until: world.now(),
    };
    ended(&world, &first, back).await;
    let life = world.begin().await;
    let reader = life.reader();
    for id in [&second, &third] {
        until("it gives up", async || state(&reader, id).await.ended()).await;
        let state = state(&reader, id).await;
        assert_eq!(state.status(), Status::Failed);
        let lost = state.turn_lost().unwrap();
        assert_eq!(lost.before.deployment, first);
        assert_eq!(lost.ending, Ending::RolledBack);
        assert_eq!(events(&reader, id, "turn_came").await, 0);
    }
    assert_eq!(lane(&reader).await.last(), None, "all have left");
    life.end().await;
}

#[tokio::test]
async fn one_that_is_given_up_while_it_waits_leaves_its_place_to_the_next() {
    let world = World::new();
    let life = world.begin().await;
    let [first, second, third] = three(&life).await;
    give_up(&life, &second).await;
    let reader = life.reader();
    until("the next moves up", async || {
        let state = state(&reader, &third).await;
        state.queued_behind().is_some_and(|b| b.deployment == first)
    })
    .await;
    // The one that has the lane is given up, too: then the last one does not begin.
    give_up(&life, &first).await;
    until("it gives up", async || state(&reader, &third).await.ended()).await;
    let lost = state(&reader, &third).await;
    assert_eq!(lost.turn_lost().unwrap().ending, Ending::Abandoned);
    let next = life.deploy("shop").await;
    assert_eq!(
        lane(&reader).await.holder(),
        Some(&next),
        "the lane is free"
    );
    life.end().await;
}

#[tokio::test]
async fn those_that_cannot_begin_at_their_turn_fail_one_after_the_other_with_the_reason() {
    let mut world = World::new();
    let life = world.begin().await;
    let [first, second, third] = three(&life).await;
    life.all_said().await;
    life.end().await;
    ended(&world, &first, promoted(&world)).await;
    world
        .services
        .retain(|service| service.name.as_str() != "shop");
    let life = world.begin().await;
    let reader = life.reader();
    for id in [&second, &third] {
        until("it fails", async || state(&reader, id).await.ended()).await;
        let failed = state(&reader, id).await;
        assert_eq!(failed.status(), Status::Failed);
        assert!(failed.never_began() && failed.turn_lost().is_none());
        let why = failed.failure().unwrap();
        assert!(why.contains("shop is not configured"), "{why}");
    }
    let out = state(&reader, &first).await;
    assert_eq!(out.superseded_by(), None, "its watch goes on");
    assert_eq!(lane(&reader).await.last(), None);
    life.end().await;
}
