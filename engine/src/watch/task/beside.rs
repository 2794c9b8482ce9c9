//! What is looked up beside the findings before the changes are ranked.

use super::Task;
use crate::ledger;
use crate::watch::roles::roles;
use guard::cause::Beside;
use guard::finding::Neighbour;
use guard::state::State;
use jiff::{SignedDuration, Timestamp};

/// How long before the onset a neighbour's deployment may still be its cause.
const NEIGHBOURLY: SignedDuration = SignedDuration::from_mins(30);
/// Deployments of one neighbour that are looked at.
const MOST_EACH: usize = 3;

impl Task<'_> {
    pub(super) async fn beside(&self, state: &State, same_hour: Option<bool>) -> Beside {
        let signals = self.service.watch.signals.iter();
        Beside {
            accounts: self.suspicion.accounts.clone(),
            of_dependency: signals
                .filter(|signal| signal.of_dependency)
                .map(|signal| signal.key.clone())
                .collect(),
            same_hour,
            neighbours: self.lately(state).await,
            signatures: Vec::new(),
        }
    }

    /// Deployments of neighbours in the same environment within the half hour before, over or not.
    async fn lately(&self, state: &State) -> Vec<Neighbour> {
        let found = state.open_findings().map(|known| known.finding.onset_at);
        let Some(onset) = found.min() else {
            return Vec::new();
        };
        let mut lately = Vec::new();
        for (service, called) in &self.service.neighbours {
            let environment = &state.plan().environment;
            let reader = &self.engine.reader;
            let known = match ledger::deployments_of(reader, service, environment).await {
                Ok(known) => known,
                Err(error) => {
                    tracing::warn!(%service, %error, "what a neighbour deployed is not known");
                    continue;
                }
            };
            let young = |at: Timestamp| at <= onset && onset <= at + NEIGHBOURLY;
            let near = known.into_iter().filter(|(_, at)| young(*at));
            for (id, _) in near.take(MOST_EACH) {
                let Ok(Some(other)) = ledger::state(reader, &id).await else {
                    continue;
                };
                lately.extend(roles(&other).since.map(|at| Neighbour {
                    service: service.clone(),
                    deployment: id.clone(),
                    version: other.plan().to.clone(),
                    called: *called,
                    at,
                }));
            }
        }
        lately
    }
}
