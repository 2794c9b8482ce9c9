//! The report of a deployment, gathered from the record.

use engine::{Engine, EngineError, ledger};
use guard::event::Recorded;
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::report::Report;
use guard::state::FoldError;

/// Deployments before it that a report is held against.
const MOST_EARLIER: usize = 10;

/// A report, and the events that it is made of.
pub(crate) struct Told {
    pub(crate) report: Report,
    pub(crate) records: Vec<Recorded>,
}

/// The report of a deployment; none when there is no such deployment.
pub(crate) async fn of(engine: &Engine, id: &DeploymentId) -> Result<Option<Told>, EngineError> {
    let records = ledger::records(engine.reader(), id).await?;
    let Some(alone) = Report::of(&records).map_err(|source| unfoldable(id, source))? else {
        return Ok(None);
    };
    let before = before(engine, &alone).await?;
    let report = Report::beside(&records, &before).map_err(|source| unfoldable(id, source))?;
    Ok(Some(Told {
        report: report.unwrap_or(alone),
        records,
    }))
}

fn unfoldable(id: &DeploymentId, source: FoldError) -> EngineError {
    EngineError::Fold {
        stream: format!("deployment/{id}"),
        source,
    }
}

/// The reports of the deployments of the same service before it, the newest first.
async fn before(engine: &Engine, report: &Report) -> Result<Vec<Report>, EngineError> {
    let (Ok(service), Ok(environment)) = (
        ServiceName::new(report.service.as_str()),
        Environment::new(report.environment.as_str()),
    ) else {
        return Ok(Vec::new());
    };
    let all = ledger::deployments_of(engine.reader(), &service, &environment).await?;
    // What waited for its turn came after those that took the lane meanwhile.
    let own = all.iter().find(|(id, _)| id.as_str() == report.deployment);
    let began = own.map_or(report.requested_at.0, |(_, at)| *at);
    let older = all.iter().filter(|(_, at)| *at < began);
    let mut found = Vec::new();
    for (id, _) in older.take(MOST_EARLIER) {
        match ledger::records(engine.reader(), id).await {
            Ok(records) => found.extend(Report::of(&records).ok().flatten()),
            Err(error) if error.is_erased() => {}
            // One that cannot be read must not hide the others.
            Err(error) if error.is_damage() => engine.note_unreadable(id, &error),
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}
