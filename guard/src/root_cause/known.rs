//! What a report is held against: everything that is kept of a deployment and of the calls of its investigation.

use super::matching::Facts;
use crate::cause::Cause;
use crate::report::{FindingRow, Report};
use crate::signatures::Signature;
use crate::suspects::{Change, Verdict, hunks};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Of a longer row of numbers only what sums it up is known: among so many, any number finds its like.
const LONG_ROW: usize = 40;
/// Digits from which a commit is recognised.
const LEAST_DIGITS: usize = 7;

/// What the check looks things up in.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// What is known beside documents: anybody may say it without naming a source.
    pub(super) common: Facts,
    pub(super) evidence: BTreeMap<String, Facts>,
    pub(super) changes: BTreeMap<String, Touched>,
    pub(super) logs: Vec<Logged>,
    pub(super) ranking: Option<Ranked>,
    pub(super) hosts: BTreeSet<String>,
}

/// A change, by what can be cited of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Touched {
    pub(super) facts: Facts,
    /// The changed lines of each file.
    pub(super) files: BTreeMap<String, Vec<(u32, u32)>>,
}

/// A kind of record that is logged.
#[derive(Debug, Clone, Default)]
pub(super) struct Logged {
    pub(super) template: String,
    pub(super) facts: Facts,
}

/// What the ranking said.
#[derive(Debug, Clone)]
pub(super) struct Ranked {
    pub(super) verdict: Verdict,
    pub(super) probability: f64,
    /// The first suspect, and how likely it is.
    pub(super) first: Option<(String, f64)>,
}

