//! What was told of files, within bounds, and what was left out.

use super::forge::{File, Files};
use crate::code::change::{Bounds, Missing, TouchedFile};

/// Counts what is told and what is not.
pub(super) struct Ledger<'a> {
    bounds: &'a Bounds,
    told: usize,
    files: usize,
    patches: usize,
    tails: usize,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(bounds: &'a Bounds) -> Self {
        Self {
            bounds,
            told: 0,
            files: 0,
            patches: 0,
            tails: 0,
        }
    }

    /// As much of the files of one change as may be told.
    pub(super) fn within(&mut self, read: Files) -> Vec<TouchedFile> {
        let beyond = read.files.len().saturating_sub(self.bounds.files);
        // How many more there are than the host tells, it does not say.
        self.files += beyond + usize::from(read.more);
        let mut files: Vec<TouchedFile> = read
            .files
            .into_iter()
            .take(self.bounds.files)
            .map(|file| self.file(file))
            .collect();
        files.sort_by(|one, two| one.path.cmp(&two.path));
        files
    }

    fn file(&mut self, read: File) -> TouchedFile {
        let mut file = read.file;
        if read.withheld {
            self.patches += 1;
        } else if file.patch.is_empty() {
        } else if self.told >= self.bounds.patches {
            self.patches += 1;
            file.patch = String::new();
        } else if file.patch.len() > self.bounds.patch {
            self.tails += 1;
            let end = file.patch.floor_char_boundary(self.bounds.patch);
            let lines = file.patch[..end].rfind('\n').map_or(0, |at| at + 1);
            file.patch.truncate(lines);
        }
        file.patch.shrink_to_fit();
        self.told += file.patch.len();
        file
    }

    pub(super) fn missing(&self) -> Vec<Missing> {
        let all = [
            (self.files, Missing::Files(self.files)),
            (self.patches, Missing::Patches(self.patches)),
            (self.tails, Missing::Tails(self.tails)),
        ];
        let some = all.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(_, missing)| missing).collect()
    }
}
