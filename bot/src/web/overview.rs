//! `GET /`: how all stands, the most urgent first: what waits for an answer, the services, what was deployed last.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::incidents;
use super::language::Language;
use super::rows::{self, Column};
use super::say;
use super::session::Visitor;
use super::strip::strip;
use axum::extract::State as Shared;
use axum::response::Html;
use engine::ledger;
use guard::configuration::ConfigurationEvent;
use guard::ids::DeploymentId;
use guard::state::State;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::model::Severity;
use messages::orders::Standing;
use messages::{Context, Foreign, say};
use std::cmp::Reverse;

/// Deployments that are read for the page, and those that it lists.
const MOST: u64 = 100;
const MOST_LISTED: usize = 25;
/// Services that are shown.
const MOST_SERVICES: usize = 60;

pub(super) async fn overview(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
) -> Result<Html<String>, DeniedPage> {
    let denied = |denied: Denied| denied.page(&page, language);
    let states = states(&page, MOST).await.map_err(denied)?;
    let stuck = stuck(&page).await.map_err(denied)?;
    let stand = page.orders().stand(page.engine.services()).await;
    let stand = stand.map_err(|error| denied(error.into()))?;
    let services: Vec<Standing<'_>> = stand.iter().map(|one| one.said()).collect();
    let context = page.context(language.0);
    let listed = states.get(..MOST_LISTED).unwrap_or(&states);
    let body = html! {
        @if let Some(refused) = refused(&page, &context).await { (refused) }
        @if let Some(open) = incidents::open(&page, &context).await { (open) }
        @if stuck > 0 {
            p.message.warning role="status" { (text(&say!(context, "page-quarantine", count = stuck))) }
        }
        h1 { (text(&say!(context, "page-deployments"))) }
        (asked(&states, &context))
        (cards(&services, &states, &context))
        @if states.is_empty() {
            section.empty {
                p { (text(&say!(context, "page-no-deployments"))) }
                p { (text(&say!(context, "page-first-deployment"))) }
                p { code { "tawny deploy SERVICE VERSION" } }
            }
        } @else {
            section {
                h2 { (text(&say!(context, "page-recent"))) }
                (rows::table(Column::Service, listed, &context))
            }
        }
        (say::line(&visitor, None, &context))
    };
    let frame = Frame {
        title: Some(say!(language, "page-deployments")),
        visitor: Some(&visitor),
        fresh: true,
        ..Frame::bare(language)
    };
    Ok(Html(frame::frame(&frame, &body).into_string()))
}

/// That the configuration was changed and cannot be used, as long as that is the last thing that happened to it.
async fn refused(page: &Page, context: &Context) -> Option<Markup> {
    let last = page.engine.last_of_configuration().await;
    if let Err(error) = &last {
        tracing::error!(%error, "what happened to the configuration cannot be read");
    }
    let (_, ConfigurationEvent::Refused { errors, .. }) = last.ok()?? else {
        return None;
    };
    let message = messages::configuration::refused(&errors, context);
    Some(html! {
        section.warning role="status" {
            p { (text(&message.headline)) }
            ul { @for line in &message.body { li { (text(line)) } } }
        }
    })
}

/// The deployments that changed last.
pub(super) async fn states(page: &Page, most: u64) -> Result<Vec<State>, Denied> {
    let mut states = Vec::new();
    for head in page.reader.streams("deployment", most).await? {
        let Ok(id) = DeploymentId::new(head.stream.id()) else {
            continue;
        };
        match ledger::state(&page.reader, &id).await {
            Ok(state) => states.extend(state),
            // One stream that cannot be read must not hide the others.
            Err(error) => tracing::error!(deployment = %id, %error, "not shown in the list"),
        }
    }
    Ok(states)
}

/// How much waits for an operator and holds back what is behind it.
async fn stuck(page: &Page) -> Result<usize, Denied> {
    let counts = page.reader.counts().await?;
    let rows = counts.inputs.quarantined + counts.effects.quarantined;
    Ok(usize::try_from(rows)
        .unwrap_or(usize::MAX)
        .saturating_add(page.engine.unreadable().len()))
}

/// What waits for an answer, the first to expire on top; nothing while nothing does.
fn asked(states: &[State], context: &Context) -> Markup {
    let mut open: Vec<_> = states
        .iter()
        .filter_map(|state| Some((state, state.open_approval()?.approval.expires_at)))
        .collect();
    open.sort_by_key(|(_, until)| *until);
    html! {
        @if !open.is_empty() {
            section.asked {
                h2 { a href="/approvals" { (text(&say!(context, "page-asked", count = open.len()))) } }
                ul {
                    @for (state, until) in open {
                        li {
                            a href={ "/deployments/" (state.plan().deployment) } {
                                (text(&messages::parent(state, context).headline))
                            }
                            " · " (text(&say!(context, "page-answer-until", until = context.time(until))))
                        }
                    }
                }
            }
        }
    }
}

/// Each service with what runs, what moves and what became of its last deployments.
fn cards(services: &[Standing<'_>], states: &[State], context: &Context) -> Markup {
    let mut ordered: Vec<(&Standing<'_>, Severity)> = services
        .iter()
        .map(|one| (one, severity(one, context)))
        .collect();
    ordered.sort_by_key(|(one, severity)| {
        let moving = one.last.is_some_and(|last| !last.ended());
        (
            Reverse(*severity),
            Reverse(moving),
            one.service,
            one.environment,
        )
    });
    html! {
        @if !ordered.is_empty() {
            section {
                h2 { (text(&say!(context, "page-services"))) }
                ul.cards {
                    @for (one, severity) in ordered.iter().take(MOST_SERVICES) { (card(one, *severity, states, context)) }
                }
            }
        }
    }
}

fn severity(one: &Standing<'_>, context: &Context) -> Severity {
    let last = one
        .last
        .map(|last| messages::parent(last, context).severity);
    last.unwrap_or(Severity::Quiet)
}

fn card(one: &Standing<'_>, severity: Severity, states: &[State], context: &Context) -> Markup {
    let own = states.iter().filter(|state| {
        state.plan().service == *one.service && state.plan().environment == *one.environment
    });
    html! {
        li.card.(severity.as_str()) {
            p.title {
                span.mark aria-hidden="true" { (severity.mark()) } " "
                a href={ "/services/" (one.service) } { bdi { (one.service) } " · " bdi { (one.environment) } }
                @if let Some(runs) = one.runs { " " span.runs { (text(&say!(context, "page-runs", version = Foreign::from(runs)))) } }
            }
            (frozen(one.frozen, context))
            @match one.last {
                Some(last) => p {
                    a.said href={ "/deployments/" (last.plan().deployment) } {
                        (text(&messages::parent(last, context).headline))
                    }
                },
                None => p.counts { (text(&say!(context, "page-service-none"))) },
            }
            (strip(own, context))
        }
    }
}

/// Who froze it, and why.
pub(super) fn frozen(frozen: Option<(&str, Option<&str>)>, context: &Context) -> Markup {
    html! {
        @if let Some((by, reason)) = frozen {
            p.frozen {
                "❄ " (text(&say!(context, "page-frozen", by = Foreign::from(by))))
                @if let Some(reason) = reason { ": " (text(&say!(context, "quoted", text = Foreign::from(reason)))) }
            }
        }
    }
}
