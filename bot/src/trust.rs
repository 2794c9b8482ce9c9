//! What is known of a service's alarms, gathered from the record.

use engine::{Engine, EngineError, ledger};
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::judgement::Judgement;
use guard::policy::Autonomy;
use guard::state::State;
use guard::trust::{Answered, Case, Causes, HORIZON, Ledger, Suggestion};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// One service, its deployments and what people judged of them.
pub(crate) struct Trusted {
    pub(crate) service: ServiceName,
    /// Where it was deployed, or can be.
    pub(crate) environments: BTreeSet<Environment>,
    /// Everything that was deployed, the newest first.
    pub(crate) all: Vec<(DeploymentId, Timestamp)>,
    /// How many of them count for the ledger.
    pub(crate) deployments: u32,
    /// Those that count and were judged, the newest first.
    pub(crate) judged: Vec<State>,
    pub(crate) ledger: Ledger,
    /// How often it was right which change did it.
    pub(crate) causes: Causes,
    pub(crate) autonomy: Autonomy,
    pub(crate) suggestion: Suggestion,
}

impl Trusted {
    /// Those that were judged a false alarm, the newest first.
    pub(crate) fn false_alarms(&self) -> impl Iterator<Item = &State> {
        self.judged.iter().filter(|state| {
            Case::of(state).is_some_and(|case| case.judgement == Judgement::FalseAlarm)
        })
    }
}

/// The line that shows why an alarm was raised.
pub(crate) fn replay_command(deployment: &str) -> String {
    format!("tawny record --deployment {deployment} | tawny replay --explain --episode -")
}

/// Every service that is configured or was ever deployed.
pub(crate) async fn services(engine: &Engine) -> Result<BTreeSet<ServiceName>, EngineError> {
    let configured = engine.services().into_iter().map(|service| service.name);
    let deployed = ledger::lanes(engine.reader()).await?;
    Ok(configured
        .chain(deployed.into_iter().map(|(service, _)| service))
        .collect())
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
    let lanes = ledger::lanes(engine.reader()).await?.into_iter();
    environments.extend(lanes.filter_map(|(name, place)| (name == *service).then_some(place)));
    if environments.is_empty() {
        return Ok(None);
    }
    let mut all = Vec::new();
    for environment in &environments {
        all.extend(ledger::deployments_of(engine.reader(), service, environment).await?);
    }
    all.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    let counts = |at: Timestamp| now.duration_since(at) <= HORIZON;
    let young = all.iter().filter(|(_, at)| counts(*at));
    let ever_judged = ledger::judged(engine.reader()).await?;
    let wanted = young.clone().filter(|(id, _)| ever_judged.contains(id));
    let judged = states(engine, wanted.map(|(id, _)| id)).await?;
    let ever_named = ledger::named(engine.reader()).await?;
    let wanted = young.clone().filter(|(id, _)| ever_named.contains(id));
    let named = states(engine, wanted.map(|(id, _)| id)).await?;
    let ever_rated = ledger::rated(engine.reader()).await?;
    let wanted = young.clone().filter(|(id, _)| ever_rated.contains(id));
    let rated = states(engine, wanted.map(|(id, _)| id)).await?;
    let answers: Vec<Answered> = named.iter().filter_map(Answered::of).collect();
    let cases: Vec<Case> = judged.iter().filter_map(Case::of).collect();
    let ledger = Ledger::of(&cases, now);
    let newest = states(engine, all.iter().take(1).map(|(id, _)| id)).await?;
    let planned = newest.first().map(|state| state.plan().policy.autonomy);
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
        deployments: u32::try_from(young.count()).unwrap_or(u32::MAX),
        suggestion: ledger.suggestion(autonomy, at_most, now),
        all,
        judged,
        causes: Causes::of(&answers, now).with_ratings(&rated),
        ledger,
        autonomy,
    }))
}

/// These deployments as they stand, without those that are long over.
pub(crate) async fn states(
    engine: &Engine,
    ids: impl Iterator<Item = &DeploymentId>,
) -> Result<Vec<State>, EngineError> {
    let mut found = Vec::new();
    for id in ids {
        match ledger::state(engine.reader(), id).await {
            Ok(state) => found.extend(state),
            Err(error) if error.is_erased() => {}
            // One that cannot be read must not hide the others.
            Err(error) if error.is_damage() => engine.note_unreadable(id, &error),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}
