//! When to try again, and how long to wait.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tokio::time::Instant;

use super::config::RetryPolicy;
use super::error::Problem;
use super::meter::SourceMeter;

/// Runs `attempt` until it succeeds, fails for good, or time or attempts are
/// used up; then the last problem is returned with the number of attempts made.
pub(super) async fn run<T, Fut>(
    policy: &RetryPolicy,
    deadline: Instant,
    meter: &SourceMeter,
    mut attempt: impl FnMut() -> Fut,
) -> Result<T, (u32, Problem)>
where
    Fut: Future<Output = Result<T, Problem>>,
{
    let attempts = AtomicU32::new(0);
    let counted = || {
        attempts.fetch_add(1, Relaxed);
        attempt()
    };
    let waits = ExponentialBuilder::default()
        .with_min_delay(policy.first_delay)
        .with_max_delay(policy.max_delay)
        .with_max_times(policy.max_attempts.saturating_sub(1) as usize)
        .with_jitter();
    counted
        .retry(waits)
        .when(may_try_again)
        .adjust(|problem, wait| {
            let wait = wait?;
            // A server that says when to come back knows better, but is never asked sooner.
            let wait = retry_after(problem).map_or(wait, |asked| asked.max(wait));
            (Instant::now() + wait < deadline).then_some(wait)
        })
        .notify(|problem, wait| {
            meter.retried();
            tracing::debug!(source = meter.name(), %problem, wait_ms = wait.as_millis(), "prometheus request is tried again");
        })
        .await
        .map_err(|problem| (attempts.load(Relaxed), problem))
}

fn may_try_again(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Connection(_)
            | Problem::RateLimited { .. }
            | Problem::Server { .. }
            | Problem::Token {
                transient: true,
                ..
            }
    )
}

fn retry_after(problem: &Problem) -> Option<Duration> {
    match problem {
        Problem::RateLimited { retry_after, .. } | Problem::Server { retry_after, .. } => {
            *retry_after
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn rate_limited(seconds: Option<u64>) -> Problem {
        Problem::RateLimited {
            retry_after: seconds.map(Duration::from_secs),
            text: String::new(),
        }
    }

    fn server(status: u16) -> Problem {
        Problem::Server {
            status,
            error_type: None,
            text: String::new(),
            retry_after: None,
        }
    }

    /// Plays `script`, then succeeds; gives the result and when each attempt was made.
    async fn play(
        policy: &RetryPolicy,
        script: Vec<Problem>,
    ) -> (Result<(), (u32, Problem)>, Vec<Duration>) {
        let start = Instant::now();
        let script = RefCell::new(script.into_iter());
        let times = RefCell::new(Vec::new());
        let result = run(
            policy,
            start + policy.total,
            &SourceMeter::default(),
            || {
                times.borrow_mut().push(start.elapsed());
                let next = script.borrow_mut().next();
                async move { next.map_or(Ok(()), Err) }
            },
        )
        .await;
        (result, times.into_inner())
    }

    fn between(value: Duration, low_ms: u64, high_ms: u64) -> bool {
        // Paused time moves in whole milliseconds.
        (low_ms..=high_ms + 2).contains(&u64::try_from(value.as_millis()).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_from_the_first_delay_with_at_most_as_much_again_at_random() {
        let policy = RetryPolicy::default();
        let script = vec![
            Problem::Connection("refused".into()),
            server(503),
            rate_limited(None),
        ];
        let (result, times) = play(&policy, script).await;
        assert_eq!(result, Ok(()));
        assert_eq!(times.len(), 4);
        assert!(between(times[1] - times[0], 200, 400), "{times:?}");
        assert!(between(times[2] - times[1], 400, 800), "{times:?}");
        assert!(between(times[3] - times[2], 800, 1600), "{times:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_storm_ends_after_the_allowed_attempts_with_the_last_problem() {
        let policy = RetryPolicy::default();
        let (result, times) = play(
            &policy,
            vec![
                server(500),
                server(502),
                server(503),
                server(504),
                server(599),
            ],
        )
        .await;
        assert_eq!(result, Err((4, server(504))));
        assert_eq!(times.len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_waited_for_in_full() {
        let (result, times) = play(&RetryPolicy::default(), vec![rate_limited(Some(7))]).await;
        assert_eq!(result, Ok(()));
        assert!(between(times[1], 7000, 7000), "{times:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_beyond_the_deadline_ends_the_call_at_once() {
        let (result, times) = play(&RetryPolicy::default(), vec![rate_limited(Some(60))]).await;
        assert_eq!(result, Err((1, rate_limited(Some(60)))));
        assert_eq!(times, [Duration::ZERO]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_wait_passes_the_total_deadline() {
        let policy = RetryPolicy {
            max_attempts: 100,
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(1),
            total: Duration::from_secs(5),
        };
        let (result, times) = play(&policy, (0..100).map(|_| server(503)).collect()).await;
        assert!(matches!(result, Err((attempts, _)) if attempts as usize == times.len()));
        assert!(
            times.len() >= 3 && *times.last().unwrap() < policy.total,
            "{times:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_will_fail_again_is_not_tried_again() {
        for problem in [
            Problem::Refused {
                status: 400,
                error_type: "bad_data".into(),
                text: String::new(),
            },
            Problem::Refused {
                status: 422,
                error_type: "execution".into(),
                text: String::new(),
            },
            Problem::Forbidden {
                status: 401,
                text: String::new(),
            },
            Problem::Status {
                status: 404,
                text: String::new(),
            },
            Problem::Redirect {
                status: 302,
                location: String::new(),
            },
            Problem::Timeout(Duration::from_secs(5)),
            Problem::Truncated(String::new()),
            Problem::NotJson {
                content_type: String::new(),
                text: String::new(),
            },
            Problem::Shape(String::new()),
            Problem::TooLarge { limit: 1 },
        ] {
            let (result, times) = play(&RetryPolicy::default(), vec![problem.clone()]).await;
            assert_eq!(result, Err((1, problem)));
            assert_eq!(times.len(), 1);
        }
    }
}
