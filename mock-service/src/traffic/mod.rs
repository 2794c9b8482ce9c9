//! A steady and gentle crowd: open-loop arrivals, spread over the instances as
//! a plain load balancer without health checks does it. It keeps sending to an
//! instance that is down, and what fails there counts.

mod balance;
mod counts;
mod mix;
mod send;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{MockServiceError, web};

use counts::Book;
pub use counts::Tally;
pub use mix::{Mix, Visit};

/// How long a customer waits for an answer; then the request has failed.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// One instance behind the balancer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// The name that counts are kept under.
    pub instance: String,
    /// Such as `http://127.0.0.1:8080`.
    pub base_url: String,
    /// Its part of the traffic, relative to the others; 0 sends nothing.
    pub weight: u32,
}

impl Target {
    /// A target of weight 1.
    #[must_use]
    pub fn new(instance: impl Into<String>, base_url: impl Into<String>) -> Self {
        Self {
            instance: instance.into(),
            base_url: base_url.into(),
            weight: 1,
        }
    }
}

/// The traffic to make.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// Who gets it. None is fine: nothing is sent until there are some.
    pub targets: Vec<Target>,
    /// Requests per second over all targets, on average; at most 1000.
    pub rps: f64,
    /// The same seed asks for the same things in the same rhythm.
    pub seed: u64,
    /// What is asked for.
    pub mix: Mix,
}

#[derive(Clone)]
struct Plan {
    targets: Vec<Target>,
    rps: f64,
}

/// Traffic that runs. Dropping it stops it.
pub struct Running {
    plan: watch::Sender<Plan>,
    book: Arc<Mutex<Book>>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Traffic {
    /// Starts to send; needs a tokio runtime.
    ///
    /// # Errors
    /// A rate that is no rate, or no HTTP client.
    pub fn start(self) -> Result<Running, MockServiceError> {
        check_rate(self.rps)?;
        let client = web::client(TIMEOUT)?;
        let (plan, plans) = watch::channel(Plan {
            targets: self.targets,
            rps: self.rps,
        });
        let book = Arc::new(Mutex::new(Book::default()));
        let stop = CancellationToken::new();
        let crowd = send::Crowd::new(client, plans, self.mix, self.seed, Arc::clone(&book));
        let task = tokio::spawn(crowd.walk(stop.clone()));
        Ok(Running {
            plan,
            book,
            stop,
            task,
        })
    }
}

impl Running {
    /// Changes the rate from now on.
    ///
    /// # Errors
    /// A rate that is no rate: from 0 to 1000 per second.
    pub fn set_rps(&self, rps: f64) -> Result<(), MockServiceError> {
        check_rate(rps)?;
        self.plan.send_modify(|plan| plan.rps = rps);
        Ok(())
    }

    /// Changes who gets the traffic from now on.
    pub fn set_targets(&self, targets: Vec<Target>) {
        self.plan.send_modify(|plan| plan.targets = targets);
    }

    /// Sent and failed since the start, by instance.
    #[must_use]
    pub fn totals(&self) -> BTreeMap<String, Tally> {
        self.read(Book::totals)
    }

    /// Sent and failed in the seconds from `from` to `to`, both included, by
    /// instance. A request counts as sent when it is sent and as failed when
    /// its failure is seen. Four hours are remembered.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> BTreeMap<String, Tally> {
        self.read(|book| book.between(from, to))
    }

    /// 5xx answers, timeouts and transport errors of all instances, as [`Self::between`].
    #[must_use]
    pub fn failed_between(&self, from: Timestamp, to: Timestamp) -> u64 {
        self.between(from, to).values().map(|t| t.failed).sum()
    }

    /// Requests to all instances, as [`Self::between`].
    #[must_use]
    pub fn sent_between(&self, from: Timestamp, to: Timestamp) -> u64 {
        self.between(from, to).values().map(|t| t.sent).sum()
    }

    /// Stops to send and waits for the answers that are on their way.
    pub async fn stop(mut self) -> BTreeMap<String, Tally> {
        self.stop.cancel();
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "traffic ended badly");
        }
        self.totals()
    }

    fn read<T>(&self, read: impl FnOnce(&Book) -> T) -> T {
        read(&self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn check_rate(rps: f64) -> Result<(), MockServiceError> {
    if (0.0..=1000.0).contains(&rps) {
        return Ok(());
    }
    Err(MockServiceError::Option {
        name: "rps",
        value: rps.to_string(),
        expected: "0 to 1000 requests per second",
    })
}
