//! Starts a release, so that it is known again whatever happens to Tawny meanwhile.

use super::config::{HostInstance, HostsConfig};
use super::error::{HostsError, NotUp};
use super::layout::{self, Layout};
use super::process;
use super::record::Run;
use super::work::Work;
use crate::crash;
use guard::ids::Version;
use jiff::Timestamp;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::PoisonError;
use tokio::process::{Child, Command};
use uuid::Uuid;

/// A log that has grown beyond this is set aside when its version is started again, in bytes.
const MAX_LOG: u64 = 64 << 20;
const INHERITED: [(&str, &str); 3] = [
    (
        "PATH",
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ),
    ("HOME", "/"),
    ("LANG", "C.UTF-8"),
];

impl Work {
    /// Starts a version. The inner error is that of the start command, the outer one is ours.
    ///
    /// The nonce is on record before the process exists: if Tawny dies in between, the process is found
    /// by the nonce in its environment.
    pub(super) async fn start(
        &mut self,
        version: &Version,
    ) -> Result<Result<(), NotUp>, HostsError> {
        let log = match self.open_log(version).await {
            Ok(log) => log,
            Err(error) => return Ok(Err(not_started(&error))),
        };
        self.record.run = Some(Run {
            nonce: Uuid::new_v4().simple().to_string(),
            boot: process::boot()?,
            version: version.clone(),
            at: Timestamp::now(),
            log_from: log.1,
            process: None,
        });
        self.save().await?;
        crash::point("after-nonce");
        let (config, instance) = (self.config.clone(), self.instance.clone());
        let (layout, version) = (self.layout.clone(), version.clone());
        let (mut record, children) = (self.record.clone(), self.children.clone());
        let runtime = tokio::runtime::Handle::current();
        // One piece that a dropped future does not tear apart: spawned and on record, or neither.
        let done = self
            .blocking(move || {
                let Some(run) = &mut record.run else {
                    return Ok(Ok((record, None)));
                };
                let _guard = runtime.enter();
                let child = match spawn(&config, &instance, &layout, run, &version, log.0) {
                    Ok(child) => child,
                    Err(error) => return Ok(Err(not_started(&error))),
                };
                crash::point("after-spawn");
                let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
                let identity = pid.map(process::identify).transpose()?;
                run.process = identity;
                children
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(run.nonce.clone(), child);
                record.save(&layout)?;
                Ok(Ok((record, identity)))
            })
            .await?;
        match done {
            Ok((record, identity)) => {
                self.record = record;
                self.leader = identity;
                crash::point("after-start");
                Ok(Ok(()))
            }
            Err(why) => {
                self.record.run = None;
                self.leader = None;
                self.save().await?;
                Ok(Err(why))
            }
        }
    }

    /// The version's log, and where the next part of it begins.
    async fn open_log(&self, version: &Version) -> Result<(File, u64), HostsError> {
        let path = self.layout.log(version);
        self.blocking(move || {
            let failed = |source| HostsError::io("opening", &path, source);
            let size = std::fs::metadata(&path).map_or(0, |data| data.len());
            if size > MAX_LOG {
                std::fs::rename(&path, path.with_extension("log.old")).map_err(failed)?;
            }
            let log = File::options()
                .create(true)
                .append(true)
                .open(&path)
                .map_err(failed)?;
            let from = log.metadata().map_err(failed)?.len();
            Ok((log, from))
        })
        .await
    }
}

fn not_started(error: &HostsError) -> NotUp {
    NotUp::NotStarted {
        error: error.to_string(),
    }
}

fn spawn(
    config: &HostsConfig,
    instance: &HostInstance,
    layout: &Layout,
    run: &Run,
    version: &Version,
    log: File,
) -> Result<Child, HostsError> {
    let release = layout.release(version);
    let failed = |source| HostsError::io("starting in", &release, source);
    let config_file = config_file(config, &release)?;
    if let Some(path) = config
        .config_path
        .as_ref()
        .filter(|path| path.is_absolute())
    {
        let at = layout.config_link();
        layout::link(path, &at).map_err(|source| HostsError::io("linking", &at, source))?;
    }
    let mut command = Command::new("setsid");
    command.args(["sh", "-c", &config.start_cmd]);
    environment(&mut command, config, instance, version, &release);
    if let Some(path) = config_file {
        command.env("TAWNY_CONFIG", path);
    }
    command
        .env(process::NONCE, &run.nonce)
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(failed)?)
        .stderr(log)
        .kill_on_drop(false)
        .spawn()
        .map_err(failed)
}

/// Sets a command's directory and environment, apart from what only a service has.
pub(super) fn environment(
    command: &mut Command,
    config: &HostsConfig,
    instance: &HostInstance,
    version: &Version,
    release: &Path,
) {
    command.current_dir(release).env_clear();
    for (key, otherwise) in INHERITED {
        command.env(
            key,
            std::env::var_os(key).unwrap_or_else(|| otherwise.into()),
        );
    }
    command
        .envs(&instance.env)
        .env("TAWNY_SERVICE", config.service.as_str())
        .env("TAWNY_ENVIRONMENT", config.environment.as_str())
        .env("TAWNY_INSTANCE", instance.id.as_str())
        .env("TAWNY_VERSION", version.as_str())
        .env("TAWNY_RELEASE_DIR", release);
}

/// The configuration file of a release, if the service has one; it has to be there.
pub(super) fn config_file(
    config: &HostsConfig,
    release: &Path,
) -> Result<Option<PathBuf>, HostsError> {
    let Some(path) = &config.config_path else {
        return Ok(None);
    };
    // An absolute path replaces the release's.
    let path = release.join(path);
    if path.is_file() {
        Ok(Some(path))
    } else {
        Err(HostsError::NoConfigFile(path))
    }
}
