//! How far a selector was read, and what of its overlap was handed out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::native;
use super::options::FeedOptions;
use super::outcome::{RawSeries, SilentSeries, Window};
use crate::metrics::value::{Labels, Series};

#[derive(Debug, Clone)]
pub(super) struct Cursor {
    since_ms: i64,
    /// End of the last window that was answered.
    covered_ms: i64,
    /// Newest sample of any series.
    newest_ms: Option<i64>,
    /// Whether the last answer was incomplete.
    partial: bool,
    series: BTreeMap<Labels, SeriesCursor>,
}

#[derive(Debug, Clone, Default)]
struct SeriesCursor {
    /// Newest time handed out.
    last_ms: i64,
    /// Times handed out that may be read again.
    seen: BTreeSet<i64>,
    /// Counts of the last native histogram's buckets.
    native: Vec<f64>,
}

impl Cursor {
    pub(super) fn new(since_ms: i64) -> Self {
        Self {
            since_ms,
            covered_ms: since_ms,
            newest_ms: None,
            partial: false,
            series: BTreeMap::new(),
        }
    }

    /// No fresh samples, or an incomplete answer: look back as far as patience goes.
    pub(super) fn is_waiting(&self, options: &FeedOptions) -> bool {
        let oldest_fresh = self.covered_ms.saturating_sub(ms(options.patience));
        self.partial || self.newest_ms.is_none_or(|newest| newest < oldest_fresh)
    }

    /// What to read next.
    ///
    /// It starts at the newest *sample* rather than at the last look: with a
    /// clock ahead of the server's, or a store that lags, the time between the
    /// two was not there to be read yet.
    pub(super) fn window(&self, now_ms: i64, options: &FeedOptions) -> Window {
        let newest = if self.is_waiting(options) {
            self.covered_ms.saturating_sub(ms(options.patience))
        } else {
            self.newest_ms.unwrap_or(i64::MAX).min(self.covered_ms)
        };
        let furthest = self.covered_ms.saturating_add(ms(options.max_window));
        Window {
            from_ms: newest
                .saturating_sub(ms(options.overlap))
                .max(self.since_ms),
            // A clock that was set back does not undo what was read.
            to_ms: now_ms.clamp(self.covered_ms, furthest),
        }
    }

    /// Takes in an answer and returns what of it is new, by series.
    pub(super) fn absorb(
        &mut self,
        window: Window,
        answered: Vec<Series>,
        partial: bool,
        options: &FeedOptions,
    ) -> Vec<RawSeries> {
        let fresh: Vec<RawSeries> = answered
            .into_iter()
            .flat_map(|series| self.absorb_series(window, series, options))
            .collect();
        self.covered_ms = self.covered_ms.max(window.to_ms);
        self.partial = partial;
        // No later window can begin before this.
        let horizon = self
            .covered_ms
            .saturating_sub(ms(options.patience) + ms(options.overlap));
        let forgotten = self
            .covered_ms
            .saturating_sub(ms(options.forget_after))
            .min(horizon);
        self.series.retain(|_, series| {
            series.seen.retain(|&at_ms| at_ms > horizon);
            series.last_ms > forgotten
        });
        fresh
    }

    /// What is new in a series, followed by its buckets if it is of native histograms.
    fn absorb_series(
        &mut self,
        window: Window,
        series: Series,
        options: &FeedOptions,
    ) -> Vec<RawSeries> {
        let known = self.series.get(&series.labels);
        let is_new = |at_ms: i64| {
            window.holds(at_ms) && known.is_none_or(|known| !known.seen.contains(&at_ms))
        };
        let last_ms = known.map_or(i64::MIN, |known| known.last_ms);
        let new = series.samples.into_iter().filter(|s| is_new(s.0));
        let (samples, late): (Vec<_>, Vec<_>) = new.partition(|s| s.0 > last_ms);
        let mut histograms = series.histograms;
        histograms.retain(|h| is_new(h.0));

        let times = samples.iter().chain(&late).map(|s| s.0);
        let times: BTreeSet<i64> = times.chain(histograms.iter().map(|h| h.0)).collect();
        let Some(&newest) = times.last() else {
            return Vec::new();
        };
        let cursor = self.series.entry(series.labels.clone()).or_default();
        cursor.last_ms = newest.max(last_ms);
        cursor.seen.extend(times);
        self.newest_ms = self.newest_ms.max(Some(newest));
        let mut fresh = native::buckets(
            &series.labels,
            &histograms,
            last_ms,
            &mut cursor.native,
            options,
        );
        let own = RawSeries {
            labels: series.labels,
            samples,
            late,
            histograms,
        };
        fresh.insert(0, own);
        fresh
    }

