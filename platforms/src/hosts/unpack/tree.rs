//! The files of a release as they are made.

use super::{ArchiveError, bad, damaged, disk, shown};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};
use tar::EntryType;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Folder,
    File,
    Link,
}

/// What has been made so far. Nothing is written through anything but directories made here, so no
/// entry can prepare the way for another one to leave.
pub(super) struct Tree<'a> {
    into: &'a Path,
    made: BTreeMap<PathBuf, Made>,
    pub(super) files: u64,
}

impl<'a> Tree<'a> {
    pub(super) fn new(into: &'a Path) -> Self {
        Self {
            into,
            made: BTreeMap::new(),
            files: 0,
        }
    }

    /// Where an entry goes, below `into`, after its parents have been made.
    pub(super) fn place(&mut self, name: &Path, kind: EntryType) -> Result<PathBuf, ArchiveError> {
        let mut place = PathBuf::new();
        for part in name.components() {
            match part {
                Component::Normal(part) => place.push(part),
                Component::CurDir => {}
                Component::ParentDir => {
                    return Err(bad(name, "climbs out with `..`".to_owned()));
                }
                Component::RootDir | Component::Prefix(_) => {
                    return Err(bad(
                        name,
                        "is an absolute path: expected a relative one".to_owned(),
                    ));
                }
            }
        }
        let parents: Vec<PathBuf> = place
            .ancestors()
            .skip(1)
            .filter(|parent| !parent.as_os_str().is_empty())
            .map(Path::to_owned)
            .collect();
        for parent in parents.iter().rev() {
            match self.made.get(parent) {
                Some(Made::Folder) => {}
                None => self.folder(parent)?,
                Some(_) => {
                    return Err(bad(
                        name,
                        "goes through something that is no directory".to_owned(),
                    ));
                }
            }
        }
        let again = self.made.get(&place).copied();
        let root = place.as_os_str().is_empty();
        match kind {
            EntryType::Directory if root || matches!(again, None | Some(Made::Folder)) => Ok(place),
            _ if root => Err(bad(name, "has no name".to_owned())),
            _ if again.is_some() => Err(bad(name, "is there twice".to_owned())),
            _ => Ok(place),
        }
    }

    pub(super) fn folder(&mut self, place: &Path) -> Result<(), ArchiveError> {
        let path = self.into.join(place);
        if place.as_os_str().is_empty() || self.made.contains_key(place) {
            return Ok(());
        }
        fs::create_dir(&path).map_err(|source| disk(&path, source))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
            .map_err(|source| disk(&path, source))?;
        self.made.insert(place.to_owned(), Made::Folder);
        Ok(())
    }

    pub(super) fn file(
        &mut self,
        place: &Path,
        mode: u32,
        content: &mut impl Read,
        size: u64,
    ) -> Result<(), ArchiveError> {
        let path = self.into.join(place);
        let mode = (mode & 0o755) | 0o600;
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&path)
            .map_err(|source| disk(&path, source))?;
        let count = copy(content, &mut file, &path)?;
        if count != size {
            return Err(ArchiveError::Damaged(format!(
                "`{}` ends after {count} bytes: expected {size}",
                shown(place)
            )));
        }
        file.set_permissions(fs::Permissions::from_mode(mode))
            .and_then(|()| file.sync_data())
            .map_err(|source| disk(&path, source))?;
        self.made.insert(place.to_owned(), Made::File);
        self.files += 1;
        Ok(())
    }

    // `..` may only come first: after a name it could lead back from where another link has led.
    pub(super) fn symlink(
        &mut self,
        place: &Path,
        name: &Path,
        target: Option<&Path>,
    ) -> Result<(), ArchiveError> {
        let target = target.ok_or_else(|| bad(name, "is a link to nothing".to_owned()))?;
        let depth = place.components().count().saturating_sub(1);
        let mut up = 0;
        let mut named = false;
        for part in target.components() {
            match part {
                Component::Normal(_) => named = true,
                Component::CurDir => {}
                Component::ParentDir if !named && up < depth => up += 1,
                _ => {
                    return Err(bad(
                        name,
                        format!("is a link that leaves the release (to `{}`)", shown(target)),
                    ));
                }
            }
        }
        let path = self.into.join(place);
        symlink(target, &path).map_err(|source| disk(&path, source))?;
        self.made.insert(place.to_owned(), Made::Link);
        Ok(())
    }

    pub(super) fn hard_link(
        &mut self,
        place: &Path,
        name: &Path,
        target: Option<&Path>,
    ) -> Result<(), ArchiveError> {
        let target: PathBuf = target
            .unwrap_or(Path::new(""))
            .components()
            .filter(|part| *part != Component::CurDir)
            .collect();
        if self.made.get(&target) != Some(&Made::File) {
            return Err(bad(
                name,
                format!(
                    "is a hard link to `{}`, which is no file of the archive",
                    shown(&target)
                ),
            ));
        }
        let path = self.into.join(place);
        fs::hard_link(self.into.join(&target), &path).map_err(|source| disk(&path, source))?;
        self.made.insert(place.to_owned(), Made::File);
        Ok(())
    }
}

// Not `io::copy`: it does not say which side failed.
fn copy(from: &mut impl Read, to: &mut File, path: &Path) -> Result<u64, ArchiveError> {
    let mut buffer = vec![0; 64 * 1024];
    let mut total = 0;
    loop {
        let count = from.read(&mut buffer).map_err(damaged)?;
        if count == 0 {
            return Ok(total);
        }
        let part = buffer.get(..count).unwrap_or_default();
        io::Write::write_all(to, part).map_err(|source| disk(path, source))?;
        total += count as u64;
    }
}
