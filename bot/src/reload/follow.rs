//! When to read the file again.

use super::Reloader;
use notify::{RecursiveMode, Watcher};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// An editor writes a file in several steps.
const SETTLES: Duration = Duration::from_millis(300);

/// Reloads on SIGHUP, and when the content of the file changes, until stopped.
pub(crate) async fn follow(reloader: Arc<Reloader>, path: PathBuf, stop: CancellationToken) {
    let mut hang_ups = match signal(SignalKind::hangup()) {
        Ok(hang_ups) => hang_ups,
        Err(error) => {
            tracing::error!(%error, "SIGHUP cannot be waited for: restart to change the configuration");
            return stop.cancelled().await;
        }
    };
    let (told, mut changes) = mpsc::unbounded_channel();
    // Dropped, it would watch no longer.
    let _watcher = match watch(&path, told.clone()) {
        Ok(watcher) => Some(watcher),
        Err(error) => {
            tracing::warn!(%error, "the configuration's folder cannot be watched: send SIGHUP after a change");
            None
        }
    };
    let mut seen = digest(&path).await;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = hang_ups.recv() => {
                tracing::info!("SIGHUP: the configuration is read again");
                seen = digest(&path).await;
            }
            _ = changes.recv() => {
                tokio::time::sleep(SETTLES).await;
                while changes.try_recv().is_ok() {}
                let now = digest(&path).await;
                // Between its deletion and its return there is nothing to read.
                if now.is_none() || now == seen {
                    continue;
                }
                seen = now;
            }
        }
        reloader.reload(path.clone()).await;
    }
}

/// Watches the folder, not the file: editors and Kubernetes put another file into its place.
fn watch(
    path: &Path,
    told: mpsc::UnboundedSender<()>,
) -> Result<notify::RecommendedWatcher, notify::Error> {
    let absolute = std::path::absolute(path).map_err(notify::Error::io)?;
    let folder = absolute.parent().unwrap_or(Path::new("/")).to_owned();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // Nobody listening any more is the end of the server.
            let _ = told.send(());
        }
    })?;
    watcher.watch(&folder, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

async fn digest(path: &Path) -> Option<Vec<u8>> {
    let content = tokio::fs::read(path).await.ok()?;
    Some(Sha256::digest(content).to_vec())
}
