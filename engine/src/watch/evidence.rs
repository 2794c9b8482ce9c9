//! Evidence: the answer to the query that shows a finding, stored so that a report can cite it.

use crate::engine::Engine;
use crate::services::{Watch, WatchedProbe};
use guard::finding::Finding;
use guard::ids::EvidenceId;
use jiff::Timestamp;
use journal::Evidence;
use serde_json::{Value, json};
use sources::probes::{Checked, Outcome};

/// How far back the checks of a probe are shown, in milliseconds.
const CHECKS_MS: i64 = 10 * 60 * 1000;

impl Engine {
    /// Asks the finding's query and stores what it answers. A finding without evidence is still a
    /// finding: the numbers that decided are in it.
    pub(super) async fn collect_evidence(
        &self,
        watch: &Watch,
        finding: &Finding,
        now: Timestamp,
    ) -> Option<EvidenceId> {
        let (source, result) = match probed(watch, finding, now) {
            Some(found) => ("probe".to_owned(), found),
            None => asked(watch, finding, now).await?,
        };
        let evidence = Evidence {
            source,
            query: finding.query.clone(),
            window_start: now,
            window_end: now,
            result,
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

/// The source, and its answer to the query.
async fn asked(watch: &Watch, finding: &Finding, now: Timestamp) -> Option<(String, Value)> {
    let signal = watch.signals.iter().find(|s| s.key == finding.signal);
    let source = signal.and_then(|s| s.source.as_ref());
    let source = source.unwrap_or(&watch.source);
    let prometheus = source.gathering.prometheus();
    match prometheus
        .instant(&finding.query, now.as_millisecond())
        .await
    {
        Ok(answer) => Some((source.name.clone(), crate::ledger::json(&answer.value))),
        Err(error) => {
            tracing::warn!(signal = %finding.signal, %error, "the evidence of a finding cannot be fetched");
            None
        }
    }
}

/// The checks of the last minutes, by instance; none when no probe feeds the signal.
fn probed(watch: &Watch, finding: &Finding, now: Timestamp) -> Option<Value> {
    let since = now.as_millisecond() - CHECKS_MS;
    let feeds = |probe: &&WatchedProbe| {
        probe.signal == finding.signal || probe.time.as_ref() == Some(&finding.signal)
    };
    let of = |probe: &WatchedProbe| {
        let checks: Vec<Value> = probe.probe.after(since).into_iter().map(check).collect();
        json!({ "instance": probe.instance, "checks": checks })
    };
    let found: Vec<Value> = watch.probes.iter().filter(feeds).map(of).collect();
    (!found.is_empty()).then_some(Value::Array(found))
}

fn check(checked: Checked) -> Value {
    let (outcome, reason) = match checked.outcome {
        Outcome::Good => (json!("good"), None),
        Outcome::Bad(reason) => (json!("bad"), Some(reason)),
        Outcome::Number(number) => (json!(number), None),
        Outcome::NoNumber(reason) => (json!("no_number"), Some(reason)),
    };
    json!({
        "at": Timestamp::from_millisecond(checked.at_ms).ok(),
        "outcome": outcome,
        "reason": reason,
        "took_s": checked.took.as_secs_f64(),
        "attempts": checked.attempts,
    })
}
