//! One check with its attempts, again and again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use super::record::{Checked, Outcome, Record};
use super::{CommandCheck, Found, HttpCheck, TcpCheck};
use crate::metrics::phase;

/// Longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// What a probe does.
#[derive(Debug, Clone)]
pub enum Check {
    /// Asks a web address.
    Http(HttpCheck),
    /// Opens a connection.
    Tcp(TcpCheck),
    /// Runs a command.
    Command(CommandCheck),
}

/// How a probe is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeOptions {
    /// Attempts, the first included, before a check counts as failed. At least 1.
    pub attempts: u32,
    /// Wait before the second attempt; twice as long before each further one, at most 8 s.
    pub first_wait: Duration,
    /// Longest time for one attempt.
    pub timeout: Duration,
    /// How often it is made.
    pub interval: Duration,
}

/// Why a probe cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProbeError(String);

impl ProbeError {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// A check with what it found. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Probe(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    key: String,
    check: Check,
    options: ProbeOptions,
    record: Arc<Mutex<Record>>,
}

impl Probe {
    /// A probe that has not been made yet. `key` spreads the probes over their interval.
    #[must_use]
    pub fn new(key: impl Into<String>, check: Check, options: ProbeOptions) -> Self {
        Self(Arc::new(Inner {
            key: key.into(),
            check,
            options,
            record: Arc::default(),
        }))
    }

    /// How often it is made.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.0.options.interval
    }

    /// Whether it runs a command of the user.
    #[must_use]
    pub fn runs_a_command(&self) -> bool {
        matches!(self.0.check, Check::Command(_))
    }

    /// What was found after `ms` (Unix milliseconds), at most an hour of one per second.
    #[must_use]
    pub fn after(&self, ms: i64) -> Vec<Checked> {
        self.record().after(ms)
    }

    /// The same probe, going on with what another one found and finds: for one that was configured anew.
    #[must_use]
    pub fn going_on_from(&self, before: &Self) -> Self {
        Self(Arc::new(Inner {
            key: self.0.key.clone(),
            check: self.0.check.clone(),
            options: self.0.options.clone(),
            record: Arc::clone(&before.0.record),
        }))
    }

    /// Whether both are the same probe, with the same record.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Makes it again and again, until dropped. One that takes longer than its interval is not
    /// made twice at once.
    pub async fn run(&self) {
        let interval = self.0.options.interval.max(Duration::from_millis(10));
        let mut due = Instant::now() + phase(&self.0.key, interval);
        loop {
            tokio::time::sleep_until(due).await;
            self.check().await;
            due += interval;
            let now = Instant::now();
            while due <= now {
                due += interval;
            }
        }
    }

    /// Makes it once, with its attempts, and keeps what was found.
    pub async fn check(&self) -> Checked {
        let options = &self.0.options;
        let mut wait = options.first_wait;
        let mut attempts = 0;
        let (found, took) = loop {
            attempts += 1;
            let begun = Instant::now();
            let found = self.attempt().await;
            if found.is_ok() || attempts >= options.attempts.max(1) {
                break (found, begun.elapsed());
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        };
        let checked = Checked {
            at_ms: now_ms(),
            took,
            attempts,
            outcome: found.unwrap_or_else(|reason| self.failed(reason)),
        };
        self.record().push(checked.clone());
        checked
    }

    async fn attempt(&self) -> Found {
        let timeout = self.0.options.timeout;
        let late = || Err(format!("no answer within {} s", timeout.as_secs_f64()));
        match &self.0.check {
            Check::Http(http) => tokio::time::timeout(timeout, http.attempt())
                .await
                .unwrap_or_else(|_| late()),
            Check::Tcp(tcp) => tokio::time::timeout(timeout, tcp.attempt())
                .await
                .unwrap_or_else(|_| late()),
            // Waiting for a place is not its fault.
            Check::Command(command) => command.attempt(timeout).await,
        }
    }

    fn failed(&self, reason: String) -> Outcome {
        match &self.0.check {
            Check::Command(CommandCheck {
                good_code: None, ..
            }) => Outcome::NoNumber(reason),
            _ => Outcome::Bad(reason),
        }
    }

    fn record(&self) -> std::sync::MutexGuard<'_, Record> {
        self.0.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}
