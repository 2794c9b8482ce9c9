//! Tawny in Slack: a workspace that is as strict as the real one, and what is told and pressed there.

mod alerted;
mod asks;
mod awry;
mod digests;
mod explained;
mod files;
mod fixed;
mod found_out;
mod groups;
mod home;
mod investigated;
mod misled;
mod noise;
mod over_sockets;
mod pictures;
mod places;
mod player;
mod pressed;
mod rated;
mod reads;
mod remembered;
mod rules;
mod said;
mod scenes;
mod sends;
mod sockets;
mod theirs;
mod told;
mod views;
mod why;
mod workspace;

use crate::server::Life;
use crate::settings::Guarding;
use crate::wait::until;
use crate::world::World;
use sockets::Sockets;
use workspace::Workspace;

/// The accounts of those who are configured.
pub(crate) const ANN: &str = "U0ANN";
pub(crate) const BO: &str = "U0BO";
pub(crate) const CY: &str = "U0CY";

/// A world that is told in a workspace, with its first version out.
async fn listening(guarding: &Guarding) -> (World, Workspace) {
    let world = World::of(&[("shop", 2)], guarding).await;
    let slack = Workspace::start(world.at(18500), world.at(17700)).await;
    let settings = slack.settings();
    (begun(world, &settings).await, slack)
}

/// The same for two services, of which one is told, in Chinese.
async fn listening_in_chinese(guarding: &Guarding) -> (World, Workspace) {
    let world = World::of(&[("shop", 2), ("cart", 1)], guarding).await;
    let slack = Workspace::start(world.at(18500), world.at(17700)).await;
    let settings = slack.settings().replace("locale: en", "locale: zh-CN");
    (begun(world, &settings).await, slack)
}

/// The same for two services that are both told.
async fn listening_for_two_services() -> (World, Workspace) {
    let world = World::of(&[("shop", 1), ("cart", 1)], &Guarding::default()).await;
    let slack = Workspace::start(world.at(18500), world.at(17700)).await;
    let settings = slack.settings().replace("services: [shop]", "services: []");
    (begun(world, &settings).await, slack)
}

/// The same by sockets.
async fn listening_to_sockets(guarding: &Guarding) -> (World, Workspace, Sockets) {
    let world = World::of(&[("shop", 2)], guarding).await;
    let slack = Workspace::start(world.at(18500), world.at(17700)).await;
    let sockets = Sockets::start(world.at(18501)).await;
    let settings = slack.settings_with_sockets(world.at(18501));
    (begun(world, &settings).await, slack, sockets)
}

async fn begun(world: World, settings: &str) -> World {
    let file = world.dir.path().join("main/tawny.yaml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    for (name, account) in [("ann", ANN), ("bo", BO), ("cy", CY)] {
        text = text.replacen(
            &format!("- {{name: {name}"),
            &format!("- {{slack: {account}, name: {name}"),
            1,
        );
    }
    text += settings;
    std::fs::write(&file, text).unwrap();
    let mut world = world.with_first_version().await;
    world.at_rest().await;
    world
}

/// The same, and a second version that is asked about.
async fn asked(guarding: &Guarding) -> (World, Workspace, String) {
    let (mut world, slack) = listening(guarding).await;
    slack.take();
    let id = asked_about(&mut world, &slack).await;
    (world, slack, id)
}

/// A second version that is asked about, and everything that is said of it.
async fn asked_about(world: &mut World, slack: &Workspace) -> String {
    let pictures = slack.pictures();
    let id = bad_release(world).await;
    world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;
    until("a picture is shown", async || {
        (slack.pictures() > pictures).then_some(())
    })
    .await;
    world.at_rest().await;
    id
}

async fn bad_release(world: &mut World) -> String {
    world.prometheus.spoil("bad");
    let package = world.put("shop", "bad", crate::packages::SERVES);
    world.deploy("shop", "bad", &package).await
}

fn pausing() -> Guarding {
    Guarding {
        autonomy: "pause",
        ..Guarding::default()
    }
}

/// Another life of the same server.
async fn again(world: &mut World) {
    world.server.stop().await;
    world.server.begin(&Life::default());
    world.server.ready().await;
}
