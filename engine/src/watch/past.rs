//! Recording a deployment of the past straight from the metrics source.

use super::fetch::{Fetched, Fetcher, Heard};
use super::judges::Judges;
use super::roles::Roles;
use super::speak::seconds;
use crate::services::Service;
use guard::detect::Role;
use guard::ids::{DeploymentId, InstanceId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Why the past cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    /// The source does not answer.
    #[error("the metrics source does not answer: {0}")]
    Silent(String),
    /// Nothing was measured.
    #[error(
        "the metrics source has no samples of {service} between {from} and {until}: check the service's \
         selectors, the time and how long the source keeps samples"
    )]
    Empty {
        /// The service.
        service: String,
        /// From when.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
    },
}

/// A deployment of the past to be recorded.
#[derive(Debug, Clone)]
pub struct Past {
    /// What the recording is called.
    pub name: DeploymentId,
    /// When the deployment began.
    pub at: Timestamp,
    /// How long it is followed.
    pub until: Timestamp,
    /// The instances that got the new version first, if others kept the old one until `until`.
    pub canaries: Vec<InstanceId>,
}

/// What a watch of that deployment would have been fed, as the lines of a recording.
///
/// # Errors
/// A source that does not answer, or has nothing.
pub async fn record_past(service: &Service, past: &Past) -> Result<Vec<u8>, PastError> {
    let mut service = service.clone();
    let settling = service.watch.settle(past.at.as_millisecond()).await;
    if let Some((_, error)) = settling.silent.into_iter().next() {
        return Err(PastError::Silent(error.to_string()));
    }
    let service = &service;
    let watch = &service.watch;
    let since = past.at.as_millisecond() - watch.baseline.as_millis() as i64;
    let heard = all(service, since, past.until).await?;
    if heard.series.iter().all(|series| series.samples.is_empty()) {
        return Err(PastError::Empty {
            service: service.name.to_string(),
            from: Timestamp::from_millisecond(since).unwrap_or(past.at),
            until: past.until,
        });
    }
    let (at, until) = (seconds(past.at), seconds(past.until));
    let roles = parts(past, &heard.series);
    let whole = heard.whole();
    let mut judges = Judges::new(service, &roles, whole, at, Some(&past.name));
    let interval_s = watch.interval.as_secs_f64();
    judges.catch_up(&heard, until, interval_s, None).await;
    judges.look(service, past.until);
    Ok(judges.take_lines())
}

/// Everything there is. What probes found is not kept by anybody.
async fn all(service: &Service, since: i64, until: Timestamp) -> Result<Heard, PastError> {
    let mut fetcher = Fetcher::new(&service.watch, since);
    let mut all = Heard::default();
    loop {
        let more = fetcher.look(&service.watch, until.as_millisecond()).await;
        if let Some((source, error)) = more.silent.first_key_value() {
            return Err(PastError::Silent(format!("{source}: {error}")));
        }
        let caught_up = more.caught_up;
        all.missing.clear();
        all.join(more);
        if caught_up {
            return Ok(all);
        }
    }
}

/// Who was what: all instances that were measured changed, unless some are named that changed first.
fn parts(past: &Past, fetched: &[Fetched]) -> Roles {
    let role = |instance: &InstanceId| match (
        past.canaries.is_empty(),
        past.canaries.contains(instance),
    ) {
        (true, _) => Role::All,
        (false, true) => Role::Canary,
        (false, false) => Role::Stable,
    };
    let known = fetched.iter().filter_map(|series| series.instance.as_ref());
    let of: BTreeMap<InstanceId, Role> = known
        .map(|instance| (instance.clone(), role(instance)))
        .collect();
    Roles {
        changed: of
            .iter()
            .filter(|(_, role)| **role != Role::Stable)
            .map(|(instance, _)| instance.clone())
            .collect(),
        of,
        began: BTreeMap::new(),
        since: Some(past.at),
    }
}
