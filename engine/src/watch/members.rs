//! Instances that are known to the metrics alone: a platform that Tawny only observes replaces them as it likes.

use super::fetch::Fetched;
use super::roles::Roles;
use super::speak::seconds;
use guard::detect::Role;
use guard::ids::InstanceId;
use guard::state::State;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// So many intervals without a sample, and an instance is gone.
const GONE_INTERVALS: f64 = 5.0;

/// When each instance was seen first and last, in seconds since 1970.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<InstanceId, (f64, f64)>);

impl Seen {
    /// Notes what was fetched.
    pub(super) fn take(&mut self, series: &[Fetched]) {
        for one in series {
            let (Some(instance), Some((first, _)), Some((last, _))) =
                (&one.instance, one.samples.first(), one.samples.last())
            else {
                continue;
            };
            let seen = self.0.entry(instance.clone()).or_insert((*first, *last));
            seen.0 = seen.0.min(*first);
            seen.1 = seen.1.max(*last);
        }
    }

    /// Who is what. Instances that appeared since the deployment was told run the new version: beside those
    /// that were there before while these live, and in their place afterwards. Where none appeared, the
    /// instances keep their names and the version changes under them.
    pub(super) fn roles(&self, state: &State, now: Timestamp, interval: Duration) -> Roles {
        let since = state.requested_at();
        let began = seconds(since);
        let interval_s = interval.as_secs_f64();
        let planned: BTreeSet<&InstanceId> = state.plan().instances().collect();
        let appeared: BTreeMap<InstanceId, f64> = self
            .0
            .iter()
            .filter(|(id, (first, _))| !planned.contains(id) && *first > began - interval_s)
            .map(|(id, (first, _))| (id.clone(), *first))
            .collect();
        if appeared.is_empty() {
            return Roles {
                of: planned
                    .iter()
                    .map(|id| ((*id).clone(), Role::All))
                    .collect(),
                changed: planned.iter().map(|id| (*id).clone()).collect(),
                began: planned.iter().map(|id| ((*id).clone(), since)).collect(),
                since: state.touched().then_some(since),
            };
        }
        let lives = |id: &&InstanceId| {
            self.0
                .get(*id)
                .is_some_and(|(_, last)| seconds(now) - last < GONE_INTERVALS * interval_s + 1.0)
        };
        let beside = planned.iter().any(lives);
        let (old, new) = if beside {
            (Role::Stable, Role::Canary)
        } else {
            (Role::Old, Role::New)
        };
        let mut of: BTreeMap<InstanceId, Role> =
            planned.iter().map(|id| ((*id).clone(), old)).collect();
        of.extend(appeared.keys().map(|id| (id.clone(), new)));
        Roles {
            of,
            began: appeared
                .iter()
                .map(|(id, first)| (id.clone(), super::speak::at(*first)))
                .collect(),
            changed: appeared.into_keys().collect(),
            since: Some(since),
        }
    }
}
