//! The root-cause report: what was written about why it hurts, by a model or by rule, and what of it stands after
//! every number, commit, file, hunk and log line of it was looked up.
//!
//! A [`Draft`] is what somebody wrote; [`check`] makes a [`RootCauseReport`] of it, and only that is ever shown.

mod advise;
mod check;
mod draft;
mod fact;
mod known;
mod links;
mod matching;
mod milestones;
mod report;
mod ruled;
mod sentences;
mod tokens;

#[cfg(test)]
mod tests;

pub use check::{Words, check, check_words};
pub use draft::{
    Abnormal, Advice, Cite, CiteKind, Claim, Conclusion, Draft, Hypothesis, Recommendation, Spot,
};
pub use fact::{Because, But, Fact, Facts, Mend};
pub use known::Known;
pub use links::leads_elsewhere;
pub use matching::TOLERANCE;
pub use milestones::Milestones;
pub use report::{
    Author, Bound, Confidence, Ended, Injection, Money, Origin, Over, RootCauseReport, Short,
    Spent, Standing, Stated, Weighed,
};
pub use ruled::{by_rules, ruled};
