//! The report of a deployment, gathered from the record.

use crate::ledger::{self, LedgerError};
use crate::{Histories, Reader};
use guard::event::Recorded;
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::report::Report;
use guard::state::FoldError;

/// Deployments before it that a report is held against.
const MOST_EARLIER: usize = 10;

/// A report, and the events that it is made of.
pub struct Told {
    /// The report.
    pub report: Report,
    /// The events of its deployment.
    pub records: Vec<Recorded>,
    /// Earlier deployments that it should be held against and that are damaged, with the reason.
    pub unreadable: Vec<(DeploymentId, LedgerError)>,
}

/// The report of a deployment; none when there is no such deployment.
///
/// # Errors
/// The journal cannot be read, or the deployment itself is damaged or erased.
pub async fn of(
    reader: &Reader,
    histories: &Histories,
    id: &DeploymentId,
) -> Result<Option<Told>, LedgerError> {
    let Some(history) = histories.of(reader, id).await? else {
        return Ok(None);
    };
    let records = history.records.clone();
    let Some(alone) = Report::of(&records).map_err(|source| unfoldable(id, source))? else {
        return Ok(None);
    };
    let mut unreadable = Vec::new();
    let before = before(reader, histories, &alone, &mut unreadable).await?;
    let report = Report::beside(&records, &before).map_err(|source| unfoldable(id, source))?;
    Ok(Some(Told {
        report: report.unwrap_or(alone),
        records,
        unreadable,
    }))
}

fn unfoldable(id: &DeploymentId, source: FoldError) -> LedgerError {
    LedgerError::Fold {
        stream: format!("deployment/{id}"),
        source,
    }
}

/// The reports of the deployments of the same service before it, the newest first.
async fn before(
    reader: &Reader,
    histories: &Histories,
    report: &Report,
    unreadable: &mut Vec<(DeploymentId, LedgerError)>,
) -> Result<Vec<Report>, LedgerError> {
    let (Ok(service), Ok(environment)) = (
        ServiceName::new(report.service.as_str()),
        Environment::new(report.environment.as_str()),
    ) else {
        return Ok(Vec::new());
    };
    let all = ledger::deployments_of(reader, &service, &environment).await?;
    // What waited for its turn came after those that took the lane meanwhile.
    let own = all.iter().find(|(id, _)| id.as_str() == report.deployment);
    let began = own.map_or(report.requested_at.0, |(_, at)| *at);
    let older = all.iter().filter(|(_, at)| *at < began);
    let mut found = Vec::new();
    for (id, _) in older.take(MOST_EARLIER) {
        match histories.of(reader, id).await {
            Ok(Some(older)) => found.extend(Report::of(&older.records).ok().flatten()),
            Ok(None) => {}
            Err(error) if error.is_erased() => {}
            // One that cannot be read must not hide the others.
            Err(error) if error.is_damage() => unreadable.push((id.clone(), error)),
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}
