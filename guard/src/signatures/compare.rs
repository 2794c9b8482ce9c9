//! What is logged since something hurts and was not logged before, or not as often.

use super::counts::{SLOT_S, slot};
use super::miner::{Kind, Miner};
use super::record::Level;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The chance of taking what only looks like more for more, over all kinds together.
const ALPHA: f64 = 0.01;
/// So many times as often is more.
const MORE: f64 = 2.0;
/// Without so many seconds before, nothing can be called new.
const SHORTEST_S: i64 = 10;

/// The times that are held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spans {
    /// Since when the log is known.
    pub from: Timestamp,
    /// Since when it may hurt.
    pub since: Timestamp,
    /// Until when the log is known.
    pub until: Timestamp,
}

/// A kind of record that is new, or comes more often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// In which way it is remarkable.
    pub change: Change,
    /// How serious.
    pub level: Level,
    /// The message, with `<*>` for what changes.
    pub template: String,
    /// The frame that it comes from, `file in function`, where a stack trace came with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// One record, redacted and cut.
    pub sample: String,
    /// How often before.
    pub before: u64,
    /// How often since.
    pub after: u64,
    /// How often a minute before.
    pub before_per_minute: f64,
    /// How often a minute since.
    pub after_per_minute: f64,
    /// Who wrote it of late: some instances, pods or files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
}

/// In which way a signature is remarkable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was not there before.
    New,
    /// It comes more often.
    MoreFrequent,
}

impl Miner {
    /// The kinds that are new or more frequent, those first for which most speaks; at most `most`.
    ///
    /// The test asks how likely it is that of all records of a kind so many fall into the later time, if they come as
    /// evenly as before: Chernoff's bound of the binomial tail, which is never too small, over as many kinds as are
    /// compared, with counts divided by how much they vary from slot to slot. What a process says as it ends, and a
    /// stack trace that was not there before, is new also where it came only once.
    #[must_use]
    pub fn signatures(&self, spans: &Spans, most: usize) -> Vec<Signature> {
        let second = |at: Timestamp| at.as_second();
        let (from, until) = (slot(second(spans.from)), slot(second(spans.until)) + 1);
        let since = slot(second(spans.since)).max(from);
        let compared = self.kinds.len().max(1) as f64;
        let mut found: Vec<(f64, Signature)> = self
            .kinds
            .iter()
            .filter_map(|kind| weigh(kind, from, since, until, compared))
            .collect();
        found.sort_by(|one, other| other.0.total_cmp(&one.0));
        found.truncate(most);
        found.into_iter().map(|(_, signature)| signature).collect()
    }
}

/// What speaks for a kind, as the logarithm of the chance against it, if enough does.
fn weigh(
    kind: &Kind,
    from: i64,
    since: i64,
    until: i64,
    compared: f64,
) -> Option<(f64, Signature)> {
    let (before_s, after_s) = ((since - from) * SLOT_S, (until - since).max(1) * SLOT_S);
    let before = kind.counts.between(from, since);
    let after = kind.counts.between(since, until);
    if after == 0 || before_s < SHORTEST_S {
        return None;
    }
    let per_minute = |count: u64, seconds: i64| count as f64 * 60.0 / seconds as f64;
    let rates = (per_minute(before, before_s), per_minute(after, after_s));
    let unrest = kind.counts.unrest(from, since);
    let share = after_s as f64 / (after_s + before_s) as f64;
    let against = chance_ln(before as f64 / unrest, after as f64 / unrest, share);
    let sure = against + libm::log(compared) <= libm::log(ALPHA);
    let telling = kind.level == Level::Fatal || kind.origin.is_some();
    let change = match before {
        0 if sure || telling => Change::New,
        1.. if sure && rates.1 >= MORE * rates.0 => Change::MoreFrequent,
        _ => return None,
    };
    let weight = -against
        + if kind.origin.is_some() { 6.0 } else { 0.0 }
        + if kind.level >= Level::Error { 4.0 } else { 0.0 };
    let signature = Signature {
        change,
        level: kind.level,
        template: kind.template(),
        origin: kind.origin.clone(),
        sample: kind.sample.clone(),
        before,
        after,
        before_per_minute: rates.0,
        after_per_minute: rates.1,
        places: kind.places.iter().cloned().collect(),
    };
    Some((weight, signature))
}

/// The logarithm of a bound of the chance that of all so many fall into the later time, which is this share of all.
fn chance_ln(before: f64, after: f64, share: f64) -> f64 {
    let all = before + after;
    let seen = after / all;
    if seen <= share {
        return 0.0;
    }
    let rest = if seen < 1.0 {
        (1.0 - seen) * libm::log((1.0 - seen) / (1.0 - share))
    } else {
        0.0
    };
    -all * (seen * libm::log(seen / share) + rest)
}
