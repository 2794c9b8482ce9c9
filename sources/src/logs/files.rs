//! Files of this machine, read on from where they were left: also when they were rotated or cut.

use super::bounds::{Bounds, Came, Window};
use super::error::LogError;
use super::{Joiner, Sink};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Files that are read, at most.
const MOST: usize = 200;
/// What is read at once, in bytes.
const CHUNK: usize = 256 * 1024;

/// Files whose names fit patterns, each with the name of who writes there, if that is not the file itself.
#[derive(Debug, Clone, Default)]
pub struct Files {
    patterns: Vec<(String, Option<String>)>,
    /// Where each file was left.
    left: BTreeMap<PathBuf, Left>,
    begun: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Left {
    inode: u64,
    offset: u64,
    /// Bytes of a line that has not ended yet.
    hanging: u64,
}

/// A piece of a file that is to be read.
#[derive(Debug)]
struct Piece {
    path: PathBuf,
    place: String,
    inode: u64,
    from: u64,
    until: u64,
    /// The first line is not whole.
    torn: bool,
    /// There was more than may be read.
    cut: bool,
    hanging: u64,
}

impl Files {
    /// Patterns such as `/var/log/shop/*.log`, and who writes there.
    ///
    /// # Errors
    /// [`LogError::Unusable`]: it is no pattern.
    pub fn new(patterns: Vec<(String, Option<String>)>) -> Result<Self, LogError> {
        for (pattern, _) in &patterns {
            glob::Pattern::new(pattern)
                .map_err(|error| LogError::Unusable(format!("path `{pattern}`: {error}")))?;
        }
        Ok(Self {
            patterns,
            ..Self::default()
        })
    }

    pub(super) fn place(&self) -> String {
        let patterns: Vec<&str> = self
            .patterns
            .iter()
            .map(|(text, _)| text.as_str())
            .collect();
        patterns.join(", ")
    }

    pub(super) async fn read(
        &mut self,
        window: &Window,
        bounds: &Bounds,
        each: Sink<'_>,
    ) -> Result<Came, LogError> {
        let (patterns, left, begun) = (self.patterns.clone(), self.left.clone(), self.begun);
        let most = bounds.bytes;
        let pieces = blocking(move || pieces(&patterns, &left, begun, most)).await?;
        self.begun = true;
        let mut came = Came::default();
        for piece in pieces {
            came = came.and(self.piece(&piece, window, bounds, came.lines, each).await?);
        }
        Ok(came)
    }

    async fn piece(
        &mut self,
        piece: &Piece,
        window: &Window,
        bounds: &Bounds,
        lines: u64,
        each: Sink<'_>,
    ) -> Result<Came, LogError> {
        let mut joiner = Joiner::new(piece.place.clone(), window);
        let mut came = Came::default();
        let mut rest: Vec<u8> = Vec::new();
        let mut torn = piece.torn;
        let mut at = piece.from;
        while at < piece.until && lines + came.lines < bounds.lines {
            let (path, wanted) = (piece.path.clone(), CHUNK.min((piece.until - at) as usize));
            let chunk = blocking(move || chunk(&path, at, wanted)).await?;
            if chunk.is_empty() {
                break;
            }
            at += chunk.len() as u64;
            came.bytes += chunk.len() as u64;
            rest.extend_from_slice(&chunk);
            let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else {
                // A line without an end is no line.
                if rest.len() > 4 * CHUNK {
                    rest.clear();
                    torn = true;
                }
                continue;
            };
            for line in rest[..end].split(|byte| *byte == b'\n') {
                if std::mem::take(&mut torn) {
                    continue;
                }
                came.lines += 1;
                joiner.line(&String::from_utf8_lossy(line), None, None, each);
            }
            rest.drain(..=end);
            tokio::task::yield_now().await;
        }
        // A last line that does not grow any more is whole: a process that dies ends no line.
        let hanging = rest.len() as u64;
        let whole = hanging > 0 && hanging == piece.hanging && !torn;
        if whole {
            came.lines += 1;
            joiner.line(&String::from_utf8_lossy(&rest), None, None, each);
        }
        joiner.finish(each);
        if piece.cut || at < piece.until {
            came.cut = joiner.oldest().or(Some(window.until));
        }
        let offset = if whole { at } else { at - hanging };
        let left = Left {
            inode: piece.inode,
            offset,
            hanging: if whole { 0 } else { hanging },
        };
        self.left.insert(piece.path.clone(), left);
        Ok(came)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LogError> + Send + 'static,
) -> Result<T, LogError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| LogError::Unusable(format!("reading files stopped: {error}")))?
}

