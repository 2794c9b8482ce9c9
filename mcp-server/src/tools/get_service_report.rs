//! `get_service_report`: how to deploy a service, or which thresholds its alerts should have.

use super::get_report::{Part, parts};
use super::{Kind, Tool};
use crate::answer::Answer;
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::world::World;
use crate::{runbook, thresholds};
use guard::ids::{Environment, ServiceName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool.
pub struct GetServiceReport;

/// Which.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    service: String,
    /// May be left out where the service has only one.
    environment: Option<String>,
    #[serde(default)]
    kind: Which,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    #[default]
    Runbook,
    Thresholds,
}

/// A document in Markdown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reported {
    service: String,
    environment: String,
    parts: Vec<Part>,
}

impl Tool for GetServiceReport {
    const NAME: &'static str = "get_service_report";
    const TITLE: &'static str = "Get service report";
    const DESCRIPTION: &'static str = "A service's deployment `runbook`, or its alerts' `thresholds`: 30 days evaluated anew, \
        true and false alarms, better thresholds. Use before deploying, or to tune alerts.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("parts");
    type Arguments = Arguments;
    type Output = Reported;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        call: &Call,
    ) -> Result<Answer<Reported>, ToolError> {
        let service = ServiceName::new(arguments.service)?;
        let environment = environment(world, caller, &service, arguments.environment.as_deref())?;
        let context = world.context(call.locale);
        let document = match arguments.kind {
            Which::Runbook => {
                let runbook = runbook::of(world, &service, &environment).await?;
                messages::runbook::document(&runbook, &context)
            }
            Which::Thresholds => {
                let advice = thresholds::of(world, &service, &environment).await?;
                messages::thresholds::document(&advice.advised, &context)
            }
        };
        Ok(Answer::of(Reported {
            service: service.to_string(),
            environment: environment.to_string(),
            parts: parts(&document),
        }))
    }
}

/// The environment that is meant: the one of this name, or the only one that the caller sees.
fn environment(
    world: &World,
    caller: &Caller,
    service: &ServiceName,
    named: Option<&str>,
) -> Result<Environment, ToolError> {
    let settings = world.settings.get();
    let known = settings
        .service(service)
        .filter(|_| caller.sees_service(service))
        .ok_or_else(|| ToolError::unknown_service(service.as_str()))?;
    let seen = settings.environments_of(known).into_iter();
    let seen: Vec<Environment> = seen.filter(|one| caller.sees_environment(one)).collect();
    let found = match named {
        Some(name) => seen.iter().find(|one| one.as_str() == name),
        None => seen.first().filter(|_| seen.len() == 1),
    };
    found.cloned().ok_or_else(|| {
        let names: Vec<&str> = seen.iter().map(Environment::as_str).collect();
        ToolError::argument(
            "environment",
            format!("expected one of {}", names.join(", ")),
        )
    })
}
