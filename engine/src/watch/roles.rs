//! Which instance is what in a comparison, by what the journal knows.

use guard::detect::Role;
use guard::ids::InstanceId;
use guard::state::{State, Status};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A comparison: it holds until the set of changed instances changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Roles {
    /// The instances that have, or had, the new version.
    pub(super) changed: BTreeSet<InstanceId>,
    /// What each instance is.
    pub(super) of: BTreeMap<InstanceId, Role>,
    /// When each of them began to change.
    pub(super) began: BTreeMap<InstanceId, Timestamp>,
    /// When the first of them began to change.
    pub(super) since: Option<Timestamp>,
}

impl Roles {
    /// The same change, of the service as a whole under one name.
    pub(super) fn as_one(&self, whole: &InstanceId) -> Self {
        let began = self.since.map(|since| (whole.clone(), since));
        Self {
            changed: BTreeSet::from([whole.clone()]),
            of: BTreeMap::from([(whole.clone(), Role::All)]),
            began: began.into_iter().collect(),
            since: self.since,
        }
    }
}

/// The roles in this state.
pub(super) fn roles(state: &State) -> Roles {
    let changed: BTreeSet<InstanceId> = brought_out(state)
        .flat_map(|(instances, _)| instances)
        .cloned()
        .collect();
    let mut began = BTreeMap::new();
    for (instances, at) in brought_out(state) {
        for instance in instances {
            began.entry(instance.clone()).or_insert(at);
        }
    }
    let since = brought_out(state).map(|(_, at)| at).min();
    let controls = state
        .plan()
        .instances()
        .any(|instance| !changed.contains(instance));
    let role = |instance: &InstanceId| match (controls, changed.contains(instance)) {
        (false, _) => Role::All,
        (true, true) => Role::Canary,
        (true, false) => Role::Stable,
    };
    Roles {
        of: state
            .plan()
            .instances()
            .map(|i| (i.clone(), role(i)))
            .collect(),
        changed,
        began,
        since,
    }
}

fn brought_out(state: &State) -> impl Iterator<Item = (&Vec<InstanceId>, Timestamp)> {
    state
        .actions()
        .filter(|record| record.brought_out())
        .map(|record| (&record.action.instances, record.requested_at))
}

/// Whether the comparison has a concurrent control.
pub(super) fn has_control(roles: &Roles) -> bool {
    roles.of.values().any(|role| *role == Role::Stable)
}

/// Whether there is anything to judge yet.
pub(super) fn judges(state: &State) -> bool {
    state.touched()
        && !matches!(
            state.status(),
            Status::Pending | Status::Failed | Status::Superseded
        )
}
