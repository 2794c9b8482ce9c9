//! `GET /`: how all stands, the most urgent first: what waits for an answer, the services, what was deployed last.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame;
use super::incidents;
use super::language::Language;
use super::rows::{self, Column};
use super::say;
use super::session::Visitor;
use super::strip::strip;
use axum::extract::State as Shared;
use axum::response::Html;
use engine::services::Service;
use engine::{EngineError, Listing};
use guard::configuration::ConfigurationEvent;
use guard::ids::{Environment, ServiceName};
use guard::lane::Lane;
use guard::state::State;
use guard::summary::Summary;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::model::Severity;
use messages::{Context, Foreign, Text, say};
use std::cmp::Reverse;
use std::sync::Arc;

/// Deployments that are listed.
const MOST_LISTED: usize = 25;
/// Services that are shown, and the deployments of each: the page should come at once and weigh little.
const MOST_SERVICES: usize = 30;
const MOST_OF_ONE: usize = 6;

pub(super) async fn overview(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
) -> Result<Html<String>, DeniedPage> {
    let denied = |denied: Denied| denied.page(&page, language);
    let stuck = stuck(&page).await.map_err(denied)?;
    let context = page.context(language.0);
    let shown = shown(&page, &context).await;
    let shown = shown.map_err(|error| denied(error.into()))?;
    let body = html! {
        @if let Some(refused) = refused(&page, &context).await { (refused) }
        @if let Some(open) = incidents::open(&page, &context).await { (open) }
        @if stuck > 0 {
            p.message.warning role="status" { (text(&say!(context, "page-quarantine", count = stuck))) }
        }
        h1 { (text(&say!(context, "page-deployments"))) }
        (asked(&shown.asks, &context))
        (cards(&shown.cards, shown.more, &context))
        @if shown.recent.is_empty() {
            section.empty {
                p { (text(&say!(context, "page-no-deployments"))) }
                p { (text(&say!(context, "page-first-deployment"))) }
                p { code { "tawny deploy SERVICE VERSION" } }
            }
        } @else {
            section {
                h2 { (text(&say!(context, "page-recent"))) }
                (rows::table(Column::Service, &shown.recent, &context))
            }
        }
        (say::line(&visitor, None, &context))
    };
    Ok(frame::fresh(
        language,
        &visitor,
        say!(language, "page-deployments"),
        String::from("/"),
        &body,
    ))
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

/// How much waits for an operator and holds back what is behind it.
async fn stuck(page: &Page) -> Result<usize, Denied> {
    let counts = page.reader.counts().await?;
    let rows = counts.inputs.quarantined + counts.effects.quarantined;
    Ok(usize::try_from(rows)
        .unwrap_or(usize::MAX)
        .saturating_add(page.engine.unreadable().len()))
}

/// What the page is made of, from one look at everything that was ever deployed.
struct Shown {
    recent: Vec<Arc<Summary>>,
    /// What waits for an answer, the first to expire on top.
    asks: Vec<Arc<State>>,
    cards: Vec<Card>,
    /// Services that are not shown.
    more: usize,
}

/// One service in one environment.
struct Card {
    service: ServiceName,
    environment: Environment,
    lane: Option<Arc<Lane>>,
    /// What was deployed last, the newest first.
    newest: Vec<Arc<Summary>>,
    /// The deployment under way, or else the newest.
    last: Option<Arc<Summary>>,
    headline: Option<Text>,
}

impl Card {
    fn of(service: &Service, listing: &Listing) -> Self {
        let (service, environment) = (service.name.clone(), service.environment.clone());
        let lane = listing.lane(&service, &environment);
        let last = lane.and_then(|lane| {
            let waits = lane.queue().next();
            listing.get(lane.holder().or(lane.newest()).or(waits)?)
        });
        let newest = listing.of(&service, &environment).take(MOST_OF_ONE);
        Self {
            newest: newest.cloned().collect(),
            last: last.cloned(),
            lane: lane.cloned(),
            headline: None,
            service,
            environment,
        }
    }

    fn severity(&self) -> Severity {
        let last = self.last.as_ref().map(|last| messages::severity_of(last));
        last.unwrap_or(Severity::Quiet)
    }
}

async fn shown(page: &Page, context: &Context) -> Result<Shown, EngineError> {
    let services = page.engine.services();
    let read = page.engine.listed(|listing| {
        let recent: Vec<_> = listing.changed().take(MOST_LISTED).cloned().collect();
        let asks = listing.changed().filter(|row| row.asks.is_some());
        let asks: Vec<_> = asks.cloned().collect();
        let cards = services.iter().map(|service| Card::of(service, listing));
        (recent, asks, cards.collect::<Vec<_>>())
    });
    let (recent, mut asks, mut cards) = read.await?;
    asks.sort_by_key(|row| row.asks.as_ref().map(|(_, until)| *until));
    cards.sort_by_cached_key(|card| {
        let moves = card.last.as_ref().is_some_and(|last| last.moves());
        let place = (card.service.clone(), card.environment.clone());
        (Reverse(card.severity()), Reverse(moves), place)
    });
    let more = cards.len().saturating_sub(MOST_SERVICES);
    cards.truncate(MOST_SERVICES);
    for card in &mut cards {
        let last = page.engine.in_full(card.last.clone()).await?.pop();
        card.headline = last.map(|last| messages::headline_of(&last, context));
    }
    let asks = page.engine.in_full(asks).await?;
    Ok(Shown {
        recent,
        asks,
        cards,
        more,
    })
}

/// What waits for an answer; nothing while nothing does.
fn asked(states: &[Arc<State>], context: &Context) -> Markup {
    let until = |state: &State| Some(state.open_approval()?.approval.expires_at);
    html! {
        @if !states.is_empty() {
            section.asked {
                h2 { a href="/approvals" { (text(&say!(context, "page-asked", count = states.len()))) } }
                ul {
                    @for state in states {
                        li {
                            a href={ "/deployments/" (state.plan().deployment) } {
                                (text(&messages::headline_of(state, context)))
                            }
                            @if let Some(until) = until(state) {
                                " · " (text(&say!(context, "page-answer-until", until = context.time(until))))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Each service with what runs, what moves and what became of its last deployments.
fn cards(cards: &[Card], more: usize, context: &Context) -> Markup {
    html! {
        @if !cards.is_empty() {
            section {
                h2 { (text(&say!(context, "page-services"))) }
                ul.cards { @for one in cards { (card(one, context)) } }
                @if more > 0 { p.more { a href="/search" { (text(&say!(context, "page-services-more", count = more))) } } }
            }
        }
    }
}

fn card(card: &Card, context: &Context) -> Markup {
    let severity = card.severity();
    let runs = card.lane.as_ref().and_then(|lane| lane.current());
    let frozen_by = card.lane.as_ref().and_then(|lane| lane.frozen());
    html! {
        li.card.(severity.as_str()) {
            p.title {
                span.mark aria-hidden="true" { (severity.mark()) } " "
                a href={ "/services/" (card.service) } { bdi { (card.service) } " · " bdi { (card.environment) } }
                @if let Some((runs, _)) = runs { " " span.runs { (text(&say!(context, "page-runs", version = Foreign::from(runs)))) } }
            }
            (frozen(frozen_by, context))
            @match (&card.last, &card.headline) {
                (Some(last), Some(headline)) => p {
                    a.said href={ "/deployments/" (last.deployment) } { (text(headline)) }
                },
                _ => p.counts { (text(&say!(context, "page-service-none"))) },
            }
            (strip(MOST_OF_ONE, card.newest.iter(), context))
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
