//! One GitLab project, asked about one release.

use super::GitLabRepository;
use super::shapes::{Commit as Told, Comparison, Diff, MergeRequest};
use crate::code::change::Relation;
use crate::code::error::CodeError;
use crate::code::remote::{
    self, Errand, Fault, File, Files, Forge, Merged, People, Walk, Way, encoded, is_hash,
};
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use reqwest::Method;
use serde::de::DeserializeOwned;
use std::pin::pin;

/// Entries of one page, the most that GitLab gives.
const PAGE: usize = 100;
/// Pages of the files of one commit.
const FILE_PAGES: usize = 30;
/// Pages of merge requests: two thousand of them.
const REQUEST_PAGES: usize = 20;
/// Pages that are asked for together; more may be for nothing, since GitLab does not say how many there are.
const ABREAST: usize = 4;

pub(super) struct Asked<'a> {
    repository: &'a GitLabRepository,
    errand: &'a Errand,
}

impl<'a> Asked<'a> {
    pub(super) fn new(repository: &'a GitLabRepository, errand: &'a Errand) -> Self {
        Self { repository, errand }
    }

    /// Whether it is one of the versions that is unknown, or something else is wrong.
    pub(super) async fn why(&self, fault: &Fault, from: &str, to: &str) -> CodeError {
        let missing = matches!(fault, Fault::Refused { status: 404, text } if text.contains("Commit Not Found"));
        if missing {
            for version in [from, to] {
                if let Err(Fault::Refused { status: 404, .. }) = self.commit(version).await {
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
        let project = encoded(&self.repository.path);
        let url = self.errand.url(&format!("/projects/{project}{path}"))?;
        let credentials = &self.repository.host.credentials;
        let reply = self.errand.ask(Method::GET, url, credentials).await?;
        let read = serde_json::from_slice(&reply.body);
        let read = read.map_err(|error| Fault::Shape(error.to_string()))?;
        Ok((read, reply.next))
    }

    async fn commit(&self, version: &str) -> Result<remote::Commit, Fault> {
        let path = format!("/repository/commits/{}?stats=false", encoded(version));
        checked(self.get::<Told>(&path).await?.0)
    }

    /// The newest commit that both have; none where they have nothing in common.
    async fn base(&self, from: &str, to: &str) -> Result<Option<String>, Fault> {
        let path = format!("/repository/merge_base?refs[]={from}&refs[]={to}");
        match self.get::<Option<Told>>(&path).await {
            Ok((base, _)) => Ok(base.map(|base| base.id)),
            Err(Fault::Refused { status: 404, .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Pages until there is no next one or it is enough: the first one alone, then a few at a time. Says whether there
    /// are more.
    async fn pages<T: DeserializeOwned + Send>(
        &self,
        path: &str,
        most: usize,
        enough: impl Fn(&[T]) -> bool + Send,
    ) -> (Vec<T>, bool, Option<Fault>) {
        let page = |page: usize| {
            let path = format!("{path}&page={page}");
            async move { self.get::<Vec<T>>(&path).await }
        };
        let rest: Vec<_> = (2..=most).map(page).collect();
        let first = stream::once(page(1));
        let mut pages = pin!(first.chain(stream::iter(rest).buffered(ABREAST)));
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            match page {
                Ok((told, next)) => {
                    all.extend(told);
                    if !next || enough(&all) {
                        return (all, next, None);
                    }
                }
                Err(fault) => return (all, true, Some(fault)),
            }
        }
        (all, true, None)
    }

    fn page(&self, number: u64) -> String {
        format!("{}/-/merge_requests/{number}", self.repository.url())
    }
}

impl Forge for Asked<'_> {
    const PEOPLE_COST: usize = 0;

    async fn way(&self, from: &str, to: &str) -> Result<Way, Fault> {
        let (from, to) = tokio::try_join!(self.commit(from), self.commit(to))?;
        let relation = if from.id == to.id {
            Relation::Same
        } else {
            match self.base(&from.id, &to.id).await? {
                None => Relation::Unrelated,
                Some(base) if base == from.id => Relation::Ahead,
                Some(base) if base == to.id => Relation::Behind,
                Some(_) => Relation::Diverged,
            }
        };
        Ok(Way { from, to, relation })
    }

    async fn commits(&self, from: &str, to: &str, most: usize) -> Result<Walk, Fault> {
        let path = format!("/repository/commits?ref_name={from}..{to}&per_page={PAGE}");
        let pages = most.div_ceil(PAGE).max(1);
        let late = |_: &[Told]| self.errand.is_half_over();
        let (told, next, fault) = self.pages(&path, pages, late).await;
        if told.is_empty()
            && let Some(fault) = fault
        {
            return Err(fault);
        }
        let fault = fault.or((next && self.errand.is_half_over()).then_some(Fault::Late));
        let mut beyond = usize::from(next);
        let mut commits = Vec::with_capacity(told.len());
        for told in told {
            if commits.len() < most {
                commits.push(checked(told)?);
            } else {
                beyond += 1;
            }
        }
        commits.reverse();
        Ok(Walk {
            commits,
            beyond,
            fault,
        })
    }

    async fn files(&self, commit: &str) -> Result<Files, Fault> {
        let path = format!("/repository/commits/{commit}/diff?per_page={PAGE}");
        // Most commits have one page: a second one is asked for when there is one.
        let (mut told, mut more) = self.get::<Vec<Diff>>(&path).await?;
        for page in 2..=FILE_PAGES {
            if !more {
                break;
            }
            match self.get::<Vec<Diff>>(&format!("{path}&page={page}")).await {
                Ok((next, and)) => {
                    told.extend(next);
                    more = and;
                }
                Err(_) => break,
            }
        }
        Ok(Files {
            files: told.into_iter().map(File::from).collect(),
            more,
        })
    }

    async fn difference(&self, way: &Way) -> Result<Files, Fault> {
        // Straight: from the files of the one to the files of the other, whatever they have in common.
        let (from, to) = (&way.from.id, &way.to.id);
        let path = format!("/repository/compare?from={from}&to={to}&straight=true");
        let (told, _) = self.get::<Comparison>(&path).await?;
        Ok(Files {
            files: told.diffs.into_iter().map(File::from).collect(),
            more: told.compare_timeout,
        })
    }

    async fn merged(
        &self,
        since: Option<Timestamp>,
        enough: &(dyn Fn(&[Merged]) -> bool + Sync),
    ) -> (Vec<Merged>, Option<Fault>) {
        let after = since.map_or_else(String::new, |since| {
            format!("&updated_after={}", encoded(&since.to_string()))
        });
        let path = format!(
            "/merge_requests?state=merged&scope=all&order_by=updated_at&sort=desc&per_page={PAGE}{after}"
        );
        let linked = |told: Vec<MergeRequest>| -> Vec<Merged> {
            let told = told.into_iter();
            told.filter_map(|one| one.merged(|number| self.page(number)))
                .collect()
        };
        let enough = |all: &[MergeRequest]| enough(&linked(all.to_vec()));
        let (told, more, fault) = self.pages(&path, REQUEST_PAGES, &enough).await;
        let cut = more && !enough(&told);
        (linked(told), fault.or(cut.then_some(Fault::Spent)))
    }

    async fn merged_with(&self, commit: &str) -> Result<Option<Merged>, Fault> {
        let path = format!("/repository/commits/{commit}/merge_requests?state=merged");
        let (told, _) = self.get::<Vec<MergeRequest>>(&path).await?;
        let mut merged = told.into_iter();
        Ok(merged.find_map(|one| one.merged(|number| self.page(number))))
    }

    async fn people(&self, _: u64) -> Result<People, Fault> {
        Ok(People::default())
    }

    fn link(&self, commit: &str) -> String {
        format!("{}/-/commit/{commit}", self.repository.url())
    }
}

fn checked(told: Told) -> Result<remote::Commit, Fault> {
    if !is_hash(&told.id) {
        return Err(Fault::Shape("a commit without a hash".to_owned()));
    }
    Ok(told.into())
}
