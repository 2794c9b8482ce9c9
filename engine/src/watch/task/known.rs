//! What is known beside the findings, for the blame.

use super::Task;
use crate::watch::roles::roles;
use crate::watch::speak::seconds;
use guard::blame::Known;
use guard::detect::SignalKind;
use guard::finding::Neighbour;
use guard::ids::SignalKey;
use guard::state::State;
use jiff::Timestamp;
use std::sync::PoisonError;

impl Task<'_> {
    /// What was there before the change, the traffic, and what the neighbours did.
    pub(super) fn known(&self, state: &State, now: Timestamp) -> Known {
        let watch = &self.service.watch;
        let keys = |wanted: fn(&crate::services::Signal) -> bool| -> Vec<SignalKey> {
            let signals = watch.signals.iter().filter(|signal| wanted(signal));
            signals.map(|signal| signal.key.clone()).collect()
        };
        let by_traffic = |signal: &crate::services::Signal| {
            signal.spec.load_related || signal.spec.kind == SignalKind::Ratio
        };
        let change = self.judges.roles().since;
        Known {
            of_dependency: keys(|signal| signal.of_dependency).into_iter().collect(),
            by_traffic: keys(by_traffic).into_iter().collect(),
            before: self.before.findings.clone(),
            control_before: self.before.control.clone(),
            traffic: change.and_then(|change| self.traffic.since(seconds(change), seconds(now))),
            neighbours: self.neighbours(state),
        }
    }

    /// The deployments of neighbours in the same environment that are not over.
    fn neighbours(&self, state: &State) -> Vec<Neighbour> {
        let relation = |other: &State| {
            let plan = other.plan();
            let here = plan.environment == state.plan().environment;
            let mut named = self.service.neighbours.iter();
            let found = named.find(|(name, _)| *name == plan.service && here);
            found.map(|(_, called)| *called)
        };
        let live = self
            .engine
            .live
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let others = live.iter().flat_map(|live| live.values());
        others
            .filter_map(|other| {
                Some(Neighbour {
                    called: relation(other)?,
                    at: roles(other).since?,
                    service: other.plan().service.clone(),
                    deployment: other.plan().deployment.clone(),
                    version: other.plan().to.clone(),
                })
            })
            .collect()
    }
}
