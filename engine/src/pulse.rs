//! Signs of life of the loops: when each last came around, and which watches have looked already.

use guard::ids::DeploymentId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long what depends on a look waits for the first one. A source that does not answer is noticed sooner.
const FIRST_LOOK: Duration = Duration::from_secs(60);

/// When each loop last came around, by the monotonic clock.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    beats: Mutex<Beats>,
}

#[derive(Debug, Default)]
struct Beats {
    engine: Option<Instant>,
    /// With the interval of each watch.
    watches: BTreeMap<DeploymentId, (Instant, Duration)>,
    /// Since when this process leads.
    leading: Option<Instant>,
    /// The deployments that were looked at since then.
    looked: BTreeSet<DeploymentId>,
    /// When a source last answered what was asked for a deployment.
    answered: BTreeMap<DeploymentId, Instant>,
}

/// How long ago the loops last came around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heartbeat {
    /// The engine's own loop; `None` before its first turn and after its end.
    pub engine: Option<Duration>,
    /// The watch that has been quiet for the most of its own intervals, as (age, interval).
    pub slowest_watch: Option<(Duration, Duration)>,
}

impl Pulse {
    pub(crate) fn engine(&self, now: Option<Instant>) {
        self.lock().engine = now;
    }

    pub(crate) fn watch(&self, id: &DeploymentId, interval: Duration, now: Instant) {
        self.lock().watches.insert(id.clone(), (now, interval));
    }

    /// A watch that ended owes no beat.
    pub(crate) fn forget(&self, id: &DeploymentId) {
        let mut beats = self.lock();
        beats.watches.remove(id);
        beats.answered.remove(id);
    }

    /// A look was answered.
    pub(crate) fn answered(&self, id: &DeploymentId, now: Instant) {
        self.lock().answered.insert(id.clone(), now);
    }

    /// How long ago a look was last answered; none where this process does not watch it, or never had an answer.
    pub(crate) fn answered_for(&self, id: &DeploymentId, now: Instant) -> Option<Duration> {
        let at = *self.lock().answered.get(id)?;
        Some(now.saturating_duration_since(at))
    }

    /// This process leads from now on: what was seen before then may have changed since.
    pub(crate) fn leads(&self, now: Instant) {
        let mut beats = self.lock();
        beats.leading = Some(now);
        beats.looked.clear();
    }

    /// A watch has looked once, with all that happened while nobody did.
    pub(crate) fn looked(&self, id: &DeploymentId) {
        self.lock().looked.insert(id.clone());
    }

    /// Whether a deployment has not been looked at, and its first look may still come.
    pub(crate) fn looks_soon(&self, id: &DeploymentId, now: Instant) -> bool {
        let beats = self.lock();
        let fresh = beats
            .leading
            .is_none_or(|since| now.saturating_duration_since(since) < FIRST_LOOK);
        fresh && !beats.looked.contains(id)
    }

    pub(crate) fn at(&self, now: Instant) -> Heartbeat {
        let beats = self.lock();
        let quiet = |(beat, interval): &(Instant, Duration)| {
            (now.saturating_duration_since(*beat), *interval)
        };
        let intervals = |(age, interval): &(Duration, Duration)| {
            age.as_secs_f64() / interval.as_secs_f64().max(0.001)
        };
        Heartbeat {
            engine: beats.engine.map(|beat| now.saturating_duration_since(beat)),
            slowest_watch: beats
                .watches
                .values()
                .map(quiet)
                .max_by(|a, b| intervals(a).total_cmp(&intervals(b))),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Beats> {
        self.beats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_watch_that_missed_most_of_its_own_ticks_is_the_slowest() {
        let pulse = Pulse::default();
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let [often, seldom] = ["dep_often", "dep_seldom"].map(|id| DeploymentId::new(id).unwrap());
        assert_eq!(pulse.at(start), Heartbeat::default());
        pulse.engine(Some(start));
        pulse.watch(&often, second, start);
        pulse.watch(&seldom, 60 * second, start);
        let heard = pulse.at(start + 5 * second);
        assert_eq!(heard.engine, Some(5 * second));
        assert_eq!(heard.slowest_watch, Some((5 * second, second)));
        assert_eq!(pulse.answered_for(&often, start), None);
        pulse.answered(&often, start);
        let age = pulse.answered_for(&often, start + 3 * second);
        assert_eq!(age, Some(3 * second));
        pulse.forget(&often);
        assert_eq!(pulse.answered_for(&often, start), None);
        let heard = pulse.at(start + 5 * second);
        assert_eq!(heard.slowest_watch, Some((5 * second, 60 * second)));
    }

    #[test]
    fn a_first_look_is_waited_for_once_under_each_lease_and_not_for_ever() {
        let pulse = Pulse::default();
        let start = Instant::now();
        let id = DeploymentId::new("dep_shop").unwrap();
        pulse.leads(start);
        assert!(pulse.looks_soon(&id, start));
        pulse.looked(&id);
        assert!(!pulse.looks_soon(&id, start));
        pulse.leads(start + FIRST_LOOK);
        assert!(pulse.looks_soon(&id, start + FIRST_LOOK));
        assert!(!pulse.looks_soon(&id, start + 2 * FIRST_LOOK));
    }
}
