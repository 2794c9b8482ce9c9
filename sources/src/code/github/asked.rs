//! One GitHub repository, asked about one release.

use super::GitHubRepository;
use super::service::{NEXT, octocrab};
use super::shapes::{
    Commit as Told, Comparison, File as Changed, Page, Pull, Review, Tree, WithFiles,
};
use super::trees;
use crate::code::change::Relation;
use crate::code::error::CodeError;
use crate::code::remote::{
    self, Errand, Fault, File, Files, Forge, Merged, People, Walk, Way, encoded, is_hash,
};
use futures_util::stream::{self, StreamExt};
use http_body_util::BodyExt;
use jiff::Timestamp;
use octocrab::Octocrab;
use serde::de::DeserializeOwned;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

/// Entries of one page, the most that GitHub gives.
const PAGE: usize = 100;
/// Files of a comparison, the most that GitHub tells.
const COMPARED: usize = 300;
/// Pages of the files of one commit: GitHub tells 3,000 files, 300 on a page.
const FILE_PAGES: usize = 10;
/// Pages of requests: two thousand of them.
const PULL_PAGES: usize = 20;
/// Pages of requests that are asked for together; more may be for nothing.
const PULLS_ABREAST: usize = 3;

pub(super) struct Asked<'a> {
    repository: &'a GitHubRepository,
    errand: Arc<Errand>,
    octocrab: Octocrab,
    /// The first page of the comparison that was made to find the way.
    first: Mutex<Option<First>>,
    /// The files of that comparison, with hunks.
    hunks: Mutex<Vec<Changed>>,
}

struct First {
    from: String,
    to: String,
    page: Comparison,
}

impl<'a> Asked<'a> {
    pub(super) fn new(
        repository: &'a GitHubRepository,
        errand: Arc<Errand>,
    ) -> Result<Self, Fault> {
        let account = repository.host.account.clone();
        Ok(Self {
            octocrab: octocrab(errand.clone(), account),
            repository,
            errand,
            first: Mutex::default(),
            hunks: Mutex::default(),
        })
    }

    /// Whether it is one of the versions that is unknown, or something else is wrong.
    pub(super) async fn why(&self, fault: &Fault, from: &str, to: &str) -> CodeError {
        if matches!(fault.status(), Some(404 | 422)) {
            for version in [from, to] {
                if let Err(Fault::Refused { status: 422, .. }) = self.commit(version).await {
                    return CodeError::NotThere {
                        version: version.to_owned(),
                        repository: self.repository.url(),
                    };
                }
            }
        }
        self.repository.error(fault)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<(T, bool), Fault> {
        let GitHubRepository { owner, name, .. } = self.repository;
        let path = format!("/repos/{}/{}{path}", encoded(owner), encoded(name));
        let response = self.octocrab._get(path).await.map_err(fault)?;
        let next = response.headers().contains_key(NEXT);
        let body = response.into_body().collect().await.map_err(fault)?;
        let read = serde_json::from_slice(&body.to_bytes());
        let read = read.map_err(|error| Fault::Shape(error.to_string()))?;
        Ok((read, next))
    }

    async fn commit(&self, version: &str) -> Result<remote::Commit, Fault> {
        let path = format!("/commits/{}?per_page=1", encoded(version));
        let (told, _) = self.get::<Told>(&path).await?;
        checked(told)
    }

    async fn unrelated(&self, from: &str, to: &str) -> Result<Way, Fault> {
        Ok(Way {
            from: self.commit(from).await?,
            to: self.commit(to).await?,
            relation: Relation::Unrelated,
        })
    }

    async fn tree(&self, id: &str) -> Result<Tree, Fault> {
        let path = format!("/git/trees/{}?recursive=1", encoded(id));
        Ok(self.get(&path).await?.0)
    }

    /// The first page of this comparison, which may be known already.
    async fn compared(&self, from: &str, to: &str) -> Result<Comparison, Fault> {
        let mut first = self
            .first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(known) = first.take_if(|known| known.from == from && known.to == to) {
            return Ok(known.page);
        }
        let path = compare(from, to, 1);
        Ok(self.get(&path).await?.0)
    }

    fn page(&self, number: u64) -> String {
        format!("{}/pull/{number}", self.repository.url())
    }

    async fn pulls(&self, page: usize) -> Result<(Vec<Pull>, bool), Fault> {
        let path =
            format!("/pulls?state=closed&sort=updated&direction=desc&per_page={PAGE}&page={page}");
        self.get(&path).await
    }
}

impl Forge for Asked<'_> {
    const PEOPLE_COST: usize = 2;

