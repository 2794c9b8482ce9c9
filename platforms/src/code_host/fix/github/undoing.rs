//! A commit undone file by file, on top of what came since.

use super::super::Stop;
use super::super::trees::Trees;
use super::super::undo::{Becomes, Clash, Entry, together, undone};
use super::shapes::File;
use crate::code_host::error::CodeHostError;
use guard::fix::FixTrouble;
use std::collections::BTreeMap;

/// Paths that are named where something is in the way.
const MOST_NAMED: usize = 10;

/// What a file of the new tree is.
pub(super) enum Content {
    Gone,
    Known(Entry),
    New { mode: String, bytes: Vec<u8> },
}

/// The files of the new tree that differ, and how many were brought together.
pub(super) struct Undone {
    pub(super) files: BTreeMap<String, Content>,
    pub(super) merged: usize,
}

/// A commit that is being undone, file by file.
pub(super) struct Work<'a> {
    pub(super) trees: Trees<'a>,
    pub(super) before: String,
    pub(super) made: String,
    pub(super) now: String,
    pub(super) moved: BTreeMap<String, String>,
    pub(super) files: BTreeMap<String, Content>,
    pub(super) merged: usize,
    pub(super) clashes: BTreeMap<String, Clash>,
}

impl Work<'_> {
    pub(super) async fn undo(&mut self, file: &File) -> Result<(), CodeHostError> {
        match (file.status.as_str(), &file.previous_filename) {
            ("renamed", Some(old)) => self.rename_back(old, &file.filename).await,
            _ => self.undo_at(&file.filename).await,
        }
    }

    async fn undo_at(&mut self, path: &str) -> Result<(), CodeHostError> {
        let before = self.trees.at(&self.before, path).await?;
        let made = self.trees.at(&self.made, path).await?;
        let mut now = self.trees.at(&self.now, path).await?;
        let mut place = path.to_owned();
        if now.is_none()
            && before.is_some()
            && made.is_some()
            && let Some(elsewhere) = self.moved.get(path)
        {
            now = self.trees.at(&self.now, elsewhere).await?;
            place.clone_from(elsewhere);
        }
        let becomes = undone(before.as_ref(), made.as_ref(), now.as_ref());
        self.take(&place, becomes).await
    }

    /// Its lines go back as those of any file, and to where it was.
    async fn rename_back(&mut self, old: &str, new: &str) -> Result<(), CodeHostError> {
        let before = self.trees.at(&self.before, old).await?;
        let made = self.trees.at(&self.made, new).await?;
        let now = self.trees.at(&self.now, new).await?;
        let there = self.trees.at(&self.now, old).await?;
        let Some(now) = now else {
            // Somebody moved it back already, or elsewhere.
            if there != before {
                self.clashes.insert(new.to_owned(), Clash::Moved);
            }
            return Ok(());
        };
        if there.is_some() {
            self.clashes.insert(old.to_owned(), Clash::Conflict);
            return Ok(());
        }
        let becomes = match undone(before.as_ref(), made.as_ref(), Some(&now)) {
            Becomes::Same => Becomes::Known(now),
            other => other,
        };
        self.take(old, becomes).await?;
        if self.files.contains_key(old) {
            self.files.insert(new.to_owned(), Content::Gone);
        }
        Ok(())
    }

    async fn take(&mut self, path: &str, becomes: Becomes) -> Result<(), CodeHostError> {
        let content = match becomes {
            Becomes::Same => return Ok(()),
            Becomes::Gone => Content::Gone,
            Becomes::Known(entry) => Content::Known(entry),
            Becomes::Clash(clash) => {
                self.clashes.insert(path.to_owned(), clash);
                return Ok(());
            }
            Becomes::Merged {
                mode,
                base,
                ours,
                theirs,
            } => match self.brought_together(&base, &ours, &theirs).await? {
                Ok(bytes) => {
                    self.merged += 1;
                    Content::New { mode, bytes }
                }
                Err(clash) => {
                    self.clashes.insert(path.to_owned(), clash);
                    return Ok(());
                }
            },
        };
        self.files.insert(path.to_owned(), content);
        Ok(())
    }

    async fn brought_together(
        &self,
        base: &str,
        ours: &str,
        theirs: &str,
    ) -> Result<Result<Vec<u8>, Clash>, CodeHostError> {
        let mut three = Vec::new();
        for sha in [base, ours, theirs] {
            match self.trees.bytes(sha).await? {
                Some(bytes) => three.push(bytes),
                None => return Ok(Err(Clash::NoText)),
            }
        }
        let [base, ours, theirs] = &three[..] else {
            return Ok(Err(Clash::NoText));
        };
        Ok(together(base, ours, theirs))
    }

    /// All or nothing: half of a commit undone is a third version that nobody ever tried.
    pub(super) fn done(self) -> Result<Undone, Stop> {
        let of = |clash: Clash| -> Vec<String> {
            let all = self.clashes.iter().filter(|(_, one)| **one == clash);
            all.map(|(path, _)| path.clone()).take(MOST_NAMED).collect()
        };
        for clash in [Clash::Conflict, Clash::Moved, Clash::NoText] {
            let paths = of(clash);
            if !paths.is_empty() {
                return Err(Stop::For(match clash {
                    Clash::Conflict => FixTrouble::Conflict { paths },
                    Clash::Moved => FixTrouble::Moved { paths },
                    Clash::NoText => FixTrouble::NoText { paths },
                }));
            }
        }
        if self.files.is_empty() {
            return Err(FixTrouble::Undone.into());
        }
        Ok(Undone {
            files: self.files,
            merged: self.merged,
        })
    }
}
