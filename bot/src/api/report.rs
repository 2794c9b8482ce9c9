//! `GET /api/v1/deployments/{id}/report` and `…/postmortem`

use super::caller::Language;
use super::given::Asked;
use super::problem::Problem;
use super::{Api, Caller, show};
use crate::reports::{self, Told};
use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::EngineError;
use guard::ids::DeploymentId;
use guard::report::Postmortem;
use messages::document::Document;
use messages::layout::{markdown, terminal};
use messages::{Context, Locale};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// In which format and language.
#[derive(Deserialize, IntoParams)]
pub(super) struct Wanted {
    /// `json` (the default), `markdown`, `terminal`, or `ansi`: a terminal with colours.
    format: Option<String>,
    /// `en` or `zh-CN`; else what the header `Accept-Language` says.
    lang: Option<String>,
}

/// A document with its schema.
#[derive(Serialize)]
pub(super) struct Schemed<T> {
    pub(super) schema: &'static str,
    #[serde(flatten)]
    pub(super) content: T,
}

/// The health report of a deployment, good or bad, as it stands.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/report", params(("id" = String, Path), Wanted), responses(
    (status = 200, description = "`tawny.report/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn report(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    Path(id): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let context = context(&api, locale, &wanted)?;
    let Told { report, .. } = told(&api, id).await?;
    let document = messages::report::report(&report, &context);
    let content = Schemed {
        schema: "tawny.report/1",
        content: report,
    };
    shown(&wanted, &document, content)
}

/// The postmortem of a deployment about which something was found, with what is known filled in.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/postmortem", params(("id" = String, Path), Wanted), responses(
    (status = 200, description = "`tawny.postmortem/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn postmortem(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    Path(id): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let context = context(&api, locale, &wanted)?;
    let Told { report, records } = told(&api, id).await?;
    let Some(postmortem) = Postmortem::of(&report) else {
        let detail = format!(
            "deployment `{}` had no incident: there is nothing to look back on but its report",
            report.deployment
        );
        return Err(Problem::new(StatusCode::NOT_FOUND, "no_incident", detail));
    };
    let document = messages::postmortem::postmortem(&postmortem, &records, &context);
    let line = |line: messages::TimelineLine| {
        serde_json::json!({
            "revision": line.revision,
            "at": format!("{:.3}", line.at),
            "seconds_since_the_one_before": line.gap_s,
            "text": terminal::text(&line.text, terminal::Colour::Off),
        })
    };
    let timeline = messages::timeline(&records, &context).into_iter().map(line);
    let content = Schemed {
        schema: "tawny.postmortem/1",
        content: Lined {
            postmortem,
            timeline: timeline.collect(),
        },
    };
    shown(&wanted, &document, content)
}

#[derive(Serialize)]
struct Lined {
    #[serde(flatten)]
    postmortem: Postmortem,
    timeline: Vec<serde_json::Value>,
}

pub(super) fn context(api: &Api, locale: Locale, wanted: &Wanted) -> Result<Context, Problem> {
    let locale = match &wanted.lang {
        None => locale,
        Some(tag) => Locale::from_tag(tag)
            .ok_or_else(|| Problem::bad("lang", format_args!("`{tag}`: expected en or zh-CN")))?,
    };
    Ok(show::context(api, locale))
}

async fn told(api: &Api, id: String) -> Result<Told, Problem> {
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let told = reports::of(&api.engine, &id).await?;
    told.ok_or_else(|| EngineError::UnknownDeployment(id).into())
}

pub(super) fn shown(
    wanted: &Wanted,
    document: &Document,
    content: impl Serialize,
) -> Result<Response, Problem> {
    Ok(match wanted.format.as_deref() {
        None | Some("json") => Json(content).into_response(),
        Some("markdown") => {
            let kind = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
            (kind, markdown::document(document)).into_response()
        }
        Some("terminal") => plain(document, terminal::Colour::Off),
        Some("ansi") => plain(document, terminal::Colour::On),
        Some(other) => {
            let detail = format_args!("`{other}`: expected json, markdown, terminal or ansi");
            return Err(Problem::bad("format", detail));
        }
    })
}

fn plain(document: &Document, colour: terminal::Colour) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (kind, terminal::document(document, colour)).into_response()
}
