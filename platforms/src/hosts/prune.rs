//! Removes old releases. The current and the previous one stay, whatever the number.

use super::install::{Marker, remove};
use super::layout::Layout;
use super::record::Record;
use super::work::Work;
use guard::ids::Version;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fs;

impl Work {
    /// Removes what is beyond `keep_releases`. A failure only takes up room, so it is logged.
    pub(super) async fn prune(&self) {
        let (layout, record) = (self.layout.clone(), self.record.clone());
        let keep = self.config.keep_releases as usize;
        let instance = self.instance.id.clone();
        let done = self
            .blocking(move || {
                for version in superfluous(&layout, &record, keep) {
                    for path in [
                        layout.marker(&version),
                        layout.release(&version),
                        layout.log(&version),
                        layout.log(&version).with_extension("log.old"),
                    ] {
                        if let Err(error) = remove(&path) {
                            tracing::warn!(%instance, path = %path.display(), %error, "an old release could not be removed");
                        }
                    }
                }
                Ok(())
            })
            .await;
        if let Err(error) = done {
            tracing::warn!(instance = %self.instance.id, %error, "old releases were not removed");
        }
    }
}

fn superfluous(layout: &Layout, record: &Record, keep: usize) -> Vec<Version> {
    let Ok(current) = layout.current() else {
        return Vec::new();
    };
    let change = record.change.as_ref();
    let needed: BTreeSet<&Version> = current
        .iter()
        .chain(&record.previous)
        .chain(record.run.as_ref().map(|run| &run.version))
        .chain(change.and_then(|change| change.from.as_ref()))
        .collect();
    let mut others: Vec<(Timestamp, Version)> = fs::read_dir(layout.releases())
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| Version::new(entry.file_name().to_str()?).ok())
        .filter(|version| !needed.contains(version))
        .map(|version| {
            let at = Marker::read(layout, &version).map(|marker| marker.installed_at);
            (at.unwrap_or(Timestamp::MIN), version)
        })
        .collect();
    others.sort();
    let room = keep.saturating_sub(needed.len());
    let surplus = others.len().saturating_sub(room);
    others
        .into_iter()
        .take(surplus)
        .map(|(_, version)| version)
        .collect()
}
