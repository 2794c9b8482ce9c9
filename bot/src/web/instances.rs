//! The instances as last looked at.

use engine::Observed;
use guard::finding::Scope;
use guard::ids::InstanceId;
use guard::state::State;
use maud::{Markup, html};
use messages::layout::html::{table, text};
use messages::model::{Row, Table};
use messages::words::duration;
use messages::{Context, Foreign, Text, say};
use platforms::hosts::{InstanceState, InstanceView};

/// Instances that the page lists at most.
const MOST: usize = 200;

pub(super) fn instances(state: &State, observed: &Observed, context: &Context) -> Markup {
    let seen = &observed.observation;
    let alerting = seen
        .instances
        .keys()
        .filter(|instance| alerting(state, instance));
    let age = context.now.duration_since(observed.at).as_secs_f64();
    let counts = say!(
        context,
        "page-counts",
        machines = seen.machine_count,
        healthy = seen.health_count,
        errors = seen.error_count,
        alerting = alerting.count(),
        age = duration(context.words(), age.max(0.0))
    );
    let heads = [
        "column-instance",
        "column-version",
        "column-standing",
        "page-column-process",
        "page-column-error",
    ];
    let left_out = seen.instances.len().saturating_sub(MOST);
    let shown = Table {
        title: say!(context, "table-instances"),
        columns: heads
            .map(|head| context.words().text(head, Vec::new()))
            .into(),
        rows: seen
            .instances
            .iter()
            .take(MOST)
            .map(|(instance, view)| row(state, instance, view, context))
            .collect(),
        more: (left_out > 0).then(|| say!(context, "and-more", count = left_out)),
    };
    html! {
        div.compact { (table(&shown)) }
        p.counts { (text(&counts)) }
    }
}

fn row(state: &State, instance: &InstanceId, view: &InstanceView, context: &Context) -> Row {
    let version = match &view.version {
        Some(version) => Text::foreign(version),
        None => say!(context, "version-none"),
    };
    let process = match (view.pid, view.started_at) {
        (Some(pid), Some(started)) => say!(
            context,
            "page-process",
            pid = Foreign::from(pid.to_string().as_str()),
            started = context.time(started)
        ),
        _ => Text::default(),
    };
    Row {
        cells: vec![
            Text::foreign(instance),
            version,
            standing(view.state, alerting(state, instance), context),
            process,
            view.error.as_ref().map(Text::foreign).unwrap_or_default(),
        ],
        details: Vec::new(),
    }
}

fn standing(state: InstanceState, alerting: bool, context: &Context) -> Text {
    let key = match state {
        InstanceState::Running => "page-instance-running",
        InstanceState::Stopped => "page-instance-stopped",
        InstanceState::Unhealthy => "page-instance-unhealthy",
        InstanceState::Unknown => "page-instance-unknown",
    };
    let standing = context.words().text(key, Vec::new());
    if alerting {
        say!(context, "page-instance-alerting", standing = standing)
    } else {
        standing
    }
}

/// Whether a signal that stands was found at this instance, or in the group to which it belongs.
fn alerting(state: &State, instance: &InstanceId) -> bool {
    let changed = state.version_of(instance) == Some(&state.plan().to);
    state
        .open_findings()
        .any(|record| match &record.finding.scope {
            Scope::Group => changed,
            Scope::Instance(one) => one == instance,
        })
}
