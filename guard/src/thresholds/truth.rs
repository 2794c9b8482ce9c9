//! Which alarms were true, by what people confirmed.

use super::PATIENCE_S;
use super::firing::Period;
use serde::Serialize;

/// What is known of the past.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Truth {
    /// Incidents that somebody confirmed.
    pub real: Vec<Period>,
    /// Incidents that nobody judged: an alarm in one may be true, and is kept.
    pub open: Vec<Period>,
    /// Alarms of this rule that somebody called false, whatever else was going on.
    pub dismissed: Vec<Period>,
}

/// What an alarm was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Real,
    Open,
    Wrong,
}

impl Truth {
    /// The same, grown by the alarms that it is about: what fires in one of them is what that was.
    #[must_use]
    pub fn grown(&self, firings: &[Period]) -> Self {
        let mut grown = self.clone();
        for firing in firings {
            let meets = |all: &[Period]| all.iter().any(|one| one.meets(firing));
            match self.of(firing) {
                Kind::Real => grown.real.push(*firing),
                Kind::Open => grown.open.push(*firing),
                Kind::Wrong if meets(&self.dismissed) => grown.dismissed.push(*firing),
                Kind::Wrong => {}
            }
        }
        grown
    }

    /// Whether anybody has said what this alarm was.
    #[must_use]
    pub fn is_judged(&self, firing: &Period) -> bool {
        let judged = self.real.iter().chain(&self.dismissed);
        judged.into_iter().any(|one| one.meets(firing))
    }

    pub(super) fn of(&self, firing: &Period) -> Kind {
        let meets = |all: &[Period]| all.iter().any(|one| one.meets(firing));
        if meets(&self.dismissed) {
            Kind::Wrong
        } else if meets(&self.real) {
            Kind::Real
        } else if meets(&self.open) {
            Kind::Open
        } else {
            Kind::Wrong
        }
    }

    /// Of these alarms, those that must stay.
    pub(super) fn kept(&self, firings: &[Period]) -> Vec<Period> {
        let stays = |firing: &&Period| self.of(firing) != Kind::Wrong;
        firings.iter().filter(stays).copied().collect()
    }

    /// How they come out.
    #[must_use]
    pub fn outcome(&self, firings: &[Period]) -> Outcome {
        let mut outcome = Outcome::default();
        for firing in firings {
            outcome.fired += 1;
            match self.of(firing) {
                Kind::Real => outcome.real += 1,
                Kind::Open => outcome.open += 1,
                Kind::Wrong => outcome.wrong += 1,
            }
        }
        outcome
    }
}

/// How many alarms there were, and of what kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Outcome {
    /// All.
    pub fired: u32,
    /// In an incident that was confirmed.
    pub real: u32,
    /// In one that nobody judged.
    pub open: u32,
    /// In none.
    #[serde(rename = "false")]
    pub wrong: u32,
}

impl Outcome {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            fired: self.fired + other.fired,
            real: self.real + other.real,
            open: self.open + other.open,
            wrong: self.wrong + other.wrong,
        }
    }
}

/// By how much the latest of these alarms comes later; none where one does not come, or too late.
pub(super) fn later(must: &[Period], firings: &[Period]) -> Option<i64> {
    let mut latest = 0;
    for one in must {
        let by = one.until_s.min(one.from_s + PATIENCE_S);
        let mut caught = firings
            .iter()
            .filter(|firing| firing.from_s <= by && firing.until_s >= one.from_s);
        latest = latest.max(caught.next()?.from_s - one.from_s);
    }
    Some(latest)
}