impl Known {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What the record of a deployment shows.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let mut known = Self::default();
        let names = [
            &report.deployment,
            &report.service,
            &report.environment,
            &report.to,
        ];
        for name in names.into_iter().chain(&report.from) {
            known.common.text(name);
        }
        for row in &report.findings {
            known.row(row);
        }
        if let Some(cause) = &report.cause {
            known.cause(cause);
        }
        if let Some(incident) = &report.incident {
            known.common.moment(incident.began_at.0);
            known.common.moment(incident.opened_at.0);
            known.common.number(incident.findings as f64);
        }
        if let Some(impact) = &report.impact {
            let counted = [impact.requests_failed, impact.requests, impact.users];
            let all = counted.into_iter().chain([impact.share_of_traffic]);
            for number in all.flatten().chain([impact.seconds]) {
                known.common.number(number);
            }
            for account in &impact.accounts {
                known.common.text(&account.value);
                for number in [account.share, account.after, account.before, account.excess] {
                    known.common.number(number);
                }
            }
        }
        for count in [report.changed, report.instances] {
            known.common.number(count as f64);
        }
        known.common.moment(report.requested_at.0);
        let times = &report.times;
        let took = [
            times.to_first_instance_s,
            times.to_promoted_s,
            times.to_detect_s,
            times.to_decide_s,
            times.to_roll_back_s,
            times.to_prove_s,
            times.to_recover_s,
        ];
        for number in took.into_iter().flatten() {
            known.common.number(number);
        }
        for at in times.decided_at.into_iter().chain(times.rolled_back_at) {
            known.common.moment(at.0);
        }
        known
    }

    fn row(&mut self, row: &FindingRow) {
        let mut facts = Facts::default();
        facts.text(&row.signal);
        facts.text(&row.scope);
        facts.text(&row.query);
        let numbers = [
            row.before,
            row.after,
            row.change,
            row.interval.0,
            row.interval.1,
            row.confidence,
            row.window_s,
            // So many times as much.
            row.after / row.before,
        ];
        for number in numbers {
            facts.number(number);
        }
        facts.moment(row.onset_at.0);
        facts.moment(row.opened_at.0);
        if let Some(at) = row.ended_at {
            facts.moment(at.0);
        }
        if let Some(id) = &row.evidence_id {
            self.evidence.entry(id.clone()).or_default().extend(&facts);
        }
        self.common.extend(&facts);
    }

    /// Something that anybody may say: a version, a name, what a person asked.
    pub fn text(&mut self, text: &str) {
        self.common.text(text);
    }

    /// A number that anybody may say.
    pub fn number(&mut self, number: f64) {
        self.common.number(number);
    }

    /// A moment that anybody may say.
    pub fn moment(&mut self, at: Timestamp) {
        self.common.moment(at);
    }

    /// A host to which a report may link.
    pub fn host(&mut self, host: &str) {
        self.hosts.insert(host.to_ascii_lowercase());
    }

    /// A stored answer of a metrics source or of a tool, under the id by which it is cited.
    pub fn evidence(&mut self, id: &str, query: &str, answer: &Value) {
        let facts = self.evidence.entry(id.to_owned()).or_default();
        facts.text(query);
        read(answer, facts);
    }

    /// What somebody who looked into it was answered: the texts of it may be quoted, its numbers need the evidence.
    pub fn answer(&mut self, answer: &Value) {
        let mut facts = Facts::default();
        read(answer, &mut facts);
        self.common.names(&facts);
    }

    /// What a tool answered of the diff: each hunk belongs to the change that it came with, and may be quoted from it.
    pub fn diff(&mut self, answer: &Value) {
        let each = |value: &Value| -> Vec<String> {
            let all = value.as_array().into_iter().flatten();
            all.filter_map(|one| one.as_str().map(ToOwned::to_owned))
                .collect()
        };
        for file in answer["files"].as_array().into_iter().flatten() {
            let Some(path) = file["path"].as_str() else {
                continue;
            };
            let (commits, patches) = (each(&file["commits"]), each(&file["hunks"]));
            // Which hunk is whose is known only where there is one of each.
            if commits.len() != patches.len() {
                continue;
            }
            for (commit, patch) in commits.iter().zip(&patches) {
                let Some(id) = self.commit(commit).map(ToOwned::to_owned) else {
                    continue;
                };
                let touched = self.changes.entry(id).or_default();
                touched.facts.text(path);
                touched.facts.text(patch);
                let known = touched.files.entry(path.to_owned()).or_default();
                for hunk in hunks(patch) {
                    known.push(hunk.span());
                    let lines: Vec<&str> = hunk.lines.iter().map(|line| line.text).collect();
                    touched.facts.text(&lines.join("\n"));
                }
            }
        }
    }

    /// A change of the deployment, with what it touched.
    pub fn change(&mut self, change: &Change) {
        self.common.text(&change.id);
        self.common.text(&change.title);
        let touched = self.changes.entry(change.id.clone()).or_default();
        let facts = &mut touched.facts;
        for text in [&change.id, &change.title, &change.body, &change.author] {
            facts.text(text);
        }
        if let Some(at) = change.merged_at {
            facts.moment(at);
        }
        for file in &change.files {
            facts.text(&file.path);
            facts.text(&file.patch);
            facts.number(f64::from(file.additions));
            facts.number(f64::from(file.deletions));
            let spans = hunks(&file.patch).into_iter().map(|hunk| hunk.span());
            let known = touched.files.entry(file.path.clone()).or_default();
            known.extend(spans);
            self.common.text(&file.path);
        }
    }

    /// A kind of record that is logged since it hurts.
    pub fn signature(&mut self, signature: &Signature) {
        let mut facts = Facts::default();
        facts.text(&signature.template);
        facts.text(&signature.sample);
        facts.text(signature.origin.as_deref().unwrap_or_default());
        for place in &signature.places {
            facts.text(place);
        }
        facts.number(signature.before as f64);
        facts.number(signature.after as f64);
        facts.number(signature.before_per_minute);
        facts.number(signature.after_per_minute);
        self.common.extend(&facts);
        let template = signature.template.clone();
        self.logs.push(Logged { template, facts });
    }

    /// What the ranking said, with what it points at.
    pub fn cause(&mut self, cause: &Cause) {
        let first = cause.suspects.first();
        self.ranking = Some(Ranked {
            verdict: cause.verdict,
            probability: cause.probability,
            first: first.map(|one| (one.id.clone(), one.probability)),
        });
        self.common.number(cause.probability);
        self.common.number(cause.changes as f64);
        for id in &cause.order {
            self.changes.entry(id.clone()).or_default();
            self.common.text(id);
        }
        for accused in &cause.suspects {
            self.common.number(accused.probability);
            self.common.text(&accused.title);
            let touched = self.changes.entry(accused.id.clone()).or_default();
            touched.facts.text(&accused.title);
            touched.facts.number(accused.probability);
            if let Some(at) = accused.merged_at {
                touched.facts.moment(at);
            }
            for place in &accused.hunks {
                touched.facts.text(&place.path);
                touched.facts.number(f64::from(place.first));
                touched.facts.number(f64::from(place.last));
                let known = touched.files.entry(place.path.clone()).or_default();
                known.push((place.first, place.last));
                self.common.text(&place.path);
            }
        }
        for signature in &cause.signatures {
            self.signature(signature);
        }
    }

    /// The full name of a change, by its beginning.
    pub(super) fn commit(&self, typed: &str) -> Option<&str> {
        let typed = typed.trim();
        if let Some((id, _)) = self.changes.get_key_value(typed) {
            return Some(id);
        }
        if typed.len() < LEAST_DIGITS {
            return None;
        }
        let mut begins = self.changes.keys().filter(|id| id.starts_with(typed));
        let found = begins.next()?;
        begins.next().is_none().then_some(found.as_str())
    }

    /// Whether a file was touched by a change, or by any; and this line of it, where one is named.
    pub(super) fn touched(&self, commit: Option<&str>, path: &str, line: Option<u32>) -> bool {
        let of = |touched: &Touched| {
            let Some(spans) = touched.files.get(path) else {
                return false;
            };
            line.is_none_or(|line| {
                spans
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&line))
            })
        };
        match commit {
            Some(commit) => self.changes.get(commit).is_some_and(of),
            None => self.changes.values().any(of),
        }
    }

    /// Whether a file of this name was touched by anything, its folders left out or not.
    pub(super) fn path(&self, named: &str) -> bool {
        let is = |path: &String| {
            path == named
                || path
                    .strip_suffix(named)
                    .is_some_and(|rest| rest.ends_with('/'))
        };
        let mut files = self.changes.values().flat_map(|one| one.files.keys());
        files.any(is)
    }

    pub(super) fn log(&self, named: &str) -> Option<&Facts> {
        let exact = self.logs.iter().find(|one| one.template == named);
        let quoted = || {
            let long = named.chars().count() >= 8;
            let mut all = self.logs.iter();
            all.find(|one| long && one.facts.quotes(named))
        };
        exact.or_else(quoted).map(|one| &one.facts)
    }
}