/// What is to be read of which file: all that is new, or the end of it where that is too much.
fn pieces(
    patterns: &[(String, Option<String>)],
    left: &BTreeMap<PathBuf, Left>,
    begun: bool,
    most: u64,
) -> Result<Vec<Piece>, LogError> {
    let mut found: BTreeMap<PathBuf, (String, std::fs::Metadata)> = BTreeMap::new();
    for (pattern, place) in patterns {
        let paths = glob::glob(pattern)
            .map_err(|error| LogError::Unusable(format!("path `{pattern}`: {error}")))?;
        for path in paths.filter_map(Result::ok) {
            let Ok(data) = std::fs::metadata(&path) else {
                continue;
            };
            if data.is_file() && found.len() < MOST {
                let place = place.clone().unwrap_or_else(|| path.display().to_string());
                found.insert(path, (place, data));
            }
        }
    }
    // Before a service was ever started, nothing is there yet.
    if found.is_empty() && begun {
        let (pattern, _) = patterns.first().cloned().unwrap_or_default();
        return Err(LogError::NoFile(pattern));
    }
    let share = (most / found.len().max(1) as u64).max(1);
    let mut pieces = Vec::new();
    for (path, (place, data)) in found {
        let piece = |path: &Path, inode, from: u64, until: u64, hanging| {
            let begins = until.saturating_sub(share).max(from);
            Piece {
                path: path.to_owned(),
                place: place.clone(),
                inode,
                from: begins,
                until,
                torn: begins > from,
                cut: begins > from,
                hanging,
            }
        };
        let whole = |hanging| piece(&path, data.ino(), 0, data.len(), hanging);
        match left.get(&path) {
            Some(known) if known.inode == data.ino() && known.offset <= data.len() => {
                let next = piece(&path, data.ino(), known.offset, data.len(), known.hanging);
                pieces.push(next);
            }
            // It was cut, and begun anew.
            Some(known) if known.inode == data.ino() => pieces.push(whole(0)),
            Some(known) => {
                if let Some((old, len)) = rotated(&path, known.inode)
                    && len > known.offset
                {
                    pieces.push(piece(&old, known.inode, known.offset, len, 0));
                }
                pieces.push(whole(0));
            }
            None => {
                let mut first = whole(0);
                // Of what was there before anybody looked, the end is enough.
                first.cut &= begun;
                pieces.push(first);
            }
        }
    }
    Ok(pieces)
}

/// Where a file went that was moved out of the way: a neighbour whose name begins the same.
fn rotated(path: &Path, inode: u64) -> Option<(PathBuf, u64)> {
    let name = path.file_stem()?.to_str()?;
    let entries = std::fs::read_dir(path.parent()?).ok()?;
    entries.filter_map(Result::ok).take(1000).find_map(|entry| {
        let data = entry.metadata().ok()?;
        let fits = entry.file_name().to_str()?.starts_with(name);
        (fits && data.is_file() && data.ino() == inode).then(|| (entry.path(), data.len()))
    })
}

fn chunk(path: &Path, at: u64, wanted: usize) -> Result<Vec<u8>, LogError> {
    let failed = |source| LogError::File {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(at)).map_err(failed)?;
    let mut read = Vec::with_capacity(wanted);
    file.take(wanted as u64)
        .read_to_end(&mut read)
        .map_err(failed)?;
    Ok(read)
}
