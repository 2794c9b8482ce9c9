//! Where feeds meet: what they ask at the same moment goes out as few queries.
//!
//! Two hundred watches of the same presets differ in one label (`job`). Asked one by one they cost
//! a source hundreds of queries per tick; together they are a handful with patterns.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::oneshot;
use tracing::{Instrument, Span};

use super::ask::{Asked, Brought, one};
use super::merge::{Bounds, Part, merge};
use crate::metrics::client::Prometheus;
use crate::metrics::error::{MetricsError, Problem};
use crate::metrics::selector::Selector;

/// How long the first one waits for others. Timers of one moment fire within a millisecond or two.
const WAIT: Duration = Duration::from_millis(10);
/// However slow the source, queries are not cut smaller than this ([`Bounds::cost`]).
const SMALLEST_COST: usize = 500;

/// A source that many feeds read from. Clones are the same one.
#[derive(Clone)]
pub struct Gathering {
    inner: Arc<Inner>,
}

struct Inner {
    prometheus: Prometheus,
    waiting: Mutex<Vec<Waiting>>,
    queries: AtomicU64,
    /// What one query may read at most: less after a query that took too long.
    cost: AtomicUsize,
}

/// A feed that waits for its answer.
struct Waiting {
    selectors: Vec<Selector>,
    parts: Vec<Part>,
    max_query_bytes: usize,
    answer: oneshot::Sender<(Vec<Brought>, usize)>,
    /// The look that asks.
    tick: Span,
}

impl Gathering {
    /// A meeting point at `prometheus`.
    #[must_use]
    pub fn new(prometheus: Prometheus) -> Self {
        Self {
            inner: Arc::new(Inner {
                prometheus,
                waiting: Mutex::default(),
                queries: AtomicU64::new(0),
                cost: AtomicUsize::new(Bounds::USUAL_COST),
            }),
        }
    }

    /// The source itself.
    #[must_use]
    pub fn prometheus(&self) -> &Prometheus {
        &self.inner.prometheus
    }

    /// HTTP queries sent for feeds since the beginning, retries not counted.
    #[must_use]
    pub fn queries(&self) -> u64 {
        self.inner.queries.load(Relaxed)
    }

    /// What each selector brought, and in how many queries.
    pub(super) async fn ask(
        &self,
        selectors: &[Selector],
        parts: Vec<Part>,
        max_query_bytes: usize,
    ) -> (Vec<Brought>, usize) {
        if parts.is_empty() {
            return (Vec::new(), 0);
        }
        let (answer, answered) = oneshot::channel();
        let asked = parts.clone();
        let first = {
            let mut waiting = lock(&self.inner.waiting);
            waiting.push(Waiting {
                selectors: selectors.to_vec(),
                parts,
                max_query_bytes,
                answer,
                tick: Span::current(),
            });
            waiting.len() == 1
        };
        if first {
            // A task of its own: the feed that came first may be dropped, the others still wait.
            tokio::spawn(gather(Arc::clone(&self.inner)));
        }
        match answered.await {
            Ok(answer) => answer,
            Err(_) => (self.unasked(asked), 0),
        }
    }

    fn unasked(&self, parts: Vec<Part>) -> Vec<Brought> {
        let error = Arc::new(MetricsError {
            url: self.inner.prometheus.base_url(),
            query: None,
            attempts: 0,
            problem: Box::new(Problem::Connection("the process is stopping".into())),
        });
        let failed = |part: Part| Brought {
            index: part.index,
            window: part.window,
            answer: Err(Arc::clone(&error)),
        };
        parts.into_iter().map(failed).collect()
    }
}

impl std::fmt::Debug for Gathering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gathering")
            .field("prometheus", &self.inner.prometheus)
            .field("queries", &self.queries())
            .finish_non_exhaustive()
    }
}

async fn gather(inner: Arc<Inner>) {
    tokio::time::sleep(WAIT).await;
    let mut feeds = std::mem::take(&mut *lock(&inner.waiting));
    feeds.retain(|feed| !feed.answer.is_closed());
    let span = of_all(&feeds);
    ask_for(&inner, feeds).instrument(span).await;
}

