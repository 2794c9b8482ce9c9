//! Evidence: the answer to the query that shows a finding, stored so that a report can cite it.

use crate::engine::Engine;
use crate::services::Watch;
use guard::finding::Finding;
use guard::ids::EvidenceId;
use jiff::Timestamp;
use journal::Evidence;

impl Engine {
    /// Asks the finding's query and stores what it answers. A finding without evidence is still a
    /// finding: the numbers that decided are in it.
    pub(super) async fn collect_evidence(
        &self,
        watch: &Watch,
        finding: &Finding,
        now: Timestamp,
    ) -> Option<EvidenceId> {
        let answer = match watch
            .prometheus
            .instant(&finding.query, now.as_millisecond())
            .await
        {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(signal = %finding.signal, %error, "the evidence of a finding cannot be fetched");
                return None;
            }
        };
        let evidence = Evidence {
            source: watch.source.clone(),
            query: finding.query.clone(),
            window_start: now,
            window_end: now,
            result: crate::ledger::json(&answer.value),
            taken_at: now,
        };
        match self.writer.put_evidence(&evidence).await {
            Ok(id) => EvidenceId::new(id).ok(),
            Err(error) => {
                tracing::warn!(signal = %finding.signal, %error, "the evidence of a finding cannot be stored");
                None
            }
        }
    }
}
