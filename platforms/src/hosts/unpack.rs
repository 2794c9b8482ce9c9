//! Unpacks an archive and believes nothing that it says about where its files belong.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tar::{Archive, EntryType};
use tree::Tree;

mod tree;

/// Names and extended headers of one entry may take so many bytes.
const HEADERS: u64 = 1 << 20;

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is something else.
    #[error("it is not an archive that can be unpacked ({0}): expected tar.gz or tar")]
    Kind(&'static str),
    /// An entry would land outside of the release, or on another entry.
    #[error("its entry `{entry}` {problem}")]
    Entry {
        /// The entry's path, escaped and shortened.
        entry: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Too many entries.
    #[error("it has more than {0} entries: raise `packages.max_entries` if that is meant")]
    TooMany(u64),
    /// Too many bytes once unpacked.
    #[error(
        "it unpacks to more than {0} bytes: raise `packages.max_unpacked_bytes` if that is meant"
    )]
    TooLarge(u64),
    /// It ends early or is garbled.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// There is nothing in it.
    #[error("it holds no file")]
    Empty,
    /// The disk said no.
    #[error("unpacking {}: {source}", path.display())]
    Disk {
        /// On what.
        path: PathBuf,
        /// What was said.
        source: io::Error,
    },
}

/// How much an archive may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes once unpacked, all files together.
    pub bytes: u64,
    /// Files and folders.
    pub entries: u64,
}

/// Unpacks `archive` into the empty directory `into`.
///
/// # Errors
/// What of it is refused; `into` may then hold a part of it.
pub fn unpack(archive: &File, into: &Path, limits: Limits) -> Result<(), ArchiveError> {
    let allowance = Rc::new(Cell::new(0));
    let metered = Metered {
        inner: open(archive)?,
        allowance: Rc::clone(&allowance),
    };
    let mut archive = Archive::new(metered);
    let mut entries = archive.entries().map_err(damaged)?;
    let mut tree = Tree::new(into);
    let mut left = limits.bytes;
    let mut count = 0;
    loop {
        // The library reads extended headers into memory as a whole, so their size is limited here.
        allowance.set(HEADERS);
        let Some(entry) = entries.next() else { break };
        let mut entry = entry.map_err(damaged)?;
        count += 1;
        if count > limits.entries {
            return Err(ArchiveError::TooMany(limits.entries));
        }
        let kind = entry.header().entry_type();
        if kind == EntryType::XGlobalHeader {
            continue;
        }
        let size = entry.size();
        left = left
            .checked_sub(size)
            .ok_or(ArchiveError::TooLarge(limits.bytes))?;
        let name = entry.path().map_err(damaged)?.into_owned();
        let target = entry
            .link_name()
            .map_err(damaged)?
            .map(std::borrow::Cow::into_owned);
        let mode = entry.header().mode().map_err(damaged)?;
        let place = tree.place(&name, kind)?;
        if mode & 0o6000 != 0 {
            return Err(bad(
                &name,
                format!("has the setuid or setgid bit (mode {mode:o}): expected none"),
            ));
        }
        // The rest of the last block belongs to the entry too.
        allowance.set(size.saturating_add(1024));
        match kind {
            EntryType::Regular | EntryType::Continuous => {
                tree.file(&place, mode, &mut entry, size)?;
            }
            EntryType::Directory => tree.folder(&place)?,
            EntryType::Symlink => tree.symlink(&place, &name, target.as_deref())?,
            EntryType::Link => tree.hard_link(&place, &name, target.as_deref())?,
            _ => {
                return Err(bad(
                    &name,
                    "is neither file, directory nor link: expected nothing else".to_owned(),
                ));
            }
        }
    }
    if tree.files == 0 {
        return Err(ArchiveError::Empty);
    }
    Ok(())
}

fn open(mut archive: &File) -> Result<Box<dyn Read + '_>, ArchiveError> {
    let mut head = [0; 4];
    archive.rewind().map_err(damaged)?;
    let count = read_up_to(&mut archive, &mut head).map_err(damaged)?;
    archive.rewind().map_err(damaged)?;
    match head.get(..count).unwrap_or_default() {
        [0x1f, 0x8b, ..] => Ok(Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(
            archive,
        )))),
        b"PK\x03\x04" => Err(ArchiveError::Kind("zip")),
        [0x28, 0xb5, 0x2f, 0xfd] => Err(ArchiveError::Kind("zstandard")),
        [0xfd, b'7', b'z', b'X'] => Err(ArchiveError::Kind("xz")),
        [b'B', b'Z', b'h', ..] => Err(ArchiveError::Kind("bzip2")),
        [] => Err(ArchiveError::Kind("empty")),
        _ => Ok(Box::new(BufReader::new(archive))),
    }
}

fn read_up_to(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while let Some(rest) = buffer.get_mut(count..).filter(|rest| !rest.is_empty()) {
        match from.read(rest)? {
            0 => break,
            more => count += more,
        }
    }
    Ok(count)
}

/// Lets so many bytes through as were allowed.
struct Metered<R> {
    inner: R,
    allowance: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = usize::try_from(self.allowance.get()).unwrap_or(usize::MAX);
        if allowed == 0 && !buffer.is_empty() {
            return Err(io::Error::other("its headers are too large"));
        }
        let length = buffer.len().min(allowed);
        let count = match buffer.get_mut(..length) {
            Some(part) => self.inner.read(part)?,
            None => 0,
        };
        self.allowance.set(self.allowance.get() - count as u64);
        Ok(count)
    }
}

// Used as `map_err(damaged)`, which hands the error over.
#[allow(clippy::needless_pass_by_value)]
fn damaged(error: io::Error) -> ArchiveError {
    ArchiveError::Damaged(super::download::chain(&error))
}

fn disk(path: &Path, source: io::Error) -> ArchiveError {
    ArchiveError::Disk {
        path: path.to_owned(),
        source,
    }
}

fn bad(name: &Path, problem: String) -> ArchiveError {
    ArchiveError::Entry {
        entry: shown(name),
        problem,
    }
}

fn shown(path: &Path) -> String {
    let text = String::from_utf8_lossy(path.as_os_str().as_bytes());
    text.chars()
        .take(120)
        .collect::<String>()
        .escape_debug()
        .to_string()
}

#[cfg(test)]
mod tests;
