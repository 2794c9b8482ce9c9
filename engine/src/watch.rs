//! Watching: one task for each deployment that is not over. A tick fetches, judges and speaks;
//! each is a file of its own.

use crate::engine::Engine;
use crate::error::EngineError;
use guard::ids::DeploymentId;
use guard::state::State;
use journal::Fence;
use std::collections::BTreeMap;
use std::time::Instant;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

mod before;
mod evidence;
mod expression;
mod failing;
mod fetch;
mod judge;
mod judges;
mod located;
mod members;
mod pace;
mod past;
mod probed;
mod record;
pub(crate) mod rehearse;
mod roles;
mod speak;
mod task;
mod traffic;

pub use past::{Past, PastError, record_past};

/// The watches of this process.
#[derive(Default)]
pub(crate) struct Watches {
    under: Option<Fence>,
    running: BTreeMap<DeploymentId, (CancellationToken, JoinHandle<()>)>,
}

impl Watches {
    /// What was seen under another lease is not told under this one.
    pub(crate) async fn under(&mut self, engine: &Engine, fence: &Fence) {
        if self.under.as_ref() != Some(fence) {
            self.stop().await;
            engine.pulse.leads(Instant::now());
            self.under = Some(fence.clone());
        }
    }

    /// Starts the watches that are missing and forgets those that ended.
    pub(crate) async fn keep(&mut self, engine: &Engine, fence: &Fence) -> Result<(), EngineError> {
        self.running.retain(|_, (_, task)| !task.is_finished());
        for state in engine.watched().await? {
            let id = state.plan().deployment.clone();
            // Nothing of what waits for its lane is out.
            if !state.is_queued() && !self.running.contains_key(&id) {
                self.start(engine, state, fence);
            }
        }
        engine.meters().watching(self.running.len());
        Ok(())
    }

    fn start(&mut self, engine: &Engine, state: State, fence: &Fence) {
        let id = state.plan().deployment.clone();
        let stop = CancellationToken::new();
        let task = tokio::spawn(task::watch(
            engine.clone(),
            state,
            fence.clone(),
            stop.clone(),
        ));
        self.running.insert(id, (stop, task));
    }

    /// Stops all of them.
    pub(crate) async fn stop(&mut self) {
        for (stop, _) in self.running.values() {
            stop.cancel();
        }
        for (_, (_, task)) in std::mem::take(&mut self.running) {
            let _ = task.await;
        }
    }
}