    /// Known series that are not among `fresh`.
    pub(super) fn silent(&self, fresh: &[RawSeries]) -> Vec<SilentSeries> {
        let spoke: BTreeSet<&Labels> = fresh.iter().map(|series| &series.labels).collect();
        let known = self
            .series
            .iter()
            .filter(|(labels, _)| !spoke.contains(labels));
        known
            .map(|(labels, series)| SilentSeries {
                labels: labels.clone(),
                last_ms: series.last_ms,
            })
            .collect()
    }

    /// Whether everything up to `now_ms` was read.
    pub(super) fn covers(&self, now_ms: i64) -> bool {
        self.covered_ms >= now_ms
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::value::Sample;
    use proptest::prelude::*;

    fn options() -> FeedOptions {
        FeedOptions::for_scrape_interval(Duration::from_secs(1))
    }

    fn series(name: &str, samples: &[Sample]) -> Series {
        Series {
            labels: Labels::from([("instance".to_owned(), name.to_owned())]),
            samples: samples.to_vec(),
            ..Series::default()
        }
    }

    /// Reads what `stored` holds within the cursor's next window.
    fn tick(cursor: &mut Cursor, now_ms: i64, stored: &[Series]) -> Vec<RawSeries> {
        let window = cursor.window(now_ms, &options());
        let answered = stored.iter().cloned().map(|mut series| {
            series.samples.retain(|s| window.holds(s.0));
            series
        });
        let answered = answered.filter(|s| !s.samples.is_empty()).collect();
        cursor.absorb(window, answered, false, &options())
    }

    #[test]
    fn an_overlap_brings_no_sample_twice() {
        let mut cursor = Cursor::new(0);
        let stored = [series("a", &[(1000, 1.0), (2000, 2.0), (3000, 3.0)])];
        assert_eq!(
            tick(&mut cursor, 2000, &stored)[0].samples,
            [(1000, 1.0), (2000, 2.0)]
        );
        assert_eq!(tick(&mut cursor, 3000, &stored)[0].samples, [(3000, 3.0)]);
        assert!(tick(&mut cursor, 3000, &stored).is_empty());
        assert_eq!(cursor.silent(&[])[0].last_ms, 3000);
    }

    #[test]
    fn a_sample_older_than_the_last_is_late_and_comes_once() {
        let mut cursor = Cursor::new(0);
        tick(
            &mut cursor,
            3000,
            &[series("a", &[(1000, 1.0), (3000, 3.0)])],
        );
        let stored = [series(
            "a",
            &[(1000, 1.0), (2000, 2.0), (3000, 3.0), (4000, 4.0)],
        )];
        let fresh = tick(&mut cursor, 4000, &stored);
        assert_eq!(fresh[0].samples, [(4000, 4.0)]);
        assert_eq!(fresh[0].late, [(2000, 2.0)]);
        assert!(tick(&mut cursor, 5000, &stored).is_empty());
    }

    #[test]
    fn nan_is_kept_and_counted() {
        let mut cursor = Cursor::new(0);
        let fresh = tick(
            &mut cursor,
            2000,
            &[series("a", &[(1000, f64::NAN), (2000, 0.0)])],
        );
        assert_eq!(fresh[0].samples.len(), 2);
        assert_eq!(fresh[0].nan_count(), 1);
    }

    #[test]
    fn after_an_outage_reading_goes_on_where_it_stopped_in_bounded_windows() {
        let mut cursor = Cursor::new(0);
        tick(&mut cursor, 1000, &[series("a", &[(1000, 1.0)])]);
        let hour = 3_600_000;
        let window = cursor.window(hour, &options());
        assert!(
            window.from_ms < 1000 && window.to_ms == 1000 + 900_000,
            "{window:?}"
        );
        let mut ticks = 0;
        while !cursor.covers(hour) {
            tick(&mut cursor, hour, &[]);
            ticks += 1;
        }
        assert_eq!(ticks, 4);
    }

    #[test]
    fn a_clock_that_is_set_back_reads_nothing_twice() {
        let mut cursor = Cursor::new(0);
        let stored = [series("a", &[(1000, 1.0), (9000, 9.0)])];
        tick(&mut cursor, 10_000, &stored);
        assert!(tick(&mut cursor, 2_000, &stored).is_empty());
        assert!(cursor.covers(10_000));
    }

    #[test]
    fn an_incomplete_answer_is_read_again_as_far_back_as_patience_goes() {
        let options = options();
        let mut cursor = Cursor::new(0);
        let window = Window {
            from_ms: 0,
            to_ms: 300_000,
        };
        cursor.absorb(window, vec![series("a", &[(300_000, 1.0)])], true, &options);
        assert_eq!(cursor.window(301_000, &options).from_ms, 300_000 - 63_000);
        cursor.absorb(
            cursor.window(301_000, &options),
            vec![series("a", &[(301_000, 1.0)])],
            false,
            &options,
        );
        assert_eq!(cursor.window(302_000, &options).from_ms, 301_000 - 3_000);
    }

    #[test]
    fn a_silent_series_is_remembered_for_a_while_and_then_forgotten() {
        let mut cursor = Cursor::new(0);
        tick(&mut cursor, 1000, &[series("gone", &[(1000, 1.0)])]);
        tick(&mut cursor, 600_000, &[series("here", &[(600_000, 1.0)])]);
        assert_eq!(cursor.silent(&[]).len(), 2);
        for minute in 11..=75 {
            tick(
                &mut cursor,
                minute * 60_000,
                &[series("here", &[(minute * 60_000, 1.0)])],
            );
        }
        let left: Vec<i64> = cursor.silent(&[]).iter().map(|s| s.last_ms).collect();
        assert_eq!(left, [75 * 60_000]);
    }

    proptest! {
        /// Samples become visible after any delay within patience; ticks come at
        /// any pace from a clock that is off by some seconds.
        #[test]
        fn no_sample_is_lost_or_doubled_whatever_the_lag_the_pace_and_the_clock(
            lag_ms in 0_i64..25_000,
            jitter_ms in prop::collection::vec(0_i64..2_500, 120),
            paces in prop::collection::vec(1_i64..9_000, 60),
            skew_ms in -20_000_i64..20_000,
        ) {
            let begin = 1_000_000;
            // All samples with the time from which the server shows them.
            let stored: Vec<(i64, i64)> = (0_i64..).zip(&jitter_ms)
                .map(|(i, jitter)| (begin + i * 1000, begin + i * 1000 + lag_ms + jitter))
                .collect();
            let mut cursor = Cursor::new(begin - 60_000);
            let mut got = Vec::new();
            let mut server_ms = begin;
            let end = begin + 120_000 + lag_ms + 3_000 + 25_000;
            let mut paces = paces.into_iter().cycle();
            while server_ms < end {
                server_ms += paces.next().unwrap();
                let visible: Vec<Sample> = stored.iter()
                    .filter(|(_, shown_ms)| *shown_ms <= server_ms)
                    .map(|(at_ms, _)| (*at_ms, 0.0)).collect();
                for fresh in tick(&mut cursor, server_ms + skew_ms, &[series("a", &visible)]) {
                    got.extend(fresh.samples.iter().chain(&fresh.late).map(|s| s.0));
                }
            }
            got.sort_unstable();
            let all: Vec<i64> = stored.iter().map(|s| s.0).collect();
            prop_assert_eq!(got, all);
        }
    }
}