/// Asking is part of the look that came first, and follows from the others that it is for too.
fn of_all(feeds: &[Waiting]) -> Span {
    let Some((first, others)) = feeds.split_first() else {
        return Span::none();
    };
    let span = tracing::info_span!(parent: &first.tick, "gather", looks = feeds.len());
    for other in others {
        span.follows_from(&other.tick);
    }
    span
}

async fn ask_for(inner: &Inner, feeds: Vec<Waiting>) {
    let bytes = feeds.iter().map(|feed| feed.max_query_bytes).min();
    let bounds = Bounds {
        bytes: bytes.unwrap_or_default(),
        cost: inner.cost.load(Relaxed),
    };
    let mut meeting = Meeting::of(feeds);
    let batches = merge(
        &meeting.selectors,
        std::mem::take(&mut meeting.parts),
        bounds,
    );
    let mut asked: FuturesUnordered<_> = batches
        .into_iter()
        .map(|batch| one(&inner.prometheus, batch))
        .collect();
    while let Some(answers) = asked.next().await {
        for answer in answers {
            inner.queries.fetch_add(answer.requests as u64, Relaxed);
            inner.learn(&answer, bounds.cost);
            meeting.deliver(answer);
        }
    }
}

impl Inner {
    /// A query that timed out is asked for in smaller ones from now on; that it worked makes them
    /// larger again, slowly.
    fn learn(&self, asked: &Asked, cost: usize) {
        let now = self.cost.load(Relaxed);
        let timed_out = |error: &MetricsError| matches!(*error.problem, Problem::Timeout(_));
        match &asked.answer {
            Err(error) if timed_out(error) => {
                let smaller = (asked.batch.cost().min(cost) / 2).max(SMALLEST_COST);
                self.cost.store(smaller.min(now), Relaxed);
            }
            Err(_) => {}
            Ok(_) if asked.requests > 0 && now < Bounds::USUAL_COST => {
                let larger = now + (now / 50).max(1);
                self.cost.store(larger.min(Bounds::USUAL_COST), Relaxed);
            }
            Ok(_) => {}
        }
    }
}

/// The feeds of one moment, with their selectors in one row.
struct Meeting {
    selectors: Vec<Selector>,
    parts: Vec<Part>,
    /// Whose each selector of the row is, and its place there.
    owners: Vec<(usize, usize)>,
    feeds: Vec<Feed>,
}

struct Feed {
    missing: usize,
    brought: Vec<Brought>,
    requests: usize,
    answer: Option<oneshot::Sender<(Vec<Brought>, usize)>>,
}

impl Meeting {
    fn of(waiting: Vec<Waiting>) -> Self {
        let mut meeting = Self {
            selectors: Vec::new(),
            parts: Vec::new(),
            owners: Vec::new(),
            feeds: Vec::new(),
        };
        for (feed, one) in waiting.into_iter().enumerate() {
            let offset = meeting.selectors.len();
            let owners = (0..one.selectors.len()).map(|place| (feed, place));
            meeting.owners.extend(owners);
            meeting.selectors.extend(one.selectors);
            meeting.feeds.push(Feed {
                missing: one.parts.len(),
                brought: Vec::with_capacity(one.parts.len()),
                requests: 0,
                answer: Some(one.answer),
            });
            let parts = one.parts.into_iter().map(|part| Part {
                index: part.index + offset,
                ..part
            });
            meeting.parts.extend(parts);
        }
        meeting
    }

    /// Hands an answer to those that asked. Who has everything does not wait for the others.
    fn deliver(&mut self, asked: Asked) {
        let requests = asked.requests;
        let mut took_part: Vec<usize> = Vec::new();
        for brought in asked.apart() {
            let (owner, place) = self.owners[brought.index];
            let feed = &mut self.feeds[owner];
            feed.missing = feed.missing.saturating_sub(1);
            feed.brought.push(Brought {
                index: place,
                ..brought
            });
            took_part.push(owner);
        }
        took_part.sort_unstable();
        took_part.dedup();
        for owner in took_part {
            let feed = &mut self.feeds[owner];
            feed.requests += requests;
            if feed.missing == 0
                && let Some(answer) = feed.answer.take()
            {
                // Who does not wait any more asks for it again.
                let _ = answer.send((std::mem::take(&mut feed.brought), feed.requests));
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
