//! What is looked up beside the findings before the changes are ranked: other days, and the neighbours.

use super::Task;
use crate::ledger;
use crate::watch::roles::roles;
use guard::cause::{Beside, of_this_hour};
use guard::daily::{happens_at_this_hour, moved_too};
use guard::finding::{Finding, Neighbour};
use guard::state::State;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// The days before on which the same hour is looked at.
const DAYS: [i64; 2] = [1, 7];
/// What is normal is read off so long before the onset.
const BEFORE: SignedDuration = SignedDuration::from_mins(10);
/// What moved is read off so long after it.
const AFTER: SignedDuration = SignedDuration::from_mins(5);
const STEP: Duration = Duration::from_secs(30);
/// The answer is wanted at once: what is not known by then is left open.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long before the onset a neighbour's deployment may still be its cause.
const NEIGHBOURLY: SignedDuration = SignedDuration::from_mins(30);
/// Deployments of one neighbour that are looked at.
const MOST_EACH: usize = 3;

impl Task<'_> {
    pub(super) async fn beside(&self, state: &State) -> Beside {
        let signals = self.service.watch.signals.iter();
        Beside {
            accounts: self.suspicion.accounts.clone(),
            of_dependency: signals
                .filter(|signal| signal.of_dependency)
                .map(|signal| signal.key.clone())
                .collect(),
            same_hour: match of_this_hour(state) {
                Some(finding) => self.other_days(finding).await,
                None => None,
            },
            neighbours: self.lately(state).await,
            signatures: Vec::new(),
        }
    }

    /// Whether it happens at this hour on other days too.
    async fn other_days(&self, finding: &Finding) -> Option<bool> {
        let asked = DAYS.map(|days| self.other_day(finding, days));
        let answers = futures_util::future::join_all(asked);
        let days = tokio::time::timeout(PATIENCE, answers).await.ok()?;
        happens_at_this_hour(&days)
    }

    async fn other_day(&self, finding: &Finding, days: i64) -> Option<bool> {
        let watch = &self.service.watch;
        let signal = watch.signals.iter().find(|one| one.key == finding.signal)?;
        let prometheus = watch.source_of(signal).gathering.prometheus();
        let onset = finding.onset_at - SignedDuration::from_hours(24 * days);
        let (from, to) = (
            (onset - BEFORE).as_millisecond(),
            (onset + AFTER).as_millisecond(),
        );
        let answer = prometheus.range(&finding.query, from, to, STEP).await;
        let answer = answer
            .inspect_err(|error| tracing::debug!(%error, days, "another day is not known"))
            .ok()?;
        let samples = answer.value.iter().flat_map(|series| &series.samples);
        let (before, after): (Vec<_>, Vec<_>) =
            samples.partition(|(at, _)| *at < onset.as_millisecond());
        let values = |side: Vec<&(i64, f64)>| side.iter().map(|(_, value)| *value).collect();
        let (before, after): (Vec<f64>, Vec<f64>) = (values(before), values(after));
        moved_too(&before, &after, finding.effect)
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
