//! How many were sent and failed, second by second, for a bounded time.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

/// Seconds remembered: longer than any demo.
const KEPT: usize = 4 * 3600;

/// Requests sent and failed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Requests sent.
    pub sent: u64,
    /// 5xx answers, timeouts and transport errors among them.
    pub failed: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.failed += other.failed;
    }
}

#[derive(Default)]
struct Page {
    total: Tally,
    seconds: VecDeque<(i64, Tally)>,
}

/// One page per instance.
#[derive(Default)]
pub(super) struct Book {
    pages: BTreeMap<String, Page>,
}

impl Book {
    pub(super) fn sent(&mut self, instance: &str, at: Timestamp) {
        self.write(instance, at, Tally { sent: 1, failed: 0 });
    }

    pub(super) fn failed(&mut self, instance: &str, at: Timestamp) {
        self.write(instance, at, Tally { sent: 0, failed: 1 });
    }

    fn write(&mut self, instance: &str, at: Timestamp, tally: Tally) {
        if !self.pages.contains_key(instance) {
            self.pages.insert(instance.to_owned(), Page::default());
        }
        let Some(page) = self.pages.get_mut(instance) else {
            return;
        };
        page.total.add(tally);
        let second = at.as_second();
        match page.seconds.back_mut() {
            // A clock that steps back writes into the newest second.
            Some((last, count)) if *last >= second => count.add(tally),
            _ => page.seconds.push_back((second, tally)),
        }
        if page.seconds.len() > KEPT {
            page.seconds.pop_front();
        }
    }

    pub(super) fn totals(&self) -> BTreeMap<String, Tally> {
        self.pages
            .iter()
            .map(|(name, page)| (name.clone(), page.total))
            .collect()
    }

    pub(super) fn between(&self, from: Timestamp, to: Timestamp) -> BTreeMap<String, Tally> {
        let wanted = from.as_second()..=to.as_second();
        let sum = |page: &Page| {
            let mut sum = Tally::default();
            let seconds = page.seconds.iter().filter(|(s, _)| wanted.contains(s));
            seconds.for_each(|(_, tally)| sum.add(*tally));
            sum
        };
        self.pages
            .iter()
            .map(|(name, page)| (name.clone(), sum(page)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn only_the_seconds_asked_for_are_counted() {
        let mut book = Book::default();
        for second in 0..10 {
            book.sent("a", at(second));
            if second >= 5 {
                book.failed("a", at(second));
            }
        }
        let found = book.between(at(4), at(6));
        assert_eq!(found["a"], Tally { sent: 3, failed: 2 });
        assert_eq!(
            book.totals()["a"],
            Tally {
                sent: 10,
                failed: 5
            }
        );
    }

    #[test]
    fn the_book_forgets_what_is_older_than_four_hours_but_not_the_total() {
        let mut book = Book::default();
        let seconds = KEPT as i64 + 100;
        for second in 0..seconds {
            book.sent("a", at(second));
        }
        assert_eq!(book.pages["a"].seconds.len(), KEPT);
        assert_eq!(book.between(at(0), at(99))["a"], Tally::default());
        assert_eq!(book.totals()["a"].sent, seconds as u64);
    }

    #[test]
    fn a_clock_that_steps_back_loses_nothing() {
        let mut book = Book::default();
        book.sent("a", at(100));
        book.failed("a", at(90));
        let found = book.between(at(100), at(100));
        assert_eq!(found["a"], Tally { sent: 1, failed: 1 });
    }
}
