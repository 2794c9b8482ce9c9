//! `GET /api/v1/figures`

use super::caller::Language;
use super::given::Asked;
use super::problem::Problem;
use super::spending::{AnalystView, analyst};
use super::time::millis;
use super::{Api, Caller, show};
use crate::{figures, spending};
use axum::Json;
use axum::extract::State as Shared;
use guard::figures::{Figures, NOTICED_AFTER, Times};
use guard::ids::ServiceName;
use jiff::{SignedDuration, Timestamp};
use messages::layout::markdown;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The longest stretch of time: ten years, in seconds.
const MOST_S: f64 = 10.0 * 365.25 * 86_400.0;
/// How far back when nobody says: 90 days, in seconds.
const USUAL_S: f64 = 90.0 * 86_400.0;

/// What to count.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only this service.
    service: Option<String>,
    /// How many seconds back; 90 days when not said.
    seconds: Option<f64>,
    /// After how many seconds a bad release would have been noticed otherwise; 15 minutes when not said.
    noticed_after: Option<f64>,
}

/// Figures for those who decide.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StatisticsView {
    /// Since when.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub since: Timestamp,
    /// Until when.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub until: Timestamp,
    /// After how many seconds a bad release is taken to have been noticed otherwise.
    pub noticed_after_seconds: f64,
    /// All services together.
    pub all: FiguresView,
    /// Each of them.
    pub services: Vec<ServiceFiguresView>,
    /// What the analyst did in this time, and what that cost.
    #[serde(default)]
    pub analyst: AnalystView,
    /// All of it in Markdown, in the caller's language.
    pub markdown: String,
}

/// One service's figures.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ServiceFiguresView {
    /// The service.
    pub service: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: FiguresView,
}

/// What happened in a stretch of time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FiguresView {
    /// Deployments.
    pub deployments: u32,
    /// Deployments per week on average.
    pub deployments_per_week: f64,
    /// Week by week.
    pub weeks: Vec<WeekView>,
    /// Paused or rolled back, and not judged a false alarm.
    pub caught: u32,
    /// Warned about, and no more.
    pub warned: u32,
    /// Nothing was said about them.
    pub silent: u32,
    /// Went back.
    pub rolled_back: u32,
    /// Alarms that were judged false.
    pub false_alarms: u32,
    /// Judged to have done harm that was missed.
    pub missed: u32,
    /// From the estimated onset to the finding; null without any.
    pub time_to_detect: Option<TimesView>,
    /// From the finding to the policy's or a person's word; null without any.
    pub time_to_decide: Option<TimesView>,
    /// From the onset to the proven cure; null without any.
    pub time_to_recover: Option<TimesView>,
    /// Requests that were not harmed because releases went back: an estimate; null where it cannot be told.
    pub requests_saved: Option<f64>,
    /// Of how many of the releases that went back it can be told.
    pub requests_saved_of: u32,
}

/// A week.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WeekView {
    /// Its Monday, UTC.
    pub monday: String,
    /// Deployments in it.
    pub deployments: u32,
}

/// How long something took, over many deployments.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TimesView {
    /// Of how many.
    pub of: u32,
    /// The median, in seconds.
    pub median_seconds: f64,
    /// What nine of ten do not exceed, in seconds.
    pub p90_seconds: f64,
}

/// How often is deployed, what was caught, how fast, and what that spared.
#[utoipa::path(get, path = "/api/v1/figures", params(Filter), responses(
    (status = 200, body = StatisticsView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn figures(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    Asked(filter): Asked<Filter>,
) -> Result<Json<StatisticsView>, Problem> {
    let service = filter
        .service
        .map(ServiceName::new)
        .transpose()
        .map_err(|error| Problem::bad("service", error))?;
    let seconds = within("seconds", filter.seconds.unwrap_or(USUAL_S), MOST_S)?;
    let usual = NOTICED_AFTER.as_secs_f64();
    let noticed_s = filter.noticed_after.unwrap_or(usual);
    let noticed_after = SignedDuration::from_secs_f64(within("noticed_after", noticed_s, MOST_S)?);
    let context = show::context(&api, locale);
    let until = context.now;
    let since = until
        .checked_sub(SignedDuration::from_secs_f64(seconds))
        .map_err(|error| Problem::bad("seconds", error))?;
    let gathered = figures::gather(&api.engine, service.as_ref(), since, until).await?;
    if let Some(service) = service.clone().filter(|_| gathered.is_empty()) {
        return Err(Problem::unknown("service", service));
    }
    let currency = api.settings.get().agent.currency.clone();
    let spent = spending::gather(&api.engine, service.as_ref(), since, &currency).await?;
    let counted = |cases: &mut dyn Iterator<Item = &guard::figures::Case>| {
        Figures::of(cases, (since, until), noticed_after)
    };
    let all = counted(&mut gathered.values().flatten());
    let each: Vec<(ServiceName, Figures)> = gathered
        .iter()
        .map(|(service, cases)| (service.clone(), counted(&mut cases.iter())))
        .collect();
    let days = (seconds / 86_400.0).ceil() as u32;
    let mut text = markdown::grid(&messages::figures::table(&all, &each, days, &context));
    for sentence in messages::figures::legend(&all, noticed_after, &context) {
        text.push_str(&format!("\n{}\n", markdown::text(&sentence)));
    }
    text.push('\n');
    text.push_str(&markdown::grid(&messages::figures::weeks(&all, &context)));
    let sentence = messages::spending::sentence(&spent.all, days, &context);
    text.push_str(&format!("\n{}\n", markdown::text(&sentence)));
    if !spent.models.is_empty() {
        text.push('\n');
        text.push_str(&markdown::grid(&messages::spending::table(
            &spent.models,
            &context,
        )));
    }
    Ok(Json(StatisticsView {
        since,
        until,
        noticed_after_seconds: noticed_after.as_secs_f64(),
        all: view(&all),
        services: each
            .iter()
            .map(|(service, figures)| ServiceFiguresView {
                service: service.to_string(),
                figures: view(figures),
            })
            .collect(),
        analyst: analyst(&spent, days, &context),
        markdown: text,
    }))
}

fn within(field: &str, seconds: f64, most: f64) -> Result<f64, Problem> {
    if seconds > 0.0 && seconds <= most {
        Ok(seconds)
    } else {
        let detail = format!("{seconds}: expected more than 0 and at most {most}");
        Err(Problem::bad(field, detail))
    }
}

fn view(figures: &Figures) -> FiguresView {
    FiguresView {
        deployments: figures.deployments,
        deployments_per_week: figures.per_week,
        weeks: figures
            .weeks
            .iter()
            .map(|(monday, deployments)| WeekView {
                monday: monday.to_string(),
                deployments: *deployments,
            })
            .collect(),
        caught: figures.caught,
        warned: figures.warned,
        silent: figures.silent,
        rolled_back: figures.rolled_back,
        false_alarms: figures.false_alarms,
        missed: figures.missed,
        time_to_detect: figures.detect.map(times),
        time_to_decide: figures.decide.map(times),
        time_to_recover: figures.recover.map(times),
        requests_saved: figures.requests_saved,
        requests_saved_of: figures.saved_of,
    }
}

pub(super) fn times(times: Times) -> TimesView {
    TimesView {
        of: times.of,
        median_seconds: times.median_s,
        p90_seconds: times.p90_s,
    }
}