    async fn way(&self, from: &str, to: &str) -> Result<Way, Fault> {
        let mut page = match self.get::<Comparison>(&compare(from, to, 1)).await {
            Ok((page, _)) => page,
            // GitHub says it with the status of what is not there.
            Err(Fault::Refused { status: 404, text }) if text.contains("No common ancestor") => {
                return self.unrelated(from, to).await;
            }
            Err(fault) => return Err(fault),
        };
        let relation = match page.status.as_str() {
            "identical" => Relation::Same,
            "ahead" => Relation::Ahead,
            "behind" => Relation::Behind,
            "diverged" => Relation::Diverged,
            other => return Err(Fault::Shape(format!("status `{other}` of a comparison"))),
        };
        let base: remote::Commit = checked_ref(&page.base_commit)?;
        let to = match relation {
            Relation::Same => base.clone(),
            Relation::Behind => checked_ref(&page.merge_base_commit)?,
            _ => match page.commits.last() {
                // Its newest commit is on the last page.
                Some(last) if page.total_commits <= page.commits.len() => checked_ref(last)?,
                _ => self.commit(to).await?,
            },
        };
        let hunks = page.files.take().unwrap_or_default();
        *self.hunks.lock().unwrap_or_else(PoisonError::into_inner) = hunks;
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        *first = Some(First {
            from: base.id.clone(),
            to: to.id.clone(),
            page,
        });
        Ok(Way {
            from: base,
            to,
            relation,
        })
    }

    async fn commits(&self, from: &str, to: &str, most: usize) -> Result<Walk, Fault> {
        let first = self.compared(from, to).await?;
        let total = first.total_commits;
        let last = total.div_ceil(PAGE).max(1);
        // The first page is the oldest; those in the middle may be beyond the most that is told.
        let oldest = total.saturating_sub(most) / PAGE + 1;
        let pages = (oldest.max(2)..=last).rev().map(|page| async move {
            let told = self.get::<Page>(&compare(from, to, page)).await?.0;
            Ok(told.commits)
        });
        // Boxed by the collection: a stream of a map of async blocks is not general enough for the compiler.
        let pages: Vec<_> = pages.collect();
        let mut pages = stream::iter(pages).buffered(self.errand.abreast());
        let (mut read, mut fault) = (Vec::new(), None);
        while let Some(page) = pages.next().await {
            match page {
                Ok(commits) => {
                    read.push(commits);
                    if self.errand.is_half_over() && read.len() < last - oldest.max(2) + 1 {
                        fault = Some(Fault::Late);
                        break;
                    }
                }
                Err(error) => {
                    fault = Some(error);
                    break;
                }
            }
        }
        // Without the pages between them, the first one would be old commits out of their place.
        if oldest == 1 && fault.is_none() {
            read.push(first.commits);
        }
        let mut commits = Vec::new();
        for told in read.into_iter().rev().flatten() {
            commits.push(checked(told)?);
        }
        if commits.len() > most {
            commits.drain(..commits.len() - most);
        }
        Ok(Walk {
            beyond: total.saturating_sub(commits.len()),
            commits,
            fault,
        })
    }

    async fn files(&self, commit: &str) -> Result<Files, Fault> {
        let mut all = Files::default();
        for page in 1..=FILE_PAGES {
            let path = match page {
                1 => format!("/commits/{}", encoded(commit)),
                page => format!("/commits/{}?page={page}", encoded(commit)),
            };
            match self.get::<WithFiles>(&path).await {
                Ok((told, next)) => {
                    all.files.extend(told.files.into_iter().map(File::from));
                    all.more = next;
                }
                // What is known of it is worth more than nothing.
                Err(_) if page > 1 => all.more = true,
                Err(fault) => return Err(fault),
            }
            if !all.more {
                break;
            }
        }
        Ok(all)
    }

