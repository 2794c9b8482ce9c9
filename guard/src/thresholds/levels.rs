//! Which thresholds are tried: round numbers from the present one to a little beyond the worst that was measured.

use super::condition::Comparison;

/// So many at most, in about equal steps.
const MOST: usize = 48;
/// Beyond this multiple the steps grow with the numbers.
const WIDE: f64 = 4.0;
/// How far beyond the worst, so that what came every night at the same height comes no closer than that.
const BEYOND: f64 = 1.3;

/// From the present threshold on, the mildest first. The present one is among them.
pub(super) fn levels(present: f64, worst: f64, comparison: Comparison) -> Vec<f64> {
    let mut all = vec![present];
    let wide = present > 0.0 && worst / present >= WIDE;
    let far = if wide {
        worst * BEYOND
    } else {
        present + (worst - present) * BEYOND
    };
    let span = (far - present).abs();
    if !span.is_finite() || span == 0.0 {
        return all;
    }
    for step in 1..MOST {
        let part = step as f64 / MOST as f64;
        let exact = if wide {
            present * libm::pow(far / present, part)
        } else {
            present + (far - present) * part
        };
        let round = if wide {
            rounded(exact, magnitude(exact) - 1)
        } else {
            rounded(exact, magnitude(span / 20.0))
        };
        // What fires must have fired before, too: a threshold is never made milder.
        let stricter = comparison.worse(round, present) == round && round != present;
        if stricter && all.last() != Some(&round) {
            all.push(round);
        }
    }
    all
}

/// The power of ten in which a number is counted.
fn magnitude(value: f64) -> i32 {
    let power = libm::floor(libm::log10(value.abs()));
    power.clamp(-300.0, 300.0) as i32
}

/// To a multiple of this power of ten, as it is written.
fn rounded(value: f64, power: i32) -> f64 {
    let unit = libm::pow(10.0, f64::from(power));
    let digits = usize::try_from(-power).unwrap_or(0);
    let text = format!("{:.digits$}", (value / unit).round() * unit);
    text.parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thresholds::Side;

    const ABOVE: Comparison = Comparison {
        side: Side::Above,
        or_equal: false,
    };
    const BELOW: Comparison = Comparison {
        side: Side::Below,
        or_equal: false,
    };

    #[test]
    fn thresholds_are_round_numbers_and_none_is_milder_than_the_present_one() {
        let narrow = levels(0.01, 0.03, ABOVE);
        assert_eq!(narrow[..4], [0.01, 0.011, 0.012, 0.013]);
        let wide = levels(0.01, 5.0, ABOVE);
        assert_eq!(wide[..4], [0.01, 0.011, 0.013, 0.015]);
        assert!(*wide.last().unwrap() > 5.0);
        let below = levels(0.99, 0.9, BELOW);
        assert_eq!(below[..3], [0.99, 0.988, 0.985]);
        assert!(below.is_sorted_by(|one, other| one > other), "{below:?}");
        assert!(narrow.is_sorted() && narrow.len() <= MOST, "{narrow:?}");
    }

    #[test]
    fn where_nothing_went_further_only_the_present_one_is_tried() {
        assert_eq!(levels(0.5, 0.5, ABOVE), [0.5]);
        assert_eq!(levels(0.5, f64::INFINITY, ABOVE), [0.5]);
        assert_eq!(levels(0.0, 1.0, ABOVE)[..3], [0.0, 0.03, 0.05]);
    }
}
