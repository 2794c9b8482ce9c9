use guard::action::{Action, Basis};
use guard::authorise::Authority;
use guard::ids::{DeploymentId, Environment, ServiceName};

fn forge(
    deployment: DeploymentId,
    service: ServiceName,
    environment: Environment,
    action: Action,
) -> Authority {
    Authority {
        deployment,
        service,
        environment,
        action,
        basis: Basis::Policy,
        package: None,
    }
}

fn main() {}
