//! What is running, read from the processes and from what they answer.

use super::Hosts;
use super::config::{HostInstance, HostsConfig};
use super::error::HostsError;
use super::layout::Layout;
use super::probe::{Answer, probe};
use super::process;
use super::record::{Identity, Record};
use guard::action::Rollout;
use guard::ids::{InstanceId, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// A look at all instances. Nothing is changed by looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The version of each instance, as preconditions want it.
    pub rollout: Rollout,
    /// Each instance.
    pub instances: BTreeMap<InstanceId, InstanceView>,
    /// How many instances are configured.
    pub machine_count: u32,
    /// How many of them run in good health.
    pub health_count: u32,
    /// How many should and do not.
    pub error_count: u32,
}

/// One instance as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceView {
    /// What it says it is; what is installed, where it says nothing.
    pub version: Option<Version>,
    /// The number of its process, if it is known and lives.
    pub pid: Option<i32>,
    /// When that process was started.
    pub started_at: Option<Timestamp>,
    /// How it is.
    pub state: InstanceState,
    /// What is wrong, if something is.
    pub error: Option<String>,
}

/// How an instance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstanceState {
    /// Its process lives, is healthy and is the version that was started.
    Running,
    /// No process of it lives and nothing answers.
    Stopped,
    /// Its process lives and is not as it should be.
    Unhealthy,
    /// It cannot be told: something answers that was not started from here, or the record is unreadable.
    Unknown,
}

/// What the machine knows of an instance.
struct Known {
    current: Option<Version>,
    run: Option<(Version, Timestamp, Identity)>,
    /// Whether processes go on whose leader has ended.
    leaderless: bool,
}

impl Hosts {
    /// Looks at every instance: its process, its health and the version that it answers.
    pub async fn observe(&self) -> Observation {
        self.reap();
        let looks = self.config.instances.iter().map(|instance| async move {
            let layout = Layout::new(&self.config.deploy_path, &instance.id);
            let config = Arc::clone(&self.config);
            let known = tokio::task::spawn_blocking(move || know(&layout, &config))
                .await
                .unwrap_or_else(|error| Err(HostsError::CutOff(error.to_string())));
            let answer = probe(&self.asker, instance, &self.config.health).await;
            (instance.id.clone(), view(instance, known, &answer))
        });
        let instances: BTreeMap<InstanceId, InstanceView> = futures_util::future::join_all(looks)
            .await
            .into_iter()
            .collect();
        count(instances)
    }
}

impl Hosts {
    /// Lets go of children that have ended; their exit codes are kept.
    fn reap(&self) {
        let mut children = self.children.lock().unwrap_or_else(PoisonError::into_inner);
        for child in children.values_mut() {
            if let Err(error) = child.try_wait() {
                tracing::debug!(%error, "a child could not be waited for");
            }
        }
    }
}

fn know(layout: &Layout, config: &HostsConfig) -> Result<Known, HostsError> {
    let record = Record::load(layout, config)?;
    let current = layout
        .current()
        .map_err(|source| HostsError::io("reading", &layout.current_link(), source))?;
    let Some(run) = record.run else {
        return Ok(Known {
            current,
            run: None,
            leaderless: false,
        });
    };
    let leader = process::leader(&run)?;
    Ok(Known {
        current,
        leaderless: leader.is_none() && process::lives(&run)?,
        run: leader.map(|leader| (run.version, run.at, leader)),
    })
}

fn view(
    instance: &HostInstance,
    known: Result<Known, HostsError>,
    answer: &Answer,
) -> InstanceView {
    let said = answer.version.clone().and_then(Result::ok);
    let blank = InstanceView {
        version: said.clone(),
        pid: None,
        started_at: None,
        state: InstanceState::Unknown,
        error: None,
    };
    match known {
        Err(error) => InstanceView {
            error: Some(error.to_string()),
            ..blank
        },
        Ok(Known {
            run: Some((version, at, leader)),
            ..
        }) => {
            let wrong = answer.against(&version);
            InstanceView {
                version: said.or(Some(version)),
                pid: Some(leader.pid),
                started_at: Some(at),
                state: match wrong {
                    None => InstanceState::Running,
                    Some(_) => InstanceState::Unhealthy,
                },
                error: wrong,
            }
        }
        Ok(Known {
            leaderless: true,
            current,
            ..
        }) => InstanceView {
            version: said.or(current),
            state: InstanceState::Unhealthy,
            error: Some("its main process has ended, others of it go on".to_owned()),
            ..blank
        },
        Ok(Known { .. }) if answer.anybody => InstanceView {
            error: Some(format!(
                "something that was not started from here answers at {}",
                instance.base_url
            )),
            ..blank
        },
        Ok(Known { current, .. }) => InstanceView {
            error: current
                .as_ref()
                .map(|version| format!("version {version} is installed and does not run")),
            version: current,
            state: InstanceState::Stopped,
            ..blank
        },
    }
}

fn count(instances: BTreeMap<InstanceId, InstanceView>) -> Observation {
    let number = |wanted: &dyn Fn(&InstanceView) -> bool| {
        let count = instances.values().filter(|view| wanted(view)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    Observation {
        machine_count: number(&|_| true),
        health_count: number(&|view| view.state == InstanceState::Running),
        error_count: number(&|view| view.error.is_some()),
        rollout: Rollout {
            versions: instances
                .iter()
                .map(|(id, view)| (id.clone(), view.version.clone()))
                .collect(),
        },
        instances,
    }
}
