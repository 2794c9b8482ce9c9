//! How long to wait before something is tried again.

use jiff::SignedDuration;
use std::time::Duration;

/// The shortest wait.
const SHORTEST: Duration = Duration::from_millis(250);

/// Half of how long it has been wanted: the waits grow with the age of what is tried, up to `longest`. That
/// needs no count, so nothing that is tried for hours comes nearer to being given up by being counted.
pub(crate) fn wait(age: SignedDuration, longest: Duration) -> Duration {
    let age = Duration::try_from(age).unwrap_or_default();
    (age / 2).clamp(SHORTEST, longest.max(SHORTEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_for_six_hours_is_tried_often_at_first_and_every_five_minutes_later() {
        let longest = Duration::from_secs(300);
        let (mut age, mut tries, mut in_first_minute) = (Duration::ZERO, 0, 0);
        while age < Duration::from_secs(6 * 3600) {
            age += wait(age.try_into().unwrap(), longest);
            tries += 1;
            in_first_minute += u32::from(age <= Duration::from_secs(60));
        }
        assert!((10..20).contains(&in_first_minute), "{in_first_minute}");
        assert!((70..110).contains(&tries), "{tries}");
    }

    #[test]
    fn a_clock_that_went_back_waits_shortly() {
        let past = SignedDuration::from_secs(-60);
        assert_eq!(wait(past, Duration::from_secs(300)), SHORTEST);
    }
}
