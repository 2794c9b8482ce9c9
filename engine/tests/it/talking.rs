//! A channel that is away, mumbles or breaks.

use crate::world::{Mood, World, by_id, until};

/// As often as a deployment's beginning is said.
async fn said(world: &World, times: usize) {
    until("it is said", async || {
        let tries = world.tries();
        tries
            .iter()
            .filter(|tried| tried.mood == Mood::Says)
            .count()
            == times
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_is_away_for_hours_is_told_when_it_is_back_and_nothing_is_in_quarantine() {
    let world = World::new();
    world.channel_will(&[], Mood::Refuses);
    let life = world.begin().await;
    life.deploy("shop").await;
    let mut before = 0;
    for _ in 0..40 {
        until("it is tried", async || world.tries().len() > before).await;
        before = world.tries().len();
        world.pass(301);
    }
    let counts = life.reader().counts().await.unwrap();
    assert_eq!(
        (counts.effects.quarantined, counts.inputs.quarantined),
        (0, 0)
    );
    world.channel_will(&[], Mood::Says);
    world.pass(301);
    life.all_said().await;
    let tries = world.tries();
    assert!(tries.len() > 40);
    assert!(
        tries.iter().all(|tried| tried.what == "parent"),
        "{tries:?}"
    );
    assert_eq!(tries.last().unwrap().mood, Mood::Says);
    life.end().await;
}

#[tokio::test]
async fn what_could_not_be_said_for_six_hours_is_dropped_and_what_is_behind_it_has_its_turn() {
    let world = World::new();
    world.channel_will(&[], Mood::Refuses);
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    until("it is tried", async || !world.tries().is_empty()).await;
    world.pass(6 * 3600 + 1);
    let stream = format!("deployment/{id}").parse().unwrap();
    until("it is dropped", async || {
        let effects = life.reader().effects(&stream).await.unwrap();
        effects.iter().all(|effect| effect.status == "done")
    })
    .await;
    let effects = life.reader().effects(&stream).await.unwrap();
    let outcome = effects[0].outcome.clone().unwrap();
    assert!(outcome["dropped"].as_str().unwrap().contains("away"));
    life.end().await;
}

#[tokio::test]
async fn a_channel_that_panics_is_asked_again_and_told_that_it_perhaps_said_it() {
    let world = World::new();
    world.channel_will(&[Mood::Panics], Mood::Says);
    let life = world.begin().await;
    life.deploy("shop").await;
    said(&world, 1).await;
    life.all_said().await;
    let tries = world.tries();
    assert_eq!(by_id(&tries).len(), 1);
    let told: Vec<_> = tries.iter().map(|t| (t.mood, t.uncertain)).collect();
    assert_eq!(told, [(Mood::Panics, false), (Mood::Says, true)]);
    life.end().await;
}

#[tokio::test]
async fn an_effect_that_cannot_be_given_back_is_found_again_though_the_process_lives() {
    let world = World::new();
    world.channel_will(&[Mood::Refuses], Mood::Says);
    let life = world.begin().await;
    // The write that gives it back fails; so does the one that would end it.
    world
        .sql(
            "CREATE TRIGGER broken BEFORE UPDATE OF last_error ON effect
              WHEN NEW.status = 'pending' BEGIN SELECT RAISE(ABORT, 'injected'); END",
        )
        .await;
    life.deploy("shop").await;
    said(&world, 1).await;
    life.all_said().await;
    world.sql("DROP TRIGGER broken").await;
    let told: Vec<_> = world
        .tries()
        .iter()
        .map(|t| (t.mood, t.uncertain))
        .collect();
    assert_eq!(told, [(Mood::Refuses, false), (Mood::Says, true)]);
    life.end().await;
}

#[tokio::test]
async fn what_was_perhaps_said_is_repeated_only_as_a_parent_or_where_repeats_are_safe() {
    for safe in [false, true] {
        let mut world = World::new();
        std::sync::Arc::get_mut(&mut world.channel)
            .unwrap()
            .repeats_safely = safe;
        *world.channel.mumbles_first_at.lock().unwrap() = Some("reply");
        let life = world.begin().await;
        let id = life.deploy("shop").await;
        crate::inputs::fail(&world, &life, &id).await;
        until("a reply and everything else was tried", async || {
            world.pass(1);
            let effects = life.reader().counts().await.unwrap().effects;
            let mumbled = world.tries().iter().any(|t| t.mood == Mood::Mumbles);
            mumbled && effects.pending + effects.claimed == 0
        })
        .await;
        let tries = world.tries();
        let mumbled = tries.iter().find(|t| t.mood == Mood::Mumbles).unwrap();
        let again = by_id(&tries).remove(&mumbled.id).unwrap();
        let expected: &[Mood] = if safe {
            &[Mood::Mumbles, Mood::Says]
        } else {
            &[Mood::Mumbles]
        };
        assert_eq!(again, expected, "repeats are safe: {safe}");
        life.end().await;
    }
}

#[tokio::test]
async fn a_receiver_that_hears_and_never_answers_gets_what_is_behind_too() {
    let mut world = World::new();
    std::sync::Arc::get_mut(&mut world.channel)
        .unwrap()
        .repeats_safely = true;
    world.channel_will(&[], Mood::Mumbles);
    let life = world.begin().await;
    let id = life.deploy("shop").await;
    crate::inputs::fail(&world, &life, &id).await;
    until("everything was heard", async || {
        world.pass(20);
        let effects = life.reader().counts().await.unwrap().effects;
        let tries = world.tries();
        // Before the failure is in the journal there is nothing left to say either.
        let all = ["parent", "reply", "notice"].iter();
        all.into_iter()
            .all(|what| tries.iter().any(|tried| tried.what == *what))
            && effects.pending + effects.claimed + effects.quarantined == 0
    })
    .await;
    life.end().await;
}
