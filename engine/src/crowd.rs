//! Many who want something of one deployment at once: whoever was too late for the others waits for a turn, instead of
//! making each other begin anew until one of them gives up.

use guard::ids::DeploymentId;
use std::hash::{DefaultHasher, Hash, Hasher};
use tokio::sync::{Mutex, MutexGuard};

/// Deployments that share a turn are few, and wait shortly.
const TURNS: usize = 16;

/// A turn for each deployment.
#[derive(Default)]
pub(crate) struct Crowd {
    turns: [Mutex<()>; TURNS],
}

impl Crowd {
    /// Waits for the turn at a deployment; it ends when it is dropped. Nobody waits for two.
    pub(crate) async fn turn(&self, id: &DeploymentId) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        let at = hasher.finish() % TURNS as u64;
        self.turns[at as usize].lock().await
    }
}
