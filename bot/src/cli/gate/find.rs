//! Which deployment is meant, and beginning it.

use super::super::client::{CallError, Client, escaped};
use super::super::output;
use super::follow::Patience;
use super::{Ended, Wanted};
use crate::api::{DeployBody, DeploymentView};
use std::collections::BTreeSet;

/// What to do about what there is.
#[derive(Debug, PartialEq, Eq)]
enum Then {
    /// It is this one.
    Follow(String),
    /// There is none, and it is to be begun.
    Begin,
    /// There is none yet.
    Wait,
}

/// The deployment's id; begun, if that was asked for.
pub(super) async fn find(
    client: &Client,
    wanted: &Wanted,
    patience: &mut Patience,
) -> Result<String, Ended> {
    if let Some(id) = &wanted.deployment {
        return Ok(id.clone());
    }
    let service = wanted.service.clone().unwrap_or_default();
    let mut query = format!("deployments?limit=200&service={}", escaped(&service));
    if let Some(environment) = &wanted.environment {
        query.push_str(&format!("&environment={}", escaped(environment)));
    }
    let mut told = false;
    loop {
        let found: Vec<DeploymentView> = patience.ask(async || client.get(&query).await).await?;
        let waits = match then(&found, wanted).map_err(Ended::Failed)? {
            Then::Follow(id) => return Ok(id),
            Then::Wait => {
                if !told {
                    known(client, &service, patience).await?;
                }
                format!("no such deployment of {service} yet; waiting for it")
            }
            Then::Begin => match begin(client, wanted, &service, patience).await? {
                Begun::Id(id) => return Ok(id),
                Begun::Busy(why) => format!("{why}; waiting for that"),
            },
        };
        if !told {
            output::note(&waits);
            told = true;
        }
        if !patience.pause().await {
            return Err(Ended::TimedOut);
        }
    }
}

/// A name that nobody knows is a mistake, and not worth waiting for.
async fn known(client: &Client, service: &str, patience: &mut Patience) -> Result<(), Ended> {
    let path = format!("stats?service={}", escaped(service));
    let asked = patience.ask(async || client.get::<serde_json::Value>(&path).await);
    asked.await.map(drop)
}

enum Begun {
    Id(String),
    Busy(String),
}

async fn begin(
    client: &Client,
    wanted: &Wanted,
    service: &str,
    patience: &mut Patience,
) -> Result<Begun, Ended> {
    let body = DeployBody {
        service: service.to_owned(),
        environment: wanted.environment.clone(),
        version: wanted.version.clone().unwrap_or_default(),
        package: None,
        from: None,
        irreversible: wanted.irreversible,
        // Nobody would watch what begins after the gate has given up waiting.
        queue: false,
        github: None,
    };
    let asked = patience
        .ask(async || client.post::<_, DeploymentView>("deployments", &body).await)
        .await;
    match asked {
        Ok(view) => Ok(Begun::Id(view.id)),
        // Perhaps by this one: an answer that was lost.
        Err(Ended::Failed(CallError::Refused { kind, detail, .. })) if kind == "busy" => {
            Ok(Begun::Busy(detail))
        }
        Err(ended) => Err(ended),
    }
}

fn then(found: &[DeploymentView], wanted: &Wanted) -> Result<Then, CallError> {
    let service = wanted.service.clone().unwrap_or_default();
    let environments: BTreeSet<&str> = found.iter().map(|v| v.environment.as_str()).collect();
    if environments.len() > 1 {
        return Err(CallError::Ambiguous {
            service,
            environments: environments.into_iter().collect::<Vec<_>>().join(" and "),
        });
    }
    let newest = found.iter().max_by_key(|view| view.requested_at);
    let Some(version) = &wanted.version else {
        let open = found
            .iter()
            .find(|view| open(view) && view.queued_behind.is_none());
        let meant = open.or(newest).map(|view| Then::Follow(view.id.clone()));
        return meant.ok_or(CallError::Unknown(service));
    };
    let is_it = |view: &&DeploymentView| view.to == *version;
    let meant = if wanted.begin {
        // One that went back, or that something else followed, is over: this is another try.
        newest
            .filter(is_it)
            .filter(|view| open(view) || view.status == "promoted")
    } else {
        found.iter().filter(is_it).max_by_key(|v| v.requested_at)
    };
    Ok(match meant {
        Some(view) => Then::Follow(view.id.clone()),
        None if wanted.begin => Then::Begin,
        None => Then::Wait,
    })
}

fn open(view: &DeploymentView) -> bool {
    matches!(view.status.as_str(), "pending" | "progressing" | "paused")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(id: &str, to: &str, status: &str, day: u8) -> DeploymentView {
        let at = format!("2026-11-{day:02}T00:00:00Z");
        serde_json::from_value(serde_json::json!({
            "id": id, "service": "shop", "environment": "prod", "from": "v1", "to": to,
            "status": status, "verdict": null, "tier": 0, "attribution": null, "step": 0, "steps": 2,
            "bake_until": null, "findings": [], "approval": null, "cure": "not_needed",
            "cured_at": null, "failure": null, "metrics_lost": null, "blind": [],
            "requested_by": "ann", "requested_at": at, "updated_at": at,
            "instances": null, "text": "",
        }))
        .unwrap()
    }

    fn wanted(version: Option<&str>, begin: bool) -> Wanted {
        Wanted {
            deployment: None,
            service: Some("shop".to_owned()),
            version: version.map(ToOwned::to_owned),
            environment: None,
            begin,
            irreversible: false,
        }
    }

    fn follow(id: &str) -> Then {
        Then::Follow(id.to_owned())
    }

    #[test]
    fn a_pipeline_that_runs_again_joins_its_deployment_and_begins_one_that_went_back_anew() {
        let begin = wanted(Some("v2"), true);
        let then = |found: &[DeploymentView]| then(found, &begin).unwrap();
        assert_eq!(then(&[]), Then::Begin);
        for (status, wanted) in [
            ("pending", follow("dep_2")),
            ("progressing", follow("dep_2")),
            ("paused", follow("dep_2")),
            ("promoted", follow("dep_2")),
            ("rolled_back", Then::Begin),
            ("failed", Then::Begin),
            ("superseded", Then::Begin),
        ] {
            let found = [
                view("dep_1", "v1", "promoted", 1),
                view("dep_2", "v2", status, 2),
            ];
            assert_eq!(then(&found), wanted, "{status}");
        }
        let followed_by_another = [
            view("dep_3", "v3", "promoted", 3),
            view("dep_2", "v2", "promoted", 2),
        ];
        assert_eq!(then(&followed_by_another), Then::Begin);
    }

    #[test]
    fn what_somebody_else_begins_is_waited_for() {
        let waits = wanted(Some("v2"), false);
        let old = view("dep_1", "v1", "promoted", 1);
        assert_eq!(
            then(std::slice::from_ref(&old), &waits).unwrap(),
            Then::Wait
        );
        let found = [old, view("dep_2", "v2", "rolled_back", 2)];
        assert_eq!(then(&found, &waits).unwrap(), follow("dep_2"));
        let any = wanted(None, false);
        assert_eq!(then(&found, &any).unwrap(), follow("dep_2"));
        assert!(matches!(then(&[], &any), Err(CallError::Unknown(_))));
    }
}
