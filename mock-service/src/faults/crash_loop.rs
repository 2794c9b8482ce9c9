//! The marker that lets a crash loop outlive the process.
//!
//! While it lies in the state folder, every start of the same version serves
//! for two seconds and exits again. It ends by time, by `DELETE` in those two
//! seconds, by another version, or by removing the file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Fault, Kind};
use crate::shop::Shop;

const FILE: &str = "crash-loop.json";

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Marker {
    version: String,
    id: String,
    seconds: f64,
    started_at: Timestamp,
    ends_at: Timestamp,
}

impl Marker {
    pub(super) fn into_fault(self) -> Fault {
        Fault {
            id: self.id,
            kind: Kind::Crash,
            intensity: 3.0,
            seconds: self.seconds,
            routes: None,
            loss: 0.0,
            reset: 0.0,
            started_at: self.started_at,
            ends_at: self.ends_at,
        }
    }
}

fn path(shop: &Shop) -> Option<PathBuf> {
    shop.options.state_dir.as_ref().map(|dir| dir.join(FILE))
}

pub(super) fn remember(shop: &Shop, fault: &Fault) -> std::io::Result<()> {
    let Some(path) = path(shop) else {
        return Err(std::io::Error::other("no --state-dir"));
    };
    let marker = Marker {
        version: shop.options.version.clone(),
        id: fault.id.clone(),
        seconds: fault.seconds,
        started_at: fault.started_at,
        ends_at: fault.ends_at,
    };
    std::fs::write(path, serde_json::to_vec(&marker)?)
}

pub(super) fn forget(shop: &Shop) {
    if let Some(path) = path(shop)
        && let Err(error) = std::fs::remove_file(&path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::error!(?path, %error, "crash loop not forgotten; remove the file");
    }
}

/// The loop this version is in, and how long it still lasts.
pub(crate) fn recall(shop: &Arc<Shop>) -> Option<(Marker, Duration)> {
    let text = std::fs::read(path(shop)?).ok()?;
    let marker: Marker = serde_json::from_slice(&text).ok()?;
    let left = marker.ends_at.duration_since(Timestamp::now());
    if !left.is_positive() {
        forget(shop);
        return None;
    }
    let left = Duration::try_from(left).ok()?;
    (marker.version == shop.options.version).then_some((marker, left))
}
