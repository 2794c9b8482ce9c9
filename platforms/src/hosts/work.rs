//! Holding one instance while working on it.

use super::config::{HostInstance, HostsConfig};
use super::error::HostsError;
use super::layout::Layout;
use super::process;
use super::record::{Identity, Record};
use super::{Children, Hosts};
use crate::crash;
use guard::ids::{InstanceId, Version};
use reqwest::Client;
use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// How long a process may take from its birth to its own session.
const BIRTH: Duration = Duration::from_secs(1);
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// The right of way on one instance: in this process by the mutex, among processes by the file. Work that
/// goes on in another thread after its future was dropped keeps it until it is done.
#[derive(Debug)]
pub(super) struct Held {
    _turn: OwnedMutexGuard<()>,
    _file: File,
}

/// One instance, held.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) config: Arc<HostsConfig>,
    pub(super) instance: HostInstance,
    pub(super) layout: Layout,
    pub(super) record: Record,
    /// The living process of `record.run`.
    pub(super) leader: Option<Identity>,
    /// Whether that process was found without its number being on record.
    pub(super) found: bool,
    pub(super) held: Arc<Held>,
    pub(super) asker: Client,
    pub(super) children: Children,
}

impl Hosts {
    /// Takes the instance, and finds out what of it lives.
    pub(super) async fn work(&self, id: &InstanceId) -> Result<Work, HostsError> {
        let instance = self.instance(id)?.clone();
        let turn = self
            .turns
            .get(id)
            .map(Arc::clone)
            .ok_or_else(|| HostsError::UnknownInstance(id.clone()))?;
        let turn = turn.lock_owned().await;
        let layout = Layout::new(&self.config.deploy_path, id);
        let file = lock(id, &layout).await?;
        let held = Arc::new(Held {
            _turn: turn,
            _file: file,
        });
        let record = Record::load(&layout, &self.config)?;
        let mut work = Work {
            config: Arc::clone(&self.config),
            instance,
            layout,
            record,
            leader: None,
            found: false,
            held,
            asker: self.asker.clone(),
            children: Arc::clone(&self.children),
        };
        work.settle().await?;
        Ok(work)
    }
}

async fn lock(id: &InstanceId, layout: &Layout) -> Result<File, HostsError> {
    let path = layout.lock_file();
    let failed = |source| HostsError::io("locking", &path, source);
    layout.make().map_err(failed)?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed)?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PAUSE).await,
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
    }
    Err(HostsError::Busy {
        instance: id.clone(),
        path,
    })
}

impl Work {
    /// Finds the process of the last run, also one whose start was never recorded because Tawny died.
    async fn settle(&mut self) -> Result<(), HostsError> {
        let Some(run) = self.record.run.clone() else {
            return Ok(());
        };
        let mut waited = Duration::ZERO;
        self.leader = process::leader(&run)?;
        while self.leader.is_none()
            && run.process.is_none()
            && waited < BIRTH
            && !process::members(&run)?.is_empty()
        {
            tokio::time::sleep(LOOK_AGAIN).await;
            waited += LOOK_AGAIN;
            self.leader = process::leader(&run)?;
        }
        if self.leader.is_some() && run.process.is_none() {
            tracing::info!(instance = %self.instance.id, version = %run.version, "adopted a process whose start was not recorded");
            self.found = true;
            if let Some(run) = &mut self.record.run {
                run.process = self.leader;
            }
            self.save().await?;
        }
        Ok(())
    }

    /// The version whose process lives.
    pub(super) fn running(&self) -> Option<&Version> {
        self.leader
            .and(self.record.run.as_ref())
            .map(|run| &run.version)
    }

    pub(super) async fn save(&self) -> Result<(), HostsError> {
        let (record, layout) = (self.record.clone(), self.layout.clone());
        self.blocking(move || record.save(&layout)).await
    }

    /// Points `current` to a release.
    pub(super) async fn switch(&self, version: &Version) -> Result<(), HostsError> {
        let (layout, version) = (self.layout.clone(), version.clone());
        self.blocking(move || {
            layout
                .switch(&version)
                .map_err(|source| HostsError::io("switching", &layout.current_link(), source))
        })
        .await?;
        crash::point("after-switch");
        Ok(())
    }

    /// The version that `current` points to.
    pub(super) fn current(&self) -> Result<Option<Version>, HostsError> {
        self.layout
            .current()
            .map_err(|source| HostsError::io("reading", &self.layout.current_link(), source))
    }

    /// Runs what may wait for the disk where it keeps nobody else waiting.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, HostsError> + Send + 'static,
    ) -> Result<T, HostsError> {
        let held = Arc::clone(&self.held);
        tokio::task::spawn_blocking(move || {
            let done = job();
            drop(held);
            done
        })
        .await
        .unwrap_or_else(|error| Err(HostsError::CutOff(error.to_string())))
    }
}
