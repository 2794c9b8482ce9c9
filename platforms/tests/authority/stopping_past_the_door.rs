use guard::ids::InstanceId;
use platforms::hosts::Hosts;

async fn stop(hosts: &Hosts, instance: &InstanceId) {
    hosts.work(instance).await.unwrap().stop().await.unwrap();
}

fn main() {}
