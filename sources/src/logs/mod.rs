//! What a service says of its errors: files, journald, Loki, Kubernetes, Sentry.
//!
//! A reader gives records one by one, redacted before anything is kept, within bounds of time, bytes and lines. What a
//! record means is not asked here.

mod bounds;
mod error;
mod files;
mod http;
mod journald;
mod json;
mod kubernetes;
mod line;
mod loki;
mod record;
mod sentry;

pub use bounds::{Bounds, Came, Window};
pub use error::LogError;
pub use files::Files;
pub use http::Web;
pub use journald::Journald;
pub use kubernetes::{Kubernetes, Pods};
pub use loki::Loki;
pub use record::Joiner;
pub use sentry::Sentry;

use guard::signatures::Record;

/// Takes the records of a reader.
pub type Sink<'a> = &'a mut (dyn FnMut(Record) + Send);

/// Where a service's errors are read. What was read is not read again: a reader remembers where it is.
#[derive(Debug, Clone)]
pub enum LogReader {
    /// Files of this machine.
    Files(Files),
    /// The journal of systemd.
    Journald(Journald),
    /// Loki.
    Loki(Loki),
    /// Pods of Kubernetes.
    Kubernetes(Kubernetes),
    /// Sentry.
    Sentry(Sentry),
}

impl LogReader {
    /// Reads what was written in the window and not read before, at most as much and as long as the bounds say; the
    /// newest counts.
    ///
    /// # Errors
    /// [`LogError`]: nothing could be read, or not to the end. What was read by then has been given.
    pub async fn read(
        &mut self,
        window: &Window,
        bounds: &Bounds,
        each: Sink<'_>,
    ) -> Result<Came, LogError> {
        let read = async {
            match self {
                Self::Files(files) => files.read(window, bounds, each).await,
                Self::Journald(journald) => journald.read(window, bounds, each).await,
                Self::Loki(loki) => loki.read(window, bounds, each).await,
                Self::Kubernetes(pods) => pods.read(window, bounds, each).await,
                Self::Sentry(sentry) => sentry.read(window, bounds, each).await,
            }
        };
        let read = tokio::time::timeout(bounds.time, read).await;
        read.unwrap_or(Err(LogError::TooLong(bounds.time)))
    }

    /// Where it reads, for people; without secrets.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Files(files) => files.place(),
            Self::Journald(journald) => journald.place(),
            Self::Loki(loki) => loki.place(),
            Self::Kubernetes(pods) => pods.place(),
            Self::Sentry(sentry) => sentry.place(),
        }
    }
}
