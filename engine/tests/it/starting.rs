//! A start on a journal that has seen much.

use crate::world::World;
use guard::state::Status;

#[tokio::test]
async fn a_stream_that_cannot_be_read_is_named_and_the_others_are_watched() {
    let world = World::new();
    let life = world.begin().await;
    let erased = life.deploy("shop").await;
    life.all_said().await;
    life.end().await;
    world
        .sql("UPDATE event SET payload = NULL WHERE stream LIKE 'deployment/%'")
        .await;

    let life = world.begin().await;
    let good = life.deploy("till").await;
    life.all_said().await;
    let watched = life.engine.watched().await.unwrap();
    let ids: Vec<_> = watched
        .iter()
        .map(|state| state.plan().deployment.clone())
        .collect();
    assert_eq!(ids, [good]);
    let unreadable = life.engine.unreadable();
    assert_eq!(unreadable.len(), 1);
    assert_eq!(unreadable[0].0, erased);
    assert!(unreadable[0].1.contains("erased"), "{}", unreadable[0].1);
    life.end().await;
}

#[tokio::test]
async fn what_is_over_is_not_read_again() {
    let world = World::new();
    let life = world.begin().await;
    let over = life.deploy("shop").await;
    let open = life.deploy("till").await;
    crate::inputs::fail(&world, &life, &over).await;
    let heads = life.reader().open_streams("deployment").await.unwrap();
    let names: Vec<_> = heads.iter().map(|head| head.stream.to_string()).collect();
    assert_eq!(names, [format!("deployment/{open}")]);
    life.end().await;

    // One of an older version, that did not note it, is found to be over and noted.
    world.sql("UPDATE stream SET closed_at = NULL").await;
    let life = world.begin().await;
    let watched = life.engine.watched().await.unwrap();
    assert_eq!(watched.len(), 1);
    assert_eq!(watched[0].status(), Status::Pending);
    let heads = life.reader().open_streams("deployment").await.unwrap();
    assert_eq!(heads.len(), 1);
    life.end().await;
}
