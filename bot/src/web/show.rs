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
use super::signals;
use super::thread::{Said, thread};
use axum::extract::{Path, State as Shared};
use axum::response::Html;
use guard::ids::DeploymentId;
use journal::History;
use maud::{Markup, html};
use messages::layout::html::{message, table, text, timeline};
use messages::{Context, Foreign, say};
use std::sync::Arc;

/// Messages of the thread that are shown: the newest.
const MOST_SAID: usize = 12;

pub(super) async fn show(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Html<String>, DeniedPage> {
    let shown = body(&page, language, &visitor, id).await;
    let (title, path, body) = shown.map_err(|denied| denied.page(&page, language))?;
    Ok(frame::fresh(language, &visitor, title, path, &body))
}

async fn body(
    page: &Page,
    language: Language,
    visitor: &Visitor,
    id: String,
) -> Result<(messages::Text, String, Markup), Denied> {
    let history = read(page, id).await?;
    let (state, records) = (&history.state, &history.records);
    let context = page.context(language.0);
    let plan = state.plan();
    let title = say!(
        context,
        "lead",
        service = Foreign::from(&plan.service),
        environment = Foreign::from(&plan.environment),
        version = Foreign::from(&plan.to)
    );
    let path = format!("/deployments/{}", plan.deployment);
    let mut parent = messages::parent(state, &context);
    let observed = page.engine.observed(&plan.service, &plan.environment);
    // Each has a place of its own below what is needed now.
    let (found, progress) = (parent.table.take(), parent.progress.take());
    let duty = page.orders.people().duty(&visitor.actor, state).await?;
    let voice = Voice {
        visitor,
        duty: &duty,
        state,
    };
    let drawn = signals::of(page, state, &context);
    let body = html! {
        p.crumbs {
            a href={ "/services/" (plan.service) } {
                (text(&say!(context, "page-to-service", service = Foreign::from(&plan.service))))
            }
        }
        h1.lead { (text(&title)) }
        (since(&context))
        (message(&parent, &html! {}))
        (decide::bar(&parent.buttons, &plan.deployment, &voice, &context))
        (report::links(&path, state.incident(), &context))
        (signals::section(&drawn, &path, &context))
        (cause::section(state, &path, visitor, &context))
        (fix::section(&voice, &path, &context))
        @if let Some(found) = &found { (table(found)) }
        (rollout::section(state, observed.as_ref(), progress.as_ref(), &context))
        @match (&observed, &progress) {
            (Some(observed), _) => (instances(state, observed, &context)),
            (None, Some(progress)) => (table(&progress.instances)),
            (None, None) => {}
        }
        (judge::section(state, &path, visitor, &context))
        (said(&thread(records, &context), &context))
        section {
            h3 { (text(&say!(context, "page-timeline"))) }
            (timeline(&messages::timeline(records, &context)))
        }
        (super::say::line(visitor, Some(&plan.deployment), &context))
        (abandon::form(&voice, &path, &context))
    };
    Ok((title, path, body))
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
