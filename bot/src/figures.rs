//! Deployments as cases for figures, by what their lines keep of them: no stream is read for it.

use engine::{Engine, EngineError};
use guard::figures::Case;
use guard::ids::ServiceName;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The deployments of each service that were asked for in this time and had their lane; of one that is configured and
/// had none, an empty list. What is long over and erased does not count.
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
    engine
        .listed(|listing| {
            for (service, _) in listing.lanes().filter(|(service, _)| wanted(service)) {
                found.entry(service.clone()).or_default();
            }
            let rows = listing.newest().take_while(|row| row.requested_at >= since);
            for row in rows.filter(|row| row.began && row.requested_at <= until) {
                if let Some(cases) = found.get_mut(&row.service) {
                    cases.push(row.case.clone());
                }
            }
        })
        .await?;
    Ok(found)
}
