//! When a host may be asked again: its own rate limits, as it tells them.

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// What a host that says no pause of its own is given, as GitHub asks for.
const USUAL_PAUSE: Duration = Duration::from_secs(60);
/// Others ask with the same credentials: this share of what the host allows is left to them.
const LEFT_TO_OTHERS: u64 = 20;

/// Until when a host is left alone; shared by all that ask it.
#[derive(Debug, Default)]
pub(super) struct Pace {
    closed_until: Mutex<Option<Instant>>,
}

impl Pace {
    /// How long the host is to be left alone from now on.
    pub(super) fn wait(&self) -> Duration {
        let until = *self.closed();
        until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }

    /// Nobody asks until then.
    pub(super) fn close_for(&self, pause: Duration) {
        let until = Instant::now().checked_add(pause);
        let mut closed = self.closed();
        *closed = (*closed).max(until);
    }

    fn closed(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.closed_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause that an answer of any status asks for, because little is left.
pub(super) fn running_out(headers: &HeaderMap) -> Option<Duration> {
    let remaining = number(headers, ["x-ratelimit-remaining", "ratelimit-remaining"])?;
    let limit = number(headers, ["x-ratelimit-limit", "ratelimit-limit"]).unwrap_or(0);
    (remaining <= limit / LEFT_TO_OTHERS).then(|| until_reset(headers))?
}

/// The pause that a refusal for asking too much asks for.
pub(super) fn too_much(headers: &HeaderMap) -> Duration {
    retry_after(headers)
        .or_else(|| until_reset(headers).filter(|_| is_used_up(headers)))
        .unwrap_or(USUAL_PAUSE)
}

/// Whether the host says that nothing is left.
pub(super) fn is_used_up(headers: &HeaderMap) -> bool {
    number(headers, ["x-ratelimit-remaining", "ratelimit-remaining"]) == Some(0)
}

/// `Retry-After` as seconds or as a date.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(text).ok()?;
    Some(at.duration_since(now(headers)).unwrap_or_default())
}

fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    let reset = number(headers, ["x-ratelimit-reset", "ratelimit-reset"])?;
    let now = now(headers).duration_since(UNIX_EPOCH).unwrap_or_default();
    Some(Duration::from_secs(reset.saturating_sub(now.as_secs())))
}

/// The host's clock, so that ours may be wrong.
fn now(headers: &HeaderMap) -> SystemTime {
    let said = headers.get(DATE).and_then(|date| date.to_str().ok());
    said.and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or_else(SystemTime::now)
}

fn number(headers: &HeaderMap, names: [&str; 2]) -> Option<u64> {
    let value = names.iter().find_map(|name| headers.get(*name))?;
    value.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn headers(all: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        all.iter().map(pair).collect()
    }

    const AT: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");

    #[test]
    fn the_hosts_own_clock_says_how_long_a_limit_lasts() {
        let told = headers(&[
            AT,
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "784111807"),
        ]);
        assert_eq!(running_out(&told), Some(Duration::from_secs(30)));
        assert_eq!(too_much(&told), Duration::from_secs(30));
        let plenty = headers(&[
            AT,
            ("ratelimit-limit", "2000"),
            ("ratelimit-remaining", "101"),
            ("ratelimit-reset", "784111807"),
        ]);
        assert_eq!(running_out(&plenty), None);
    }

    #[test]
    fn a_twentieth_is_left_to_others_who_use_the_same_credentials() {
        let told = headers(&[
            AT,
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", "250"),
            ("x-ratelimit-reset", "784111787"),
        ]);
        assert_eq!(running_out(&told), Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_refusal_without_a_time_is_given_a_minute() {
        assert_eq!(too_much(&headers(&[])), USUAL_PAUSE);
        let told = headers(&[AT, ("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT")]);
        assert_eq!(too_much(&told), Duration::from_secs(3));
        assert_eq!(
            too_much(&headers(&[("retry-after", "7")])),
            Duration::from_secs(7)
        );
        // A reset that is not the reason is none.
        let other = headers(&[
            AT,
            ("x-ratelimit-remaining", "4000"),
            ("x-ratelimit-reset", "784114777"),
        ]);
        assert_eq!(too_much(&other), USUAL_PAUSE);
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_pause_counts() {
        let pace = Pace::default();
        assert_eq!(pace.wait(), Duration::ZERO);
        pace.close_for(Duration::from_secs(20));
        pace.close_for(Duration::from_secs(5));
        assert_eq!(pace.wait(), Duration::from_secs(20));
        tokio::time::advance(Duration::from_secs(21)).await;
        assert_eq!(pace.wait(), Duration::ZERO);
    }
}
