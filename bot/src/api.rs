//! The HTTP API under `/api/v1`: what the CLI and other programs use.

use crate::auth::Tokens;
use crate::etag;
use crate::live::Live;
use crate::orders::Orders;
use axum::middleware::from_fn;
use axum::routing::get;
use axum::{Json, Router};
use engine::Engine;
use guard::actor::Actor;
use messages::Locale;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod answer;
mod audit;
mod caller;
mod calls;
mod command;
mod deliveries;
mod deploy;
mod describe;
mod digest;
mod figures;
mod fix;
mod gate;
mod given;
mod health_check;
mod incidents;
mod judge;
mod list;
mod login_link;
mod name;
mod of_service;
mod order;
mod paging;
mod problem;
mod prose;
mod quarantine;
mod rate;
mod rca;
mod reader;
mod report;
mod root_cause;
mod runbook;
mod shares;
mod show;
mod spending;
mod stats;
mod thresholds;
mod time;
mod timeline;
mod view;
mod webhook_test;
mod why;

pub use answer::AnswerBody;
pub use audit::{AuditEntryView, AuditView, VerifiedView};
pub use calls::{CallView, CallsView};
pub use command::ReasonBody;
pub use deliveries::{CameToView, DeliveriesView, DeliveryView};
pub use deploy::{DeployBody, PackageBody};
pub use digest::{DigestView, FrozenView, OpenView, PausedView, RiskiestView, SubjectView};
pub use figures::{FiguresView, ServiceFiguresView, StatisticsView, TimesView, WeekView};
pub use fix::FixBody;
pub use gate::{ChangeView, GateView};
pub use incidents::{ClosingBody, IncidentShownView, IncidentView, IncidentsView, RecentView};
pub use judge::JudgementBody;
pub use login_link::LoginLinkView;
pub use name::CauseBody;
pub use order::{OrderBody, OrderView};
pub use problem::Problem;
pub use quarantine::{QuarantineView, QuarantinedView, RemedyBody, UnreadableView};
pub use rate::RatingBody;
pub use shares::{ShareBody, ShareMadeView, SharedLinkView, SharesView};
pub use spending::{AnalystView, ModelSpendingView, SpendingView};
pub use stats::{CausesView, ShareView, StatsView, SuggestionView};
pub use thresholds::{AlertJudgedView, AlertJudgementBody};
pub use view::{
    ApprovalView, BehindView, DeploymentView, FindingView, FixView, JudgedView, TimelineView,
};
pub use webhook_test::{WebhookTestBody, WebhookTestView};

/// What the handlers share.
#[derive(Clone)]
pub struct Api {
    /// The engine.
    pub engine: Engine,
    /// Who may call.
    pub tokens: Live<Tokens>,
    /// The language when a caller names none.
    pub locale: Locale,
    /// The page, which makes links for people.
    pub page: crate::web::Page,
    /// Where the page is, for links.
    pub base_url: Option<messages::BaseUrl>,
    /// The settings of the moment.
    pub settings: Live<config::Settings>,
    /// What people say in words is done there.
    pub orders: Orders,
    /// What can be read, outside too: the same as models may read.
    pub world: mcp_server::World,
    /// Who writes beside what rules say, where that is asked for.
    pub agent: crate::agent::Agent,
    /// Where the server listens.
    pub address: std::net::SocketAddr,
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Tawny",
    description = "Deployments, their state, and the questions they raise. Calls need `Authorization: Bearer TOKEN`."
))]
struct Document;

/// The routes, and the document that describes them at `/api/v1/openapi.json`.
pub fn router(api: Api) -> Router {
    let (router, document) = documented().split_for_parts();
    let document = describe::completed(&document);
    router
        .with_state(api)
        .route("/api/v1/openapi.json", get(async move || Json(document)))
        .layer(from_fn(etag::tagged))
}

fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(list::list, deploy::deploy))
        .routes(routes!(show::show))
        .routes(routes!(timeline::timeline))
        .routes(routes!(report::report))
        .routes(routes!(report::postmortem))
        .routes(routes!(root_cause::root_cause))
        .routes(routes!(rate::rate))
        .routes(routes!(why::why))
        .routes(routes!(health_check::health_check))
        .routes(routes!(rca::rca))
        .routes(routes!(runbook::runbook))
        .routes(routes!(thresholds::thresholds))
        .routes(routes!(thresholds::judge))
        .routes(routes!(gate::ask))
        .routes(routes!(command::command))
        .routes(routes!(fix::revert))
        .routes(routes!(fix::hotfix))
        .routes(routes!(judge::judge))
        .routes(routes!(name::name))
        .routes(routes!(shares::list, shares::make))
        .routes(routes!(shares::end))
        .routes(routes!(incidents::list))
        .routes(routes!(incidents::show))
        .routes(routes!(incidents::close))
        .routes(routes!(audit::list))
        .routes(routes!(audit::verify))
        .routes(routes!(calls::list))
        .routes(routes!(order::give))
        .routes(routes!(order::confirm))
        .routes(routes!(stats::stats))
        .routes(routes!(figures::figures))
        .routes(routes!(digest::digest))
        .routes(routes!(answer::answer))
        .routes(routes!(login_link::login_link))
        .routes(routes!(quarantine::list, quarantine::decide))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::show))
        .routes(routes!(deliveries::replay))
        .routes(routes!(webhook_test::test))
}

/// Anybody with a known token.
pub struct Caller(pub Actor);
