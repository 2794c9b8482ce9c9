//! `GET /api/v1/deployments/{id}/report` and `…/postmortem`

use super::problem::Problem;
use super::reader::{Reader, Schemed, Wanted};
use crate::reports::{self, Told};
use axum::http::StatusCode;
use axum::response::Response;
use engine::EngineError;
use guard::report::Postmortem;
use messages::layout::terminal;
use serde::Serialize;

/// The health report of a deployment, good or bad, as it stands.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/report", params(("id" = String, Path), Wanted), responses(
    (status = 200, description = "`tawny.report/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn report(reader: Reader) -> Result<Response, Problem> {
    let Told { report, .. } = told(&reader).await?;
    let document = messages::report::report(&report, &reader.context);
    let content = Schemed {
        schema: "tawny.report/1",
        content: report,
    };
    reader.shown(&document, content)
}

/// The postmortem of a deployment about which something was found, with what is known filled in.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/postmortem", params(("id" = String, Path), Wanted), responses(
    (status = 200, description = "`tawny.postmortem/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn postmortem(reader: Reader) -> Result<Response, Problem> {
    let Told {
        report, records, ..
    } = told(&reader).await?;
    let context = &reader.context;
    let Some(postmortem) = Postmortem::of(&report) else {
        let detail = format!(
            "deployment `{}` had no incident: there is nothing to look back on but its report",
            report.deployment
        );
        return Err(Problem::new(StatusCode::NOT_FOUND, "no_incident", detail));
    };
    let document = messages::postmortem::postmortem(&postmortem, &records, context);
    let line = |line: messages::TimelineLine| {
        serde_json::json!({
            "revision": line.revision,
            "at": format!("{:.3}", line.at),
            "seconds_since_the_one_before": line.gap_s,
            "text": terminal::text(&line.text, terminal::Colour::Off),
        })
    };
    let timeline = messages::timeline(&records, context).into_iter().map(line);
    let content = Schemed {
        schema: "tawny.postmortem/1",
        content: Lined {
            postmortem,
            timeline: timeline.collect(),
        },
    };
    reader.shown(&document, content)
}

#[derive(Serialize)]
struct Lined {
    #[serde(flatten)]
    postmortem: Postmortem,
    timeline: Vec<serde_json::Value>,
}

async fn told(reader: &Reader) -> Result<Told, Problem> {
    let told = reports::of(&reader.api.engine, &reader.id).await?;
    told.ok_or_else(|| EngineError::UnknownDeployment(reader.id.clone()).into())
}
