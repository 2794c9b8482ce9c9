use guard::authorise::Authority;
use guard::ids::InstanceId;
use platforms::hosts::Hosts;

async fn execute(hosts: &Hosts, authority: &Authority, instance: &InstanceId) {
    hosts.bring(authority, instance, &|_| ()).await.unwrap();
}

fn main() {}
