//! A git repository on this machine.

use super::change::{Bounds, Change, Changes, Missing, Relation};
use super::error::CodeError;
use gix::bstr::ByteSlice;
use gix::revision::walk::Sorting;
use gix::{Commit, ObjectId, Repository};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::time::Instant;
use trees::Reader;

mod hunks;
mod trees;

/// A git repository on this machine; neither its hooks nor anybody's configuration is looked at.
#[derive(Debug, Clone)]
pub struct LocalRepository {
    path: PathBuf,
}

impl LocalRepository {
    /// The repository with this working folder, or this bare one. It is opened when it is asked.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What changed from one version to another: tags, branches, or commits in full or abbreviated. Blocks, at most
    /// about as long as `bounds` say; what it could not tell by then is named.
    pub fn changes(&self, from: &str, to: &str, bounds: &Bounds) -> Result<Changes, CodeError> {
        let until = Instant::now() + bounds.time;
        let options = gix::open::Options::isolated();
        let mut repository =
            gix::open_opts(&self.path, options).map_err(|error| CodeError::NoRepository {
                path: self.path.clone(),
                reason: error.to_string(),
            })?;
        repository.object_cache_size_if_unset(16 << 20);
        let asked = Asked {
            path: &self.path,
            repository: &repository,
        };
        let (old, new) = (asked.commit(from)?, asked.commit(to)?);
        let relation = asked.relation(old.id, new.id)?;
        let mut reader = Reader::new(&repository, bounds, until);
        let (mut changes, mut gone) = (Vec::new(), Vec::new());
        let mut beyond = 0;
        match relation {
            Relation::Same => {}
            Relation::Unrelated => {
                changes.push(asked.whole(&old, &new, &mut reader)?);
            }
            Relation::Ahead | Relation::Behind | Relation::Diverged => {
                let came = asked.commits(new.id, old.id, bounds.commits)?;
                let went = asked.commits(old.id, new.id, bounds.commits)?;
                beyond = came.beyond + went.beyond;
                changes = asked.told(&came.ids, &mut reader)?;
                gone = asked.told(&went.ids, &mut reader)?;
            }
        }
        let mut missing = reader.missing();
        if beyond > 0 {
            missing.insert(0, Missing::Commits(beyond));
        }
        Ok(Changes {
            from: old.id.to_string(),
            to: new.id.to_string(),
            relation,
            changes,
            gone,
            unattributed: Vec::new(),
            missing,
            cut: None,
            requests: 0,
        })
    }
}

/// The newest commits, the oldest of them first, and how many are older.
struct Walked {
    ids: Vec<ObjectId>,
    beyond: usize,
}

struct Asked<'a> {
    path: &'a Path,
    repository: &'a Repository,
}

impl<'a> Asked<'a> {
    fn unreadable(&self, error: &dyn std::fmt::Display) -> CodeError {
        CodeError::Unreadable {
            path: self.path.to_owned(),
            reason: error.to_string(),
        }
    }

    fn commit(&self, version: &str) -> Result<Commit<'a>, CodeError> {
        let unknown = || CodeError::NoVersion {
            version: version.to_owned(),
            path: self.path.to_owned(),
        };
        // What begins like an option or names a range is no version.
        let plain = !version.is_empty() && !version.contains(['^', '~', ':', '@', ' ']);
        let found = plain
            .then(|| self.repository.rev_parse_single(version).ok())
            .flatten();
        let object = found.and_then(|id| id.object().ok()).ok_or_else(unknown)?;
        object.peel_to_commit().map_err(|_| unknown())
    }

    fn relation(&self, old: ObjectId, new: ObjectId) -> Result<Relation, CodeError> {
        if old == new {
            return Ok(Relation::Same);
        }
        let base = self.repository.merge_base(old, new);
        Ok(match base.map_err(|error| self.unreadable(&error))? {
            None => Relation::Unrelated,
            Some(base) if base == old => Relation::Ahead,
            Some(base) if base == new => Relation::Behind,
            Some(_) => Relation::Diverged,
        })
    }

    /// The commits that `tip` has and `hidden` has not; merges bring nothing of their own.
    fn commits(&self, tip: ObjectId, hidden: ObjectId, most: usize) -> Result<Walked, CodeError> {
        let walk = self.repository.rev_walk([tip]).with_hidden([hidden]);
        let walk = walk.sorting(Sorting::ByCommitTime(Default::default()));
        let walk = walk.all().map_err(|error| self.unreadable(&error))?;
        let mut ids = Vec::new();
        let mut beyond = 0;
        for commit in walk {
            let commit = commit.map_err(|error| self.unreadable(&error))?;
            if commit.parent_ids.len() > 1 {
                continue;
            }
            if ids.len() < most {
                ids.push(commit.id);
            } else {
                beyond += 1;
            }
        }
        ids.reverse();
        Ok(Walked { ids, beyond })
    }

    /// The newest are read first, for the time may be over before all are.
    fn told(&self, ids: &[ObjectId], reader: &mut Reader<'a>) -> Result<Vec<Change>, CodeError> {
        let mut told = Vec::with_capacity(ids.len());
        for id in ids.iter().rev() {
            told.push(
                self.one(*id, reader)
                    .map_err(|error| self.unreadable(&error))?,
            );
        }
        told.reverse();
        Ok(told)
    }

    fn one(&self, id: ObjectId, reader: &mut Reader<'a>) -> gix::Result<Change> {
        let commit = self.repository.find_commit(id)?;
        let parent = commit.parent_ids().next();
        let old = match parent {
            Some(parent) => Some(parent.object()?.peel_to_tree()?),
            None => None,
        };
        let new = commit.tree()?;
        Ok(Change {
            files: reader.files(old.as_ref(), &new)?,
            ..described(&commit)?
        })
    }

    /// The difference of all files as one change, which bears the name of the new version.
    fn whole(
        &self,
        old: &Commit<'_>,
        new: &Commit<'_>,
        reader: &mut Reader<'a>,
    ) -> Result<Change, CodeError> {
        let both = |reader: &mut Reader<'a>| -> gix::Result<Change> {
            Ok(Change {
                files: reader.files(Some(&old.tree()?), &new.tree()?)?,
                ..described(new)?
            })
        };
        both(reader).map_err(|error| self.unreadable(&error))
    }
}

fn described(commit: &Commit<'_>) -> gix::Result<Change> {
    let message = commit.message()?;
    let author = commit.author()?;
    let seconds = commit.time()?.seconds;
    Ok(Change {
        id: commit.id.to_string(),
        title: message.title.trim().to_str_lossy().into_owned(),
        body: message
            .body
            .map(|body| body.trim().to_str_lossy().into_owned())
            .unwrap_or_default(),
        author: format!("{} <{}>", author.name, author.email),
        merged_at: Timestamp::from_second(seconds).ok(),
        files: Vec::new(),
        url: None,
        request: None,
    })
}
