//! Finds again, after a restart of Tawny, what an earlier life of it has started.

use super::Hosts;
use super::error::HostsError;
use guard::ids::{InstanceId, Version};
use std::collections::BTreeMap;

/// A living process that belongs to an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// What it runs.
    pub version: Version,
    /// Its number.
    pub pid: i32,
    /// Whether its start had not been recorded.
    pub orphan: bool,
}

impl Hosts {
    /// Takes the running processes of all instances under control again; none where nothing runs.
    ///
    /// Nothing is started, stopped or switched, so this takes no authority. It does not have to be called:
    /// every other call finds its instance's process by itself.
    pub async fn adopt(&self) -> BTreeMap<InstanceId, Result<Option<Adopted>, HostsError>> {
        let mut all = BTreeMap::new();
        for instance in &self.config.instances {
            let found = self.work(&instance.id).await.map(|work| {
                let leader = work.leader?;
                Some(Adopted {
                    version: work.running()?.clone(),
                    pid: leader.pid,
                    orphan: work.found,
                })
            });
            all.insert(instance.id.clone(), found);
        }
        all
    }
}
