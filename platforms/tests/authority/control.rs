use guard::authorise::Authority;
use guard::ids::InstanceId;
use platforms::hosts::{Brought, Hosts, HostsError, Watcher};

/// With an authority it may be done.
async fn roll_back(
    hosts: &Hosts,
    authority: &Authority,
    instance: &InstanceId,
    watcher: Watcher<'_>,
) -> Result<Brought, HostsError> {
    hosts.bring(authority, instance, watcher).await
}

fn main() {}
