//! The way from one version to another, and back if need be.

use super::error::{HostsError, NotUp, PutBack};
use super::record::{Change, Phase};
use super::stage::{Stage, Watcher};
use super::work::Work;
use crate::crash;
use guard::authorise::Authority;
use guard::ids::Version;
use jiff::Timestamp;
use std::ops::ControlFlow;

impl Work {
    /// Puts on record that the instance is on its way, and what to put back if it fails.
    pub(super) async fn set_out(&mut self, authority: &Authority) -> Result<(), HostsError> {
        let action = authority.action();
        let current = self.current()?;
        let from = match &self.record.change {
            Some(change) if change.action == action.id && change.to == action.version => {
                if change.phase == Phase::Forward {
                    return Ok(());
                }
                // Done already, yet it does not serve any more: there was nothing else in between.
                None
            }
            // Another change was left half done: what it would have put back is what served.
            Some(Change {
                from,
                phase: Phase::Forward | Phase::Back { .. },
                ..
            }) => from.clone(),
            _ => current,
        };
        self.record.change = Some(Change {
            action: action.id.clone(),
            to: action.version.clone(),
            from: from.filter(|from| *from != action.version),
            phase: Phase::Forward,
        });
        self.save().await?;
        crash::point("after-change");
        Ok(())
    }

    /// Stops, switches, starts and gates, as far as each is still to be done. The inner error is the
    /// version's own fault.
    pub(super) async fn put(
        &mut self,
        version: &Version,
        watcher: Watcher<'_>,
    ) -> Result<Result<(), NotUp>, HostsError> {
        let keep = self.running() == Some(version) && !self.stale();
        if !keep && let Some(run) = &self.record.run {
            let running = run.version.clone();
            self.stage(watcher, &Stage::Stopping { version: running })?;
            self.stop().await?;
        }
        if self.current()?.as_ref() != Some(version) {
            let version = version.clone();
            self.stage(
                watcher,
                &Stage::Switching {
                    version: version.clone(),
                },
            )?;
            self.switch(&version).await?;
        }
        if self.leader.is_none() {
            let version = version.clone();
            self.stage(
                watcher,
                &Stage::Starting {
                    version: version.clone(),
                },
            )?;
            if let Err(cause) = self.start(&version).await? {
                return Ok(Err(cause));
            }
        }
        let version = version.clone();
        self.stage(
            watcher,
            &Stage::Gating {
                version: version.clone(),
            },
        )?;
        self.gate(&version).await
    }

    /// Ends a change that did not come up: the version before is put back, as far as there is one.
    pub(super) async fn put_back(
        &mut self,
        cause: NotUp,
        watcher: Watcher<'_>,
    ) -> Result<HostsError, HostsError> {
        let Some(change) = self.record.change.clone() else {
            return Err(HostsError::CutOff("no change is on record".to_owned()));
        };
        let back = Stage::PuttingBack {
            version: change.from.clone(),
        };
        self.stage(watcher, &back)?;
        let put_back = match change.from {
            None => {
                self.stop().await?;
                let layout = self.layout.clone();
                self.blocking(move || {
                    layout.unlink().map_err(|source| {
                        HostsError::io("removing", &layout.current_link(), source)
                    })
                })
                .await?;
                PutBack::Nothing
            }
            Some(version) => match self.put(&version, watcher).await? {
                Ok(()) => PutBack::Serving { version },
                Err(cause) => PutBack::NotServing { version, cause },
            },
        };
        if let Some(change) = &mut self.record.change {
            change.phase = Phase::Failed {
                cause: cause.clone(),
                put_back: put_back.clone(),
            };
        }
        self.save().await?;
        Ok(self.not_up(change.to, cause, put_back))
    }

    pub(super) fn not_up(&self, version: Version, cause: NotUp, put_back: PutBack) -> HostsError {
        HostsError::NotUp {
            instance: self.instance.id.clone(),
            version,
            cause: Box::new(cause),
            put_back: Box::new(put_back),
        }
    }

    /// Tells the watcher, who may withdraw.
    pub(super) fn stage(&self, watcher: Watcher<'_>, stage: &Stage) -> Result<(), HostsError> {
        match watcher(stage) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(reason) => Err(HostsError::Halted {
                instance: self.instance.id.clone(),
                stage: stage.clone(),
                reason,
            }),
        }
    }

    /// Whether the process has had all the time that the gate grants, and still does not serve: then
    /// waiting on is no use and it is started afresh.
    fn stale(&self) -> bool {
        let patience = self.config.health.patience();
        self.record.run.as_ref().is_some_and(|run| {
            let age = Timestamp::now().duration_since(run.at);
            age.unsigned_abs() > patience
        })
    }
}
