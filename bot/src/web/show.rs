//! `GET /deployments/{id}`: everything about one deployment.

use super::Page;
use super::abandon;
use super::answer::Voice;
use super::cause;
use super::decide;
use super::denied::{Denied, DeniedPage};
use super::fix;
use super::frame;
use super::instances::instances;
use super::judge;
use super::language::Language;
use super::report;
use super::rollout;
use super::session::Visitor;
use super::share;
use super::signals;
use super::thread::{Said, thread};
use axum::extract::{Path, State as Shared};
use axum::response::Html;
use guard::ids::DeploymentId;
use guard::plan::Plan;
use guard::state::State;
use journal::History;
use maud::{Markup, html};
use messages::layout::html::{message, table, text, timeline};
use messages::layout::plain;
use messages::{Context, Foreign, Text, say};
use std::sync::Arc;

/// Messages of the thread that are shown: the newest.
const MOST_SAID: usize = 12;

pub(super) async fn show(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Html<String>, DeniedPage> {
    let denied = |denied: Denied| denied.page(&page, language);
    let context = page.context(language.0);
    let history = read(&page, id).await.map_err(denied)?;
    let path = format!("/deployments/{}", history.state.plan().deployment);
    let shown = body(&page, &context, &history, &path, Some(&visitor)).await;
    let (title, body) = shown.map_err(denied)?;
    Ok(frame::fresh(language, &visitor, title, path, &body))
}

/// The deployment that is at `path`, for somebody who is logged in, or for whoever has a link to it: they see the same,
/// without what can be pressed and what leads elsewhere.
pub(super) async fn body(
    page: &Page,
    context: &Context,
    history: &History,
    path: &str,
    visitor: Option<&Visitor>,
) -> Result<(Text, Markup), Denied> {
    let (state, records) = (&history.state, &history.records);
    let plan = state.plan();
    // Of many tabs, the one that asks is found by how it begins.
    let title = say!(
        context,
        "page-title",
        standing = standing(state, context),
        service = Foreign::from(&plan.service),
        environment = Foreign::from(&plan.environment),
        version = Foreign::from(&plan.to)
    );
    let mut parent = messages::parent(state, context);
    let observed = page.engine.observed(&plan.service, &plan.environment);
    // What came after this deployment is not what others are shown by a link to it.
    let observed = observed.filter(|_| visitor.is_some() || state.holds_lane());
    // Each has a place of its own below what is needed now.
    let (found, progress) = (parent.table.take(), parent.progress.take());
    let duty = match visitor {
        Some(visitor) => Some(page.orders.people().duty(&visitor.actor, state).await?),
        None => None,
    };
    let voice = visitor.zip(duty.as_ref());
    let voice = voice.map(|(visitor, duty)| Voice {
        visitor,
        duty,
        state,
    });
    let shares = match visitor {
        Some(visitor) => share::section(page, state, path, visitor, context).await?,
        None => html! {},
    };
    let drawn = signals::of(page, state, context);
    let body = html! {
        (lead(plan, visitor.is_some(), context))
        (message(&parent, &cause::likely(state, context)))
        @if let Some(voice) = &voice { (decide::bar(&parent.buttons, &plan.deployment, voice, context)) }
        (since(context))
        (report::links(path, state.incident(), context))
        (signals::section(page, state, &drawn, path, visitor.is_some(), context))
        @if let Some(found) = &found { (table(found)) }
        (rollout::section(state, observed.as_ref(), progress.as_ref(), context))
        @match (&observed, &progress) {
            (Some(observed), _) => (instances(state, observed, context)),
            (None, Some(progress)) => (table(&progress.instances)),
            (None, None) => {}
        }
        (cause::section(state, path, visitor, context))
        @if let Some(voice) = &voice { (fix::section(voice, path, context)) }
        (judge::section(state, path, visitor, context))
        (said(&thread(records, context), context))
        section {
            h3 { (text(&say!(context, "page-timeline"))) }
            (timeline(&messages::timeline(records, context)))
        }
        @if let Some(visitor) = visitor { (super::say::line(visitor, Some(&plan.deployment), context)) }
        (shares)
        @if let Some(voice) = &voice { (abandon::form(voice, path, context)) }
    };
    Ok((title, body))
}

/// Its state in a word or two.
fn standing(state: &State, context: &Context) -> Text {
    if state.rolling_back() {
        say!(context, "status-rolling-back")
    } else {
        context.words().status(state.status())
    }
}

/// Which one it is, in one line; for whoever may go there, its service is the way up.
fn lead(plan: &Plan, goes_up: bool, context: &Context) -> Markup {
    let service = Foreign::from(&plan.service);
    let means = plain::text(&say!(context, "page-to-service", service = service));
    html! {
        h1.lead {
            @if goes_up {
                a href={ "/services/" (plan.service) } title=(means) { bdi { (plan.service) } }
            } @else {
                bdi { (plan.service) }
            }
            " · " bdi { (plan.environment) } " · " bdi { (plan.to) }
        }
    }
}

/// A deployment and all that happened to it.
pub(super) async fn read(page: &Page, id: String) -> Result<Arc<History>, Denied> {
    let id = DeploymentId::new(id).map_err(|_| Denied::NotFound)?;
    page.engine.history(&id).await?.ok_or(Denied::NotFound)
}

/// Filled in by the script, which alone knows what this browser showed before.
fn since(context: &Context) -> Markup {
    html! {
        section.since #since hidden {
            h3 { (text(&say!(context, "page-since"))) }
            ol.timeline {}
        }
    }
}

fn said(thread: &[Said], context: &Context) -> Markup {
    html! {
        @if !thread.is_empty() {
            details.thread.folded #thread {
                summary { (text(&say!(context, "page-thread"))) }
                @if thread.len() > MOST_SAID {
                    p.counts { (text(&say!(context, "page-thread-earlier", count = thread.len() - MOST_SAID))) }
                }
                @for said in thread.iter().skip(thread.len().saturating_sub(MOST_SAID)) {
                    div.said {
                        p.when { (text(&context.time(said.at))) " · " (text(&said.kind)) }
                        (message(&said.message, &html! {}))
                    }
                }
            }
        }
    }
}
