//! How far a release is, as a picture: each step a box, each instance a mark in it that says its version and how it is.

use engine::Observed;
use guard::ids::InstanceId;
use guard::state::{State, Status};
use maud::{Markup, html};
use messages::layout::html::text;
use messages::layout::plain;
use messages::model::Progress;
use messages::{Context, Foreign, say};
use platforms::hosts::InstanceState;

/// Instances that are drawn of one step.
const MOST: usize = 60;

/// How one instance is drawn: a form for each, so that no colour is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Old,
    Bad,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Old => "old",
            Self::Bad => "bad",
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::New => "●",
            Self::Old => "○",
            Self::Bad => "✕",
        }
    }
}

/// Nothing where there are no steps to go.
pub(super) fn section(
    state: &State,
    observed: Option<&Observed>,
    progress: Option<&Progress>,
    context: &Context,
) -> Markup {
    let steps = &state.plan().steps;
    let shown = !steps.is_empty() && !state.is_queued();
    html! {
        @if shown {
            section.rollout {
                h3 { (text(&say!(context, "page-rollout"))) }
                @if let Some(progress) = progress { p { (text(&progress.words)) } }
                ol.steps {
                    @for (place, step) in steps.iter().enumerate() {
                        li.(stage(state, place)) aria-current=[(stage(state, place) == "doing").then_some("step")] {
                            span.number { (text(&say!(context, "page-rollout-step", step = place + 1))) }
                            span.fleet {
                                @for instance in step.instances.iter().take(MOST) {
                                    (one(state, observed, instance, context))
                                }
                                @if step.instances.len() > MOST {
                                    (text(&say!(context, "and-more", count = step.instances.len() - MOST)))
                                }
                            }
                        }
                    }
                }
                p.counts {
                    span.key { span.new { (Mark::New.sign()) } " " bdi { (state.plan().to) } }
                    @if let Some(from) = &state.plan().from {
                        span.key { span.old { (Mark::Old.sign()) } " " bdi { (from) } }
                    }
                    span.key { span.bad { (Mark::Bad.sign()) } " " (text(&say!(context, "page-rollout-bad"))) }
                }
            }
        }
    }
}

fn stage(state: &State, place: usize) -> &'static str {
    let at = usize::try_from(state.step()).unwrap_or(usize::MAX);
    match state.status() {
        Status::Promoted | Status::Superseded => "done",
        Status::Progressing | Status::Paused if place < at => "done",
        Status::Progressing | Status::Paused if place == at => "doing",
        _ => "todo",
    }
}

fn one(
    state: &State,
    observed: Option<&Observed>,
    instance: &InstanceId,
    context: &Context,
) -> Markup {
    let seen = observed.and_then(|observed| observed.observation.instances.get(instance));
    let version = match seen {
        Some(view) => view.version.as_ref(),
        None => state.version_of(instance),
    };
    let mark = match seen.map(|view| view.state) {
        Some(InstanceState::Unhealthy | InstanceState::Stopped) => Mark::Bad,
        _ if version == Some(&state.plan().to) => Mark::New,
        _ => Mark::Old,
    };
    let said = match version {
        Some(version) => say!(
            context,
            "page-rollout-instance",
            instance = Foreign::from(instance),
            version = Foreign::from(version)
        ),
        None => Foreign::from(instance).into(),
    };
    let said = plain::text(&said);
    html! { span.(mark.class()) role="img" title=(said) aria-label=(said) { (mark.sign()) } }
}
