//! Which files differ between two trees.

use super::super::change::{Bounds, Missing, Touched, TouchedFile};
use super::hunks::hunks;
use gix::bstr::ByteSlice;
use gix::diff::Rewrites;
use gix::diff::blob::Platform;
use gix::object::tree::diff::{Action, Change as Entry};
use gix::objs::tree::EntryMode;
use gix::{Id, Repository, Tree};
use std::time::Instant;

/// Names of files that were both deleted and added are compared up to so many.
const RENAMES: usize = 100;

/// Reads trees within bounds, and counts what it left out.
pub(super) struct Reader<'a> {
    repository: &'a Repository,
    bounds: &'a Bounds,
    until: Instant,
    cache: Option<Platform>,
    told: usize,
    files: usize,
    patches: usize,
    tails: usize,
    unread: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(repository: &'a Repository, bounds: &'a Bounds, until: Instant) -> Self {
        Self {
            repository,
            bounds,
            until,
            cache: None,
            told: 0,
            files: 0,
            patches: 0,
            tails: 0,
            unread: 0,
        }
    }

    pub(super) fn missing(&self) -> Vec<Missing> {
        let all = [
            (self.unread, Missing::Unread(self.unread)),
            (self.files, Missing::Files(self.files)),
            (self.patches, Missing::Patches(self.patches)),
            (self.tails, Missing::Tails(self.tails)),
        ];
        let some = all.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(_, missing)| missing).collect()
    }

    /// The files that differ; of the first commit of all, every file.
    pub(super) fn files(
        &mut self,
        old: Option<&Tree<'_>>,
        new: &Tree<'_>,
    ) -> gix::Result<Vec<TouchedFile>> {
        if Instant::now() >= self.until {
            self.unread += 1;
            return Ok(Vec::new());
        }
        let mut cache = match self.cache.take() {
            Some(cache) => cache,
            None => self.repository.diff_resource_cache_for_tree_diff()?,
        };
        let empty = self.repository.empty_tree();
        let mut files = Vec::new();
        let mut seen = 0;
        let rewrites = Rewrites {
            limit: RENAMES,
            ..Rewrites::default()
        };
        let read = {
            let mut changes = old.unwrap_or(&empty).changes()?;
            changes.options(|options| {
                options.track_path().track_rewrites(Some(rewrites));
            });
            changes.for_each_to_obtain_tree_with_cache(new, &mut cache, |entry| {
                if is_file(&entry) {
                    seen += 1;
                    if files.len() < self.bounds.files {
                        files.push(self.file(&entry)?);
                    }
                }
                Ok(Action::Continue(()))
            })
        };
        cache.clear_resource_cache_keep_allocation();
        self.cache = Some(cache);
        read?;
        self.files += seen - files.len();
        files.sort_by(|one: &TouchedFile, two| one.path.cmp(&two.path));
        Ok(files)
    }

    fn file(&mut self, entry: &Entry<'_, '_, '_>) -> gix::Result<TouchedFile> {
        let path = |path: &gix::bstr::BStr| path.to_str_lossy().into_owned();
        let (how, old_path, old, new) = match entry {
            Entry::Addition { id, .. } => (Touched::Added, None, None, Some(*id)),
            Entry::Deletion { id, .. } => (Touched::Deleted, None, Some(*id), None),
            Entry::Modification {
                previous_id, id, ..
            } => (Touched::Modified, None, Some(*previous_id), Some(*id)),
            Entry::Rewrite {
                source_location,
                source_id,
                id,
                ..
            } => {
                let from = Some(path(source_location));
                (Touched::Renamed, from, Some(*source_id), Some(*id))
            }
        };
        let mut file = TouchedFile {
            path: path(entry.location()),
            old_path,
            how,
            additions: 0,
            deletions: 0,
            patch: String::new(),
        };
        self.lines(&mut file, old, new)?;
        Ok(file)
    }

    /// Compares the lines, unless too much was told already, or there are too many, or none.
    fn lines(
        &mut self,
        file: &mut TouchedFile,
        old: Option<Id<'_>>,
        new: Option<Id<'_>>,
    ) -> gix::Result<()> {
        if Instant::now() >= self.until || self.told >= self.bounds.patches {
            self.patches += 1;
            return Ok(());
        }
        for id in [old, new].into_iter().flatten() {
            if self.repository.find_header(id)?.size() > self.bounds.blob as u64 {
                self.patches += 1;
                return Ok(());
            }
        }
        let data = |id: Option<Id<'_>>| -> gix::Result<Vec<u8>> {
            Ok(match id {
                Some(id) => id.object()?.detach().data,
                None => Vec::new(),
            })
        };
        let Some(told) = hunks(&data(old)?, &data(new)?, self.bounds.patch) else {
            return Ok(());
        };
        self.told += told.patch.len();
        self.tails += usize::from(told.cut);
        (file.additions, file.deletions) = (told.additions, told.deletions);
        file.patch = told.patch;
        Ok(())
    }
}

fn is_file(entry: &Entry<'_, '_, '_>) -> bool {
    let told = |mode: EntryMode| mode.is_blob_or_symlink();
    match entry {
        Entry::Modification {
            previous_entry_mode,
            entry_mode,
            ..
        } => told(*previous_entry_mode) && told(*entry_mode),
        other => told(other.entry_mode()),
    }
}
