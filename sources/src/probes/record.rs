//! What the last checks found.

use std::collections::VecDeque;
use std::time::Duration;

/// Checks that are kept: an hour of one per second.
const KEPT: usize = 3600;
/// Longest reason that is kept, in characters.
const LONGEST_REASON: usize = 300;

/// What a check came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// As expected.
    Good,
    /// Not as expected in any attempt, with the reason of the last one. No secret is in it; what a
    /// server or a command said may be, and is foreign text.
    Bad(String),
    /// The number that was asked for.
    Number(f64),
    /// There was no number, which is not a zero.
    NoNumber(String),
}

/// One check.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// When it was known, in Unix milliseconds.
    pub at_ms: i64,
    /// How long the last attempt took.
    pub took: Duration,
    /// Attempts that it needed.
    pub attempts: u32,
    /// What it came to.
    pub outcome: Outcome,
}

/// The last checks, in the order of their times.
#[derive(Debug, Default)]
pub(super) struct Record(VecDeque<Checked>);

impl Record {
    /// Keeps one. The clock may have been set back; times only grow.
    pub(super) fn push(&mut self, mut checked: Checked) {
        if let Some(last) = self.0.back() {
            checked.at_ms = checked.at_ms.max(last.at_ms + 1);
        }
        if let Outcome::Bad(reason) | Outcome::NoNumber(reason) = &mut checked.outcome {
            *reason = shortened(reason);
        }
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(checked);
    }

    /// Those after `ms`.
    pub(super) fn after(&self, ms: i64) -> Vec<Checked> {
        let from = self.0.partition_point(|checked| checked.at_ms <= ms);
        self.0.range(from..).cloned().collect()
    }
}

fn shortened(text: &str) -> String {
    let clean = text.trim().replace(char::is_control, " ");
    match clean.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(at_ms: i64) -> Checked {
        Checked {
            at_ms,
            took: Duration::ZERO,
            attempts: 1,
            outcome: Outcome::Good,
        }
    }

    #[test]
    fn each_check_is_read_once_and_old_ones_go() {
        let mut record = Record::default();
        for ms in 0..5000 {
            record.push(checked(ms));
        }
        let all = record.after(i64::MIN);
        assert_eq!((all.len(), all[0].at_ms), (KEPT, 5000 - KEPT as i64));
        assert_eq!(record.after(4998), [checked(4999)]);
        assert!(record.after(4999).is_empty());
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_hide_a_check() {
        let mut record = Record::default();
        record.push(checked(1000));
        record.push(checked(10));
        assert_eq!(record.after(1000).len(), 1);
    }

    #[test]
    fn a_long_foreign_reason_is_cut_and_has_no_control_characters() {
        let mut record = Record::default();
        let outcome = Outcome::Bad(format!("\x1b[31m{}", "ä".repeat(1000)));
        record.push(Checked {
            outcome,
            ..checked(1)
        });
        let Outcome::Bad(reason) = &record.after(0)[0].outcome else {
            panic!("good?")
        };
        assert_eq!(reason.chars().count(), LONGEST_REASON + 1);
        assert!(!reason.contains('\x1b'));
    }
}
