//! A series in a few numbers, and where it changed.

use crate::answer::Number;
use crate::said::time;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use sources::metrics::Sample;

/// Samples that there must be on each side of a change.
const SIDE: usize = 3;
/// Standard errors that the two sides must lie apart. Many places are looked at and neighbours resemble each other, so it
/// is more than a textbook asks for. It describes, and judges nothing: verdicts are the detector's.
const APART: f64 = 6.0;

/// A series in a few numbers.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Summary {
    /// Samples that are numbers.
    n: usize,
    /// Samples that are `NaN`; they count nowhere else.
    #[serde(skip_serializing_if = "is_zero")]
    nan: usize,
    min: Number,
    max: Number,
    mean: Number,
    p95: Number,
    first: Number,
    last: Number,
    /// The largest step, if there is a clear one.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Step>,
}

/// A step: means before and from then on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct Step {
    at: String,
    before: Number,
    after: Number,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The series in a few numbers; none if no sample is a number.
pub(crate) fn summary(samples: &[Sample]) -> Option<Summary> {
    let known: Vec<Sample> = samples
        .iter()
        .copied()
        .filter(|(_, value)| !value.is_nan())
        .collect();
    let (first, last) = (known.first()?.1, known.last()?.1);
    let mut sorted: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    // Nearest rank: a value that was measured.
    let p95 = sorted[(n * 95).div_ceil(100).clamp(1, n) - 1];
    Some(Summary {
        n,
        nan: samples.len() - n,
        min: Number(sorted[0]),
        max: Number(sorted[n - 1]),
        mean: Number(mean(&sorted)),
        p95: Number(p95),
        first: Number(first),
        last: Number(last),
        change: change(&known),
    })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The place that splits the samples best into two levels, if they lie clearly apart.
fn change(samples: &[Sample]) -> Option<Step> {
    let n = samples.len();
    if n < 2 * SIDE || samples.iter().any(|(_, value)| value.is_infinite()) {
        return None;
    }
    // Around the middle, or counters in the billions would drown what they do.
    let middle = samples[n / 2].1;
    let centred: Vec<f64> = samples.iter().map(|(_, value)| value - middle).collect();
    let (all, squares) = centred
        .iter()
        .fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
    let mut sum = 0.0;
    let mut best: Option<(f64, usize)> = None;
    for (place, x) in centred.iter().enumerate().take(n - SIDE) {
        sum += x;
        let left = place + 1;
        if left < SIDE {
            continue;
        }
        // What the two means explain of the spread.
        let explained = sum * sum / left as f64 + (all - sum) * (all - sum) / (n - left) as f64;
        if best.is_none_or(|(most, _)| explained > most) {
            best = Some((explained, left));
        }
    }
    let (explained, left) = best?;
    let (before, after) = centred.split_at(left);
    let (before, after) = (mean(before), mean(after));
    let rest = (squares - explained).max(0.0) / (n - 2) as f64;
    let error = (rest * (1.0 / left as f64 + 1.0 / (n - left) as f64)).sqrt();
    // Of numbers that only differ in their last bits nothing is said.
    let noise = middle.abs().max(squares.sqrt()) * 1e-9;
    ((after - before).abs() > (APART * error).max(noise)).then(|| Step {
        at: Timestamp::from_millisecond(samples[left].0)
            .map_or_else(|_| samples[left].0.to_string(), time),
        before: Number(before + middle),
        after: Number(after + middle),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[f64]) -> Vec<Sample> {
        values
            .iter()
            .enumerate()
            .map(|(n, value)| (1_795_249_800_000 + n as i64 * 15_000, *value))
            .collect()
    }

    #[test]
    fn a_step_is_found_where_it_is_with_the_levels_on_both_sides() {
        let mut values: Vec<f64> = (0..40).map(|n| 0.01 + 0.001 * f64::from(n % 3)).collect();
        values.extend((0..20).map(|n| 0.2 + 0.01 * f64::from(n % 2)));
        let said = summary(&series(&values)).unwrap();
        let change = said.change.unwrap();
        let began = Timestamp::from_millisecond(1_795_249_800_000 + 40 * 15_000).unwrap();
        assert_eq!(change.at, time(began));
        assert!(
            (change.before.0 - 0.011).abs() < 1e-4 && (change.after.0 - 0.205).abs() < 1e-9,
            "{change:?}"
        );
    }

    #[test]
    fn noise_a_constant_and_too_few_samples_are_no_change() {
        let noise: Vec<f64> = (0..200_u32)
            .map(|n| f64::from(n.wrapping_mul(2_654_435_761) >> 16) / 65_536.0)
            .collect();
        assert_eq!(summary(&series(&noise)).unwrap().change, None);
        assert_eq!(summary(&series(&[1e12; 50])).unwrap().change, None);
        assert_eq!(
            summary(&series(&[0.1 + 0.2, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3]))
                .unwrap()
                .change,
            None
        );
        assert_eq!(
            summary(&series(&[0.0, 0.0, 1.0, 1.0])).unwrap().change,
            None
        );
    }

    #[test]
    fn the_numbers_are_those_of_the_series_and_nan_is_counted_apart() {
        let mut values: Vec<f64> = (1..=100).map(f64::from).collect();
        values.push(f64::NAN);
        let said = summary(&series(&values)).unwrap();
        assert_eq!((said.n, said.nan), (100, 1));
        assert_eq!(
            (said.min.0, said.max.0, said.mean.0, said.p95.0),
            (1.0, 100.0, 50.5, 95.0)
        );
        assert_eq!((said.first.0, said.last.0), (1.0, 100.0));
        assert_eq!(summary(&series(&[f64::NAN])), None);
        assert_eq!(summary(&[]), None);
    }
}
