//! The points of a chart as rows: for whoever reads rather than sees.

use super::{Chart, Points};
use std::collections::BTreeMap;

/// What was measured at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Seconds since the deployment.
    pub at: f64,
    /// Where the change is.
    pub changed: Option<f64>,
    /// Where it is not: everywhere, before the deployment.
    pub unchanged: Option<f64>,
}

impl Chart {
    /// One row for each moment, the oldest first; moments without any value are left out.
    #[must_use]
    pub fn readings(&self) -> Vec<Reading> {
        let mut rows: BTreeMap<i64, Reading> = BTreeMap::new();
        let mut fill = |points: &Points, changed: bool| {
            for (at, value) in points {
                let Some(value) = value else { continue };
                let row = rows.entry(millis(*at)).or_insert(Reading {
                    at: *at,
                    changed: None,
                    unchanged: None,
                });
                let cell = if changed {
                    &mut row.changed
                } else {
                    &mut row.unchanged
                };
                *cell = Some(*value);
            }
        };
        fill(&self.before, false);
        fill(&self.after, true);
        fill(&self.beside, false);
        rows.into_values().collect()
    }
}

fn millis(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}
