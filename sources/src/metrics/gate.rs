//! When a request may go out: within the budget, and not while the server asked for peace.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use leaky_bucket::RateLimiter;
use tokio::time::{Instant, timeout_at};

use super::error::Problem;

/// How many HTTP requests a source may be sent. Retries count; token requests do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryBudget {
    /// Requests within `per`. At least 1.
    pub requests: u32,
    /// The time for which `requests` must do.
    pub per: Duration,
    /// Requests that may go out at once after a quiet time; the others are spread
    /// evenly over `per`. At least 1.
    pub burst: u32,
}

impl QueryBudget {
    /// `requests` spread over `per`, a tenth of them at once.
    #[must_use]
    pub fn new(requests: u32, per: Duration) -> Self {
        Self {
            requests,
            per,
            burst: (requests / 10).max(1),
        }
    }
}

/// When, within an interval, the ticks of `key` begin: the same for the same key,
/// spread evenly over keys, so that watches that start together do not ask together.
#[must_use]
pub fn phase(key: &str, interval: Duration) -> Duration {
    // FNV-1a, with its bits mixed: short keys that differ in one digit must differ at the top.
    let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    #[allow(clippy::cast_precision_loss, reason = "a share needs no 64 bits")]
    let share = (mixed >> 11) as f64 / (1_u64 << 53) as f64;
    interval.mul_f64(share)
}

#[derive(Debug)]
pub(super) struct Gate {
    budget: Option<RateLimiter>,
    closed_until: Mutex<Option<Instant>>,
    longest: Duration,
}

impl Gate {
    /// `longest` bounds how long one answer of the server may hold everything up.
    pub(super) fn new(budget: Option<QueryBudget>, longest: Duration) -> Result<Self, String> {
        Ok(Self {
            budget: budget.map(limiter).transpose()?,
            closed_until: Mutex::default(),
            longest,
        })
    }

    /// Waits for the turn of one request.
    pub(super) async fn pass(&self, deadline: Instant, allowed: Duration) -> Result<(), Problem> {
        if let Some(until) = self.closed_until() {
            if until >= deadline {
                return Err(Problem::RateLimited {
                    retry_after: Some(until.saturating_duration_since(Instant::now())),
                    text: "the server asked for a pause a moment ago".into(),
                });
            }
            tokio::time::sleep_until(until).await;
        }
        let Some(budget) = &self.budget else {
            return Ok(());
        };
        timeout_at(deadline, budget.acquire_one())
            .await
            .map_err(|_| Problem::OverBudget(allowed))
    }

    /// The server asked not to be asked for `pause`; nobody asks it until then.
    pub(super) fn close_for(&self, pause: Duration) {
        let until = Instant::now() + pause.min(self.longest);
        let mut closed = lock(&self.closed_until);
        *closed = (*closed).max(Some(until));
    }

    fn closed_until(&self) -> Option<Instant> {
        lock(&self.closed_until).filter(|until| *until > Instant::now())
    }
}

fn limiter(budget: QueryBudget) -> Result<RateLimiter, String> {
    if budget.requests == 0 || budget.burst == 0 || budget.per.is_zero() {
        return Err(format!(
            "budget of {} requests in {} s with a burst of {}, expected all of them above 0",
            budget.requests,
            budget.per.as_secs_f64(),
            budget.burst
        ));
    }
    let every = budget.per / budget.requests;
    if every < Duration::from_millis(1) {
        return Err(format!(
            "budget of {} requests in {} s is above 1000 a second, expected less or no budget",
            budget.requests,
            budget.per.as_secs_f64()
        ));
    }
    Ok(RateLimiter::builder()
        .max(budget.burst as usize)
        .initial(budget.burst as usize)
        .refill(1)
        .interval(every)
        .build())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    const SECOND: Duration = Duration::from_secs(1);

    fn gate(budget: Option<QueryBudget>) -> Gate {
        Gate::new(budget, 10 * SECOND).unwrap()
    }

    /// When each of `count` requests that come together gets through, in milliseconds.
    async fn passed(gate: &Gate, count: usize) -> Vec<u128> {
        let start = Instant::now();
        let one = || async {
            gate.pass(start + 60 * SECOND, SECOND).await.unwrap();
            start.elapsed().as_millis()
        };
        let mut times = join_all((0..count).map(|_| one())).await;
        times.sort_unstable();
        times
    }

    #[tokio::test(start_paused = true)]
    async fn what_exceeds_the_burst_is_spread_evenly() {
        let gate = gate(Some(QueryBudget {
            requests: 10,
            per: 5 * SECOND,
            burst: 2,
        }));
        let times = passed(&gate, 6).await;
        assert_eq!(times[..2], [0, 0]);
        for (at, expected) in times[2..].iter().zip([500, 1000, 1500, 2000]) {
            assert!(at.abs_diff(expected) <= 5, "{times:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_would_wait_beyond_the_deadline_is_told_that_the_budget_is_spent() {
        let gate = gate(Some(QueryBudget::new(1, 60 * SECOND)));
        let deadline = Instant::now() + SECOND;
        gate.pass(deadline, SECOND).await.unwrap();
        let problem = gate.pass(deadline, SECOND).await.unwrap_err();
        assert_eq!(problem, Problem::OverBudget(SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_the_server_asks_for_holds_everybody_up_but_not_for_ever() {
        let gate = gate(None);
        gate.close_for(2 * SECOND);
        gate.close_for(SECOND);
        assert!(
            passed(&gate, 3)
                .await
                .iter()
                .all(|at| (2000..2010).contains(at))
        );

        gate.close_for(Duration::from_secs(1_000_000));
        let soon = Instant::now() + 5 * SECOND;
        let problem = gate.pass(soon, SECOND).await.unwrap_err();
        assert!(
            matches!(problem, Problem::RateLimited { retry_after: Some(wait), .. } if wait <= 10 * SECOND)
        );
        tokio::time::sleep(10 * SECOND).await;
        assert_eq!(passed(&gate, 1).await, [0]);
    }

    #[test]
    fn impossible_budgets_are_refused() {
        for (requests, per, burst) in [
            (0, SECOND, 1),
            (1, Duration::ZERO, 1),
            (1, SECOND, 0),
            (5000, SECOND, 1),
        ] {
            let budget = QueryBudget {
                requests,
                per,
                burst,
            };
            let error = Gate::new(Some(budget), SECOND).unwrap_err();
            assert!(error.contains("expected"), "{error}");
        }
    }

    #[test]
    fn phases_are_stable_and_fill_the_interval_evenly() {
        let mut quarters = [0; 4];
        for n in 0..400 {
            let at = phase(&format!("service-{n}/production"), 4 * SECOND);
            assert_eq!(at, phase(&format!("service-{n}/production"), 4 * SECOND));
            quarters[usize::try_from(at.as_secs()).unwrap()] += 1;
        }
        assert!(
            quarters.iter().all(|n| (70..130).contains(n)),
            "{quarters:?}"
        );
    }
}
