//! `POST /api/v1/deployments`

use super::caller::Language;
use super::given::Given;
use super::problem::Problem;
use super::{Api, Caller, DeploymentView, show};
use crate::chat::code_host;
use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use engine::{DeployRequest, EngineError, ledger};
use guard::actor::Role;
use guard::ids::{Environment, ServiceName, Version};
use guard::plan::{Origin, Package};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A deployment that somebody wants.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeployBody {
    /// The service.
    pub service: String,
    /// Where; may be left out when the service has one environment.
    #[serde(default)]
    pub environment: Option<String>,
    /// The new version.
    pub version: String,
    /// The artifact; by the service's template when left out.
    #[serde(default)]
    pub package: Option<PackageBody>,
    /// The version to go back to, where instances run different ones.
    #[serde(default)]
    pub from: Option<String>,
    /// True when it contains a step that cannot be undone, such as a migration.
    #[serde(default)]
    pub irreversible: bool,
    /// True to wait for its turn where another deployment of the service has the environment: it begins by itself once
    /// all before it are out everywhere, and gives up where the one before it is not. False: refused, `busy`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub queue: bool,
    /// The deployment at GitHub that this one carries out, as `owner/name/NUMBER`: with `write_back` it is told there how
    /// this one stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub github: Option<String>,
}

/// An artifact.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageBody {
    /// Where it is; by the service's template when left out.
    #[serde(default)]
    pub url: Option<String>,
    /// MD5 in hex.
    #[serde(default)]
    pub md5: Option<String>,
    /// SHA-256 in hex.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Size in bytes.
    #[serde(default)]
    pub size: Option<u64>,
}

/// Begins a deployment, or lets it wait for its turn.
#[utoipa::path(post, path = "/api/v1/deployments", request_body = DeployBody, responses(
    (status = 201, body = DeploymentView),
    (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem),
))]
pub(super) async fn deploy(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    Given(body): Given<DeployBody>,
) -> Result<(StatusCode, Json<DeploymentView>), Problem> {
    if !by.has(Role::Operator) {
        let detail = format!(
            "{} lacks the role operator, which deploying needs",
            by.name()
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, "refused", detail));
    }
    if body.queue && body.from.is_some() {
        let detail = "not with `queue`: what waits for its turn goes on from what runs then";
        return Err(Problem::bad("from", detail));
    }
    let service = ServiceName::new(body.service).map_err(|error| Problem::bad("service", error))?;
    let environment = environment(&api, &service, body.environment)?;
    if body.queue
        && api
            .engine
            .service(&service, &environment)?
            .platform
            .is_none()
    {
        let detail = format!(
            "{service} in {environment} is deployed by somebody else, who does not wait for Tawny: tell of it when it begins"
        );
        return Err(Problem::bad("queue", detail));
    }
    let version = Version::new(body.version).map_err(|error| Problem::bad("version", error))?;
    let package = match body.package {
        Some(said) => {
            let configured = api.engine.service(&service, &environment)?.packages;
            let known = configured.map(|packages| packages.of(&version));
            Some(package(said, known)?)
        }
        None => None,
    };
    let request = DeployRequest {
        environment,
        service,
        version,
        package,
        from: body
            .from
            .map(Version::new)
            .transpose()
            .map_err(|error| Problem::bad("from", error))?,
        reversible: !body.irreversible,
        queue: body.queue,
        origin: body.github.map(origin).transpose()?,
        by,
    };
    let id = api.engine.deploy(request).await?;
    let state = ledger::state(api.engine.reader(), &id)
        .await?
        .ok_or(EngineError::UnknownDeployment(id))?;
    Ok((StatusCode::CREATED, Json(show::view(&api, &state, locale))))
}

/// A deployment at GitHub, as its webhooks would call it.
fn origin(said: String) -> Result<Origin, Problem> {
    let origin = Origin {
        source: "api".to_owned(),
        kind: "github".to_owned(),
        id: said,
    };
    if code_host::is_deployment(&origin) {
        return Ok(origin);
    }
    Err(Problem::bad(
        "github",
        "expected owner/name/NUMBER of a deployment at GitHub",
    ))
}

/// What was said of the artifact. Where it lies elsewhere than configured, what is configured of it does not count.
fn package(body: PackageBody, known: Option<Package>) -> Result<Package, Problem> {
    let known = match &body.url {
        Some(url) => known.filter(|known| known.url == *url),
        None if known.is_none() => {
            let detail = "missing, and the service has no `packages.url` to take it from";
            return Err(Problem::bad("package.url", detail));
        }
        None => known,
    };
    let mut package = known.unwrap_or_else(|| Package {
        url: body.url.unwrap_or_default(),
        md5: None,
        sha256: None,
        size: None,
        created_at: None,
    });
    package.md5 = body.md5.or(package.md5);
    package.sha256 = body.sha256.or(package.sha256);
    package.size = body.size.or(package.size);
    Ok(package)
}

fn environment(
    api: &Api,
    service: &ServiceName,
    said: Option<String>,
) -> Result<Environment, Problem> {
    if let Some(said) = said {
        return Environment::new(said).map_err(|error| Problem::bad("environment", error));
    }
    let services = api.engine.services();
    let mut of_service = services.iter().filter(|known| known.name == *service);
    match (of_service.next(), of_service.next()) {
        (Some(only), None) => Ok(only.environment.clone()),
        (None, _) => Err(Problem::unknown("service", service)),
        (Some(one), Some(other)) => {
            let detail = format!(
                "{service} has more than one ({}, {}, …): say which",
                one.environment, other.environment
            );
            Err(Problem::bad("environment", detail))
        }
    }
}
