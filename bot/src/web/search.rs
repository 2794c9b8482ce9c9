//! `GET /search?q=`: services and deployments by what they are called.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::language::Language;
use super::overview;
use super::rows::{self, Column};
use super::session::Visitor;
use crate::trust;
use axum::extract::{Query, State as Shared};
use axum::response::Html;
use guard::ids::ServiceName;
use guard::state::State;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::{Context, Foreign, say};
use serde::Deserialize;

/// Characters that are looked for, and deployments that are looked through: the last changed ones.
const LONGEST: usize = 100;
const MOST: u64 = 500;
/// Of each kind that are shown.
const MOST_FOUND: usize = 50;

/// What is looked for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
}

/// What was found.
struct Found {
    services: Vec<ServiceName>,
    deployments: Vec<State>,
}

pub(super) async fn search(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, DeniedPage> {
    let wanted: String = asked.q.trim().chars().take(LONGEST).collect();
    let found = find(&page, &wanted).await;
    let found = found.map_err(|denied| denied.page(&page, language))?;
    let context = page.context(language.0);
    let body = html! {
        h1 { (text(&say!(context, "page-search"))) }
        (form(&wanted, &context))
        (shown(&found, &wanted, &context))
    };
    let frame = Frame {
        title: Some(say!(language, "page-search")),
        visitor: Some(&visitor),
        path: String::from("/search"),
        ..Frame::bare(language)
    };
    Ok(Html(frame::frame(&frame, &body).into_string()))
}

async fn find(page: &Page, wanted: &str) -> Result<Found, Denied> {
    let mut found = Found {
        services: Vec::new(),
        deployments: Vec::new(),
    };
    if wanted.is_empty() {
        return Ok(found);
    }
    let small = wanted.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&small);
    let services = trust::services(&page.engine).await?.into_iter();
    found.services = services
        .filter(|service| has(service.as_str()))
        .take(MOST_FOUND)
        .collect();
    let states = overview::states(page, MOST).await?.into_iter();
    found.deployments = states
        .filter(|state| {
            let plan = state.plan();
            let from = plan.from.as_ref().is_some_and(|from| has(from.as_str()));
            from || has(plan.to.as_str())
                || has(plan.service.as_str())
                || has(plan.environment.as_str())
                || has(plan.deployment.as_str())
                || has(state.requested_by())
        })
        .take(MOST_FOUND)
        .collect();
    Ok(found)
}

fn form(wanted: &str, context: &Context) -> Markup {
    html! {
        form.say method="get" action="/search" {
            label {
                (text(&say!(context, "page-search-what")))
                input type="search" name="q" value=(wanted) maxlength=(LONGEST);
            }
            button.plain type="submit" { (text(&say!(context, "page-search"))) }
        }
    }
}

fn shown(found: &Found, wanted: &str, context: &Context) -> Markup {
    html! {
        @if wanted.is_empty() {
            p.empty { (text(&say!(context, "page-search-help"))) }
        } @else if found.services.is_empty() && found.deployments.is_empty() {
            p.empty { (text(&say!(context, "page-search-none", text = Foreign::from(wanted)))) }
        }
        @if !found.services.is_empty() {
            section {
                h2 { (text(&say!(context, "page-services"))) }
                ul { @for service in &found.services { li { a href={ "/services/" (service) } { bdi { (service) } } } } }
            }
        }
        @if !found.deployments.is_empty() {
            section {
                h2 { (text(&say!(context, "page-deployments"))) }
                (rows::table(Column::Service, &found.deployments, context))
            }
        }
    }
}