    async fn difference(&self, way: &Way) -> Result<Files, Fault> {
        let hunks = std::mem::take(&mut *self.hunks.lock().unwrap_or_else(PoisonError::into_inner));
        if !hunks.is_empty() && hunks.len() < COMPARED {
            return Ok(Files {
                files: hunks.into_iter().map(File::from).collect(),
                more: false,
            });
        }
        let trees = tokio::try_join!(self.tree(&way.from.tree), self.tree(&way.to.tree))?;
        Ok(trees::difference(trees.0, trees.1))
    }

    async fn merged(
        &self,
        since: Option<Timestamp>,
        enough: &(dyn Fn(&[Merged]) -> bool + Sync),
    ) -> (Vec<Merged>, Option<Fault>) {
        let mut merged = Vec::new();
        // The first one alone: it is all that a small release needs.
        let rest: Vec<_> = (2..=PULL_PAGES).map(|page| self.pulls(page)).collect();
        let first = stream::once(self.pulls(1));
        let mut pages = pin!(first.chain(stream::iter(rest).buffered(PULLS_ABREAST)));
        while let Some(page) = pages.next().await {
            let (pulls, next) = match page {
                Ok(page) => page,
                Err(fault) => return (merged, Some(fault)),
            };
            // Whatever was touched later was merged later or not at all.
            let older = pulls.last().and_then(|last| last.updated_at) < since;
            let told = pulls.into_iter();
            merged.extend(told.filter_map(|pull| pull.merged(|number| self.page(number))));
            if !next || older || enough(&merged) {
                return (merged, None);
            }
        }
        (merged, Some(Fault::Spent))
    }

    async fn merged_with(&self, commit: &str) -> Result<Option<Merged>, Fault> {
        let path = format!("/commits/{}/pulls?per_page=10", encoded(commit));
        let (pulls, _) = self.get::<Vec<Pull>>(&path).await?;
        let mut merged = pulls.into_iter();
        Ok(merged.find_map(|pull| pull.merged(|number| self.page(number))))
    }

    async fn people(&self, number: u64) -> Result<People, Fault> {
        let (pull, reviews) = (
            format!("/pulls/{number}"),
            format!("/pulls/{number}/reviews?per_page={PAGE}"),
        );
        let told = tokio::try_join!(self.get::<Pull>(&pull), self.get::<Vec<Review>>(&reviews))?;
        let ((pull, _), (reviews, _)) = told;
        let mut reviewers: Vec<String> = Vec::new();
        for review in reviews.into_iter().filter_map(|review| review.user) {
            if !reviewers.contains(&review.login) {
                reviewers.push(review.login);
            }
        }
        Ok(People {
            merger: pull.merged_by.map(|user| user.login),
            reviewers,
        })
    }

    fn link(&self, commit: &str) -> String {
        format!("{}/commit/{commit}", self.repository.url())
    }
}

fn compare(from: &str, to: &str, page: usize) -> String {
    let (from, to) = (encoded(from), encoded(to));
    format!("/compare/{from}...{to}?per_page={PAGE}&page={page}")
}

fn checked(told: Told) -> Result<remote::Commit, Fault> {
    if !is_hash(&told.sha) {
        return Err(Fault::Shape("a commit without a hash".to_owned()));
    }
    Ok(told.into())
}

fn checked_ref(told: &Told) -> Result<remote::Commit, Fault> {
    checked(told.clone())
}

/// What an errand said, which octocrab hands on in a box.
fn fault(error: octocrab::Error) -> Fault {
    match error {
        octocrab::Error::Service { source, .. } => match source.downcast::<Fault>() {
            Ok(fault) => *fault,
            Err(other) => Fault::Connection(other.to_string()),
        },
        // Their text holds no secret, but a trace; the name is enough.
        octocrab::Error::Uri { .. } | octocrab::Error::UriParse { .. } => {
            Fault::Unusable("a version or a name that no path can hold".to_owned())
        }
        _ => Fault::Shape("octocrab could not read it".to_owned()),
    }
}
