//! A part of a chart, to be looked at more closely.

use super::{Chart, Points};

impl Chart {
    /// What is between two moments, in seconds since the deployment; none where not even two values were measured.
    #[must_use]
    pub fn within(&self, from: f64, to: f64) -> Option<Self> {
        if !(from.is_finite() && to.is_finite() && from < to) {
            return None;
        }
        let inside = |at: f64| from <= at && at <= to;
        let part = |points: &Points| -> Points {
            let kept = points.iter().filter(|(at, _)| inside(*at));
            kept.copied().collect()
        };
        let mut shown = self.clone();
        shown.before = part(&self.before);
        shown.after = part(&self.after);
        shown.beside = part(&self.beside);
        shown.marks.retain(|mark| inside(mark.at));
        shown.onset = self.onset.filter(|at| inside(*at));
        shown.window = Some((from, to));
        let known = shown.points().filter(|(_, value)| value.is_some()).count();
        (known >= 2).then_some(shown)
    }
}
