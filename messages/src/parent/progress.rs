//! How far the release is, step by step and instance by instance.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Progress, Row, Table};
use crate::say;
use crate::text::Text;
use guard::ids::InstanceId;
use guard::state::{State, Status};
use std::collections::BTreeSet;

/// Instances that a message lists at most.
const MOST_INSTANCES: usize = 40;

/// Instances with the new version, and all of them.
pub(super) fn counts(state: &State) -> (u32, u32) {
    let plan = state.plan();
    let new = plan
        .instances()
        .filter(|instance| state.version_of(instance) == Some(&plan.to))
        .count();
    (clamped(new), clamped(plan.instances().count()))
}

/// Instances that left the old version, or may have: those that a rollback covers.
pub(super) fn touched(state: &State) -> usize {
    let touched: BTreeSet<&InstanceId> = state
        .actions()
        .filter(|record| record.brought_out())
        .flat_map(|record| &record.action.instances)
        .collect();
    touched.len()
}

pub(super) fn progress(state: &State, context: &Context) -> Option<Progress> {
    let moving = matches!(
        state.status(),
        Status::Progressing | Status::Paused | Status::Promoted
    );
    if !moving || state.watch_over() {
        return None;
    }
    let (done, total) = counts(state);
    Some(Progress {
        words: words(state, done, total, context),
        done,
        total,
        instances: instances(state, context),
    })
}

fn words(state: &State, done: u32, total: u32, context: &Context) -> Text {
    let version = Foreign::from(&state.plan().to);
    let step = state.step().saturating_add(1);
    let steps = state.plan().steps.len();
    let said = if state.status() == Status::Promoted {
        say!(
            context,
            "progress-promoted",
            version = version,
            done = done,
            total = total
        )
    } else {
        say!(
            context,
            "progress",
            step = step,
            steps = steps,
            version = version,
            done = done,
            total = total
        )
    };
    match state
        .bake_until()
        .filter(|_| state.status() != Status::Paused)
    {
        Some(until) => say!(
            context,
            "progress-watched",
            said = said,
            until = context.time(until)
        ),
        None => said,
    }
}

fn instances(state: &State, context: &Context) -> Table {
    let words = context.words();
    let heads = ["column-instance", "column-version", "column-standing"];
    let all: Vec<&InstanceId> = state.plan().instances().collect();
    let left_out = all.len().saturating_sub(MOST_INSTANCES);
    Table {
        title: say!(words, "table-instances"),
        columns: heads.map(|head| words.text(head, Vec::new())).into(),
        rows: all
            .iter()
            .take(MOST_INSTANCES)
            .map(|instance| row(state, instance, context))
            .collect(),
        more: (left_out > 0).then(|| say!(words, "and-more", count = left_out)),
    }
}

fn row(state: &State, instance: &InstanceId, context: &Context) -> Row {
    let plan = state.plan();
    let version = state.version_of(instance);
    let changing = state.running_action().is_some_and(|record| {
        record.action.instances.contains(instance) && !record.done.contains_key(instance)
    });
    let standing = if changing {
        "instance-changing"
    } else if version == Some(&plan.to) {
        "instance-new"
    } else {
        "instance-old"
    };
    let version = match version {
        Some(version) => Text::foreign(version),
        None => say!(context, "version-none"),
    };
    Row {
        cells: vec![
            Text::foreign(instance),
            version,
            context.words().text(standing, Vec::new()),
        ],
        details: Vec::new(),
    }
}

fn clamped(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
