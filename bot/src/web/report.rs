//! `GET /deployments/{id}/report`, `…/postmortem` and `…/root-cause`: what can be read, printed and kept.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::language::Language;
use super::session::Visitor;
use crate::reports::{self, Told};
use crate::root_cause;
use axum::extract::{Path, State as Shared};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use guard::ids::DeploymentId;
use guard::incident::Incident;
use guard::report::Postmortem;
use maud::{Markup, html};
use messages::document::Document;
use messages::layout::{html as page_of, markdown};
use messages::{Context, say};

/// What is read.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Report,
    Postmortem,
    RootCause,
}

impl Kind {
    /// What goes by this name in an address.
    pub(super) fn named(name: &str) -> Option<Self> {
        let all = [Self::Report, Self::Postmortem, Self::RootCause];
        all.into_iter().find(|kind| kind.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Postmortem => "postmortem",
            Self::RootCause => "root-cause",
        }
    }
}

pub(super) async fn report(
    page: Shared<Page>,
    language: Language,
    visitor: Visitor,
    id: Path<String>,
) -> Result<Html<String>, DeniedPage> {
    show(page, language, &visitor, id, Kind::Report).await
}

pub(super) async fn postmortem(
    page: Shared<Page>,
    language: Language,
    visitor: Visitor,
    id: Path<String>,
) -> Result<Html<String>, DeniedPage> {
    show(page, language, &visitor, id, Kind::Postmortem).await
}

pub(super) async fn root_cause(
    page: Shared<Page>,
    language: Language,
    visitor: Visitor,
    id: Path<String>,
) -> Result<Html<String>, DeniedPage> {
    show(page, language, &visitor, id, Kind::RootCause).await
}

/// The report as a file.
pub(super) async fn report_file(
    page: Shared<Page>,
    language: Language,
    _visitor: Visitor,
    id: Path<String>,
) -> Result<Response, DeniedPage> {
    file(page, language, id, Kind::Report).await
}

/// The postmortem as a file, to be completed.
pub(super) async fn postmortem_file(
    page: Shared<Page>,
    language: Language,
    _visitor: Visitor,
    id: Path<String>,
) -> Result<Response, DeniedPage> {
    file(page, language, id, Kind::Postmortem).await
}

/// The root-cause report as a file.
pub(super) async fn root_cause_file(
    page: Shared<Page>,
    language: Language,
    _visitor: Visitor,
    id: Path<String>,
) -> Result<Response, DeniedPage> {
    file(page, language, id, Kind::RootCause).await
}

async fn show(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: &Visitor,
    Path(id): Path<String>,
    kind: Kind,
) -> Result<Html<String>, DeniedPage> {
    let context = page.context(language.0);
    let read = read(&page, &context, id, kind).await;
    let (deployment, document) = read.map_err(|denied| denied.page(&page, language))?;
    let path = format!("/deployments/{deployment}");
    let (here, body) = body(&path, &document, kind, &context);
    let frame = Frame {
        language,
        title: Some(document.title.clone()),
        visitor: Some(visitor),
        // What is read and printed stays as it is.
        fresh: false,
        timed: false,
        path: here,
        guest: None,
        alone: false,
    };
    Ok(Html(frame::frame(&frame, &body).into_string()))
}

async fn file(
    Shared(page): Shared<Page>,
    language: Language,
    Path(id): Path<String>,
    kind: Kind,
) -> Result<Response, DeniedPage> {
    let read = read(&page, &page.context(language.0), id, kind).await;
    let (deployment, document) = read.map_err(|denied| denied.page(&page, language))?;
    Ok(as_file(&deployment, &document, kind))
}

/// A document on the page, and where it is.
pub(super) fn body(
    path: &str,
    document: &Document,
    kind: Kind,
    context: &Context,
) -> (String, Markup) {
    let here = format!("{path}/{}", kind.name());
    let body = html! {
        p.crumbs {
            a href=(path) { (page_of::text(&say!(context, "page-to-deployment"))) }
            " · "
            a href={ (here) ".md" } { (page_of::text(&say!(context, "page-markdown"))) }
        }
        (page_of::document(document))
    };
    (here, body)
}

/// A document to be kept.
pub(super) fn as_file(deployment: &DeploymentId, document: &Document, kind: Kind) -> Response {
    // The name of a deployment is checked: it can end neither the quotes nor the line.
    let name = format!("attachment; filename=\"{}-{deployment}.md\"", kind.name());
    let headers = [
        (CONTENT_TYPE, "text/markdown; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    (headers, markdown::document(document)).into_response()
}

pub(super) async fn read(
    page: &Page,
    context: &Context,
    id: String,
    kind: Kind,
) -> Result<(DeploymentId, Document), Denied> {
    let id = DeploymentId::new(id).map_err(|_| Denied::NotFound)?;
    let told = reports::of(&page.engine, &id).await?;
    let Told {
        report, records, ..
    } = told.ok_or(Denied::NotFound)?;
    let document = match kind {
        Kind::Report => messages::report::report(&report, context),
        Kind::Postmortem => {
            let postmortem = Postmortem::of(&report).ok_or(Denied::NoIncident)?;
            messages::postmortem::postmortem(&postmortem, &records, context)
        }
        Kind::RootCause => {
            let told = root_cause::told_of(&report, &records, context);
            messages::root_cause::document(&told.ok_or(Denied::NoIncident)?, context)
        }
    };
    Ok((id, document))
}

/// Where the report and the postmortem of a deployment are.
pub(super) fn links(path: &str, incident: Option<&Incident>, context: &Context) -> Markup {
    html! {
        p.reports {
            a href={ (path) "/report" } { (page_of::text(&say!(context, "page-report"))) }
            @if incident.is_some() {
                " · "
                a href={ (path) "/postmortem" } { (page_of::text(&say!(context, "page-postmortem"))) }
                " · "
                a href={ (path) "/root-cause" } { (page_of::text(&say!(context, "page-root-cause"))) }
            }
        }
    }
}
