//! Recording: what the detector is fed, kept so that the watch can be judged again.

use guard::detect::{Head, RECORDING, SeriesSpec, Step, WatchSpec};
use guard::ids::{DeploymentId, ServiceName};
use std::collections::BTreeSet;
use std::path::Path;
use tokio::io::AsyncWriteExt;

/// A recording is not continued beyond this size, in bytes.
const LARGEST: u64 = 200_000_000;
/// The oldest recordings are forgotten beyond so many.
const MOST: usize = 200;

/// The lines of one judge that are not written yet. The default one keeps nothing.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    lines: Vec<u8>,
    pub(super) step: Step,
    /// Which of the judges it is.
    part: usize,
    /// The signals that could not be asked for, as said last.
    failed: BTreeSet<String>,
    /// Whether a past is being caught up with.
    pub(super) past: bool,
    on: bool,
}

impl Recorder {
    pub(super) fn begin(
        deployment: &DeploymentId,
        service: &ServiceName,
        part: usize,
        watch: &WatchSpec,
    ) -> Self {
        let mut recorder = Self {
            part,
            on: true,
            ..Self::default()
        };
        recorder.line(&Head {
            recording: RECORDING,
            episode: deployment.to_string(),
            service: service.to_string(),
            part,
            watch: watch.clone(),
        });
        recorder
    }

    pub(super) fn declare(&mut self, series: &SeriesSpec) {
        if self.on {
            self.step.declare.push(series.clone());
        }
    }

    /// Which signals could not be asked for in this look.
    pub(super) fn failed(&mut self, failed: &BTreeSet<String>) {
        if self.on && self.failed != *failed {
            self.failed.clone_from(failed);
            self.step.failed = Some(failed.iter().cloned().collect());
        }
    }

    /// Whether anything is kept: what is not, need not be collected.
    pub(super) fn on(&self) -> bool {
        self.on
    }

    /// Ends the step at `now`.
    pub(super) fn end_step(&mut self, now: f64, judged: bool) {
        let mut step = std::mem::take(&mut self.step);
        (step.now, step.judged, step.part) = (now, judged, self.part);
        step.past = self.past;
        if self.on && !step.is_empty() {
            self.line(&step);
        }
    }

    /// What is not written yet.
    pub(super) fn take_lines(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.lines)
    }

    fn line(&mut self, what: &impl serde::Serialize) {
        if self.on && serde_json::to_writer(&mut self.lines, what).is_ok() {
            self.lines.push(b'\n');
        }
    }
}

/// Appends lines to the recording of a deployment.
pub(super) async fn append(
    folder: &Path,
    deployment: &DeploymentId,
    lines: &[u8],
) -> std::io::Result<()> {
    let path = folder.join(format!("{deployment}.jsonl"));
    if !tokio::fs::try_exists(&path).await? {
        tokio::fs::create_dir_all(folder).await?;
        forget_oldest(folder).await?;
    }
    let mut file = tokio::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .await?;
    if file.metadata().await?.len() > LARGEST {
        return Err(std::io::Error::other("it is as large as it may be"));
    }
    file.write_all(lines).await?;
    file.flush().await
}

/// Makes room for one more.
async fn forget_oldest(folder: &Path) -> std::io::Result<()> {
    let mut files = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        if entry.path().extension().is_some_and(|e| e == "jsonl") {
            files.push((entry.metadata().await?.modified()?, entry.path()));
        }
    }
    files.sort();
    let surplus = (files.len() + 1).saturating_sub(MOST);
    for (_, path) in files.into_iter().take(surplus) {
        tokio::fs::remove_file(path).await?;
    }
    Ok(())
}
