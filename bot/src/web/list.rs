//! `GET /`: all deployments, the last changed first.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame;
use super::incidents;
use super::language::Language;
use super::rows::{self, Column};
use super::say;
use super::session::Visitor;
use axum::extract::State as Shared;
use axum::response::Html;
use engine::ledger;
use guard::configuration::ConfigurationEvent;
use guard::ids::DeploymentId;
use guard::state::State;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::{Context, say};

/// The most deployments on one page.
const MOST: u64 = 50;

pub(super) async fn list(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
) -> Result<Html<String>, DeniedPage> {
    let states = states(&page)
        .await
        .map_err(|denied| denied.page(&page, language))?;
    let stuck = stuck(&page)
        .await
        .map_err(|denied| denied.page(&page, language))?;
    let context = page.context(language.0);
    let body = html! {
        @if let Some(refused) = refused(&page, &context).await { (refused) }
        @if let Some(open) = incidents::open(&page, &context).await { (open) }
        (table(&states, stuck, &context))
        p.crumbs { a href="/incidents" { (text(&say!(context, "page-incidents"))) } }
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

async fn states(page: &Page) -> Result<Vec<State>, Denied> {
    let mut states = Vec::new();
    for head in page.reader.streams("deployment", MOST).await? {
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

fn table(states: &[State], stuck: usize, context: &Context) -> Markup {
    html! {
        h1 { (text(&say!(context, "page-deployments"))) }
        @if stuck > 0 {
            p.message.warning role="status" { (text(&say!(context, "page-quarantine", count = stuck))) }
        }
        @if states.is_empty() {
            p { (text(&say!(context, "page-no-deployments"))) }
        } @else {
            (rows::table(Column::Service, states, context))
        }
    }
}
