//! Sets one instance to the version of an action.

use super::Hosts;
use super::error::{HostsError, NotUp};
use super::probe::probe;
use super::process;
use super::record::Phase;
use super::stage::{Stage, Watcher};
use super::work::Work;
use crate::crash;
use guard::action::{Action, Precondition, Rollout};
use guard::authorise::Authority;
use guard::ids::{InstanceId, Version};
use std::collections::BTreeMap;

/// An instance is healthy on the wanted version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// Which instance.
    pub instance: InstanceId,
    /// Its version.
    pub version: Version,
    /// Whether it was already so, and nothing was touched.
    pub already: bool,
    /// Whether its process had been started by an earlier life of Tawny that did not get to record it.
    pub adopted: bool,
    /// The number of its process.
    pub pid: i32,
    /// The version before.
    pub previous: Option<Version>,
}

impl Hosts {
    /// Brings an instance to the version of the authorised action: does nothing when it is healthy there
    /// already, and goes on from wherever an earlier call ended.
    ///
    /// If the version does not come up, the one before is put back and [`HostsError::NotUp`] says whether
    /// it serves again; the same action gets the same answer from then on, so that a call repeated after
    /// a crash does not take the instance down a second time.
    pub async fn bring(
        &self,
        authority: &Authority,
        instance: &InstanceId,
        watcher: Watcher<'_>,
    ) -> Result<Brought, HostsError> {
        self.covers(authority)?;
        let action = authority.action();
        if !action.instances.contains(instance) {
            return Err(HostsError::NotListed {
                action: action.id.clone(),
                instance: instance.clone(),
            });
        }
        let mut work = self.work(instance).await?;
        if let Some(change) = work.record.change.clone()
            && change.action == action.id
        {
            match change.phase {
                Phase::Failed { cause, put_back } => {
                    return Err(work.not_up(change.to, cause, put_back));
                }
                Phase::Back { cause } => return Err(work.put_back(cause, watcher).await?),
                Phase::Forward | Phase::Done => {}
            }
        }
        let version = &action.version;
        if work.serves(version).await? {
            return work.finish(version, true).await;
        }
        work.unmoved(authority).await?;
        let preparing = Stage::Preparing {
            version: version.clone(),
        };
        work.stage(watcher, &preparing)?;
        self.install(authority, &[&work]).await?;
        crash::point("after-prepare");
        work.set_out(authority).await?;
        let (cause, ours) = match work.put(version, watcher).await {
            Ok(Ok(())) => return work.finish(version, false).await,
            Ok(Err(cause)) => (cause, false),
            // Also where the fault is this machine's, the instance is not left down.
            Err(error) if error.hinders() => {
                let error = error.to_string();
                (NotUp::Hindered { error }, true)
            }
            Err(error) => return Err(error),
        };
        if let Some(change) = &mut work.record.change {
            change.phase = Phase::Back {
                cause: cause.clone(),
            };
        }
        match work.save().await {
            Err(error) if ours => {
                // What hindered it hinders the record, too; putting back may succeed all the same.
                tracing::warn!(%instance, %error, "a change that was hindered is not on record");
            }
            saved => saved?,
        }
        crash::point("after-failure");
        Err(work.put_back(cause, watcher).await?)
    }

    /// Whether any instance was set out on its way by this action, or may have been.
    pub async fn touched_by(&self, action: &Action) -> bool {
        for instance in &action.instances {
            let Ok(work) = self.work(instance).await else {
                return true;
            };
            if work
                .record
                .change
                .is_some_and(|change| change.action == action.id)
            {
                return true;
            }
        }
        false
    }
}

impl Work {
    /// Whether the instance still is what the action was decided for.
    async fn unmoved(&self, authority: &Authority) -> Result<(), HostsError> {
        let answer = probe(&self.asker, &self.instance, &self.config.health).await;
        let ours = match &self.record.run {
            Some(run) => process::lives(run)?,
            None => false,
        };
        if !ours && answer.anybody {
            return Err(HostsError::Foreign {
                instance: self.instance.id.clone(),
                base_url: self.instance.base_url.clone(),
                answer: match answer.version {
                    Some(Ok(version)) => format!("version {version}"),
                    Some(Err(error)) => error,
                    None => "its health path answers".to_owned(),
                },
            });
        }
        let live = match (answer.version, self.running()) {
            (Some(Ok(version)), _) => Some(version),
            (_, Some(version)) => Some(version.clone()),
            (_, None) => self.current()?,
        };
        let id = &self.instance.id;
        let wanted = &authority.action().precondition.versions;
        let precondition = Precondition {
            versions: wanted
                .get(id)
                .map(|allowed| (id.clone(), allowed.clone()))
                .into_iter()
                .collect(),
        };
        let live = Rollout {
            versions: BTreeMap::from([(id.clone(), live)]),
        };
        precondition.holds(&live).map_err(HostsError::Moved)
    }

    async fn finish(mut self, version: &Version, already: bool) -> Result<Brought, HostsError> {
        if let Some(change) = &mut self.record.change
            && change.to == *version
            && change.phase == Phase::Forward
        {
            change.phase = Phase::Done;
            if let Some(from) = &change.from {
                self.record.previous = Some(from.clone());
            }
            self.save().await?;
        }
        self.prune().await;
        let Some(leader) = self.leader else {
            return Err(HostsError::CutOff(
                "its process is not on record".to_owned(),
            ));
        };
        Ok(Brought {
            instance: self.instance.id.clone(),
            version: version.clone(),
            already,
            adopted: self.found,
            pid: leader.pid,
            previous: self.record.previous.clone(),
        })
    }
}
