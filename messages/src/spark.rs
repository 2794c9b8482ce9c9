//! A course of values as a small line within a text.

/// The highest level of a point.
pub(crate) const TOP: u8 = 100;
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Stands where nothing was measured.
const GAP: char = '·';
/// Stands where the change began.
const BEGUN: char = '┃';

/// A line of points between 0 and 100.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spark {
    /// Levels before the change; a gap where nothing was measured.
    pub(crate) before: Vec<Option<u8>>,
    /// Levels since.
    pub(crate) after: Vec<Option<u8>>,
}

impl Spark {
    /// A line of these values; none where fewer than two were measured. A line that hardly moves for its
    /// size is drawn flat: noise is no shape.
    pub(crate) fn of(before: &[Option<f64>], after: &[Option<f64>]) -> Option<Self> {
        let known: Vec<f64> = before
            .iter()
            .chain(after)
            .flatten()
            .copied()
            .filter(|value| value.is_finite())
            .collect();
        if known.len() < 2 {
            return None;
        }
        let low = known.iter().copied().fold(f64::INFINITY, f64::min);
        let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // From zero, where values reach near to it: then the height says how much.
        let floor = if low >= 0.0 && low < 0.5 * high {
            0.0
        } else {
            low
        };
        let span = (high - floor).max(0.02 * high.abs());
        let level = |value: &Option<f64>| {
            let value = value.filter(|value| value.is_finite())?;
            let part = if span > 0.0 {
                (value - floor) / span
            } else {
                0.0
            };
            Some((part.clamp(0.0, 1.0) * f64::from(TOP)).round() as u8)
        };
        Some(Self {
            before: before.iter().map(level).collect(),
            after: after.iter().map(level).collect(),
        })
    }

    /// The line in characters.
    #[must_use]
    pub fn characters(&self) -> String {
        let block = |level: &Option<u8>| match level {
            None => GAP,
            Some(level) => {
                let at = usize::from(*level) * (BLOCKS.len() - 1) / usize::from(TOP);
                BLOCKS.get(at).copied().unwrap_or(GAP)
            }
        };
        let before: String = self.before.iter().map(block).collect();
        let after: String = self.after.iter().map(block).collect();
        if before.is_empty() || after.is_empty() {
            before + &after
        } else {
            format!("{before}{BEGUN}{after}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(before: &[f64], after: &[f64]) -> Option<String> {
        let some = |values: &[f64]| -> Vec<Option<f64>> {
            values
                .iter()
                .map(|value| value.is_finite().then_some(*value))
                .collect()
        };
        Spark::of(&some(before), &some(after)).map(|spark| spark.characters())
    }

    #[test]
    fn a_step_is_seen_as_a_step_and_a_gap_as_a_gap() {
        assert_eq!(
            drawn(&[0.0, 0.0], &[0.3, f64::NAN, 0.3]).as_deref(),
            Some("▁▁┃█·█")
        );
        assert_eq!(drawn(&[], &[1.0, 2.0, 4.0]).as_deref(), Some("▂▄█"));
    }

    #[test]
    fn what_hardly_moves_is_flat_and_a_single_point_is_no_line() {
        let flat = drawn(&[100.0, 100.1], &[100.2, 100.0]).unwrap();
        assert!(!flat.contains('█'), "{flat}");
        assert_eq!(drawn(&[0.0, 0.0], &[0.0]).as_deref(), Some("▁▁┃▁"));
        assert_eq!(drawn(&[], &[1.0]), None);
        assert_eq!(drawn(&[f64::NAN], &[f64::INFINITY]), None);
    }
}
