//! `GET /api/v1/deployments/{id}/rca`

use super::given::Asked;
use super::problem::Problem;
use super::prose::{InWords, Task};
use super::reader::{Reader, Schemed, Wanted};
use crate::{prose, reports};
use axum::http::StatusCode;
use axum::response::Response;
use engine::EngineError;
use guard::cause::Cause;
use guard::report::{Impact, Lost, Postmortem};
use guard::root_cause::{Known, Milestones, RootCauseReport, by_rules};
use messages::root_cause::{Told, in_words, plainly};
use serde::Serialize;

/// The report, with the numbers that its sections rest on.
#[derive(Serialize)]
struct Answer {
    deployment: String,
    service: String,
    environment: String,
    from: Option<String>,
    to: String,
    milestones: Milestones,
    impact: Option<Impact>,
    time_lost: Vec<Lost>,
    /// What changed and what was logged, as it was ranked.
    cause: Option<Cause>,
    report: RootCauseReport,
}

/// The root-cause analysis of a deployment about which something was found: what happened, what did it, what made it worse,
/// where time was lost, and what to do. By rules, from the record alone.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/rca", params(("id" = String, Path), Wanted, InWords), responses(
    (status = 200, description = "`tawny.rca/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn rca(reader: Reader, Asked(more): Asked<InWords>) -> Result<Response, Problem> {
    let told = reports::of(&reader.api.engine, &reader.id).await?;
    let told = told.ok_or_else(|| EngineError::UnknownDeployment(reader.id.clone()))?;
    let report = told.report;
    let (Some(written), Some(postmortem)) = (by_rules(&report), Postmortem::of(&report)) else {
        let detail = format!(
            "deployment `{}` had no incident: there is no cause to look for; see its health check",
            report.deployment
        );
        return Err(Problem::new(StatusCode::NOT_FOUND, "no_incident", detail));
    };
    let milestones = Milestones::of(&report, &told.records);
    let in_words = in_words(written, &reader.context);
    let shown = Told::of(in_words.clone(), &report, milestones);
    let document = messages::rca::document(&shown, &report, &reader.context);
    let subject = report.deployment.clone();
    let task = Task {
        task: prose::RCA,
        subject: &subject,
        known: Known::of(&report),
    };
    let content = Schemed {
        schema: "tawny.rca/1",
        content: Answer {
            milestones,
            impact: report.impact,
            time_lost: postmortem.time_lost,
            cause: report.cause.map(Cause::without_addresses),
            report: plainly(in_words),
            deployment: report.deployment,
            service: report.service,
            environment: report.environment,
            from: report.from,
            to: report.to,
        },
    };
    let (api, context) = (&reader.api, &reader.context);
    let told = more.beside(api, task, document, content, context).await;
    reader.shown(&told.0, told.1)
}
