//! When an alert fires.

use serde::{Deserialize, Serialize};

/// On which side of the threshold it is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// More is worse.
    Above,
    /// Less is worse.
    Below,
}

/// How a value is held against a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Where it is bad.
    pub side: Side,
    /// Whether the threshold itself is bad already.
    pub or_equal: bool,
}

impl Comparison {
    /// Whether this value is bad; what is no number is not.
    #[must_use]
    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match (self.side, self.or_equal) {
            (Side::Above, false) => value > threshold,
            (Side::Above, true) => value >= threshold,
            (Side::Below, false) => value < threshold,
            (Side::Below, true) => value <= threshold,
        }
    }

    /// As PromQL writes it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match (self.side, self.or_equal) {
            (Side::Above, false) => ">",
            (Side::Above, true) => ">=",
            (Side::Below, false) => "<",
            (Side::Below, true) => "<=",
        }
    }

    /// The worse of two values.
    pub(super) fn worse(self, one: f64, other: f64) -> f64 {
        match self.side {
            Side::Above => one.max(other),
            Side::Below => one.min(other),
        }
    }
}

/// Some hours of each day, in UTC; from 22 until 2 goes past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hours {
    /// The first hour, 0 to 23.
    pub from: u8,
    /// The first one after them, 0 to 23; never `from`.
    pub until: u8,
}

impl Hours {
    /// Whether this hour is one of them.
    #[must_use]
    pub fn has(self, hour: u8) -> bool {
        if self.from < self.until {
            (self.from..self.until).contains(&hour)
        } else {
            hour >= self.from || hour < self.until
        }
    }

    /// How many.
    #[must_use]
    pub fn count(self) -> u8 {
        (self.until + 24 - self.from) % 24
    }

    /// Whether this moment, in Unix seconds, is in one of them.
    #[must_use]
    pub fn at(self, second: i64) -> bool {
        self.has(hour_of(second))
    }
}

/// The hour of the day of a moment in Unix seconds, in UTC.
pub(super) fn hour_of(second: i64) -> u8 {
    u8::try_from(second.rem_euclid(86_400) / 3600).unwrap_or_default()
}

/// Another threshold at some hours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtHours {
    /// When.
    pub hours: Hours,
    /// The threshold then.
    pub threshold: f64,
}

/// When an alert fires: a threshold, and how long it must be passed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Condition {
    /// The threshold.
    pub threshold: f64,
    /// Seconds.
    pub for_s: i64,
    /// Where it is another one at some hours.
    pub at_hours: Option<AtHours>,
}

impl Condition {
    /// The milder of its thresholds: whatever fires is beyond it.
    pub(super) fn mildest(&self, comparison: Comparison) -> f64 {
        self.at_hours.map_or(self.threshold, |other| {
            let stricter = comparison.worse(self.threshold, other.threshold);
            if stricter == self.threshold {
                other.threshold
            } else {
                self.threshold
            }
        })
    }

    /// The threshold at a moment.
    pub(super) fn at(&self, second: i64) -> f64 {
        match self.at_hours {
            Some(other) if other.hours.at(second) => other.threshold,
            _ => self.threshold,
        }
    }
}
