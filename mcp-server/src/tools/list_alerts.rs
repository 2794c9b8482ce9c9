//! `list_alerts`: alerts of others that Tawny was told of, and what they belong to.

use super::{Kind, Tool};
use crate::answer::{Answer, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record::{self, Deployment};
use crate::said::{time, word};
use crate::world::World;
use guard::alert::{Alert, AlertKey, AlertRecord};
use guard::apart::Apart;
use guard::event::Event;
use guard::ids::ServiceName;
use jiff::Timestamp;
use journal::ledger;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Deployments, and incidents of no deployment, that are looked at: the last changed ones.
const MOST: u64 = 100;

/// The tool.
pub struct ListAlerts;

/// Which ones.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    service: Option<String>,
    /// Those that are over, too.
    #[serde(default)]
    over_too: bool,
}

/// The last that began first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Alerts {
    alerts: Vec<Shown>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Shown {
    #[schemars(extend("x-untrusted" = "the alert's sender"))]
    name: Untrusted,
    /// By the alert's own word: `unknown info warning critical`.
    severity: String,
    service: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    #[schemars(extend("x-untrusted" = "the alert's sender"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Untrusted>,
    firing: bool,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    over_at: Option<String>,
    /// Who told of it, as configured.
    source: String,
    /// The deployment that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment: Option<String>,
    /// Or the incident of no deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<String>,
}

impl Tool for ListAlerts {
    const NAME: &'static str = "list_alerts";
    const TITLE: &'static str = "List alerts";
    const DESCRIPTION: &'static str = "Alerts of Alertmanager and others, and the deployment or incident that each \
        belongs to. Use to see what else fires during an incident.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("alerts");
    type Arguments = Arguments;
    type Output = Alerts;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        _call: &Call,
    ) -> Result<Answer<Alerts>, ToolError> {
        let service = arguments.service.map(ServiceName::new).transpose()?;
        let (deployments, _) = record::recent(world, caller, MOST).await?;
        let mut known: BTreeMap<(Timestamp, AlertKey), Shown> = BTreeMap::new();
        for deployment in &deployments {
            known.extend(of_deployment(deployment));
        }
        for apart in ledger::incidents(&world.reader, MOST).await? {
            known.extend(of_incident(&apart));
        }
        let alerts = known.into_values().rev().filter(|shown| {
            let seen = ServiceName::new(shown.service.as_str()).is_ok_and(|of| {
                caller.sees_service(&of) && service.as_ref().is_none_or(|wanted| *wanted == of)
            });
            let there = shown
                .environment
                .as_deref()
                .and_then(|name| name.parse().ok());
            let there = there.is_none_or(|there| caller.sees_environment(&there));
            seen && there && (shown.firing || arguments.over_too)
        });
        let alerts = alerts.collect();
        Ok(Answer::of(Alerts { alerts }))
    }
}

type Known = ((Timestamp, AlertKey), Shown);

fn of_deployment(deployment: &Deployment) -> Vec<Known> {
    let state = &deployment.state;
    let joined = deployment
        .records
        .iter()
        .filter_map(|record| match &record.event {
            Event::AlertJoined { alert, .. } => Some(alert),
            _ => None,
        });
    let shown = joined.map(|alert| {
        let mut shown = shown(alert, state.alert(&alert.key));
        shown.deployment = Some(state.plan().deployment.to_string());
        (place(alert), shown)
    });
    shown.collect()
}

fn of_incident(apart: &Apart) -> Vec<Known> {
    let shown = apart.named.iter().map(|alert| {
        let mut shown = shown(alert, apart.alerts.get(&alert.key));
        shown.incident = Some(apart.id.to_string());
        (place(alert), shown)
    });
    shown.collect()
}

fn place(alert: &Alert) -> (Timestamp, AlertKey) {
    (alert.key.starts_at, alert.key.clone())
}

fn shown(alert: &Alert, record: Option<&AlertRecord>) -> Shown {
    let over_at = record.and_then(|record| record.over_at);
    Shown {
        name: Untrusted::label(&alert.name),
        severity: word(alert.severity),
        service: alert.service.to_string(),
        environment: alert.environment.as_ref().map(ToString::to_string),
        summary: alert.summary.as_deref().map(Untrusted::line),
        firing: over_at.is_none(),
        since: time(alert.key.starts_at),
        over_at: over_at.map(time),
        source: alert.key.source.clone(),
        deployment: None,
        incident: None,
    }
}
