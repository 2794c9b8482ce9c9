//! Whether other days show at the same hour what a finding shows today.

/// Points that a side of a day needs, to be told from chance.
const LEAST_POINTS: usize = 3;
/// Share of today's effect that another day must show.
const AS_MUCH: f64 = 0.5;

/// Whether a signal moved on another day at the same hour as it did today by `effect`; `before` and `after` are its
/// values on that day around that hour. None where too little is known of the day.
#[must_use]
pub fn moved_too(before: &[f64], after: &[f64], effect: f64) -> Option<bool> {
    let (before, after) = (median(before)?, median(after)?);
    let moved = (after - before) * effect.signum();
    Some(effect != 0.0 && moved >= AS_MUCH * effect.abs())
}

/// Whether it happens at this hour: every day that was asked for shows it. One day without it is enough to deny it,
/// and a day that is not known leaves it open.
#[must_use]
pub fn happens_at_this_hour(days: &[Option<bool>]) -> Option<bool> {
    if days.contains(&Some(false)) {
        Some(false)
    } else if days.is_empty() || days.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut values: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    if values.len() < LEAST_POINTS {
        return None;
    }
    values.sort_by(f64::total_cmp);
    Some(values[values.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_shows_it_when_it_moved_at_least_half_as_much_the_same_way() {
        let (low, high) = ([0.1, 0.1, 0.12, 0.1], [0.5, 0.48, 0.1, 0.5]);
        assert_eq!(moved_too(&low, &high, 0.4), Some(true));
        assert_eq!(moved_too(&low, &high, 1.0), Some(false));
        assert_eq!(moved_too(&high, &low, 0.4), Some(false));
        assert_eq!(moved_too(&high, &low, -0.4), Some(true));
        assert_eq!(moved_too(&low[..2], &high, 0.4), None);
        assert_eq!(moved_too(&[f64::NAN; 5], &high, 0.4), None);
    }

    #[test]
    fn only_when_every_day_shows_it_does_it_happen_at_this_hour() {
        assert_eq!(happens_at_this_hour(&[Some(true), Some(true)]), Some(true));
        assert_eq!(happens_at_this_hour(&[Some(true), None]), None);
        assert_eq!(happens_at_this_hour(&[None, Some(false)]), Some(false));
        assert_eq!(happens_at_this_hour(&[]), None);
    }
}
