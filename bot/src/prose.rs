//! What a model makes of a document: written from the document's own data, and held against them.

use crate::agent::{Agent, Writing};
use guard::root_cause::{Cite, CiteKind, Claim, Draft, Known, check};
use messages::Locale;
use messages::prose::Prose;
use serde_json::Value;

pub(crate) const HEALTH_CHECK: &str = include_str!("../../prompts/agent/health_check.md");
pub(crate) const RCA: &str = include_str!("../../prompts/agent/rca.md");
pub(crate) const RUNBOOK: &str = include_str!("../../prompts/agent/runbook.md");
pub(crate) const THRESHOLDS: &str = include_str!("../../prompts/agent/thresholds.md");

/// Lines of a text that are read.
const MOST: usize = 60;
/// Under which name the data can be referred to.
const DATA: &str = "tawny";

/// Has it written, within the bounds.
pub(crate) async fn of(
    agent: &Agent,
    task: &str,
    subject: &str,
    locale: Locale,
    data: &Value,
    known: Known,
) -> Prose {
    let writing = Writing {
        task: task.trim().to_owned(),
        data: vec![(DATA.to_owned(), data.clone())],
        locale,
        subject: subject.to_owned(),
        channel: None,
    };
    let written = agent.write(&writing).await;
    let prose = Prose {
        model: written.spent.model,
        ended: written.ended,
        ..Prose::default()
    };
    match written.text {
        None => prose,
        Some(text) => held(&text, data, known, prose),
    }
}

/// What of a text stands, line by line, so that its paragraphs stay and none is cut for the length of all.
fn held(text: &str, data: &Value, mut known: Known, mut prose: Prose) -> Prose {
    known.evidence(DATA, "", data);
    let cites = vec![Cite {
        kind: CiteKind::Evidence,
        id: DATA.to_owned(),
        ..Cite::default()
    }];
    let mut lines = Vec::new();
    let written = text.lines().map(str::trim).filter(|line| !line.is_empty());
    for line in written.take(MOST) {
        let refers = Claim {
            cites: cites.clone(),
            ..Claim::default()
        };
        let draft = Draft {
            summary: line.to_owned(),
            evidence_for: vec![refers],
            ..Draft::default()
        };
        let stands = check(draft, &known);
        prose.checked += stands.checked;
        prose.cut += stands.cut;
        lines.push(stands.summary);
    }
    lines.retain(|line| !line.trim().is_empty());
    prose.text = lines.join("\n");
    prose
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_in_the_data_is_cut_and_counted_and_the_rest_keeps_its_lines() {
        let data = json!({ "service": "shop", "errors": 0.031, "latency_s": 0.25 });
        let text = "# Health\n\n3.1 % of requests fail. 42 customers left.\nThe latency is 250 ms.";
        let prose = held(text, &data, Known::new(), Prose::default());
        assert_eq!(
            prose.text,
            "# Health\n3.1 % of requests fail.\nThe latency is 250 ms."
        );
        assert_eq!((prose.checked, prose.cut), (4, 1));
    }

    #[test]
    fn a_text_that_leads_elsewhere_loses_the_sentence() {
        let text = "All is well. See https://evil.example/x now.";
        let prose = held(text, &json!({}), Known::new(), Prose::default());
        assert_eq!((prose.text.as_str(), prose.cut), ("All is well.", 1));
    }
}