/// Every number and every text of an answer.
fn read(answer: &Value, facts: &mut Facts) {
    match answer {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => number.as_f64().into_iter().for_each(|n| facts.number(n)),
        Value::String(text) => {
            if let Ok(at) = text.parse::<Timestamp>() {
                facts.moment(at);
            }
            if let Ok(number) = text.parse::<f64>() {
                facts.number(number);
            }
            facts.text(text);
        }
        Value::Array(all) if all.len() > LONG_ROW => row(all, facts),
        Value::Array(all) => all.iter().for_each(|one| read(one, facts)),
        Value::Object(fields) => {
            for (name, value) in fields {
                facts.text(name);
                read(value, facts);
            }
        }
    }
}

/// The first, the last, the least, the greatest and the mean of a long row of points; of anything else its texts.
fn row(all: &[Value], facts: &mut Facts) {
    let number = |value: &Value| match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse::<f64>().ok(),
        _ => None,
    };
    let point = |value: &Value| match value {
        Value::Array(pair) => pair.last().and_then(number),
        other => number(other),
    };
    let numbers: Vec<f64> = all
        .iter()
        .filter_map(point)
        .filter(|n| n.is_finite())
        .collect();
    if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
        facts.number(*first);
        facts.number(*last);
        facts.number(numbers.iter().copied().fold(f64::INFINITY, f64::min));
        facts.number(numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        facts.number(numbers.iter().sum::<f64>() / numbers.len() as f64);
    } else {
        all.iter().for_each(|one| read(one, facts));
    }
    facts.number(all.len() as f64);
}
