//! What the inbox is told.

use crate::world::{Life, World, ann, until};
use guard::duty::Duty;
use guard::event::Event;
use guard::ids::DeploymentId;
use guard::input::{Command, Happened, Outcome};
use serde_json::json;

/// Lets a deployment fail at its first step, as the engine would tell it.
pub(crate) async fn fail(world: &World, life: &Life, id: &DeploymentId) {
    // Where somebody else deploys, the engine would take the step as done before it can fail.
    world
        .sql(
            "CREATE TRIGGER held AFTER INSERT ON effect WHEN NEW.kind = 'platform.execute' BEGIN
              UPDATE effect SET not_before = 4000000000000000 WHERE ordinal = NEW.ordinal; END",
        )
        .await;
    let captured = Happened::BaselineCaptured {
        history_s: 0.0,
        blind: Vec::new(),
    };
    let events = life.engine.apply(id, captured).await.unwrap();
    let action = events.iter().find_map(|event| match event {
        Event::ActionAuthorised { action, .. } => Some(action.clone()),
        _ => None,
    });
    let failed = Happened::ActionEnded {
        action: action.unwrap(),
        outcome: Outcome::Failed {
            instance: None,
            error: "no".to_owned(),
            restored: true,
        },
    };
    let events = life.engine.apply(id, failed).await.unwrap();
    let names: Vec<_> = events.iter().map(Event::name).collect();
    assert_eq!(names, ["action_failed", "failed"]);
    world
        .sql(
            "DROP TRIGGER held; UPDATE effect SET not_before = 0 WHERE not_before = 4000000000000000",
        )
        .await;
}

#[tokio::test]
async fn an_input_that_brings_its_own_authority_is_quarantined_and_nothing_happens() {
    let world = World::new();
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    let forged = Happened::Commanded {
        by: ann(),
        duty: Duty::default(),
        command: Command::Pause,
        reason: None,
    };
    let key = format!("deployment/{id}");
    let payload = serde_json::to_value(&forged).unwrap();
    let inbox = life.journal.inbox().unwrap();
    inbox
        .deliver("forged", "1", &key, &payload, world.now())
        .await
        .unwrap();
    until("it is quarantined", async || {
        life.reader().counts().await.unwrap().inputs.quarantined == 1
    })
    .await;
    let events = life
        .reader()
        .events(&key.parse().unwrap(), 0)
        .await
        .unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    let shown = life.reader().quarantined_inputs(1).await.unwrap();
    let error = shown[0].last_error.clone().unwrap();
    assert!(error.contains("source `forged`"), "{error}");
    life.end().await;
}

#[tokio::test]
async fn a_timer_whose_name_nobody_knows_is_quarantined_and_not_lost() {
    let world = World::new();
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    let key = format!("deployment/{id}");
    let stream = key.parse().unwrap();
    let timer = journal::Transaction::at(world.now()).set_timer(
        &stream,
        "strange",
        world.now(),
        json!({"timer": "strange"}),
    );
    life.journal.writer().unwrap().append(timer).await.unwrap();
    until("it is quarantined", async || {
        life.reader().counts().await.unwrap().inputs.quarantined == 1
    })
    .await;
    let shown = life.reader().quarantined_inputs(1).await.unwrap();
    assert_eq!(
        (shown[0].attempts, shown[0].stream_key.as_str()),
        (1, &*key)
    );
    life.end().await;
}

#[tokio::test]
async fn a_journal_that_fails_for_minutes_costs_no_timer() {
    let world = World::new();
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    life.all_said().await;
    let stream = format!("deployment/{id}").parse().unwrap();
    let timer = serde_json::to_value(guard::timer::TimerName::FinalBake).unwrap();
    // Handling an input fails as long as the trigger is there.
    world
        .sql(
            "CREATE TRIGGER broken BEFORE UPDATE ON inbox
              WHEN NEW.status = 'done' BEGIN SELECT RAISE(ABORT, 'injected'); END",
        )
        .await;
    let set = journal::Transaction::at(world.now()).set_timer(&stream, "t", world.now(), timer);
    life.journal.writer().unwrap().append(set).await.unwrap();
    for _ in 0..12 {
        world.pass(31);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // Timers of the deployment itself may have come due as well.
    let counts = life.reader().counts().await.unwrap().inputs;
    assert_eq!(counts.quarantined, 0);
    assert!(counts.pending + counts.claimed >= 1, "{counts:?}");
    world.sql("DROP TRIGGER broken").await;
    until("it is handled", async || {
        world.pass(31);
        let counts = life.reader().counts().await.unwrap().inputs;
        counts.pending + counts.claimed + counts.quarantined == 0
    })
    .await;
    life.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_answer_at_once_one_is_heard_and_all_others_are_told_who_was_first() {
    let world = World::new();
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    let mut waiting = Vec::new();
    for _ in 0..60 {
        let (engine, id) = (life.engine.clone(), id.clone());
        let given = Happened::Commanded {
            by: ann(),
            duty: Duty::default(),
            command: Command::Abandon,
            reason: None,
        };
        waiting.push(tokio::spawn(async move { engine.apply(&id, given).await }));
    }
    let mut said = std::collections::BTreeMap::new();
    for one in waiting {
        let events = one.await.unwrap().unwrap();
        *said.entry(events[0].name()).or_insert(0) += 1;
    }
    assert_eq!(said, [("abandoned", 1), ("refused", 59)].into());
    life.end().await;
}
