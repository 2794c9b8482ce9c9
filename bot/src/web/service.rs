//! `GET /services/{name}`: the deployments of one service, and how far its alarms can be trusted.

use super::Page;
use super::about;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::language::Language;
use super::rows::{self, Column};
use super::session::Visitor;
use super::strip::strip;
use crate::trust::{self, Trusted};
use axum::extract::{Path, State as Shared};
use axum::response::Html;
use engine::ledger;
use guard::ids::ServiceName;
use guard::state::State;
use maud::{Markup, html};
use messages::layout::html::{table, text};
use messages::{Context, Foreign, say};

/// Deployments that are shown.
const MOST: usize = 50;
/// False alarms of which the line to replay them is shown.
const MOST_REPLAYS: usize = 5;

pub(super) async fn service(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Html<String>, DeniedPage> {
    let (trusted, shown) = find(&page, name)
        .await
        .map_err(|denied| denied.page(&page, language))?;
    let context = page.context(language.0);
    let denied = |denied: Denied| denied.page(&page, language);
    let about = about::section(&page, &trusted.service, &context).await;
    let about = about.map_err(denied)?;
    let newest = trusted.all.first().map(|(id, _)| id);
    let trends = about::trends(&page, newest, &context).await;
    let trends = trends.map_err(denied)?;
    let name = Foreign::from(&trusted.service);
    let body = html! {
        p.crumbs { a href="/" { (text(&say!(context, "page-back"))) } }
        h1 { bdi { (trusted.service) } }
        (strip(shown.iter(), &context))
        (about)
        (trends)
        (ledger(&trusted, &context))
        (replays(&trusted, &context))
        (deployments(&trusted, &shown, &context))
    };
    let frame = Frame {
        language,
        title: Some(name.into()),
        visitor: Some(&visitor),
        fresh: true,
        path: format!("/services/{}", trusted.service),
    };
    Ok(Html(frame::frame(&frame, &body).into_string()))
}

/// The service and its newest deployments.
async fn find(page: &Page, name: String) -> Result<(Trusted, Vec<State>), Denied> {
    let name = ServiceName::new(name).map_err(|_| Denied::NoService)?;
    let trusted = trust::of_service(&page.engine, &name, page.now())
        .await?
        .ok_or(Denied::NoService)?;
    let newest = trusted.all.iter().take(MOST).map(|(id, _)| id);
    let mut shown = trust::states(&page.engine, newest).await?;
    for environment in &trusted.environments {
        let lane = ledger::lane(&page.reader, &name, environment).await?;
        // The last of the queue on top, as the newest.
        for state in trust::states(&page.engine, lane.queue()).await? {
            shown.insert(0, state);
        }
    }
    Ok((trusted, shown))
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
    let shown: Vec<&State> = trusted.false_alarms().take(MOST_REPLAYS).collect();
    html! {
        @if !shown.is_empty() {
            section {
                h3 { (text(&say!(context, "page-replay-title"))) }
                p { (text(&say!(context, "page-replay"))) }
                ul.replays {
                    @for state in shown {
                        li { code { (trust::replay_command(state.plan().deployment.as_str())) } }
                    }
                }
            }
        }
    }
}

fn deployments(trusted: &Trusted, shown: &[State], context: &Context) -> Markup {
    html! {
        section {
            h3 { (text(&say!(context, "page-deployments"))) }
            @if trusted.all.is_empty() {
                p { (text(&say!(context, "page-service-none"))) }
            } @else {
                (rows::table(Column::Judged, shown, context))
                @if trusted.all.len() > shown.len() {
                    p.counts { (text(&say!(context, "page-deployments-left-out"))) }
                }
            }
        }
    }
}
