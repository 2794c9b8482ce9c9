//! `/api/v1/incidents`: what hurts and hurt, of deployments and of none.

use super::caller::Language;
use super::given::{self, Asked, At, GivenOrNot, at_most};
use super::paging::{Here, after, cursor};
use super::problem::Problem;
use super::show;
use super::time::{millis, millis_or_null};
use super::{Api, Caller};
use crate::incidents::{self, Kind, Known, Wanted};
use crate::orders::{Outcome, Speaker};
use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use engine::ledger;
use guard::apart::Apart;
use guard::ids::IncidentId;
use guard::order::Order;
use jiff::Timestamp;
use messages::layout::plain;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// Incidents that are listed when nobody says how many, and at most.
const USUAL: usize = 50;
const MOST: usize = 200;

/// What to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only those that are not over.
    open: Option<bool>,
    /// At most so many; 50 when not said, 200 at most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// Only what is behind this place: what the page before said in `next_cursor`.
    cursor: Option<String>,
}

/// Incidents, the newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct IncidentsView {
    /// Each once.
    pub incidents: Vec<IncidentView>,
    /// Where there may be more: what to ask for next as `cursor`.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// An incident.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct IncidentView {
    /// Its own id, or that of its deployment.
    pub id: String,
    /// `deployment`: findings and alerts of one. `alerts`: those that belong to none.
    pub kind: String,
    /// In a sentence, in the language of the caller.
    pub text: String,
    /// Whether it goes on.
    pub open: bool,
    /// When it began.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub opened_at: Timestamp,
    /// When it was over.
    #[schema(value_type = Option<String>)]
    #[serde(default, serialize_with = "millis_or_null")]
    pub ended_at: Option<Timestamp>,
    /// Who closed it, if it was not waited for its alerts to end.
    #[serde(default)]
    pub closed_by: Option<String>,
    /// Why they did, in their words.
    #[serde(default)]
    pub closed_because: Option<String>,
    /// The service that is deployed, or that the first alert names.
    pub service: Option<String>,
    /// Where, if that is known.
    pub environment: Option<String>,
    /// Signals and places that moved.
    pub findings: usize,
    /// Alerts that belong to it.
    pub alerts: usize,
    /// Of these, those that fire.
    pub firing: usize,
    /// Whether there are so many alerts that they are counted and not told.
    pub storm: bool,
    /// Of alerts that belong to no deployment: what was deployed before, the likeliest to matter first.
    #[serde(default)]
    pub recent: Vec<RecentView>,
}

/// A deployment that may matter.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RecentView {
    /// Which.
    pub deployment_id: String,
    /// Of what.
    pub service: String,
    /// Where.
    pub environment: String,
    /// What it brought.
    pub version: String,
    /// When it began.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub begun_at: Timestamp,
    /// What the alert's service is to it: `own`, `called_by`, `calls`.
    pub relation: String,
    /// Whether what it brought was gone again by then.
    pub undone: bool,
}

/// One incident that belongs to no deployment, with all that happened to it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct IncidentShownView {
    /// As in the list.
    #[serde(flatten)]
    pub incident: IncidentView,
    /// What happened to it, in order.
    pub timeline: Vec<super::TimelineView>,
}

/// What goes with closing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosingBody {
    /// Why, in your words.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Incidents of deployments and of none, the newest first.
#[utoipa::path(get, path = "/api/v1/incidents", params(Filter), responses(
    (status = 200, body = IncidentsView, headers(
        ("Link" = Option<String>, description = "the next page, as rel=\"next\"; none on the last one"),
        ("Next-Cursor" = Option<String>, description = "its `cursor`"),
    )), (status = 401, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn list(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    Asked(filter): Asked<Filter>,
    here: Here,
) -> Result<Response, Problem> {
    let wanted = Wanted {
        open: filter.open == Some(true),
        behind: after(filter.cursor.as_deref())?,
        limit: at_most(filter.limit, USUAL, MOST)?,
    };
    let (known, next) = incidents::newest(&api.engine, wanted).await?;
    let next_cursor = next.as_ref().map(cursor);
    let context = show::context(&api, locale);
    let incidents = known.iter().map(|one| view(one, &context));
    let view = IncidentsView {
        incidents: incidents.collect(),
        next_cursor: next_cursor.clone(),
    };
    Ok(here.with_next(Json(view), next_cursor.as_deref()))
}

/// One incident that belongs to no deployment.
#[utoipa::path(get, path = "/api/v1/incidents/{id}", operation_id = "show_incident", params(("id" = String, Path)), responses(
    (status = 200, body = IncidentShownView), (status = 401, body = Problem), (status = 404, body = Problem),
))]
pub(super) async fn show(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    At(id): At<String>,
) -> Result<Json<IncidentShownView>, Problem> {
    let id = IncidentId::new(id).map_err(|error| Problem::bad("id", error))?;
    shown(&api, id, locale).await
}

