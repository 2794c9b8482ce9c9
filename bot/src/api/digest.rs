//! `GET /api/v1/digest`

use super::caller::Language;
use super::figures::{TimesView, times};
use super::given::Asked;
use super::problem::Problem;
use super::time::{millis, millis_or_null};
use super::{Api, Caller, show};
use crate::digests;
use axum::Json;
use axum::extract::State as Shared;
use guard::digest::{Digest, Open, Subject};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use messages::layout::terminal::{self, Colour};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The longest stretch of time: 31 days, in seconds.
const MOST_S: f64 = 31.0 * 86_400.0;
/// How far back when nobody says: a day, in seconds.
const USUAL_S: f64 = 86_400.0;

/// What to tell.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// How many seconds back; a day when not said.
    seconds: Option<f64>,
    /// The time zone of the text, by its IANA name; UTC when not said.
    zone: Option<String>,
}

/// What happened in a stretch of time, and what waits for somebody.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DigestView {
    /// After this moment.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub since: Timestamp,
    /// Up to this one.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub until: Timestamp,
    /// Deployments that were asked for.
    pub deployments: u32,
    /// Of these, those that are everywhere by now.
    pub promoted: u32,
    /// Of these, those that could not be made or were given up.
    pub failed: u32,
    /// Deployments that Tawny paused because of what it found.
    pub paused: PausedView,
    /// What went back.
    pub rolled_back: Vec<SubjectView>,
    /// From the estimated onset to the finding; null without any.
    pub time_to_detect: Option<TimesView>,
    /// From the finding to the policy's or a person's word; null without any.
    pub time_to_decide: Option<TimesView>,
    /// From the onset to the proven cure; null without any.
    pub time_to_recover: Option<TimesView>,
    /// Where most went wrong; null where nothing did.
    pub riskiest: Option<RiskiestView>,
    /// What waits for somebody, the longest first.
    pub open: Vec<OpenView>,
    /// Where no deployment may begin.
    pub frozen: Vec<FrozenView>,
    /// All of it in words, in the caller's language.
    pub text: String,
}

/// How many deployments Tawny paused, and what people judged of that.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PausedView {
    /// All of them.
    pub deployments: u32,
    /// Judged right.
    pub real: u32,
    /// Judged a false alarm.
    pub false_alarms: u32,
}

/// A deployment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SubjectView {
    /// Its id.
    pub deployment_id: String,
    /// Its service.
    pub service: String,
    /// Where.
    pub environment: String,
    /// The version that came.
    pub version: String,
}

/// A service that had the most trouble.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RiskiestView {
    /// Which.
    pub service: String,
    /// Where.
    pub environment: String,
    /// Its deployments that were held or went back, and not by a false alarm.
    pub troubled: u32,
    /// All of its deployments of the time.
    pub deployments: u32,
}

/// Something that waits for somebody.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OpenView {
    /// Which deployment.
    #[serde(flatten)]
    pub subject: SubjectView,
    /// Since when.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub since: Timestamp,
    /// Until when its question can be answered; null where it is paused and nobody is asked.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "millis_or_null")]
    pub asked_until: Option<Timestamp>,
}

/// Where no deployment may begin.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FrozenView {
    /// Which service.
    pub service: String,
    /// Where.
    pub environment: String,
    /// Who froze it.
    pub by: String,
    /// Why, in their words.
    pub reason: Option<String>,
}

/// What happened lately, and what waits for somebody: what channels are told once a day.
#[utoipa::path(get, path = "/api/v1/digest", params(Filter), responses(
    (status = 200, body = DigestView),
    (status = 401, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn digest(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    Asked(filter): Asked<Filter>,
) -> Result<Json<DigestView>, Problem> {
    let seconds = filter.seconds.unwrap_or(USUAL_S);
    if !(seconds > 0.0 && seconds <= MOST_S) {
        let detail = format!("{seconds}: expected more than 0 and at most {MOST_S}");
        return Err(Problem::bad("seconds", detail));
    }
    let zone = TimeZone::get(filter.zone.as_deref().unwrap_or("UTC"));
    let zone = zone.map_err(|error| Problem::bad("zone", error))?;
    let context = show::context(&api, locale);
    let until = context.now;
    let since = until
        .checked_sub(SignedDuration::from_secs_f64(seconds))
        .map_err(|error| Problem::bad("seconds", error))?;
    let found = digests::gather(&api.engine, |_, _| true, (since, until)).await?;
    let message = messages::digest::digest(&found, &zone, &context);
    let text = terminal::message(&message, Colour::Off);
    Ok(Json(view(found, text)))
}

fn view(digest: Digest, text: String) -> DigestView {
    DigestView {
        since: digest.since,
        until: digest.until,
        deployments: digest.deployments,
        promoted: digest.promoted,
        failed: digest.failed,
        paused: PausedView {
            deployments: digest.paused.deployments,
            real: digest.paused.real,
            false_alarms: digest.paused.false_alarms,
        },
        rolled_back: digest.rolled_back.iter().map(subject).collect(),
        time_to_detect: digest.detect.map(times),
        time_to_decide: digest.decide.map(times),
        time_to_recover: digest.recover.map(times),
        riskiest: digest.riskiest.map(|riskiest| RiskiestView {
            service: riskiest.service.to_string(),
            environment: riskiest.environment.to_string(),
            troubled: riskiest.troubled,
            deployments: riskiest.deployments,
        }),
        open: digest.open.iter().map(open).collect(),
        frozen: digest
            .frozen
            .into_iter()
            .map(|frozen| FrozenView {
                service: frozen.service.to_string(),
                environment: frozen.environment.to_string(),
                by: frozen.by,
                reason: frozen.reason,
            })
            .collect(),
        text,
    }
}

fn subject(subject: &Subject) -> SubjectView {
    SubjectView {
        deployment_id: subject.deployment.to_string(),
        service: subject.service.to_string(),
        environment: subject.environment.to_string(),
        version: subject.version.to_string(),
    }
}

fn open(open: &Open) -> OpenView {
    OpenView {
        subject: subject(&open.subject),
        since: open.since,
        asked_until: open.asked_until,
    }
}
