//! How a release is read from a code host: the commits, then their files and requests, the newest first, until the
//! time is over or all requests are made. What could not be read by then is counted.

use super::errand::Errand;
use super::fault::Fault;
use super::forge::{Commit, Forge, Merged, Walk, Way};
use super::kept;
use super::ledger::Ledger;
use super::link::linked;
use crate::code::change::{Bounds, Change, Changes, Missing, Relation, Request, TouchedFile};
use futures_util::stream::{self, StreamExt};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Requests kept for what is asked after the files: how two versions differ as a whole.
const KEPT_BACK: usize = 8;
/// The newest requests of which it is asked who had to do with them.
const PEOPLE: usize = 25;
/// The newest commits without a request of which it is asked one by one.
const SINGLE: usize = 15;

/// Everything between two versions.
pub(crate) async fn collect<F: Forge>(
    forge: &F,
    errand: &Errand,
    bounds: &Bounds,
    from: &str,
    to: &str,
) -> Result<Changes, Fault> {
    let way = forge.way(from, to).await?;
    let mut told = Told::new(bounds);
    let (mut changes, mut gone, mut unattributed) = (Vec::new(), Vec::new(), Vec::new());
    match way.relation {
        Relation::Same => {}
        Relation::Unrelated => {
            let files = match forge.difference(&way).await {
                Ok(files) => told.ledger.within(files),
                Err(fault) => told.stopped(fault, Missing::Unread(1)),
            };
            changes.push(described(forge, &way.to, files, None));
        }
        Relation::Ahead | Relation::Behind | Relation::Diverged => {
            let came = walk(forge, &way, true, bounds.commits, &mut told).await?;
            let went = walk(forge, &way, false, bounds.commits, &mut told).await?;
            // What is gone is older than what came.
            let all: Vec<&Commit> = went.iter().chain(&came).collect();
            let (files, requests) = tokio::join!(
                read(forge, errand, &all, &mut told.ledger),
                requests(forge, errand, &went, &came)
            );
            let unread = told.files(&all, files);
            let requests = told.requests(requests);
            let mut tell = |commits: &[Commit]| -> Vec<Change> {
                let plain = commits.iter().filter(|commit| !is_merge(commit));
                plain
                    .map(|one| {
                        let files = told.of.remove(&one.id).unwrap_or_default();
                        described(forge, one, files, requests.get(&one.id).cloned())
                    })
                    .collect()
            };
            (gone, changes) = (tell(&went), tell(&came));
            if unread > 0 {
                unattributed = rest(forge, &way, &changes, &gone, &mut told).await;
            }
        }
    }
    let (missing, cut) = told.missing();
    Ok(Changes {
        from: way.from.id,
        to: way.to.id,
        relation: way.relation,
        changes,
        gone,
        unattributed,
        missing,
        cut: cut.map(|fault| fault.to_string()),
        requests: errand.asked(),
    })
}

/// A merge brings nothing of its own.
fn is_merge(commit: &Commit) -> bool {
    commit.parents.len() > 1
}

fn described<F: Forge>(
    forge: &F,
    commit: &Commit,
    files: Vec<TouchedFile>,
    request: Option<Arc<Request>>,
) -> Change {
    let (title, body) = commit
        .message
        .split_once('\n')
        .unwrap_or((&commit.message, ""));
    Change {
        id: commit.id.clone(),
        title: kept(title),
        body: kept(body),
        author: commit.author.clone(),
        merged_at: commit.at,
        files,
        url: Some(forge.link(&commit.id)),
        request,
    }
}

async fn walk<F: Forge>(
    forge: &F,
    way: &Way,
    came: bool,
    most: usize,
    told: &mut Told<'_>,
) -> Result<Vec<Commit>, Fault> {
    let (old, new) = (&way.from.id, &way.to.id);
    let walked = match (came, way.relation) {
        (true, Relation::Behind) | (false, Relation::Ahead) => Ok(Walk::default()),
        (true, _) => forge.commits(old, new, most).await,
        (false, _) => forge.commits(new, old, most).await,
    };
    let walked = match walked {
        Ok(walked) => walked,
        // What is gone is worth less than what came.
        Err(fault) if !came => {
            told.stopped(fault, Missing::Commits(1));
            return Ok(Vec::new());
        }
        Err(fault) => return Err(fault),
    };
    told.beyond += walked.beyond;
    told.cut = told.cut.take().or(walked.fault);
    Ok(walked.commits)
}

