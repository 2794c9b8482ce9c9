//! Requesting actions: the steps of the release, promoting, rolling back.

use crate::action::{Action, ActionKind, Basis, Precondition, Progress};
use crate::event::Event;
use crate::ids::{ActionId, InstanceId, SignalKey, Version};
use crate::input::{Ids, Input};
use crate::state::{State, Status};
use crate::timer::after;
use std::collections::BTreeSet;

pub(super) fn begin(
    state: &State,
    input: &Input,
    history_s: f64,
    blind: &[(SignalKey, String)],
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    if state.status != Status::Pending || state.history_s.is_some() {
        return Vec::new();
    }
    let mut events = vec![Event::BaselineCaptured {
        history_s,
        blind: blind.to_vec(),
    }];
    events.extend(advance(state, input, 0, ids));
    events
}

/// Asks for one step and authorises it on the word of whoever asked for the deployment.
pub(super) fn advance(state: &State, input: &Input, step: u32, ids: &mut Ids<'_>) -> Vec<Event> {
    let Some(wanted) = state.plan.steps.get(step as usize) else {
        return Vec::new();
    };
    let basis = Basis::Release {
        who: state.requested_by.clone(),
    };
    let instances = wanted.instances.clone();
    authorised(
        state,
        input,
        ActionKind::Advance { step },
        instances,
        state.plan.to.clone(),
        basis,
        ids,
    )
}

/// The first step of which not all instances have the new version.
pub(super) fn unfinished(state: &State) -> Option<u32> {
    let behind = |instance| state.version_of(instance) != Some(&state.plan.to);
    (0_u32..)
        .zip(&state.plan.steps)
        .find(|(_, step)| step.instances.iter().any(behind))
        .map(|(number, _)| number)
}

/// Brings the new version to all instances that do not have it yet.
pub(super) fn promote(state: &State, input: &Input, basis: Basis, ids: &mut Ids<'_>) -> Vec<Event> {
    let rest = state
        .plan
        .instances()
        .filter(|i| state.version_of(i) != Some(&state.plan.to))
        .cloned()
        .collect();
    authorised(
        state,
        input,
        ActionKind::Promote,
        rest,
        state.plan.to.clone(),
        basis,
        ids,
    )
}

/// Brings the old version back to every instance that may have left it.
pub(super) fn roll_back(
    state: &State,
    input: &Input,
    basis: Basis,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let Some(target) = state.plan.from.clone() else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    let touched: Vec<InstanceId> = state
        .actions
        .values()
        .filter(|record| record.brought_out())
        .flat_map(|record| record.action.instances.iter())
        .filter(|instance| seen.insert((*instance).clone()))
        .cloned()
        .collect();
    authorised(
        state,
        input,
        ActionKind::RollBack,
        touched,
        target,
        basis,
        ids,
    )
}

fn authorised(
    state: &State,
    input: &Input,
    kind: ActionKind,
    instances: Vec<InstanceId>,
    version: Version,
    basis: Basis,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let known: BTreeSet<Version> = state
        .plan
        .from
        .iter()
        .chain([&state.plan.to])
        .cloned()
        .collect();
    let precondition = Precondition {
        versions: instances
            .iter()
            .map(|i| (i.clone(), known.clone()))
            .collect(),
    };
    let not_after = after(input.at, state.plan.policy.action_expiry_s);
    let id = ids.action();
    let action = Action {
        id: id.clone(),
        kind,
        instances,
        version,
        precondition,
        not_after,
    };
    vec![
        Event::ActionRequested { action },
        Event::ActionAuthorised { action: id, basis },
    ]
}

pub(super) fn instance_done(state: &State, action: &ActionId, instance: &InstanceId) -> Vec<Event> {
    let Some(record) = state.action(action) else {
        return Vec::new();
    };
    let running = matches!(record.progress, Progress::Authorised(_));
    if !running || record.done.contains_key(instance) || !record.action.instances.contains(instance)
    {
        return Vec::new();
    }
    vec![Event::InstanceChanged {
        action: action.clone(),
        instance: instance.clone(),
    }]
}
