//! Puts releases in place, without touching what serves.

use super::Hosts;
use super::config::HostsConfig;
use super::download;
use super::error::HostsError;
use super::layout::{self, Layout, UNPACKING};
use super::package_error::PackageError;
use super::sink::Fetched;
use super::start::config_file;
use super::unpack::{Limits, unpack};
use super::work::Work;
use guard::action::ActionKind;
use guard::authorise::Authority;
use guard::ids::{InstanceId, Version};
use guard::plan::Package;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A download that is older than this belongs to nobody any more.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// What preparing an action did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prepared {
    /// Instances that got the release now.
    pub installed: Vec<InstanceId>,
    /// Instances that had it, verified.
    pub reused: Vec<InstanceId>,
}

/// What a release was unpacked from. Written last, so that a release without it is not complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marker {
    size: u64,
    md5: String,
    sha256: String,
    pub(super) installed_at: Timestamp,
}

impl Marker {
    /// The marker of a complete release.
    pub(super) fn read(layout: &Layout, version: &Version) -> Option<Self> {
        let text = fs::read(layout.marker(version)).ok()?;
        let marker = serde_json::from_slice(&text).ok()?;
        layout.release(version).is_dir().then_some(marker)
    }

    fn is_of(&self, package: &Package) -> bool {
        let same = |named: &Option<String>, found: &str| {
            named
                .as_ref()
                .is_none_or(|named| named.eq_ignore_ascii_case(found))
        };
        package.size.is_none_or(|size| size == self.size)
            && same(&package.md5, &self.md5)
            && same(&package.sha256, &self.sha256)
    }
}

impl Hosts {
    /// Fetches, verifies and unpacks the action's release for all of its instances, before the first of
    /// them is touched. What is there already is not fetched again.
    pub async fn prepare(&self, authority: &Authority) -> Result<Prepared, HostsError> {
        self.covers(authority)?;
        let mut ids = authority.action().instances.clone();
        // Always in the same order, or two actions could wait for each other.
        ids.sort();
        ids.dedup();
        let mut held = Vec::new();
        for id in &ids {
            held.push(self.work(id).await?);
        }
        self.install(authority, &held.iter().collect::<Vec<_>>())
            .await
    }

    pub(super) async fn install(
        &self,
        authority: &Authority,
        instances: &[&Work],
    ) -> Result<Prepared, HostsError> {
        let mut done = Prepared::default();
        let mut missing = Vec::new();
        for work in instances {
            if work.has_release(authority)? {
                work.find_config_file(&authority.action().version)?;
                done.reused.push(work.instance.id.clone());
            } else {
                missing.push(*work);
            }
        }
        let Some(first) = missing.first() else {
            return Ok(done);
        };
        let version = &authority.action().version;
        let Some(package) = authority.package() else {
            return Err(HostsError::NoPackage {
                instance: first.instance.id.clone(),
                version: version.clone(),
            });
        };
        let folder = self.downloads(first).await?;
        let fetched =
            download::download(&self.fetcher, &self.config.packages, package, &folder).await?;
        let fetched = Arc::new(fetched);
        for work in missing {
            work.unpack(version, package, Arc::clone(&fetched)).await?;
            work.find_config_file(version)?;
            done.installed.push(work.instance.id.clone());
        }
        Ok(done)
    }

    async fn downloads(&self, work: &Work) -> Result<PathBuf, HostsError> {
        let folder = self.config.deploy_path.join(".downloads");
        work.blocking(move || {
            fs::create_dir_all(&folder)
                .map_err(|source| HostsError::io("making", &folder, source))?;
            clear(&folder, "package-", ABANDONED);
            Ok(folder)
        })
        .await
    }
}

impl Work {
    /// Whether the release is there, complete and from this package.
    fn has_release(&self, authority: &Authority) -> Result<bool, HostsError> {
        let action = authority.action();
        let version = &action.version;
        let marker = Marker::read(&self.layout, version);
        let Some(package) = authority.package() else {
            return Ok(marker.is_some());
        };
        let in_use = self.current()?.as_ref() == Some(version)
            || self.record.previous.as_ref() == Some(version)
            || self.running() == Some(version);
        match marker {
            Some(marker) if marker.is_of(package) => Ok(true),
            // Going back is to what has served, whatever is said of it meanwhile.
            Some(_) if action.kind == ActionKind::RollBack => Ok(true),
            marker if in_use => Err(HostsError::OtherPackage {
                instance: self.instance.id.clone(),
                version: version.clone(),
                found: marker.map_or("an unknown package".to_owned(), |m| {
                    format!("sha256 {}", m.sha256)
                }),
                expected: promised(package),
            }),
            _ => Ok(false),
        }
    }

    fn find_config_file(&self, version: &Version) -> Result<(), HostsError> {
        config_file(&self.config, &self.layout.release(version)).map(|_| ())
    }

    /// Unpacks beside the releases and moves the result into place.
    async fn unpack(
        &self,
        version: &Version,
        package: &Package,
        fetched: Arc<Fetched>,
    ) -> Result<(), HostsError> {
        let (layout, version) = (self.layout.clone(), version.clone());
        let (config, url) = (Arc::clone(&self.config), download::shown(&package.url));
        self.blocking(move || {
            let releases = layout.releases();
            clear(&releases, UNPACKING, Duration::ZERO);
            let failed = |source: io::Error| HostsError::io("installing in", &releases, source);
            let fresh = tempfile::Builder::new()
                .prefix(UNPACKING)
                .tempdir_in(&releases)
                .map_err(failed)?;
            unpack(fetched.file.as_file(), fresh.path(), limits(&config)).map_err(|error| {
                PackageError::Archive {
                    url: url.clone(),
                    error,
                }
            })?;
            open_to_all(fresh.path()).map_err(failed)?;
            let place = layout.release(&version);
            // Not complete, or of another package and not in use.
            remove(&layout.marker(&version)).map_err(failed)?;
            remove(&place).map_err(failed)?;
            let unpacked = fresh.keep();
            fs::rename(&unpacked, &place).map_err(failed)?;
            layout::sync(&releases).map_err(failed)?;
            let marker = Marker {
                size: fetched.size,
                md5: fetched.md5.clone(),
                sha256: fetched.sha256.clone(),
                installed_at: Timestamp::now(),
            };
            let text =
                serde_json::to_vec(&marker).map_err(|error| failed(io::Error::other(error)))?;
            layout::write(&layout.marker(&version), &text).map_err(failed)
        })
        .await
    }
}

fn limits(config: &HostsConfig) -> Limits {
    Limits {
        bytes: config.packages.max_unpacked_bytes,
        entries: config.packages.max_entries,
    }
}

fn promised(package: &Package) -> String {
    match (&package.sha256, &package.md5) {
        (Some(sha256), _) => format!("sha256 {sha256}"),
        (None, Some(md5)) => format!("md5 {md5}"),
        (None, None) => "another".to_owned(),
    }
}

// A temporary directory is private, a release may be run by another user.
fn open_to_all(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

/// Removes a file or a directory, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let done = match fs::symlink_metadata(path) {
        Ok(data) if data.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Removes what a crash has left behind. What cannot be removed only takes up room.
fn clear(folder: &Path, prefix: &str, older: Duration) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let ours = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(prefix));
        let old = entry
            .metadata()
            .and_then(|data| data.modified())
            .is_ok_and(|at| SystemTime::now().duration_since(at).unwrap_or_default() >= older);
        if ours
            && old
            && let Err(error) = remove(&entry.path())
        {
            tracing::warn!(path = %entry.path().display(), %error, "a leftover could not be removed");
        }
    }
}
