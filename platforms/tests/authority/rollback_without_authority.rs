use guard::ids::InstanceId;
use platforms::hosts::{Brought, Hosts, HostsError, Watcher};

async fn roll_back(
    hosts: &Hosts,
    instance: &InstanceId,
    watcher: Watcher<'_>,
) -> Result<Brought, HostsError> {
    hosts.bring(instance, watcher).await
}

fn main() {}
