//! `GET /services/{name}`: the deployments of one service, and how far its alarms can be trusted.

use super::Page;
use super::about;
use super::denied::{Denied, DeniedPage};
use super::frame;
use super::language::Language;
use super::more;
use super::rows::{self, Column};
use super::session::Visitor;
use super::strip::strip;
use super::trends;
use crate::trust::{self, Trusted};
use axum::extract::{Path, Query, State as Shared};
use axum::response::Html;
use guard::ids::{DeploymentId, ServiceName};
use guard::summary::Summary;
use jiff::Timestamp;
use maud::{Markup, html};
use messages::layout::html::{table, text};
use messages::{Context, Foreign, say};
use serde::Deserialize;
use std::cmp::Reverse;
use std::sync::Arc;

/// Deployments that are shown.
const MOST: usize = 50;
/// The newest of these, as signs.
const MOST_IN_STRIP: usize = 12;
/// False alarms of which the line to replay them is shown.
const MOST_REPLAYS: usize = 5;

pub(super) async fn service(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, DeniedPage> {
    let (trusted, shown) = find(&page, name, asked.behind.as_deref())
        .await
        .map_err(|denied| denied.page(&page, language))?;
    let context = page.context(language.0);
    let denied = |denied: Denied| denied.page(&page, language);
    let about = about::section(&page, &trusted.service, &context).await;
    let about = about.map_err(denied)?;
    let trends = trends::section(&trusted, &context);
    let name = Foreign::from(&trusted.service);
    let body = html! {
        p.crumbs { a href="/" { (text(&say!(context, "page-back"))) } }
        h1 { bdi { (trusted.service) } }
        (strip(MOST_IN_STRIP, shown.rows.iter(), &context))
        (about)
        (trends)
        (ledger(&trusted, &context))
        (replays(&trusted, &context))
        (deployments(&trusted, &shown, &context))
    };
    Ok(frame::fresh(
        language,
        &visitor,
        name.into(),
        format!("/services/{}", trusted.service),
        &body,
    ))
}

/// Which page of its deployments.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    behind: Option<String>,
}

/// Some of its deployments, and the place of the last one, where there are more.
struct Shown {
    rows: Vec<Arc<Summary>>,
    next: Option<(Timestamp, DeploymentId)>,
}

/// The service and its newest deployments, or those behind a place.
async fn find(page: &Page, name: String, behind: Option<&str>) -> Result<(Trusted, Shown), Denied> {
    let name = ServiceName::new(name).map_err(|_| Denied::NoService)?;
    let trusted = trust::of_service(&page.engine, &name, page.now())
        .await?
        .ok_or(Denied::NoService)?;
    // The last of the queue on top, as the newest.
    let rows = trusted.waiting.iter().chain(&trusted.all);
    let place = |row: &Summary| (Reverse(row.requested_at), row.deployment.clone());
    let behind: Option<(Timestamp, DeploymentId)> = more::place(behind)?;
    let behind = behind.map(|(at, id)| (Reverse(at), id));
    let mut rows: Vec<Arc<Summary>> = rows
        .filter(|row| behind.as_ref().is_none_or(|behind| place(row) > *behind))
        .take(MOST + 1)
        .cloned()
        .collect();
    let more = rows.len() > MOST;
    rows.truncate(MOST);
    let last = rows.last().filter(|_| more);
    let next = last.map(|last| (last.requested_at, last.deployment.clone()));
    Ok((trusted, Shown { rows, next }))
}

fn ledger(trusted: &Trusted, context: &Context) -> Markup {
    let shares = messages::trust::table(&trusted.ledger, context);
    let suggested = messages::trust::suggestion(
        &trusted.suggestion,
        trusted.autonomy,
        &trusted.ledger,
        context,
    );
    html! {
        article.message {
            h2 { (text(&shares.title)) }
            @for sentence in messages::trust::sentences(&trusted.ledger, trusted.deployments, context) {
                p { (text(&sentence)) }
            }
            @for sentence in messages::trust::causes(&trusted.causes, context) {
                p { (text(&sentence)) }
            }
            p.suggestion { (text(&suggested)) }
            (table(&messages::model::Table { title: messages::Text::default(), ..shares }))
        }
    }
}

fn replays(trusted: &Trusted, context: &Context) -> Markup {
    let shown = trusted.false_alarms.iter().take(MOST_REPLAYS);
    html! {
        @if shown.len() > 0 {
            section {
                h3 { (text(&say!(context, "page-replay-title"))) }
                p { (text(&say!(context, "page-replay"))) }
                ul.replays {
                    @for id in shown {
                        li { code { (trust::replay_command(id.as_str())) } }
                    }
                }
            }
        }
    }
}

fn deployments(trusted: &Trusted, shown: &Shown, context: &Context) -> Markup {
    let path = format!("/services/{}", trusted.service);
    html! {
        section {
            h3 { (text(&say!(context, "page-deployments"))) }
            @if trusted.all.is_empty() && trusted.waiting.is_empty() {
                p { (text(&say!(context, "page-service-none"))) }
            } @else {
                (rows::table(Column::Judged, &shown.rows, context))
                (more::link(&path, &[], shown.next.as_ref(), context))
            }
        }
    }
}
