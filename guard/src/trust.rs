//! How far a service's alarms have earned trust: what people judged, counted, and what follows for autonomy.
//!
//! Precision is the share of judged alarms that were real, recall the share of harmful releases that raised
//! one. Both with the 95 % interval of Wilson (1927), which stays honest for a handful of judgements and
//! for shares of 0 and 1.

use crate::judgement::Judgement;
use crate::policy::Autonomy;
use crate::state::State;
use crate::summary::Summary;
use crate::verdict::Tier;
use jiff::{SignedDuration, Timestamp};

mod causes;

pub use causes::{Answered, Causes, Ratings};

/// The share of alarms that is surely real before Tawny pauses by itself: a pause costs a look and some
/// minutes, so it is worth it when it is right more often than not.
pub const BAR_TO_PAUSE: f64 = 0.5;

/// The share of alarms that is surely real before Tawny rolls back unasked: that undoes somebody's work,
/// and four of five must deserve it.
pub const BAR_TO_ROLL_BACK: f64 = 0.8;

/// Real alarms before more autonomy is suggested, whatever the share: fewer may be one fault of one week.
pub const LEAST_REAL: u32 = 5;

/// False alarms before less autonomy is suggested for their share: one or two happen to the best, and the
/// budgets of the detector allow them.
pub const LEAST_FALSE: u32 = 3;

/// How long a rollback of Tawny's own that was a false alarm weighs alone: until then its cause is not
/// surely known and mended. 30 days.
pub const RECENT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How far back judgements count: services, their traffic and the detector change. 180 days.
pub const HORIZON: SignedDuration = SignedDuration::from_hours(180 * 24);

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// One judged deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// When it was asked for.
    pub at: Timestamp,
    /// What people said last.
    pub judgement: Judgement,
    /// Whether Tawny rolled it back unasked.
    pub rolled_back_unasked: bool,
}

impl Case {
    /// None when nobody judged it, or only before the alarm that came afterwards.
    #[must_use]
    pub fn of(state: &State) -> Option<Self> {
        let judged = state.judged().map(|judged| judged.judgement);
        Self::new(state.requested_at(), judged, state.highest_tier())
    }

    /// The same of a deployment in one line.
    #[must_use]
    pub fn of_line(line: &Summary) -> Option<Self> {
        Self::new(line.requested_at, line.judged, line.highest_tier)
    }

    fn new(at: Timestamp, judged: Option<Judgement>, tier: Tier) -> Option<Self> {
        let judgement = judged.filter(|judgement| judgement.fits(tier))?;
        Some(Self {
            at,
            judgement,
            rolled_back_unasked: tier == Tier::RollBack,
        })
    }
}

/// A share with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// How many.
    pub part: u32,
    /// Of how many; at least one.
    pub of: u32,
    /// Lower end of the 95 % interval, 0 to 1.
    pub low: f64,
    /// Upper end of the 95 % interval, 0 to 1.
    pub high: f64,
}

impl Share {
    /// None of nothing.
    #[must_use]
    pub fn new(part: u32, of: u32) -> Option<Self> {
        if of == 0 {
            return None;
        }
        let (part, n) = (part.min(of), f64::from(of));
        let share = f64::from(part) / n;
        let scale = 1.0 + Z * Z / n;
        let middle = (share + Z * Z / (2.0 * n)) / scale;
        let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        Some(Self {
            part,
            of,
            low: if part == 0 { 0.0 } else { middle - half },
            high: if part == of { 1.0 } else { middle + half },
        })
    }

    /// The share itself, 0 to 1.
    #[must_use]
    pub fn value(&self) -> f64 {
        f64::from(self.part) / f64::from(self.of)
    }
}

/// The judged deployments of one service, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Alarms that were real.
    pub real: u32,
    /// Alarms that were false.
    pub false_alarms: u32,
    /// Releases whose harm was missed.
    pub missed: u32,
    /// Releases about which nothing was said, rightly.
    pub fine: u32,
    /// When the newest deployment began that Tawny rolled back unasked though nothing was wrong.
    pub wrongly_undone_at: Option<Timestamp>,
}

