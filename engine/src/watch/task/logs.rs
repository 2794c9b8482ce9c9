//! Which errors are logged since something hurts: read and counted beside the ticks.

use crate::services::Logs;
use guard::ids::Version;
use guard::signatures::{Miner, Signature, Spans};
use jiff::{SignedDuration, Timestamp};
use sources::logs::{Bounds, LogReader, Window};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long before the change is read, so that it is known what was logged before.
const BASELINE: SignedDuration = SignedDuration::from_mins(10);
/// What hurts may have begun to be logged so long before it was to be seen in metrics.
const EARLIER: SignedDuration = SignedDuration::from_secs(60);
/// Signatures that are kept.
const KEPT: usize = 5;
/// Logs reach where they are kept some time after they are written: so often is looked again, so long after.
const LOOKS: u32 = 4;
const AGAIN: SignedDuration = SignedDuration::from_secs(15);

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Asked {
    number: u32,
    since: Timestamp,
    until: Timestamp,
}

/// What was found.
#[derive(Debug, Clone, Default)]
struct Told {
    /// The number of the question.
    number: u32,
    signatures: Vec<Signature>,
    /// Sources that could not be read.
    unread: usize,
}

/// The errors of a service, as far as they were looked at.
pub(super) struct Errors {
    sources: usize,
    ask: watch::Sender<Asked>,
    told: watch::Receiver<Told>,
    asked: Asked,
    /// The number of the answer that was used last.
    used: u32,
    /// Ends with the watch.
    _reading: JoinSet<()>,
}

/// What goes into a ranking.
#[derive(Debug, Clone, Default)]
pub(super) struct Logged {
    pub(super) signatures: Vec<Signature>,
    /// Sources that could not be read, or not in time.
    pub(super) unread: usize,
}

impl Errors {
    /// Begins to read what was logged before the change; none where it is not known where errors are logged.
    pub(super) fn begin(
        logs: &[Logs],
        version: &Version,
        changed: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Self> {
        if logs.is_empty() {
            return None;
        }
        let readings: Vec<Reading> = logs
            .iter()
            .map(|one| Reading {
                reader: (one.open)(version),
                bounds: one.bounds,
                failed: false,
            })
            .collect();
        let (ask, asked) = watch::channel(Asked::default());
        let (tell, told) = watch::channel(Told::default());
        let before = Window {
            from: changed.map_or(now, |changed| changed.min(now)) - BASELINE,
            until: now,
        };
        let sources = readings.len();
        let reading = tracing::Instrument::in_current_span(read(readings, before, asked, tell));
        Some(Self {
            sources,
            ask,
            told,
            asked: Asked::default(),
            used: 0,
            _reading: JoinSet::from_iter([reading]),
        })
    }

    /// Asks what is logged since the trouble began.
    pub(super) fn look(&mut self, changed: Option<Timestamp>, onset: Timestamp, now: Timestamp) {
        let since = onset - EARLIER;
        self.asked = Asked {
            number: self.asked.number + 1,
            since: changed.map_or(since, |changed| changed.max(since)),
            until: now,
        };
        self.ask.send_replace(self.asked);
    }

    /// Looks again where nothing was found yet.
    pub(super) fn look_again(&mut self, now: Timestamp) {
        let due = self.asked.until + AGAIN <= now;
        let found = !self.told.borrow().signatures.is_empty();
        if due && !found && (1..LOOKS).contains(&self.asked.number) {
            self.asked.number += 1;
            self.asked.until = now;
            self.ask.send_replace(self.asked);
        }
    }

    /// Waits for the answer to the last question, but no longer than this.
    pub(super) async fn wait(&mut self, longest: Duration) {
        let number = self.asked.number;
        let answered = self.told.wait_for(|told| told.number >= number);
        // Late, it is taken at a later look; it never comes where the reading ended.
        let _ = tokio::time::timeout(longest, answered).await;
    }

    /// Whether there is an answer that was not used yet and has something to say.
    pub(super) fn has_news(&self) -> bool {
        let told = self.told.borrow();
        told.number > self.used && !told.signatures.is_empty()
    }

    /// What is known now.
    pub(super) fn take(&mut self) -> Logged {
        let told = self.told.borrow_and_update().clone();
        let late = told.number < self.asked.number;
        self.used = told.number;
        Logged {
            unread: if late { self.sources } else { told.unread },
            signatures: told.signatures,
        }
    }
}

struct Reading {
    reader: LogReader,
    bounds: Bounds,
    failed: bool,
}

/// Reads what was there before, and then what is new whenever somebody asks.
async fn read(
    mut readings: Vec<Reading>,
    before: Window,
    mut asked: watch::Receiver<Asked>,
    tell: watch::Sender<Told>,
) {
    let mut miner = Miner::default();
    let mut from = before.from;
    for reading in &mut readings {
        from = from.max(reading.read(&before, before.from, &mut miner).await);
    }
    miner.baseline_is_read();
    let mut until = before.until;
    let mut known_since = None;
    loop {
        let question = *asked.borrow_and_update();
        if question.number > 0 {
            let window = Window {
                from: until,
                until: question.until,
            };
            for reading in &mut readings {
                let read_from = reading.read(&window, question.until, &mut miner).await;
                if read_from > window.from {
                    known_since = known_since.max(Some(read_from));
                }
            }
            until = question.until;
            let spans = Spans {
                from,
                since: known_since.map_or(question.since, |known| question.since.max(known)),
                until,
            };
            tell.send_replace(Told {
                number: question.number,
                signatures: miner.signatures(&spans, KEPT),
                unread: readings.iter().filter(|reading| reading.failed).count(),
            });
        }
        if asked.changed().await.is_err() {
            return;
        }
    }
}

impl Reading {
    /// Reads a window into the miner; since when it is known what was logged in it.
    async fn read(
        &mut self,
        window: &Window,
        otherwise: Timestamp,
        miner: &mut Miner,
    ) -> Timestamp {
        if window.from >= window.until {
            return window.from;
        }
        let mut take = |record| miner.take(&record, otherwise.as_second());
        let read = self.reader.read(window, &self.bounds, &mut take).await;
        match read {
            Ok(came) => {
                self.failed = false;
                came.cut.unwrap_or(window.from)
            }
            Err(error) => {
                if !std::mem::replace(&mut self.failed, true) {
                    let place = self.reader.place();
                    tracing::warn!(place, %error, "errors that are logged cannot be read");
                }
                window.from
            }
        }
    }
}
