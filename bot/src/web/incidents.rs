//! `GET /incidents` and `GET /incidents/{id}`: what hurts and hurt.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::language::Language;
use super::session::Visitor;
use crate::incidents::{self, Kind, Known};
use axum::extract::{Path, State as Shared};
use axum::response::Html;
use engine::ledger;
use guard::apart::{Apart, RecordedApart};
use guard::ids::IncidentId;
use maud::{Markup, html};
use messages::layout::html::{message, text, timeline};
use messages::{Context, Foreign, say};

pub(super) async fn list(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
) -> Result<Html<String>, DeniedPage> {
    let known = incidents::newest(&page.engine)
        .await
        .map_err(|error| Denied::from(error).page(&page, language))?;
    let context = page.context(language.0);
    let body = html! {
        p.crumbs { a href="/" { (text(&say!(context, "page-back"))) } }
        h1 { (text(&say!(context, "page-incidents"))) }
        @if known.is_empty() {
            p { (text(&say!(context, "page-no-incidents"))) }
        } @else {
            (table(&known, &context))
        }
    };
    let frame = Frame {
        title: Some(say!(language, "page-incidents")),
        visitor: Some(&visitor),
        fresh: true,
        path: String::from("/incidents"),
        ..Frame::bare(language)
    };
    Ok(Html(frame::frame(&frame, &body).into_string()))
}

pub(super) async fn show(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Html<String>, DeniedPage> {
    let (apart, records) = read(&page, id)
        .await
        .map_err(|denied| denied.page(&page, language))?;
    let context = page.context(language.0);
    let shown = messages::apart::incident(&apart, &context);
    let body = html! {
        p.crumbs { a href="/incidents" { (text(&say!(context, "page-incidents"))) } }
        (message(&shown, &html! {}))
        @if !apart.recent.is_empty() {
            ul {
                @for recent in &apart.recent {
                    li {
                        a href={ "/deployments/" (recent.deployment) } {
                            bdi { (recent.service) } " · " bdi { (recent.environment) } " · " bdi { (recent.version) }
                        }
                    }
                }
            }
        }
        section {
            h3 { (text(&say!(context, "page-timeline"))) }
            (timeline(&messages::apart::timeline(&records, &context)))
        }
    };
    let frame = Frame {
        language,
        title: Some(Foreign::from(&apart.id).into()),
        visitor: Some(&visitor),
        fresh: true,
        path: format!("/incidents/{}", apart.id),
    };
    Ok(Html(frame::frame(&frame, &body).into_string()))
}

async fn read(page: &Page, id: String) -> Result<(Apart, Vec<RecordedApart>), Denied> {
    let id = IncidentId::new(id).map_err(|_| Denied::NotFound)?;
    let records = ledger::incident_records(&page.reader, &id).await?;
    let apart = Apart::fold(id, &records);
    if !apart.is_one() {
        return Err(Denied::NotFound);
    }
    Ok((apart, records))
}

fn table(known: &[Known], context: &Context) -> Markup {
    let heads = [
        "page-column-incident",
        "page-column-began",
        "page-column-stands",
    ];
    let words = context.words();
    html! {
        table.deployments {
            thead { tr { @for head in heads { th scope="col" { (text(&words.text(head, Vec::new()))) } } } }
            tbody { @for one in known { (row(one, context)) } }
        }
    }
}

fn row(known: &Known, context: &Context) -> Markup {
    let (path, kind) = match &known.kind {
        Kind::OfDeployment(state, _) => (
            format!("/deployments/{}", state.plan().deployment),
            say!(context, "page-incident-of-deployment"),
        ),
        Kind::OfAlerts(apart) => (
            format!("/incidents/{}", apart.id),
            say!(context, "page-incident-of-alerts"),
        ),
    };
    let stands = if known.is_open() {
        say!(context, "page-incident-open")
    } else {
        say!(context, "page-incident-over")
    };
    html! {
        tr {
            td { a href=(path) { (text(&known.headline(context))) } " · " (text(&kind)) }
            td { (text(&context.time(known.opened_at()))) }
            td { (text(&stands)) }
        }
    }
}

/// That incidents are open which belong to no deployment: the list of deployments shows them nowhere else.
pub(super) async fn open(page: &Page, context: &Context) -> Option<Markup> {
    let open = page.reader.open_streams("incident").await;
    let open = open.inspect_err(|error| tracing::error!(%error, "open incidents cannot be read"));
    let count = open.ok().filter(|open| !open.is_empty())?.len();
    Some(html! {
        p.message.warning role="status" {
            a href="/incidents" { (text(&say!(context, "page-incidents-open", count = count))) }
        }
    })
}
