//! `GET /api/v1/stats`

use super::caller::Language;
use super::given::Asked;
use super::problem::Problem;
use super::time::millis_or_null;
use super::{Api, Caller, show};
use crate::trust::{self, Trusted};
use axum::Json;
use axum::extract::State as Shared;
use guard::ids::ServiceName;
use guard::trust::{HORIZON, Share, Suggestion};
use jiff::Timestamp;
use messages::layout::terminal::{self, Colour};
use messages::{Context, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// False alarms that are named.
const MOST_NAMED: usize = 20;

/// What to show.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only this service.
    service: Option<String>,
}

/// How far a service's alarms have earned trust.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StatsView {
    /// The service.
    pub service: String,
    /// Where it is deployed.
    pub environments: Vec<String>,
    /// What Tawny may do on its own now: `observe pause rollback`.
    pub autonomy: String,
    /// How many days back is counted.
    pub days: u32,
    /// Deployments in these days.
    pub deployments: u32,
    /// How many of them were judged.
    pub judged: u32,
    /// Alarms that were real.
    pub real: u32,
    /// Alarms that were false.
    pub false_alarms: u32,
    /// Releases whose harm was missed.
    pub missed: u32,
    /// Releases about which nothing was said, rightly.
    pub fine: u32,
    /// Of the judged alarms, those that were real; null before any was judged.
    pub precision: Option<ShareView>,
    /// Of the releases that did harm, those with an alarm; null before any was judged.
    pub recall: Option<ShareView>,
    /// How often it was right which change did it, by what people said.
    pub causes: CausesView,
    /// What follows for autonomy.
    pub suggestion: SuggestionView,
    /// The newest deployments that were judged a false alarm, for `tawny record --deployment`.
    pub replayable: Vec<String>,
    /// All of it in words.
    pub text: String,
}

/// How often it was right which change did it; each is null before anybody said.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CausesView {
    /// Of the changes that people named, those that were the first suspect.
    pub first: Option<ShareView>,
    /// Of the changes that people named, those that were among the first three.
    pub among_three: Option<ShareView>,
    /// Of the acquitted deployments, those that people say were innocent.
    pub acquittals: Option<ShareView>,
    /// Of the accused deployments, those of which people named a change.
    pub accusations: Option<ShareView>,
    /// Of what people said of root-cause reports, that they were of use.
    #[serde(default)]
    pub reports: Option<ShareView>,
}

/// A share with its uncertainty.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ShareView {
    /// How many.
    pub part: u32,
    /// Of how many.
    pub of: u32,
    /// The share, 0 to 1.
    pub value: f64,
    /// Its 95 % interval (Wilson), 0 to 1.
    pub interval: (f64, f64),
}

/// What follows for autonomy.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SuggestionView {
    /// `raise lower wait keep not_enough`.
    pub what: String,
    /// To which autonomy; with `not_enough`, which one has yet to be earned.
    pub autonomy: Option<String>,
    /// With `not_enough`: at least so many more alarms that were real.
    pub more: Option<u32>,
    /// With `wait`: until when.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "millis_or_null")]
    pub until: Option<Timestamp>,
    /// In words.
    pub text: String,
}

/// How far each service's alarms have earned trust, by what people judged.
#[utoipa::path(get, path = "/api/v1/stats", params(Filter), responses(
    (status = 200, body = Vec<StatsView>),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn stats(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Vec<StatsView>>, Problem> {
    let context = show::context(&api, locale);
    let named = filter.service.is_some();
    let services = match filter.service {
        Some(name) => {
            let name = ServiceName::new(name).map_err(|error| Problem::bad("service", error))?;
            [name].into()
        }
        None => trust::services(&api.engine).await?,
    };
    let mut found = Vec::new();
    for service in services {
        match trust::of_service(&api.engine, &service, context.now).await? {
            Some(trusted) => found.push(view(&trusted, &context)),
            None if named => return Err(Problem::unknown("service", service)),
            None => {}
        }
    }
    Ok(Json(found))
}

fn view(trusted: &Trusted, context: &Context) -> StatsView {
    let ledger = &trusted.ledger;
    let sentences = messages::trust::sentences(ledger, trusted.deployments, context);
    let suggested =
        messages::trust::suggestion(&trusted.suggestion, trusted.autonomy, ledger, context);
    let causes = &trusted.causes;
    let of_causes = messages::trust::causes(causes, context);
    let plain = |text: &Text| terminal::text(text, Colour::Off);
    let said = sentences.iter().chain(&of_causes).chain([&suggested]);
    let lines: Vec<String> = said.map(plain).collect();
    StatsView {
        service: trusted.service.to_string(),
        environments: trusted
            .environments
            .iter()
            .map(ToString::to_string)
            .collect(),
        autonomy: trusted.autonomy.as_str().to_owned(),
        days: u32::try_from(HORIZON.as_hours() / 24).unwrap_or(u32::MAX),
        deployments: trusted.deployments,
        judged: ledger.judged(),
        real: ledger.real,
        false_alarms: ledger.false_alarms,
        missed: ledger.missed,
        fine: ledger.fine,
        precision: ledger.precision().map(share),
        recall: ledger.recall().map(share),
        causes: CausesView {
            first: causes.top_1().map(share),
            among_three: causes.top_3().map(share),
            acquittals: causes.acquittals().map(share),
            accusations: causes.accusations().map(share),
            reports: causes.reports().map(share),
        },
        suggestion: suggestion(&trusted.suggestion, plain(&suggested)),
        replayable: trusted
            .false_alarms
            .iter()
            .take(MOST_NAMED)
            .map(ToString::to_string)
            .collect(),
        text: lines.join("\n"),
    }
}

fn share(share: Share) -> ShareView {
    ShareView {
        part: share.part,
        of: share.of,
        value: share.value(),
        interval: (share.low, share.high),
    }
}

fn suggestion(suggestion: &Suggestion, text: String) -> SuggestionView {
    let (what, autonomy, more, until) = match suggestion {
        Suggestion::Raise { to } => ("raise", Some(to), None, None),
        Suggestion::Lower { to, .. } => ("lower", Some(to), None, None),
        Suggestion::Wait { until } => ("wait", None, None, Some(*until)),
        Suggestion::Keep => ("keep", None, None, None),
        Suggestion::NotEnough { more, proves } => ("not_enough", Some(proves), Some(*more), None),
    };
    SuggestionView {
        what: what.to_owned(),
        autonomy: autonomy.map(|autonomy| autonomy.as_str().to_owned()),
        more,
        until,
        text,
    }
}