/// The files of each commit, the newest first; how far it came, and why not further.
async fn read<F: Forge>(
    forge: &F,
    errand: &Errand,
    commits: &[&Commit],
    ledger: &mut Ledger<'_>,
) -> (Vec<(String, Vec<TouchedFile>)>, Option<Fault>) {
    let plain = commits.iter().rev().filter(|commit| !is_merge(commit));
    let one = |commit: &&Commit| {
        let id = commit.id.clone();
        async move {
            if errand.left() <= KEPT_BACK + PEOPLE.min(10) * F::PEOPLE_COST {
                return (id, Err(Fault::Spent));
            }
            let files = forge.files(&id).await;
            (id, files)
        }
    };
    let ids: Vec<&&Commit> = plain.collect();
    let mut reading = stream::iter(ids.into_iter().map(one)).buffered(errand.abreast());
    let (mut all, mut cut) = (Vec::new(), None);
    while let Some((id, files)) = reading.next().await {
        match files {
            // At once, so that no more is held than is told.
            Ok(files) => all.push((id, ledger.within(files))),
            Err(fault) => {
                let over = fault.ends_it();
                cut = Some(fault);
                if over {
                    break;
                }
            }
        }
    }
    (all, cut)
}

/// The request of each commit, and how much of that was not found out.
struct Requests {
    of: HashMap<String, Arc<Request>>,
    unknown: usize,
    strangers: usize,
    cut: Option<Fault>,
}

async fn requests<F: Forge>(
    forge: &F,
    errand: &Errand,
    went: &[Commit],
    came: &[Commit],
) -> Requests {
    let since = went.iter().chain(came).filter_map(|one| one.at).min();
    let all = |merged: &[Merged]| {
        let (one, other) = (linked(came, merged), linked(went, merged));
        one.into_iter().chain(other).collect::<HashMap<_, _>>()
    };
    let commits = || came.iter().rev().chain(went.iter().rev());
    let wanted: HashSet<&str> = commits().map(|one| one.id.as_str()).collect();
    let enough = |merged: &[Merged]| {
        // Each commit of the main line says itself what it is; counting them is cheap.
        let known = merged.iter().flat_map(|one| &one.commits);
        let known = known.filter(|id| wanted.contains(id.as_str())).count();
        known >= wanted.len()
    };
    let (mut merged, mut cut) = match wanted.is_empty() {
        true => (Vec::new(), None),
        false => forge.merged(since, &enough).await,
    };
    let listed = cut.is_none();
    let mut of = all(&merged);
    // A rebased request names its last commit alone, and a list may have ended too early.
    let alone: Vec<&Commit> = commits().filter(|one| !of.contains_key(&one.id)).collect();
    let (tried, of_it) = (alone.len().min(SINGLE), alone.len());
    for commit in alone.into_iter().take(SINGLE) {
        if errand.left() <= KEPT_BACK || cut.as_ref().is_some_and(Fault::ends_it) {
            break;
        }
        match forge.merged_with(&commit.id).await {
            Ok(Some(mut found)) => {
                found.commits.push(commit.id.clone());
                merged.push(found);
            }
            Ok(None) => {}
            Err(fault) => cut = Some(fault),
        }
    }
    of.extend(all(&merged));
    let unknown = match listed && cut.is_none() && tried == of_it {
        true => 0,
        false => commits().filter(|one| !of.contains_key(&one.id)).count(),
    };
    let strangers = people(forge, errand, &mut of, commits(), &mut cut).await;
    Requests {
        of,
        unknown,
        strangers,
        cut,
    }
}

