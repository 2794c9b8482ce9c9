//! Where moments and values are in a drawing.

use messages::chart::Chart;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;
use std::ops::Range;

/// A limit further above the values than this is not drawn: the course would be flat.
const LIMIT_WITHIN: f64 = 3.0;

/// Between two times that are written below, in seconds: as people count.
const STEPS: [f64; 22] = [
    0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0,
    3_600.0, 7_200.0, 14_400.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0,
];

/// Where a time is: a third of the width for what was before, and two for what is since, which is mostly much shorter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// Seconds of a unit before the deployment, and since; each is a third. Nothing where nothing was measured before.
    pub(super) before: f64,
    pub(super) since: f64,
    /// The first and the last place.
    pub(super) ends: (f64, f64),
}

impl Scale {
    /// The scale of a chart; none where nothing is known.
    pub(super) fn of(chart: &Chart) -> Option<Self> {
        if let Some((from, to)) = chart.window {
            // A part has one scale: three units are its whole width, as of the rest.
            let unit = (to - from) / 3.0;
            return Some(Self {
                before: unit,
                since: unit,
                ends: (from / unit, to / unit),
            });
        }
        let known = chart.points().map(|(at, _)| *at);
        let span = chart.span.into_iter().flat_map(|(from, to)| [from, to]);
        let times = known.chain([0.0]).chain(chart.onset).chain(span);
        let marks = chart.marks.iter().map(|mark| mark.at);
        let (from, to) = ends(times.chain(marks))?;
        Some(Self {
            before: -from,
            since: to.max(0.5) / 2.0,
            ends: (if from < 0.0 { -1.0 } else { 0.0 }, 2.0),
        })
    }

    pub(super) fn ends(self) -> (f64, f64) {
        self.ends
    }

    pub(super) fn place(self, time: f64) -> f64 {
        time / if time < 0.0 { self.before } else { self.since }
    }

    pub(super) fn time(self, place: f64) -> f64 {
        place * if place < 0.0 { self.before } else { self.since }
    }

    /// Where times are, of which about so many are written.
    pub(super) fn axis(self, most: usize) -> Axis {
        Axis {
            ends: self.ends,
            written: self.rounds(most),
        }
    }

    /// The places of the times that are written below, no more than about so many: round ones.
    fn rounds(self, most: usize) -> Vec<f64> {
        let (from, to) = (self.time(self.ends.0), self.time(self.ends.1));
        let most = most as f64;
        let mut times = if from < 0.0 && to > 0.0 {
            // What was before has a third of the width and a scale of its own.
            let mut times = round(from, 0.0, most / 3.0);
            times.extend(round(0.0, to, most * 2.0 / 3.0));
            times
        } else {
            round(from, to, most)
        };
        times.dedup();
        times.into_iter().map(|time| self.place(time)).collect()
    }
}

/// The lower edge of a drawing. Plotters writes times where its own numbers are round, which a scale in two parts has not.
pub(super) struct Axis {
    ends: (f64, f64),
    written: Vec<f64>,
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, place: &f64, limit: (i32, i32)) -> i32 {
        RangedCoordf64::from(self.range()).map(place, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.written.clone()
    }

    fn range(&self) -> Range<f64> {
        self.ends.0..self.ends.1
    }
}

/// Multiples of a step from one time to another, about so many; both ends of a span that is too long or too short for any.
fn round(from: f64, to: f64, most: f64) -> Vec<f64> {
    let least = (to - from) / most.max(1.0);
    let Some(step) = STEPS.into_iter().find(|step| *step >= least) else {
        return vec![from, to];
    };
    // What lies at the very end counts, however it was rounded on its way.
    let first = (from / step - 1e-6).ceil() as i64;
    let last = (to / step + 1e-6).floor() as i64;
    (first..=last).map(|count| count as f64 * step).collect()
}

/// The limit, where the course can be seen beside it.
pub(super) fn limit(chart: &Chart) -> Option<&(f64, String)> {
    let (low, high) = values(chart)?;
    let near =
        |(limit, _): &&(f64, String)| *limit <= high * LIMIT_WITHIN && *limit >= low / LIMIT_WITHIN;
    chart.limit.as_ref().filter(near)
}

/// The lowest and the highest of what was measured.
pub(super) fn values(chart: &Chart) -> Option<(f64, f64)> {
    ends(chart.points().filter_map(|(_, value)| *value))
}

/// From zero, where values reach near to it: then the height says how much. With room for words above.
pub(super) fn heights(chart: &Chart) -> Option<(f64, f64)> {
    let (low, high) = values(chart)?;
    let limit = limit(chart).map(|(limit, _)| *limit);
    let high = limit.map_or(high, |limit| high.max(limit));
    let low = limit.map_or(low, |limit| low.min(limit));
    let floor = if low >= 0.0 && low < 0.5 * high {
        0.0
    } else {
        low
    };
    // What hardly moves is drawn flat: noise is no shape.
    let span = (high - floor).max(0.02 * high.abs()).max(1e-9);
    let floor = if floor == 0.0 {
        0.0
    } else {
        floor - 0.1 * span
    };
    // Each mark may need a row of its own.
    let rows = chart.marks.len().clamp(1, 4) as f64;
    Some((floor, high + (0.22 + 0.08 * rows) * span))
}

fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|value| value.is_finite())
        .fold(None, |ends, value| match ends {
            None => Some((value, value)),
            Some((low, high)) => Some((value.min(low), value.max(high))),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(before: f64, since: f64) -> Scale {
        Scale {
            before,
            since: since / 2.0,
            ends: (-1.0, 2.0),
        }
    }

    fn times(scale: Scale, most: usize) -> Vec<f64> {
        let places = scale.rounds(most);
        let times = places.into_iter().map(|place| scale.time(place));
        times.map(|time| (time * 10.0).round() / 10.0).collect()
    }

    #[test]
    fn times_below_a_drawing_are_round_and_the_deployment_is_one_of_them() {
        let night = times(scale(15.0, 158.0), 9);
        assert_eq!(
            night,
            [-15.0, -10.0, -5.0, 0.0, 30.0, 60.0, 90.0, 120.0, 150.0]
        );
        assert_eq!(times(scale(18.0, 720.0), 4), [-15.0, 0.0, 300.0, 600.0]);
        assert_eq!(
            times(scale(3600.0, 172_800.0), 4),
            [-3600.0, 0.0, 86_400.0, 172_800.0]
        );
    }

    #[test]
    fn a_part_of_a_drawing_has_round_times_within_it() {
        let part = Scale {
            before: 7.0,
            since: 7.0,
            ends: (100.0 / 7.0, 121.0 / 7.0),
        };
        assert_eq!(times(part, 8), [100.0, 105.0, 110.0, 115.0, 120.0]);
    }

    #[test]
    fn no_span_is_too_long_to_be_told() {
        assert_eq!(times(scale(0.05, 1e9), 4), [0.0, 1e9]);
    }
}
