//! What is known of a service's alarms, gathered from the record.

use engine::{Engine, EngineError, ledger};
use guard::ids::{Environment, ServiceName};
use guard::judgement::Judgement;
use guard::policy::Autonomy;
use guard::state::State;
use guard::trust::{Case, HORIZON, Ledger, Suggestion};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Deployments of one lane that are read at most, and how many are read however old they are.
const MOST: usize = 500;
const LEAST: usize = 50;

/// One service, its deployments and what people judged of them.
pub(crate) struct Trusted {
    pub(crate) service: ServiceName,
    /// Where it was deployed, or can be.
    pub(crate) environments: BTreeSet<Environment>,
    /// The newest first.
    pub(crate) states: Vec<State>,
    /// Whether there are older ones.
    pub(crate) more: bool,
    /// How many of them count for the ledger.
    pub(crate) deployments: u32,
    pub(crate) ledger: Ledger,
    pub(crate) autonomy: Autonomy,
    pub(crate) suggestion: Suggestion,
}

impl Trusted {
    /// Those that were judged a false alarm, the newest first.
    pub(crate) fn false_alarms(&self) -> impl Iterator<Item = &State> {
        self.states.iter().filter(|state| {
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
    let (mut states, mut more) = (Vec::new(), false);
    for environment in &environments {
        more |= read(engine, service, environment, now, &mut states).await?;
    }
    states.sort_by_key(|state| std::cmp::Reverse(state.requested_at()));
    let cases: Vec<Case> = states.iter().filter_map(Case::of).collect();
    let ledger = Ledger::of(&cases, now);
    let planned = states.first().map(|state| state.plan().policy.autonomy);
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
        deployments: u32::try_from(counted(&states, now)).unwrap_or(u32::MAX),
        suggestion: ledger.suggestion(autonomy, at_most, now),
        more,
        states,
        ledger,
        autonomy,
    }))
}

fn counted(states: &[State], now: Timestamp) -> usize {
    states.iter().filter(|state| young(state, now)).count()
}

fn young(state: &State, now: Timestamp) -> bool {
    now.duration_since(state.requested_at()) <= HORIZON
}

/// Reads a lane's deployments; true when some were left out.
async fn read(
    engine: &Engine,
    service: &ServiceName,
    environment: &Environment,
    now: Timestamp,
    states: &mut Vec<State>,
) -> Result<bool, EngineError> {
    let ids = ledger::deployments_of(engine.reader(), service, environment).await?;
    let mut found = 0;
    for id in ids {
        let state = match ledger::state(engine.reader(), &id).await {
            Ok(Some(state)) => state,
            Ok(None) => continue,
            // Long over, and so is all before it.
            Err(error) if error.is_erased() => return Ok(true),
            // One that cannot be read must not hide the others.
            Err(error) if error.is_damage() => {
                engine.note_unreadable(&id, &error);
                continue;
            }
            Err(error) => return Err(error),
        };
        if found >= MOST || (found >= LEAST && !young(&state, now)) {
            return Ok(true);
        }
        found += 1;
        states.push(state);
    }
    Ok(false)
}