/// Asks who merged and reviewed the newest requests; says of how many it was not asked.
async fn people<'a, F: Forge>(
    forge: &F,
    errand: &Errand,
    of: &mut HashMap<String, Arc<Request>>,
    newest: impl Iterator<Item = &'a Commit>,
    cut: &mut Option<Fault>,
) -> usize {
    if F::PEOPLE_COST == 0 {
        return 0;
    }
    let mut seen = HashSet::new();
    let numbers: Vec<u64> = newest
        .filter_map(|commit| of.get(&commit.id).map(|request| request.number))
        .filter(|number| seen.insert(*number))
        .collect();
    let asked = numbers.iter().take(PEOPLE).map(|&number| async move {
        if errand.left() < KEPT_BACK + F::PEOPLE_COST {
            return (number, Err(Fault::Spent));
        }
        (number, forge.people(number).await)
    });
    let asked: Vec<_> = asked.collect();
    let answers: Vec<_> = stream::iter(asked)
        .buffered(errand.abreast().div_ceil(2))
        .collect()
        .await;
    let mut known = HashMap::new();
    for (number, answer) in answers {
        match answer {
            Ok(people) => drop(known.insert(number, people)),
            Err(fault) => *cut = Some(fault),
        }
    }
    let mut told: HashMap<u64, Arc<Request>> = HashMap::new();
    for request in of.values_mut() {
        let Some(people) = known.get(&request.number) else {
            continue;
        };
        let with = told.entry(request.number).or_insert_with(|| {
            let mut with = Request::clone(request);
            with.merger.clone_from(&people.merger);
            for reviewer in &people.reviewers {
                if !with.reviewers.contains(reviewer) {
                    with.reviewers.push(reviewer.clone());
                }
            }
            Arc::new(with)
        });
        *request = with.clone();
    }
    numbers.len() - known.len()
}

/// Files of which it is not known which commit touched them.
async fn rest<F: Forge>(
    forge: &F,
    way: &Way,
    changes: &[Change],
    gone: &[Change],
    told: &mut Told<'_>,
) -> Vec<TouchedFile> {
    let mut differ = match forge.difference(way).await {
        Ok(differ) => differ,
        Err(fault) => return told.stopped(fault, Missing::Files(1)),
    };
    let all = changes.iter().chain(gone).flat_map(|one| &one.files);
    let known: HashSet<&str> = all.map(|file| file.path.as_str()).collect();
    differ
        .files
        .retain(|one| !known.contains(one.file.path.as_str()));
    // Their hunks are no change's: that these are not told is said by the commits that were not read.
    for one in &mut differ.files {
        one.withheld = false;
    }
    told.ledger.within(differ)
}

/// What was told so far, and what was not.
struct Told<'a> {
    ledger: Ledger<'a>,
    of: HashMap<String, Vec<TouchedFile>>,
    beyond: usize,
    unread: usize,
    unknown: usize,
    strangers: usize,
    other: Vec<Missing>,
    cut: Option<Fault>,
}

impl<'a> Told<'a> {
    fn new(bounds: &'a Bounds) -> Self {
        Self {
            ledger: Ledger::new(bounds),
            of: HashMap::new(),
            beyond: 0,
            unread: 0,
            unknown: 0,
            strangers: 0,
            other: Vec::new(),
            cut: None,
        }
    }

    fn stopped(&mut self, fault: Fault, missing: Missing) -> Vec<TouchedFile> {
        self.cut = Some(fault);
        self.other.push(missing);
        Vec::new()
    }

    /// Takes what was read of files; says of how many commits none were.
    fn files(
        &mut self,
        commits: &[&Commit],
        (read, cut): (Vec<(String, Vec<TouchedFile>)>, Option<Fault>),
    ) -> usize {
        let all = commits.iter().filter(|one| !is_merge(one)).count();
        self.unread = all - read.len();
        self.of.extend(read);
        self.cut = self.cut.take().or(cut);
        self.unread
    }

    fn requests(&mut self, requests: Requests) -> HashMap<String, Arc<Request>> {
        self.unknown = requests.unknown;
        self.strangers = requests.strangers;
        self.cut = self.cut.take().or(requests.cut);
        requests.of
    }

    fn missing(self) -> (Vec<Missing>, Option<Fault>) {
        let counted = [
            (self.beyond, Missing::Commits(self.beyond)),
            (self.unread, Missing::Unread(self.unread)),
            (self.unknown, Missing::Requests(self.unknown)),
            (self.strangers, Missing::People(self.strangers)),
        ];
        let some = counted.into_iter().filter(|(count, _)| *count > 0);
        let mut missing: Vec<Missing> = some.map(|(_, missing)| missing).collect();
        missing.extend(self.other);
        missing.extend(self.ledger.missing());
        (missing, self.cut)
    }
}
