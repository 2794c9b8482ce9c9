//! What happened in a stretch of time, gathered from the record.

use engine::{Engine, EngineError, ledger};
use guard::digest::{Digest, Frozen};
use guard::event::Recorded;
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::state::State;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// What was asked for so long before the time may have ended within it; what is older and still open is found anyway.
const ENDS_WITHIN: SignedDuration = SignedDuration::from_hours(48);

/// The digest of the services and environments that are wanted, after the first and up to the second moment.
pub(crate) async fn gather(
    engine: &Engine,
    wanted: impl Fn(&ServiceName, &Environment) -> bool,
    (since, until): (Timestamp, Timestamp),
) -> Result<Digest, EngineError> {
    let reader = engine.reader();
    let mut ids: BTreeSet<DeploymentId> = BTreeSet::new();
    let mut frozen = Vec::new();
    for (service, environment) in ledger::lanes(reader).await? {
        if !wanted(&service, &environment) {
            continue;
        }
        let all = ledger::deployments_of(reader, &service, &environment).await?;
        let recent = all
            .into_iter()
            .filter(|(_, at)| (since - ENDS_WITHIN..=until).contains(at));
        ids.extend(recent.map(|(id, _)| id));
        let lane = ledger::lane(reader, &service, &environment).await?;
        if let Some((by, reason)) = lane.frozen() {
            frozen.push(Frozen {
                by: by.to_owned(),
                reason: reason.map(str::to_owned),
                service,
                environment,
            });
        }
    }
    for head in reader.open_streams("deployment").await? {
        ids.extend(DeploymentId::new(head.stream.id()));
    }
    let mut known: Vec<(Vec<Recorded>, State)> = Vec::new();
    for id in ids {
        let records = match ledger::records(reader, &id).await {
            Ok(records) => records,
            Err(error) if error.is_erased() => continue,
            // One that cannot be read must not hide the others.
            Err(error) if error.is_damage() => {
                engine.note_unreadable(&id, &error);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        match State::fold(&records) {
            Ok(Some(state)) if wanted(&state.plan().service, &state.plan().environment) => {
                known.push((records, state));
            }
            Ok(_) => {}
            Err(source) => {
                let stream = format!("deployment/{id}");
                engine.note_unreadable(&id, &EngineError::Fold { stream, source });
            }
        }
    }
    let told = known.iter().map(|(records, state)| (&records[..], state));
    Ok(Digest::of(told, frozen, (since, until)))
}
