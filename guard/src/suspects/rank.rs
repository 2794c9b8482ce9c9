//! The answer: all changes in order, what speaks for the first ones, and whether it was this deployment at all.

use super::case::Case;
use super::elsewhere::{Elsewhere, Supports, Told, told};
use super::features::{Seen, is_inert};
use super::model::{guilt, shares, utility};
use super::reason::{Place, Reason, hunks, reasons};
use serde::{Deserialize, Serialize};

/// Whether it was this deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// One of its changes did it.
    Change,
    /// None of them did.
    NotThisDeployment,
    /// Nobody knows.
    Unknown,
}

impl Verdict {
    /// As it is written: `change`, `not_this_deployment`, `unknown`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::NotThisDeployment => "not_this_deployment",
            Self::Unknown => "unknown",
        }
    }
}

/// A change that may have done it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// The change.
    pub id: String,
    /// What its features are worth.
    pub score: f64,
    /// How likely it did it.
    pub probability: f64,
    /// Why, the weightiest first.
    pub reasons: Vec<Reason>,
    /// Where to look.
    pub hunks: Vec<Place>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Whether it was this deployment.
    pub verdict: Verdict,
    /// How likely it was this deployment.
    pub probability: f64,
    /// Every change, the most suspect first.
    pub order: Vec<String>,
    /// The first ones, with their reasons.
    pub suspects: Vec<Suspect>,
    /// What speaks for another cause: all of it if it was not this deployment, doubts and neighbours otherwise.
    pub elsewhere: Vec<Elsewhere>,
    /// What speaks for this deployment.
    pub supports: Vec<Supports>,
}

/// So many suspects have their reasons told.
const TOLD: usize = 10;
/// A change is named from here.
const NAMED: f64 = 0.85;
/// So much evidence against one change is not acquitted by circumstances alone.
const STRONG: f64 = 6.0;
/// Errors that say so much, of which so little is in any change, are about something else.
const SAID: usize = 10;
const HEARD: f64 = 0.08;
/// No change has more evidence against it than this, then.
const FEEBLE: f64 = 3.6;

/// Ranks the changes of a case.
#[must_use]
pub fn rank(case: &Case) -> Ranking {
    let seen = Seen::of(case);
    let utilities: Vec<f64> = seen.rows.iter().map(utility).collect();
    let best = utilities.iter().copied().fold(0.0, f64::max);
    let mut told = told(case);
    told.acquits.extend(nothing(&seen, best));
    let likely = likely(best, &told);
    let verdict = verdict(&seen, best, likely, &told);
    let shares = shares(&utilities);
    let mut order: Vec<usize> = (0..utilities.len()).collect();
    order.sort_by(|one, other| {
        utilities[*other]
            .total_cmp(&utilities[*one])
            .then_with(|| other.cmp(one))
    });
    let suspect = |at: &usize| Suspect {
        id: case.changes[*at].id.clone(),
        score: rounded(utilities[*at]),
        probability: rounded(shares[*at] * likely),
        reasons: reasons(&seen, *at),
        hunks: hunks(&seen, *at),
    };
    Ranking {
        verdict,
        probability: rounded(likely),
        suspects: order.iter().take(TOLD).map(suspect).collect(),
        order: order
            .iter()
            .map(|at| case.changes[*at].id.clone())
            .collect(),
        supports: told.supports,
        elsewhere: told.acquits.into_iter().chain(told.doubts).collect(),
    }
}

/// Why nothing in the deployment can have done it.
fn nothing(seen: &Seen<'_>, best: f64) -> Option<Elsewhere> {
    if seen.counted.iter().all(is_inert) {
        return Some(Elsewhere::NothingRuns);
    }
    let said = seen
        .query
        .terms
        .iter()
        .filter(|term| term.weight >= 0.9)
        .count();
    let named = seen
        .query
        .terms
        .iter()
        .filter(|term| term.weight >= 0.9 && term.named)
        .count();
    let heard = seen
        .counted
        .iter()
        .map(|counted| seen.coverage(counted))
        .fold(0.0, f64::max);
    let silent = said >= SAID && named >= 3 && heard < HEARD && best < FEEBLE;
    silent.then_some(Elsewhere::Silence)
}

fn likely(best: f64, told: &Told) -> f64 {
    let against: f64 = 4.0 * told.acquits.len() as f64 + told.doubts.len() as f64;
    guilt(best, told.live - against)
}

fn verdict(seen: &Seen<'_>, best: f64, likely: f64, told: &Told) -> Verdict {
    if !told.acquits.is_empty() {
        // Time cannot be argued with; circumstances can, where an error points into a changed line.
        let certain = told.acquits.iter().any(|why| {
            matches!(
                why,
                Elsewhere::Before { .. } | Elsewhere::NothingRuns | Elsewhere::SameHour
            )
        });
        let met = seen
            .meetings
            .iter()
            .flatten()
            .any(|meeting| meeting.strength >= 0.8);
        let contested = met && best >= STRONG && !certain && told.acquits.len() == 1;
        return if contested {
            Verdict::Unknown
        } else {
            Verdict::NotThisDeployment
        };
    }
    if likely >= NAMED && !seen.rows.is_empty() {
        Verdict::Change
    } else {
        Verdict::Unknown
    }
}

/// Four digits: more would be noise, and bytes that differ.
fn rounded(value: f64) -> f64 {
    libm::round(value * 10_000.0) / 10_000.0
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
