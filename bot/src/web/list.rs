//! `GET /`: all deployments, the last changed first.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::incidents;
use super::language::Language;
use super::rows::{self, Column};
use super::say;
use super::session::Visitor;
use axum::extract::State as Shared;
use axum::response::Html;
use guard::configuration::ConfigurationEvent;
use guard::summary::Summary;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::{Context, say};
use std::sync::Arc;

/// The most deployments on one page.
const MOST: usize = 50;

pub(super) async fn list(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
) -> Result<Html<String>, DeniedPage> {
    let rows = last_changed(&page)
        .await
        .map_err(|denied| denied.page(&page, language))?;
    let stuck = stuck(&page)
        .await
        .map_err(|denied| denied.page(&page, language))?;
    let context = page.context(language.0);
    let body = html! {
        @if let Some(refused) = refused(&page, &context).await { (refused) }
        @if let Some(open) = incidents::open(&page, &context).await { (open) }
        (table(&rows, stuck, &context))
        p.crumbs { a href="/incidents" { (text(&say!(context, "page-incidents"))) } }
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
async fn last_changed(page: &Page) -> Result<Vec<Arc<Summary>>, Denied> {
    let rows = page.engine.listed(|listing| {
        let last = listing.changed().take(MOST);
        last.cloned().collect()
    });
    Ok(rows.await?)
}

/// How much waits for an operator and holds back what is behind it.
async fn stuck(page: &Page) -> Result<usize, Denied> {
    let counts = page.reader.counts().await?;
    let rows = counts.inputs.quarantined + counts.effects.quarantined;
    Ok(usize::try_from(rows)
        .unwrap_or(usize::MAX)
        .saturating_add(page.engine.unreadable().len()))
}

fn table(rows: &[Arc<Summary>], stuck: usize, context: &Context) -> Markup {
    html! {
        h1 { (text(&say!(context, "page-deployments"))) }
        @if stuck > 0 {
            p.message.warning role="status" { (text(&say!(context, "page-quarantine", count = stuck))) }
        }
        @if rows.is_empty() {
            p { (text(&say!(context, "page-no-deployments"))) }
        } @else {
            (rows::table(Column::Service, rows, context))
        }
    }
}
