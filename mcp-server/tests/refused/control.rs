use guard::ids::{ActionId, DeploymentId};
use guard::request::{Asks, Request};
use mcp_server::World;

/// What a tool may do: ask.
async fn ask(world: &World, deployment: &DeploymentId, request: Request) {
    let at = world.clock.now();
    let inbox = world.inbox.as_ref().unwrap();
    inbox.ask(deployment, &Asks::For { request }, at).await.unwrap();
}

fn taken_back(request: ActionId, client: String) -> Asks {
    Asks::No { request, client }
}

fn main() {}