impl Ledger {
    /// Counts what was asked for within [`HORIZON`] before `now`.
    #[must_use]
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a Case>, now: Timestamp) -> Self {
        let mut ledger = Self::default();
        for case in cases {
            if now.duration_since(case.at) > HORIZON {
                continue;
            }
            match case.judgement {
                Judgement::Real => ledger.real += 1,
                Judgement::FalseAlarm => {
                    ledger.false_alarms += 1;
                    if case.rolled_back_unasked {
                        ledger.wrongly_undone_at = ledger.wrongly_undone_at.max(Some(case.at));
                    }
                }
                Judgement::Missed => ledger.missed += 1,
                Judgement::Fine => ledger.fine += 1,
            }
        }
        ledger
    }

    /// How many were judged.
    #[must_use]
    pub fn judged(&self) -> u32 {
        self.real + self.false_alarms + self.missed + self.fine
    }

    /// Of the judged alarms, those that were real.
    #[must_use]
    pub fn precision(&self) -> Option<Share> {
        Share::new(self.real, self.real + self.false_alarms)
    }

    /// Of the releases that did harm, those with an alarm. People judge alarms more readily than silence, so
    /// it is an upper estimate.
    #[must_use]
    pub fn recall(&self) -> Option<Share> {
        Share::new(self.real, self.real + self.missed)
    }

    /// What follows for the autonomy of a service that has `now_has` and cannot have more than `at_most`.
    #[must_use]
    pub fn suggestion(&self, now_has: Autonomy, at_most: Autonomy, now: Timestamp) -> Suggestion {
        let spoilt_until = self
            .wrongly_undone_at
            .and_then(|at| at.checked_add(RECENT).ok())
            .filter(|until| *until > now);
        if let Some((to, because)) = self.too_much(now_has, spoilt_until.is_some()) {
            return Suggestion::Lower { to, because };
        }
        let next = match now_has {
            Autonomy::Observe => Autonomy::Pause,
            Autonomy::Pause | Autonomy::Rollback => Autonomy::Rollback,
        };
        if next > at_most {
            return Suggestion::Keep;
        }
        match (self.more_for(next), spoilt_until) {
            (0, Some(until)) if next == Autonomy::Rollback => Suggestion::Wait { until },
            (0, _) if next == now_has => Suggestion::Keep,
            (0, _) => Suggestion::Raise { to: next },
            (more, _) => Suggestion::NotEnough { more, proves: next },
        }
    }

    fn too_much(&self, now_has: Autonomy, spoilt: bool) -> Option<(Autonomy, TooMuch)> {
        let (bar, to) = match now_has {
            Autonomy::Observe => return None,
            Autonomy::Pause => (BAR_TO_PAUSE, Autonomy::Observe),
            Autonomy::Rollback => (BAR_TO_ROLL_BACK, Autonomy::Pause),
        };
        let surely_below = self
            .precision()
            .is_some_and(|share| self.false_alarms >= LEAST_FALSE && share.high < bar);
        if spoilt && now_has == Autonomy::Rollback {
            Some((to, TooMuch::WronglyUndone))
        } else {
            surely_below.then_some((to, TooMuch::FalseAlarms { bar }))
        }
    }

    /// How many alarms have yet to be judged real, if all of them are, until this autonomy is earned.
    fn more_for(&self, autonomy: Autonomy) -> u32 {
        let bar = match autonomy {
            Autonomy::Observe => return 0,
            Autonomy::Pause => BAR_TO_PAUSE,
            Autonomy::Rollback => BAR_TO_ROLL_BACK,
        };
        let earned = |more: &u32| {
            let real = self.real.saturating_add(*more);
            let share = Share::new(real, real.saturating_add(self.false_alarms));
            real >= LEAST_REAL && share.is_some_and(|share| share.low >= bar)
        };
        (0..u32::MAX).find(earned).unwrap_or(u32::MAX)
    }
}

/// What follows for autonomy. A suggestion: only people change the configuration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Suggestion {
    /// Its alarms have earned it.
    Raise {
        /// To what.
        to: Autonomy,
    },
    /// Its alarms do not deserve what it has.
    Lower {
        /// To what.
        to: Autonomy,
        /// Why.
        because: TooMuch,
    },
    /// Earned, but for a false rollback that is too fresh.
    Wait {
        /// Until when.
        until: Timestamp,
    },
    /// It has what it deserves, or can have no more.
    Keep,
    /// Too few were judged.
    NotEnough {
        /// At least so many real alarms are wanting.
        more: u32,
        /// Of what they would be the proof.
        proves: Autonomy,
    },
}

/// Why autonomy is too much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TooMuch {
    /// Tawny rolled back unasked, and nothing was wrong.
    WronglyUndone,
    /// The share of real alarms is surely below the bar.
    FalseAlarms {
        /// Which bar, 0 to 1.
        bar: f64,
    },
}

#[cfg(test)]
mod tests;
