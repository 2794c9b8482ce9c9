//! What a flow of messages came to: how many were taken and kept, and how long each took.

use serde::Serialize;

/// Acknowledgements slower than this, of which one in a hundred may be, are a failure: both senders retry after seconds.
const GOAL_S: f64 = 0.1;

/// A steady flow of messages.
#[derive(Debug, Serialize)]
pub(super) struct Flow {
    pub(super) rate: u32,
    pub(super) seconds: u32,
    pub(super) processors: usize,
    pub(super) sent: usize,
    /// Acknowledged.
    pub(super) taken: usize,
    /// Answered otherwise, or not at all.
    pub(super) refused: usize,
    /// Acknowledged, and not in the journal.
    pub(super) lost: usize,
    /// In the journal more than once.
    pub(super) doubled: usize,
    /// Until the acknowledgement, from when each was due.
    #[serde(flatten)]
    pub(super) took: Latency,
}

impl Flow {
    /// Whether everything was taken in time and kept once.
    pub(super) fn is_good(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.refused == 0 && self.took.p99_s < GOAL_S
    }

    /// How much of what there was.
    pub(super) fn amount(&self, what: &str) -> String {
        format!(
            "{} {what} at {}/s in {} s on {} processors",
            self.sent, self.rate, self.seconds, self.processors
        )
    }

    /// What became of it.
    pub(super) fn outcome(&self) -> String {
        format!(
            "{} taken, {} refused, {} lost, {} doubled",
            self.taken, self.refused, self.lost, self.doubled
        )
    }
}

/// How long each of many took, in seconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Latency {
    pub(super) p50_s: f64,
    pub(super) p99_s: f64,
    pub(super) max_s: f64,
}

impl Latency {
    /// Of all of them; of none at all it is no number, which passes no limit.
    pub(super) fn of(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            let place = (seconds.len() * percent).div_ceil(100).max(1) - 1;
            seconds.get(place).copied().unwrap_or(f64::NAN)
        };
        Self {
            p50_s: at(50),
            p99_s: at(99),
            max_s: at(100),
        }
    }

    /// In words.
    pub(super) fn said(&self) -> String {
        let [p50, p99, max] = [self.p50_s, self.p99_s, self.max_s].map(|seconds| seconds * 1e3);
        format!("{p50:.1} ms (median), {p99:.1} ms (99 %), {max:.1} ms (worst)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_the_second_worst_is_the_ninety_ninth_and_of_none_there_is_none() {
        let took = Latency::of((1..=100).rev().map(f64::from).collect());
        assert_eq!((took.p50_s, took.p99_s, took.max_s), (50.0, 99.0, 100.0));
        let one = Latency::of(vec![2.0]);
        assert_eq!((one.p50_s, one.p99_s, one.max_s), (2.0, 2.0, 2.0));
        let none = Latency::of(Vec::new());
        assert!(none.p99_s.is_nan());
    }
}
