//! `list_services`: what is guarded, who answers for it, what it calls, and what is measured.

use super::{Kind, Tool};
use crate::answer::Answer;
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::world::World;
use config::Settings;
use config::settings::{Platform, Service};
use config::signal::Signal;
use guard::ids::{Environment, ServiceName};
use journal::ledger;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool.
pub struct ListServices;

/// What to list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Only this one, with its signals in full.
    service: Option<String>,
}

/// What is guarded.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Services {
    services: Vec<Guarded>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Guarded {
    name: String,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    owners: Vec<String>,
    /// `hosts`: Tawny deploys it; `observed`: somebody else does and Tawny watches.
    platform: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<String>,
    /// Services that it calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<String>,
    /// Services that call it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    called_by: Vec<String>,
    environments: Vec<There>,
    /// Names of what is measured.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signals: Vec<String>,
    /// What is measured, where one service was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signals_in_full: Vec<Measured>,
}

/// The service in one environment.
#[derive(Debug, Serialize, JsonSchema)]
struct There {
    environment: String,
    /// What was last deployed and is known to run.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// The deployment under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment: Option<String>,
    /// Who froze it: nothing may be deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    frozen_by: Option<String>,
    /// Label matchers of its series.
    matchers: String,
}

/// A signal.
#[derive(Debug, Serialize, JsonSchema)]
struct Measured {
    name: String,
    unit: &'static str,
    /// Whether more (`up`) or less (`down`) is worse.
    worse: &'static str,
    /// Beyond it the signal is worth a warning, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    warn_limit: Option<f64>,
    /// Beyond it the service is broken whatever it was before, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    hard_limit: Option<f64>,
}

impl Tool for ListServices {
    const NAME: &'static str = "list_services";
    const TITLE: &'static str = "List services";
    const DESCRIPTION: &'static str = "Services that Tawny guards: environments, running versions, owners, who calls \
        whom, what is measured. Use first, to learn names, or to see what an incident may spread to.";
    const KIND: Kind = Kind::Read;
    type Arguments = Arguments;
    type Output = Services;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        _call: &Call,
    ) -> Result<Answer<Services>, ToolError> {
        let settings = world.settings.get();
        let wanted = arguments.service.map(ServiceName::new).transpose()?;
        let seen = settings
            .services
            .iter()
            .filter(|service| caller.sees_service(&service.name))
            .filter(|service| wanted.as_ref().is_none_or(|wanted| *wanted == service.name));
        let mut services = Vec::new();
        for service in seen {
            services.push(guarded(world, caller, &settings, service, wanted.is_some()).await?);
        }
        match wanted {
            Some(wanted) if services.is_empty() => Err(ToolError::unknown_service(wanted.as_str())),
            _ => Ok(Answer::of(Services { services })),
        }
    }
}

async fn guarded(
    world: &World,
    caller: &Caller,
    settings: &Settings,
    service: &Service,
    in_full: bool,
) -> Result<Guarded, ToolError> {
    let mut environments = Vec::new();
    for environment in settings.environments_of(service) {
        if caller.sees_environment(&environment) {
            environments.push(there(world, settings, service, environment).await?);
        }
    }
    let signals = service.signals();
    Ok(Guarded {
        name: service.name.to_string(),
        owners: service.answerable(),
        platform: match service.platform {
            Platform::Hosts(_) => "hosts",
            Platform::Observed(_) => "observed",
        },
        repository: service.repo.as_ref().map(ToString::to_string),
        calls: settings
            .callees_of(service)
            .iter()
            .map(ToString::to_string)
            .collect(),
        called_by: settings
            .callers_of(service)
            .iter()
            .map(ToString::to_string)
            .collect(),
        environments,
        signals: if in_full {
            Vec::new()
        } else {
            signals
                .iter()
                .map(|signal| signal.key.to_string())
                .collect()
        },
        signals_in_full: if in_full {
            signals.iter().map(measured).collect()
        } else {
            Vec::new()
        },
    })
}

async fn there(
    world: &World,
    settings: &Settings,
    service: &Service,
    environment: Environment,
) -> Result<There, ToolError> {
    let lane = ledger::lane(&world.reader, &service.name, &environment).await?;
    Ok(There {
        version: lane.current().map(|(version, _)| version.to_string()),
        deployment: lane.holder().map(ToString::to_string),
        frozen_by: lane.frozen().map(|(by, _)| by.to_owned()),
        matchers: settings.matchers_of(service, &environment).to_string(),
        environment: environment.to_string(),
    })
}

fn measured(signal: &Signal) -> Measured {
    Measured {
        name: signal.key.to_string(),
        unit: signal.unit.as_str(),
        worse: match signal.direction {
            config::signal::Direction::Up => "up",
            config::signal::Direction::Down => "down",
        },
        warn_limit: signal.warn_limit,
        hard_limit: signal.hard_limit,
    }
}
