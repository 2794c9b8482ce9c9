//! Counters with their resets, for readers that want growth and not judgement.

use super::value::Sample;

/// Growth of a counter between two neighbouring samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Increase {
    /// Time of the earlier sample, Unix milliseconds.
    pub from_ms: i64,
    /// Time of the later sample, Unix milliseconds.
    pub to_ms: i64,
    /// Growth, never negative. After a reset it is what was counted since zero:
    /// what came between the earlier sample and the reset is lost.
    pub by: f64,
    /// Whether the counter started anew in between.
    pub reset: bool,
}

/// Growth between each pair of neighbouring samples, which must be in order of
/// time. `NaN` and infinite samples are left out, so that a pair then spans
/// them. The first sample alone says nothing about growth.
#[must_use]
pub fn increases(samples: &[Sample]) -> Vec<Increase> {
    let finite: Vec<Sample> = samples
        .iter()
        .copied()
        .filter(|s| s.1.is_finite())
        .collect();
    finite
        .windows(2)
        .map(|pair| {
            let ((from_ms, before), (to_ms, after)) = (pair[0], pair[1]);
            let reset = after < before;
            Increase {
                from_ms,
                to_ms,
                by: if reset {
                    after.max(0.0)
                } else {
                    after - before
                },
                reset,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn growth(samples: &[Sample]) -> Vec<f64> {
        increases(samples).iter().map(|i| i.by).collect()
    }

    #[test]
    fn a_counter_grows_by_its_differences() {
        let grown = increases(&[(0, 5.0), (1000, 7.0), (3000, 7.0)]);
        assert_eq!(
            grown[0],
            Increase {
                from_ms: 0,
                to_ms: 1000,
                by: 2.0,
                reset: false
            }
        );
        assert_eq!(grown[1].by, 0.0, "a counted zero is a value");
    }

    #[test]
    fn after_a_reset_only_what_was_counted_since_zero_is_growth() {
        let grown = increases(&[(0, 100.0), (1000, 3.0), (2000, 4.0)]);
        assert_eq!((grown[0].by, grown[0].reset), (3.0, true));
        assert_eq!((grown[1].by, grown[1].reset), (1.0, false));
    }

    #[test]
    fn nan_and_infinity_are_spanned_and_a_lone_sample_says_nothing() {
        assert_eq!(
            growth(&[(0, 1.0), (1, f64::NAN), (2, f64::INFINITY), (3, 4.0)]),
            [3.0]
        );
        assert!(growth(&[]).is_empty());
        assert!(growth(&[(0, 9.0)]).is_empty());
    }

    proptest! {
        #[test]
        fn what_was_counted_is_never_overstated(steps in prop::collection::vec((0_u32..50, prop::bool::weighted(0.2)), 0..40)) {
            let (mut counter, mut counted, mut samples) = (0.0, 0.0, vec![(0, 0.0)]);
            for (i, (step, restart)) in steps.iter().enumerate() {
                if *restart { counter = 0.0; }
                counter += f64::from(*step);
                counted += f64::from(*step);
                samples.push((i64::try_from(i).unwrap() + 1, counter));
            }
            let found: f64 = growth(&samples).iter().sum();
            prop_assert!(found <= counted);
            if steps.iter().all(|(_, restart)| !restart) { prop_assert_eq!(found, counted); }
        }
    }
}
