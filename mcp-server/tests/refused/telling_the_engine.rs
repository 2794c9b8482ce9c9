use engine::Engine;
use guard::ids::DeploymentId;
use guard::input::Happened;

async fn tell(engine: &Engine, deployment: &DeploymentId, what: Happened) {
    engine.apply(deployment, what).await.unwrap();
}

fn main() {}
