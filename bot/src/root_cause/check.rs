//! What somebody found out who looked into it, held against the record, the stored evidence and what they were answered.

use engine::investigate::Inquiry;
use guard::report::Report;
use guard::root_cause::{Author, Draft, Ended, Injection, Known, RootCauseReport, Spent, check};
use journal::Reader;
use serde_json::Value;
use std::collections::BTreeSet;

/// The tool that shows diffs.
const DIFF: &str = "get_diff";

/// What a tool answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answered {
    /// Which one.
    pub tool: String,
    /// The ids of the evidence in it.
    pub evidence: Vec<String>,
    /// What.
    pub answer: Value,
}

/// What somebody found out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// What they wrote, if anything.
    pub draft: Option<Draft>,
    /// Whether they came to the end.
    pub ended: Ended,
    /// What it cost.
    pub spent: Spent,
    /// What they were answered.
    pub answers: Vec<Answered>,
    /// Texts that spoke to them.
    pub addressed: Vec<Injection>,
}

/// What stands of what they found; none where the record itself cannot be told.
pub async fn checked(
    reader: &Reader,
    hosts: &BTreeSet<String>,
    inquiry: &Inquiry,
    found: Found,
) -> Option<RootCauseReport> {
    let Some(draft) = found.draft else {
        let report = RootCauseReport::default();
        let mut short = report.investigated(found.spent, found.ended, found.addressed);
        // Rules have the word then.
        short.written_by = Author::Rules;
        return Some(short);
    };
    let report = match Report::of(&inquiry.records) {
        Ok(report) => report?,
        Err(error) => {
            tracing::error!(%error, "what was found out cannot be checked and is not told");
            return None;
        }
    };
    let mut known = Known::of(&report);
    for host in hosts {
        known.host(host);
    }
    for one in &found.answers {
        for id in &one.evidence {
            known.evidence(id, "", &one.answer);
        }
        known.answer(&one.answer);
        if one.tool == DIFF {
            known.diff(&one.answer);
        }
    }
    for id in cited(&draft) {
        match reader.evidence(&id).await {
            Ok(Some(stored)) => known.evidence(&id, &stored.query, &stored.result),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, id, "a stored answer cannot be read: what cites it is cut");
            }
        }
    }
    let report = check(draft, &known);
    Some(report.investigated(found.spent, found.ended, found.addressed))
}

/// The stored answers that a draft refers to, each once and not too many.
fn cited(draft: &Draft) -> BTreeSet<String> {
    const MOST: usize = 64;
    let claims = [
        &draft.impact,
        &draft.evidence_for,
        &draft.evidence_against,
        &draft.ruled_out,
        &draft.contributing,
        &draft.time_lost,
    ];
    let refuted = draft
        .hypotheses
        .iter()
        .filter_map(|one| one.refuted_by.as_ref());
    let cites = claims
        .into_iter()
        .flatten()
        .chain(refuted)
        .flat_map(|one| &one.cites);
    let ids = cites.map(|cite| &cite.id);
    let queries = draft.queries.iter().map(|one| &one.evidence);
    ids.chain(queries)
        .filter(|id| id.starts_with("ev_"))
        .take(MOST)
        .cloned()
        .collect()
}
