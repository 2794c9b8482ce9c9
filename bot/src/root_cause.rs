//! The root-cause report of a deployment, gathered from the record: what a model wrote and was checked, else what rules
//! write.

use crate::reports::{self, Told as Gathered};
use engine::{Engine, EngineError};
use guard::event::Recorded;
use guard::ids::DeploymentId;
use guard::report::{Outcome, Report};
use guard::root_cause::{Advice, Author, Milestones, RootCauseReport, by_rules};
use messages::Context;
use messages::root_cause::{Told, in_words, written};

pub mod check;

/// The report of a deployment: none where there is no such deployment, and no report where nothing was found.
pub(crate) async fn of(
    engine: &Engine,
    id: &DeploymentId,
    context: &Context,
) -> Result<Option<Option<Told>>, EngineError> {
    let told = reports::of(engine, id).await?;
    Ok(told.map(
        |Gathered {
             report, records, ..
         }| told_of(&report, &records, context),
    ))
}

/// The report, from the deployment's own and its events.
pub(crate) fn told_of(report: &Report, records: &[Recorded], context: &Context) -> Option<Told> {
    let ruled = in_words(by_rules(report)?, context);
    let said = match &report.root_cause {
        None => ruled,
        // Nothing came of the model: the rules' report stands, and says so.
        Some(short) if short.written_by == Author::Rules => RootCauseReport {
            ended: short.ended,
            spent: short.spent.clone(),
            addressed: short.addressed.clone(),
            ..ruled
        },
        Some(by_model) => {
            let mut said = written((**by_model).clone());
            // What the record knows better than whoever wrote before it was over.
            if said.time_lost.is_empty() {
                said.time_lost = ruled.time_lost;
            }
            if said.impact.is_empty() {
                said.impact = ruled.impact;
            }
            if report.outcome == Outcome::RolledBack
                && said.recommendation.action == Advice::RollBack
            {
                said.recommendation = ruled.recommendation;
            }
            if said.summary.is_empty() {
                said.summary = ruled.summary;
            }
            said
        }
    };
    let milestones = Milestones::of(report, records);
    Some(Told::of(said, report, milestones))
}
