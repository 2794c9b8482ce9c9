//! What is known of a service's alarms, gathered from the record.

use engine::{Engine, EngineError};
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::judgement::Judgement;
use guard::policy::Autonomy;
use guard::summary::Summary;
use guard::trust::{Case, Causes, HORIZON, Ledger, Suggestion};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One service, its deployments and what people judged of them.
pub(crate) struct Trusted {
    pub(crate) service: ServiceName,
    /// Where it was deployed, or can be.
    pub(crate) environments: BTreeSet<Environment>,
    /// Everything that was deployed, the newest first.
    pub(crate) all: Vec<Arc<Summary>>,
    /// What waits for its lane, the last of the queue first.
    pub(crate) waiting: Vec<Arc<Summary>>,
    /// How many of them count for the ledger.
    pub(crate) deployments: u32,
    /// Those that count and were judged a false alarm, the newest first.
    pub(crate) false_alarms: Vec<DeploymentId>,
    pub(crate) ledger: Ledger,
    /// How often it was right which change did it.
    pub(crate) causes: Causes,
    pub(crate) autonomy: Autonomy,
    pub(crate) suggestion: Suggestion,
}

/// The line that shows why an alarm was raised.
pub(crate) fn replay_command(deployment: &str) -> String {
    format!("tawny record --deployment {deployment} | tawny replay --explain --episode -")
}

/// Every service that is configured or was ever deployed.
pub(crate) async fn services(engine: &Engine) -> Result<BTreeSet<ServiceName>, EngineError> {
    let configured = engine.services().into_iter().map(|service| service.name);
    let deployed = engine.listed(|listing| {
        let lanes = listing.lanes().map(|(service, _)| service.clone());
        lanes.collect::<Vec<_>>()
    });
    Ok(configured.chain(deployed.await?).collect())
}

/// One service; none when it is neither configured nor was ever deployed.
pub(crate) async fn of_service(
    engine: &Engine,
    service: &ServiceName,
    now: Timestamp,
) -> Result<Option<Trusted>, EngineError> {
    let configured: Vec<_> = engine
        .services()
        .into_iter()
        .filter(|known| known.name == *service)
        .collect();
    let mut environments: BTreeSet<Environment> = configured
        .iter()
        .map(|known| known.environment.clone())
        .collect();
    let mut all = Vec::new();
    engine
        .listed(|listing| {
            let lanes = listing.lanes().filter(|(name, _)| name == service);
            environments.extend(lanes.map(|(_, environment)| environment.clone()));
            for environment in &environments {
                all.extend(listing.of(service, environment).cloned());
            }
        })
        .await?;
    if environments.is_empty() {
        return Ok(None);
    }
    all.sort_by_key(|row| std::cmp::Reverse(row.requested_at));
    let (all, waiting): (Vec<_>, Vec<_>) = all.into_iter().partition(|row| row.behind.is_none());
    let all: Vec<Arc<Summary>> = all.into_iter().filter(|row| row.began).collect();
    let counts = |row: &&Arc<Summary>| now.duration_since(row.requested_at) <= HORIZON;
    let young: Vec<Arc<Summary>> = all.iter().filter(counts).cloned().collect();
    let cases: Vec<(&Summary, Case)> = young
        .iter()
        .filter_map(|row| Some((&**row, Case::of_line(row)?)))
        .collect();
    let false_alarms = cases
        .iter()
        .filter(|(_, case)| case.judgement == Judgement::FalseAlarm)
        .map(|(row, _)| row.deployment.clone())
        .collect();
    let answers = young.iter().filter_map(|row| row.answered.as_ref());
    let causes = Causes::of(answers, now).with_ratings(young.iter().map(|row| row.ratings));
    let ledger = Ledger::of(cases.iter().map(|(_, case)| case), now);
    let planned = all.first().map(|row| row.autonomy);
    let autonomy = match configured.first() {
        Some(known) => known.policy.autonomy,
        None => planned.unwrap_or(Autonomy::Observe),
    };
    // Without a platform there is nothing that could be paused or rolled back.
    let only_watched = !configured.is_empty() && configured.iter().all(|s| s.platform.is_none());
    let at_most = if only_watched {
        Autonomy::Observe
    } else {
        Autonomy::Rollback
    };
    Ok(Some(Trusted {
        service: service.clone(),
        environments,
        deployments: u32::try_from(young.len()).unwrap_or(u32::MAX),
        suggestion: ledger.suggestion(autonomy, at_most, now),
        all,
        waiting,
        false_alarms,
        causes,
        ledger,
        autonomy,
    }))
}
