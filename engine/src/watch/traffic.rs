//! The traffic of the whole service, before the change and now.

use super::fetch::Heard;
use super::speak::at;
use guard::blame;
use guard::detect::Use;
use guard::ids::SignalKey;
use std::collections::BTreeMap;
use std::time::Duration;

/// Least length of the pieces in which it is counted, in seconds; each holds two scrapes.
const PIECE_S: f64 = 5.0;
/// Pieces that are kept: two hours of the shortest.
const MOST_PIECES: usize = 1440;
/// How far back before the change is normal, in seconds.
const BEFORE_S: f64 = 600.0;
/// What is now: the last two whole pieces.
const NOW: i64 = 2;
/// How sure a growth must be, in standard deviations of counting.
const SURE: f64 = 4.0;

/// Requests by time.
#[derive(Debug)]
pub(super) struct Traffic {
    /// Length of the pieces, in seconds.
    piece_s: f64,
    /// Each counter's newest sample: time and value.
    last: BTreeMap<(usize, BTreeMap<String, String>), (f64, f64)>,
    pieces: BTreeMap<i64, f64>,
}

impl Traffic {
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            piece_s: PIECE_S.max(2.0 * interval.as_secs_f64()),
            last: BTreeMap::new(),
            pieces: BTreeMap::new(),
        }
    }

    fn piece(&self, t: f64) -> i64 {
        (t / self.piece_s).floor() as i64
    }

    /// Counts what was heard of the signal whose count is the load.
    pub(super) fn take(&mut self, heard: &Heard, load: Option<&SignalKey>) {
        let Some(load) = load else { return };
        for series in &heard.series {
            let counts =
                |(signal, part): &(String, Use)| signal == load.as_str() && *part == Use::Counter;
            if !series.uses.iter().any(counts) {
                continue;
            }
            for (t, value) in &series.samples {
                self.count(&series.id, *t, *value);
            }
        }
        while self.pieces.len() > MOST_PIECES {
            self.pieces.pop_first();
        }
    }

    fn count(&mut self, id: &(usize, BTreeMap<String, String>), t: f64, value: f64) {
        if value.is_nan() {
            return;
        }
        let before = match self.last.get_mut(id) {
            None => {
                self.last.insert(id.clone(), (t, value));
                return;
            }
            // An overlap is no news.
            Some((last, _)) if t <= *last => return,
            Some(last) => std::mem::replace(last, (t, value)).1,
        };
        // A counter that begins again has counted from zero.
        let more = if value < before {
            value
        } else {
            value - before
        };
        let piece = self.piece(t);
        *self.pieces.entry(piece).or_default() += more;
    }

    /// How it has grown since the change; none while too little is known. What may be chance is no growth.
    pub(super) fn since(&self, change: f64, now: f64) -> Option<blame::Traffic> {
        // Neither the piece of the change nor the newest is whole.
        let (changed, newest) = (self.piece(change), self.piece(now));
        let of = |from: i64, to: i64| -> Vec<f64> {
            let counted = self.pieces.range(from..to);
            counted.map(|(_, n)| *n / self.piece_s).collect()
        };
        let mut past = of(self.piece(change - BEFORE_S), changed);
        past.sort_by(f64::total_cmp);
        let before = *past.get(past.len() / 2).filter(|_| past.len() > 1)?;
        let last = of(newest - NOW, newest);
        let present = last.iter().sum::<f64>() / last.len().max(1) as f64;
        if last.is_empty() {
            return None;
        }
        let seconds = last.len() as f64 * self.piece_s;
        if (present - before).abs() * seconds < SURE * (before * seconds).sqrt() {
            return Some(blame::Traffic {
                before,
                now: before,
                since: at(now),
            });
        }
        let half = before + (present - before) / 2.0;
        let grown = self
            .pieces
            .range(changed..)
            .find(|(_, n)| **n / self.piece_s >= half)
            .map_or(now, |(piece, _)| *piece as f64 * self.piece_s);
        Some(blame::Traffic {
            before,
            now: present,
            since: at(grown),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fetch::Fetched;
    use super::*;

    fn heard(samples: Vec<(f64, f64)>) -> Heard {
        Heard {
            series: vec![Fetched {
                id: (0, BTreeMap::new()),
                instance: None,
                uses: vec![("throughput".to_owned(), Use::Counter)],
                samples,
            }],
            ..Heard::default()
        }
    }

    fn load() -> SignalKey {
        SignalKey::new("throughput").unwrap()
    }

    /// A counter that grows so much a second up to `change` and so much after it.
    fn counter(change: f64, until: f64, rates: (f64, f64)) -> Vec<(f64, f64)> {
        let mut value = 0.0;
        (0..=(until / 5.0) as i64)
            .map(|i| {
                let t = i as f64 * 5.0;
                value += 5.0 * if t <= change { rates.0 } else { rates.1 };
                (t, value)
            })
            .collect()
    }

    #[test]
    fn traffic_that_doubles_is_seen_with_its_onset() {
        let mut traffic = Traffic::new(Duration::from_secs(1));
        traffic.take(&heard(counter(640.0, 720.0, (40.0, 80.0))), Some(&load()));
        let seen = traffic.since(600.0, 720.0).unwrap();
        assert!((seen.before - 40.0).abs() < 1.0, "{seen:?}");
        assert!((seen.now - 80.0).abs() < 1.0, "{seen:?}");
        let onset = super::super::speak::seconds(seen.since);
        assert!((630.0..=660.0).contains(&onset), "{onset}");
    }

    #[test]
    fn scrapes_far_apart_are_counted_in_longer_pieces() {
        let mut traffic = Traffic::new(Duration::from_secs(15));
        let all = counter(640.0, 800.0, (40.0, 80.0));
        let seldom = all.into_iter().step_by(3).collect();
        traffic.take(&heard(seldom), Some(&load()));
        let seen = traffic.since(600.0, 800.0).unwrap();
        assert!((seen.before - 40.0).abs() < 2.0, "{seen:?}");
        assert!((seen.now - 80.0).abs() < 2.0, "{seen:?}");
    }

    #[test]
    fn a_few_requests_more_where_hardly_any_come_are_no_growth() {
        let mut traffic = Traffic::new(Duration::from_secs(1));
        traffic.take(&heard(counter(600.0, 720.0, (0.2, 0.4))), Some(&load()));
        let seen = traffic.since(600.0, 720.0).unwrap();
        assert_eq!(seen.now, seen.before, "{seen:?}");
    }

    #[test]
    fn overlaps_restarts_and_a_short_past_are_no_growth() {
        let mut traffic = Traffic::new(Duration::from_secs(1));
        let all = counter(600.0, 700.0, (40.0, 40.0));
        traffic.take(&heard(all.clone()), Some(&load()));
        traffic.take(&heard(all[100..].to_vec()), Some(&load()));
        // Begun again: it counts from zero.
        let again = (1..20).map(|i| (700.0 + f64::from(i) * 5.0, f64::from(i) * 200.0));
        traffic.take(&heard(again.collect()), Some(&load()));
        let seen = traffic.since(600.0, 790.0).unwrap();
        assert!((seen.now - 40.0).abs() < 1.0, "{seen:?}");
        assert_eq!(traffic.since(10.0, 790.0), None, "nothing before it");
        assert_eq!(
            Traffic::new(Duration::from_secs(1)).since(600.0, 720.0),
            None
        );
        let mut unmeasured = Traffic::new(Duration::from_secs(1));
        unmeasured.take(&heard(all), None);
        assert_eq!(unmeasured.since(600.0, 700.0), None);
    }
}
