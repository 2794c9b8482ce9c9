//! The evidence of what is about to be said.

use super::Task;
use guard::finding::Assessment;
use guard::state::State;
use jiff::Timestamp;

impl Task<'_> {
    /// Evidence is fetched for what is new only.
    pub(super) async fn with_evidence(
        &self,
        state: &State,
        mut assessment: Assessment,
        now: Timestamp,
    ) -> Assessment {
        for finding in &mut assessment.findings {
            let known = state
                .findings()
                .find(|record| record.finding.key() == finding.key());
            let same = known.filter(|record| {
                record.ended_at.is_none() && record.finding.budget >= finding.budget
            });
            finding.evidence = match same.and_then(|record| record.finding.evidence.clone()) {
                Some(evidence) => Some(evidence),
                None => {
                    self.engine
                        .collect_evidence(&self.service.watch, finding, now)
                        .await
                }
            };
        }
        assessment
    }
}
