//! Times as callers say them: `2026-11-22T10:00:00Z`, or `-15m` before now.

use crate::error::ToolError;
use jiff::Timestamp;
use std::time::Duration;

/// How a time may be said.
const EXPECTED: &str =
    "expected a time such as 2026-11-22T10:00:00Z, or how long ago, such as -15m";

/// The time that is meant.
pub(crate) fn moment(
    name: &'static str,
    text: &str,
    now: Timestamp,
) -> Result<Timestamp, ToolError> {
    let text = text.trim();
    if text == "now" {
        return Ok(now);
    }
    if let Some(ago) = text.strip_prefix('-') {
        return now
            .checked_sub(length(name, ago)?)
            .map_err(|_| ToolError::argument(name, EXPECTED));
    }
    text.parse()
        .map_err(|_| ToolError::argument(name, EXPECTED))
}

/// The length of time that is meant.
pub(crate) fn length(name: &'static str, text: &str) -> Result<Duration, ToolError> {
    humantime::parse_duration(text.trim())
        .ok()
        .filter(|length| !length.is_zero() && length.as_secs() < 10 * 366 * 24 * 3600)
        .ok_or_else(|| {
            ToolError::argument(name, "expected a length of time such as 30s, 15m or 2h")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_full_or_as_how_long_ago() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        for (said, meant) in [
            ("now", "2026-11-22T10:00:00Z"),
            ("-15m", "2026-11-22T09:45:00Z"),
            ("-1h 30m", "2026-11-22T08:30:00Z"),
            ("2026-11-21T11:00:00+01:00", "2026-11-21T10:00:00Z"),
        ] {
            assert_eq!(moment("end", said, now).unwrap().to_string(), meant);
        }
        for said in [
            "",
            "yesterday",
            "-",
            "-0s",
            "-999999999999h",
            "10:00",
            "15m",
        ] {
            let error = moment("end", said, now).unwrap_err().to_string();
            assert!(error.contains("`end`"), "{said}: {error}");
        }
    }
}
