//! The quota folder: where orders are written, and what the fault `disk` fills.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use crate::MockServiceError;
use crate::dice::Dice;
use crate::metrics::Metrics;

/// Orders are a small ring, so that a shop that runs for weeks stays small.
const ORDERS_FILE_BYTES: u64 = 1 << 20;
/// Seconds that a sync takes longer, at the median, on an empty and on a full disk under the fault.
const SLOW_SYNC_SECONDS: (f64, f64) = (0.02, 0.5);

pub(crate) struct Disk {
    folder: PathBuf,
    temporary: bool,
    quota: u64,
    filled: AtomicU64,
    busy: AtomicBool,
    /// One head: who writes makes the others wait.
    head: Mutex<()>,
    dice: Arc<Dice>,
    metrics: Arc<Metrics>,
}

/// Why an order was not written.
#[derive(Debug)]
pub(crate) enum NotWritten {
    Full,
    Broken(io::Error),
}

impl Disk {
    /// Opens the folder and clears what a killed process left in it.
    pub(crate) fn open(
        state_dir: Option<&Path>,
        quota_mb: u64,
        dice: Arc<Dice>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, MockServiceError> {
        let temporary = state_dir.is_none();
        let folder = match state_dir {
            Some(dir) => dir.join("quota"),
            None => {
                let mark = format!("{}-{:08x}", std::process::id(), rand::random::<u32>());
                std::env::temp_dir().join(format!("mock-service-{mark}"))
            }
        };
        let disk = Self {
            folder,
            temporary,
            quota: quota_mb.saturating_mul(1_000_000),
            filled: AtomicU64::new(0),
            busy: AtomicBool::new(false),
            head: Mutex::new(()),
            dice,
            metrics,
        };
        let prepared = std::fs::create_dir_all(&disk.folder).and_then(|()| disk.empty());
        prepared.map_err(|source| MockServiceError::State {
            path: disk.folder.clone(),
            source,
        })?;
        Ok(disk)
    }

    /// Writes one order and waits until it is on disk.
    pub(crate) async fn record_order(&self, order: u64) -> Result<(), NotWritten> {
        let since = Instant::now();
        let _head = self.head.lock().await;
        if self.filled.load(Ordering::Relaxed) >= self.quota {
            return Err(NotWritten::Full);
        }
        self.slow_sync().await;
        let path = self.folder.join("orders.log");
        let line = format!("{{\"order\":{order}}}\n");
        let written = spawn_blocking(move || append(&path, line.as_bytes())).await;
        self.metrics
            .disk_sync
            .observe(since.elapsed().as_secs_f64());
        match written {
            Ok(result) => result.map_err(NotWritten::Broken),
            Err(join) => Err(NotWritten::Broken(io::Error::other(join))),
        }
    }

    /// Adds up to `bytes` to the bulk file, never beyond the quota, and syncs.
    pub(crate) async fn fill(&self, bytes: u64) -> io::Result<()> {
        let _head = self.head.lock().await;
        let room = self
            .quota
            .saturating_sub(self.filled.load(Ordering::Relaxed));
        let bytes = bytes.min(room);
        if bytes == 0 {
            return Ok(());
        }
        let path = self.folder.join("bulk.bin");
        spawn_blocking(move || pour(&path, bytes))
            .await
            .map_err(io::Error::other)??;
        let filled = self.filled.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let filled = i64::try_from(filled).unwrap_or(i64::MAX);
        self.metrics.disk_used.set(filled);
        Ok(())
    }

    /// Syncs are slow from now on, or no more.
    pub(crate) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::Relaxed);
    }

    /// Removes everything in the folder.
    pub(crate) fn empty(&self) -> io::Result<()> {
        for name in ["bulk.bin", "orders.log"] {
            match std::fs::remove_file(self.folder.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.filled.store(0, Ordering::Relaxed);
        self.metrics.disk_used.set(0);
        Ok(())
    }

    /// Leaves nothing behind: the process may exit before the last owner is dropped.
    pub(crate) fn close(&self) {
        match self.empty() {
            Ok(()) if self.temporary => {
                std::fs::remove_dir(&self.folder).ok();
            }
            Ok(()) => {}
            Err(error) => tracing::error!(%error, "quota folder not emptied"),
        }
    }

    async fn slow_sync(&self) {
        if self.busy.load(Ordering::Relaxed) {
            let share = self.filled.load(Ordering::Relaxed) as f64 / self.quota.max(1) as f64;
            let (empty, full) = SLOW_SYNC_SECONDS;
            let median = empty + (full - empty) * share;
            sleep(Duration::from_secs_f64(self.dice.lognormal(median, 0.6))).await;
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.close();
    }
}

fn append(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    if file.metadata()?.len() > ORDERS_FILE_BYTES {
        file.set_len(0)?;
    }
    file.write_all(line)?;
    file.sync_data()
}

fn pour(path: &Path, bytes: u64) -> io::Result<()> {
    let block = [0xA5_u8; 64 * 1024];
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    let mut left = bytes;
    while left > 0 {
        let size = usize::try_from(left)
            .unwrap_or(block.len())
            .min(block.len());
        file.write_all(block.get(..size).unwrap_or(&block))?;
        left -= size as u64;
    }
    file.sync_data()
}
