//! Whoever reads a document about a service: which one and where, in which format and language.

use super::caller::Language;
use super::given::{Asked, At};
use super::problem::Problem;
use super::reader::Wanted;
use super::{Api, Caller, show};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use guard::ids::{Environment, ServiceName};
use mcp_server::ToolError;
use messages::Context;
use serde::Deserialize;
use utoipa::IntoParams;

/// Where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct There {
    /// The environment; may be left out where the service has only one.
    environment: Option<String>,
}

/// A caller who may read, and what is asked for.
pub(super) struct OfService {
    pub(super) api: Api,
    pub(super) service: ServiceName,
    pub(super) environment: Environment,
    pub(super) context: Context,
    pub(super) wanted: Wanted,
}

impl FromRequestParts<Api> for OfService {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        Caller::from_request_parts(parts, api).await?;
        let Ok(Language(locale)) = Language::from_request_parts(parts, api).await;
        let At(service) = At::<String>::from_request_parts(parts, api).await?;
        let Asked(wanted) = Asked::<Wanted>::from_request_parts(parts, api).await?;
        let Asked(there) = Asked::<There>::from_request_parts(parts, api).await?;
        let context = show::context(api, wanted.locale(locale)?);
        let (service, environment) = named(api, service, there.environment)?;
        Ok(Self {
            api: api.clone(),
            service,
            environment,
            context,
            wanted,
        })
    }
}

/// The service of this name, in the environment of that name or in its only one.
pub(super) fn named(
    api: &Api,
    service: String,
    environment: Option<String>,
) -> Result<(ServiceName, Environment), Problem> {
    let service = ServiceName::new(service).map_err(|error| Problem::bad("service", error))?;
    let all = api.engine.services().into_iter();
    let all: Vec<Environment> = all
        .filter(|known| known.name == service)
        .map(|known| known.environment)
        .collect();
    let Some(first) = all.first() else {
        return Err(Problem::unknown("service", service));
    };
    let environment = match environment {
        Some(name) => {
            let known = all.iter().find(|known| known.as_str() == name);
            known.ok_or_else(|| Problem::unknown("environment", name))?
        }
        None if all.len() == 1 => first,
        None => {
            let names: Vec<&str> = all.iter().map(Environment::as_str).collect();
            let detail = format!("{service} runs in {}: say which", names.join(", "));
            return Err(Problem::bad("environment", detail));
        }
    };
    Ok((service, environment.clone()))
}

impl From<ToolError> for Problem {
    fn from(error: ToolError) -> Self {
        let (status, kind) = match &error {
            ToolError::Argument { .. } | ToolError::Shape(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "bad_value")
            }
            ToolError::Unknown { .. } => (StatusCode::NOT_FOUND, "unknown"),
            ToolError::Absent(_) => (StatusCode::NOT_FOUND, "absent"),
            ToolError::Forbidden(_) => (StatusCode::FORBIDDEN, "refused"),
            ToolError::Unavailable(_) => (StatusCode::BAD_GATEWAY, "source"),
            ToolError::Cancelled | ToolError::Failed => {
                (StatusCode::INTERNAL_SERVER_ERROR, "failed")
            }
        };
        Self::new(status, kind, error.to_string())
    }
}
