//! Deployments as cases for figures, gathered from the record.

use engine::{Engine, EngineError, ledger};
use guard::figures::Case;
use guard::ids::ServiceName;
use guard::state::State;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The deployments of each service that were asked for in this time; of one that is configured and had none, an empty
/// list. What is long over and erased does not count.
pub(crate) async fn gather(
    engine: &Engine,
    only: Option<&ServiceName>,
    since: Timestamp,
    until: Timestamp,
) -> Result<BTreeMap<ServiceName, Vec<Case>>, EngineError> {
    let wanted = |service: &ServiceName| only.is_none_or(|only| only == service);
    let configured = engine.services().into_iter().map(|service| service.name);
    let mut found: BTreeMap<ServiceName, Vec<Case>> = configured
        .filter(wanted)
        .map(|service| (service, Vec::new()))
        .collect();
    for (service, environment) in ledger::lanes(engine.reader()).await? {
        if !wanted(&service) {
            continue;
        }
        let all = ledger::deployments_of(engine.reader(), &service, &environment).await?;
        let cases = found.entry(service).or_default();
        for (id, at) in all {
            if !(since..=until).contains(&at) {
                continue;
            }
            let records = match ledger::records(engine.reader(), &id).await {
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
                Ok(Some(state)) => cases.push(Case::of(&records, &state)),
                Ok(None) => {}
                Err(source) => {
                    let stream = format!("deployment/{id}");
                    engine.note_unreadable(&id, &EngineError::Fold { stream, source });
                }
            }
        }
    }
    Ok(found)
}
