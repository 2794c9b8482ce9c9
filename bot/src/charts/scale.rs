//! Where moments and values are in a drawing.

use messages::chart::Chart;

/// A limit further above the values than this is not drawn: the course would be flat.
const LIMIT_WITHIN: f64 = 3.0;

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
        let times = known.chain([0.0]).chain(chart.onset);
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
