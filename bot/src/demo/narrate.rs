//! What the demo tells while it plays: on standard error, so that standard output stays the document's.

use engine::{Engine, ledger};
use guard::ids::DeploymentId;
use jiff::Timestamp;
use messages::layout::terminal::{self, Colour};
use messages::{Context, Locale};
use std::io::{IsTerminal, Write};
use std::time::Instant;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

/// A line on standard error.
pub(super) fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A document on standard output, flushed: somebody may be waiting for it.
pub(super) fn document(document: &serde_json::Value) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{document}");
    let _ = out.flush();
}

/// Colours where a person looks.
pub(super) fn colour() -> Colour {
    if std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        Colour::On
    } else {
        Colour::Off
    }
}

/// Tells each step with the seconds since the start.
pub(super) struct Narrator {
    since: Instant,
}

impl Narrator {
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
        }
    }

    pub(super) fn say(&self, text: &str) {
        line(&format!(
            "{:>6.1} s  {text}",
            self.since.elapsed().as_secs_f64()
        ));
    }

    /// Tells everything that is journalled about a deployment, in the words of its timeline.
    pub(super) fn follow(
        &self,
        engine: &Engine,
        id: &DeploymentId,
        locale: Locale,
    ) -> JoinHandle<()> {
        let (since, engine, id) = (self.since, engine.clone(), id.clone());
        let mut news = engine.news();
        tokio::spawn(async move {
            let mut told = 0;
            loop {
                let Ok(records) = ledger::records(engine.reader(), &id).await else {
                    return;
                };
                let context = Context {
                    locale,
                    now: Timestamp::now(),
                    base_url: None,
                };
                for line in messages::timeline(&records, &context)
                    .iter()
                    .filter(|line| line.revision > told)
                {
                    let text = terminal::text(&line.text, colour());
                    self::line(&format!("{:>6.1} s  {text}", since.elapsed().as_secs_f64()));
                }
                told = records.last().map_or(told, |record| record.revision);
                if let Err(broadcast::error::RecvError::Closed) = news.recv().await {
                    return;
                }
            }
        })
    }
}
