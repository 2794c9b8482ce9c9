//! Where everything of one instance lies on disk.
//!
//! ```text
//! <deploy_path>/.downloads/            packages on their way
//! <deploy_path>/<instance>/lock        held while somebody works on the instance
//! <deploy_path>/<instance>/state.json  what was started, and which change is under way
//! <deploy_path>/<instance>/config      link to the configuration file, if that is absolute
//! <deploy_path>/<instance>/current     link to releases/<version>
//! <deploy_path>/<instance>/releases/<version>/
//! <deploy_path>/<instance>/releases/.<version>.json   what the release was unpacked from
//! <deploy_path>/<instance>/log/<version>.log
//! ```

use guard::ids::{InstanceId, Version};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The prefix of directories that are being unpacked into.
pub(super) const UNPACKING: &str = ".unpack-";

#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(super) fn new(deploy_path: &Path, instance: &InstanceId) -> Self {
        Self {
            root: deploy_path.join(instance.as_str()),
        }
    }

    pub(super) fn releases(&self) -> PathBuf {
        self.root.join("releases")
    }

    pub(super) fn release(&self, version: &Version) -> PathBuf {
        self.releases().join(version.as_str())
    }

    // A version never starts with a dot, so a marker cannot be taken for a release nor be packed in one.
    pub(super) fn marker(&self, version: &Version) -> PathBuf {
        self.releases().join(format!(".{version}.json"))
    }

    pub(super) fn log_dir(&self) -> PathBuf {
        self.root.join("log")
    }

    pub(super) fn log(&self, version: &Version) -> PathBuf {
        self.log_dir().join(format!("{version}.log"))
    }

    pub(super) fn state_file(&self) -> PathBuf {
        self.root.join("state.json")
    }

    pub(super) fn lock_file(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(super) fn current_link(&self) -> PathBuf {
        self.root.join("current")
    }

    pub(super) fn config_link(&self) -> PathBuf {
        self.root.join("config")
    }

    pub(super) fn make(&self) -> io::Result<()> {
        fs::create_dir_all(self.releases())?;
        fs::create_dir_all(self.log_dir())
    }

    /// The version that `current` points to.
    pub(super) fn current(&self) -> io::Result<Option<Version>> {
        let target = match fs::read_link(self.current_link()) {
            Ok(target) => target,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let name = target.file_name().and_then(|name| name.to_str());
        let version = name.and_then(|name| Version::new(name).ok());
        version.map(Some).ok_or_else(|| {
            io::Error::other(format!(
                "it points to `{}`: expected releases/<version>",
                target.display()
            ))
        })
    }

    /// Points `current` to a release, in one step.
    pub(super) fn switch(&self, version: &Version) -> io::Result<()> {
        link(
            &Path::new("releases").join(version.as_str()),
            &self.current_link(),
        )
    }

    /// Takes `current` away: nothing is installed.
    pub(super) fn unlink(&self) -> io::Result<()> {
        match fs::remove_file(self.current_link()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => sync(&self.root),
        }
    }
}

/// Makes or replaces a symbolic link, in one step.
pub(super) fn link(target: &Path, at: &Path) -> io::Result<()> {
    let folder = at.parent().unwrap_or(Path::new("/"));
    let fresh = tempfile::Builder::new()
        .prefix(".link-")
        .make_in(folder, |path| std::os::unix::fs::symlink(target, path))?;
    fresh.persist(at).map_err(|error| error.error)?;
    sync(folder)
}

/// Writes a file so that a crash leaves the old content or the new one.
pub(super) fn write(at: &Path, content: &[u8]) -> io::Result<()> {
    let folder = at.parent().unwrap_or(Path::new("/"));
    let mut fresh = tempfile::Builder::new()
        .prefix(".write-")
        .tempfile_in(folder)?;
    fresh.write_all(content)?;
    fresh.as_file().sync_all()?;
    fresh.persist(at).map_err(|error| error.error)?;
    sync(folder)
}

/// Makes the entries of a directory durable.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}
