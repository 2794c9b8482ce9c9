//! `GET /incidents` and `GET /incidents/{id}`: what hurts and hurt.

use super::Page;
use super::answer::{MOST_REASON, reason};
use super::denied::{Denied, DeniedPage};
use super::frame;
use super::language::Language;
use super::more;
use super::session::{Pressed, Visitor};
use crate::incidents::{self, Kind, Known, Place, Wanted};
use crate::orders::{Answer, Outcome, Said, Speaker};
use axum::extract::{Path, Query, State as Shared};
use axum::response::{Html, IntoResponse, Redirect, Response};
use engine::ledger;
use guard::apart::{Apart, RecordedApart};
use guard::ids::IncidentId;
use guard::order::Order;
use maud::{Markup, html};
use messages::layout::html::{message, text, timeline};
use messages::{Context, Foreign, Locale, say};
use serde::Deserialize;

/// Incidents on one page.
const MOST: usize = 100;

/// Which page of the list.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    behind: Option<String>,
}

async fn find(page: &Page, behind: Option<&str>) -> Result<(Vec<Known>, Option<Place>), Denied> {
    let wanted = Wanted {
        open: false,
        behind: more::place(behind)?,
        limit: MOST,
    };
    Ok(incidents::newest(&page.engine, wanted).await?)
}

pub(super) async fn list(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, DeniedPage> {
    let (known, next) = find(&page, asked.behind.as_deref())
        .await
        .map_err(|denied| denied.page(&page, language))?;
    let context = page.context(language.0);
    let body = html! {
        p.crumbs { a href="/" { (text(&say!(context, "page-back"))) } }
        h1 { (text(&say!(context, "page-incidents"))) }
        @if known.is_empty() {
            section.empty {
                p { (text(&say!(context, "page-no-incidents"))) }
                p { (text(&say!(context, "page-incidents-when"))) }
            }
        } @else {
            (table(&known, &context))
            (more::link("/incidents", &[], next.as_ref(), &context))
        }
    };
    Ok(frame::fresh(
        language,
        &visitor,
        say!(language, "page-incidents"),
        String::from("/incidents"),
        &body,
    ))
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
        (closing(&page, &apart, &visitor, &context))
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
    Ok(frame::fresh(
        language,
        &visitor,
        Foreign::from(&apart.id).into(),
        format!("/incidents/{}", apart.id),
        &body,
    ))
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(super) struct Closing {
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn close(
    Shared(page): Shared<Page>,
    language: Language,
    Path(id): Path<String>,
    pressed: Pressed<Closing>,
) -> Result<Response, DeniedPage> {
    let Pressed { visitor, form } = pressed;
    give_close(&page, language, id, &visitor, form)
        .await
        .map_err(|denied| denied.page(&page, language))
}

async fn give_close(
    page: &Page,
    language: Language,
    id: String,
    visitor: &Visitor,
    form: Closing,
) -> Result<Response, Denied> {
    let id = IncidentId::new(id).map_err(|_| Denied::NotFound)?;
    let order = Order::Close {
        incident: Some(id.clone()),
        reason: reason(form.reason),
    };
    let speaker = speaker(visitor, language.0);
    match page.orders().give(order, &speaker).await? {
        Answer {
            outcome: Outcome::Done,
            ..
        } => Ok(Redirect::to(&format!("/incidents/{id}")).into_response()),
        Answer {
            said: Said::Message(why),
            ..
        } => Err(Denied::NotDone(why.headline)),
        Answer { .. } => Err(Denied::Broken),
    }
}

fn speaker(visitor: &Visitor, locale: Locale) -> Speaker {
    Speaker {
        by: visitor.actor.clone(),
        here: None,
        incident: None,
        channel: None,
        locale,
    }
}

/// The form, folded away, for whoever may use it while there is something to close.
fn closing(page: &Page, apart: &Apart, visitor: &Visitor, context: &Context) -> Markup {
    let may = page
        .orders()
        .may_close(apart, &speaker(visitor, context.locale));
    html! {
        @if may {
            details {
                summary { (text(&say!(context, "page-close"))) }
                p { (text(&say!(context, "page-close-means"))) }
                form method="post" action={ "/incidents/" (apart.id) "/close" } {
                    (frame::form_token(visitor))
                    label {
                        (text(&say!(context, "page-reason")))
                        input type="text" name="reason" maxlength=(MOST_REASON) autocomplete="off";
                    }
                    div.answers {
                        button.plain type="submit" { (text(&say!(context, "page-close"))) }
                    }
                }
            }
        }
    }
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
