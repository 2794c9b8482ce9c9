//! Times as the API writes them: RFC 3339, UTC, with milliseconds.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// A time.
pub(super) fn millis<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{at:.3}"))
}

/// A time, if there is one.
pub(super) fn millis_or_null<S: Serializer>(
    at: &Option<Timestamp>,
    to: S,
) -> Result<S::Ok, S::Error> {
    at.as_ref().map(|at| format!("{at:.3}")).serialize(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_three_digits_of_a_second_whatever_it_was_measured_in() {
        let shown = |text: &str| {
            let at: Timestamp = text.parse().unwrap();
            serde_json::to_value(millis(&at, serde_json::value::Serializer).unwrap()).unwrap()
        };
        assert_eq!(shown("2026-11-21T03:12:05Z"), "2026-11-21T03:12:05.000Z");
        assert_eq!(
            shown("2026-11-21T03:12:05.123456789Z"),
            "2026-11-21T03:12:05.123Z"
        );
        let none = millis_or_null(&None, serde_json::value::Serializer).unwrap();
        assert_eq!(none, serde_json::Value::Null);
    }
}