/// Closes an incident that belongs to no deployment, whatever still fires. Another alert opens it again.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/close", operation_id = "close_incident", request_body = Option<ClosingBody>,
    params(("id" = String, Path)), responses(
    (status = 200, body = IncidentShownView), (status = 401, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn close(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    At(id): At<String>,
    GivenOrNot(body): GivenOrNot<ClosingBody>,
) -> Result<Json<IncidentShownView>, Problem> {
    let id = IncidentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let order = Order::Close {
        incident: Some(id.clone()),
        reason: given::reason(body.reason)?,
    };
    let speaker = Speaker {
        by,
        here: None,
        incident: None,
        channel: None,
        locale,
    };
    let answer = api.orders.give(order, &speaker).await?;
    if answer.outcome != Outcome::Done {
        // Whoever names none that there is has made a mistake; all else is a no.
        drop(shown(&api, id, locale).await?);
        return Err(Problem::refused(answer.words()));
    }
    shown(&api, id, locale).await
}

async fn shown(
    api: &Api,
    id: IncidentId,
    locale: messages::Locale,
) -> Result<Json<IncidentShownView>, Problem> {
    let records = ledger::incident_records(api.engine.reader(), &id).await?;
    let known = Known::of_alerts(Apart::fold(id.clone(), &records));
    let known = known.ok_or_else(|| Problem::unknown("incident", id))?;
    let context = show::context(api, locale);
    let timeline = records.iter().map(|record| super::TimelineView {
        revision: record.revision,
        at: record.at,
        event: record.event.name().to_owned(),
        details: serde_json::to_value(&record.event).unwrap_or_default(),
    });
    Ok(Json(IncidentShownView {
        incident: view(&known, &context),
        timeline: timeline.collect(),
    }))
}

fn view(known: &Known, context: &messages::Context) -> IncidentView {
    let text = plain::text(&known.headline(context));
    let (open, opened_at, ended_at) = (known.is_open(), known.opened_at(), known.ended_at());
    match &known.kind {
        Kind::OfDeployment(state, incident) => {
            let plan = state.plan();
            let joined = || state.alerts().filter(|alert| alert.joined_at.is_some());
            IncidentView {
                id: plan.deployment.to_string(),
                kind: "deployment".to_owned(),
                text,
                open,
                opened_at,
                ended_at,
                closed_by: None,
                closed_because: None,
                service: Some(plan.service.to_string()),
                environment: Some(plan.environment.to_string()),
                findings: incident.findings,
                alerts: joined().count(),
                firing: joined().filter(|alert| alert.over_at.is_none()).count(),
                storm: state.alert_storm(),
                recent: Vec::new(),
            }
        }
        Kind::OfAlerts(apart) => {
            let first = apart.named.first();
            let environment = first.and_then(|alert| alert.environment.as_ref());
            let closed = apart.closed.as_ref();
            IncidentView {
                id: apart.id.to_string(),
                kind: "alerts".to_owned(),
                text,
                open,
                opened_at,
                ended_at,
                closed_by: closed.map(|closed| closed.by.clone()),
                closed_because: closed.and_then(|closed| closed.reason.clone()),
                service: first.map(|alert| alert.service.to_string()),
                environment: environment.map(ToString::to_string),
                findings: 0,
                alerts: apart.joined(),
                firing: apart.firing(),
                storm: apart.storm,
                recent: apart.recent.iter().map(recent).collect(),
            }
        }
    }
}

fn recent(recent: &guard::apart::Recent) -> RecentView {
    let relation = serde_json::to_value(recent.relation).unwrap_or(Value::Null);
    RecentView {
        deployment_id: recent.deployment.to_string(),
        service: recent.service.to_string(),
        environment: recent.environment.to_string(),
        version: recent.version.to_string(),
        begun_at: recent.begun_at,
        relation: relation.as_str().unwrap_or_default().to_owned(),
        undone: recent.undone,
    }
}
