//! What the doubles have in common: the history that they tell, and what they were asked.

use axum::http::HeaderMap;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// One commit of the made history.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) id: String,
    pub(crate) parents: Vec<String>,
    pub(crate) message: String,
    /// Paths that it touches, each with one line more; empty text for a patch that is withheld.
    pub(crate) files: Vec<(String, String)>,
}

/// A request that was merged.
#[derive(Debug, Clone)]
pub(crate) struct MadeRequest {
    pub(crate) number: u64,
    pub(crate) commit: String,
    pub(crate) merged: bool,
}

/// What a double tells.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    /// In the order in which a walk of the newest tells them, the oldest first.
    pub(crate) commits: Vec<Made>,
    pub(crate) requests: Vec<MadeRequest>,
    /// Tags.
    pub(crate) names: Vec<(String, String)>,
    /// Time for each answer.
    pub(crate) slow: Duration,
    /// Where each commit stands, from the first question on.
    places: OnceLock<HashMap<String, usize>>,
    /// What one has and the other has not, once it was asked.
    known: Known,
}

type Known = Arc<Mutex<HashMap<(String, String), Vec<usize>>>>;

/// The hash of the nth commit of a line.
pub(crate) fn id(line: char, n: usize) -> String {
    format!("{line}{n:039x}")
}

impl World {
    /// `n` commits on one line after a root, each of one request and one file of its own.
    pub(crate) fn line(n: usize) -> Self {
        let mut world = Self::default();
        for at in 0..=n {
            world.commits.push(Made {
                id: id('a', at),
                parents: (at > 0).then(|| id('a', at - 1)).into_iter().collect(),
                message: format!("Change {at}\n\nWhy {at}"),
                files: vec![(
                    format!("src/f{at}.rs"),
                    format!("@@ -0,0 +1 @@\n+line {at}"),
                )],
            });
            if at > 0 {
                world.requests.push(MadeRequest {
                    number: at as u64,
                    commit: id('a', at),
                    merged: true,
                });
            }
        }
        world.names = vec![("v1".into(), id('a', 0)), ("v2".into(), id('a', n))];
        world
    }

    pub(crate) fn resolve(&self, version: &str) -> Option<&Made> {
        let named = self.names.iter().find(|(name, _)| name == version);
        let id = named.map_or(version, |(_, id)| id.as_str());
        Some(&self.commits[*self.places().get(id)?])
    }

    fn places(&self) -> &HashMap<String, usize> {
        self.places.get_or_init(|| {
            let all = self.commits.iter().enumerate();
            all.map(|(at, commit)| (commit.id.clone(), at)).collect()
        })
    }

    /// All that one has, the oldest first.
    pub(crate) fn history(&self, tip: &str) -> Vec<&Made> {
        let mut reached = HashSet::from([tip.to_owned()]);
        for commit in self.commits.iter().rev() {
            if reached.contains(&commit.id) {
                reached.extend(commit.parents.iter().cloned());
            }
        }
        let all = self.commits.iter();
        all.filter(|commit| reached.contains(&commit.id)).collect()
    }

    /// What `new` has and `old` has not.
    pub(crate) fn beyond(&self, old: &str, new: &str) -> Vec<&Made> {
        let key = (old.to_owned(), new.to_owned());
        let mut known = self.known.lock().unwrap();
        let told = known.entry(key).or_insert_with(|| {
            let old: HashSet<_> = self.history(old).iter().map(|one| one.id.clone()).collect();
            let new = self.history(new).into_iter();
            new.filter(|one| !old.contains(&one.id))
                .map(|one| self.places()[&one.id])
                .collect()
        });
        told.iter().map(|at| &self.commits[*at]).collect()
    }

    /// The newest that both have.
    pub(crate) fn base(&self, old: &str, new: &str) -> Option<&Made> {
        let beyond: HashSet<_> = self
            .beyond(new, old)
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        if beyond.is_empty() {
            return self.resolve(old);
        }
        let history = self.history(old);
        history
            .into_iter()
            .rev()
            .find(|one| !beyond.contains(one.id.as_str()))
    }

    pub(crate) fn at(&self, commit: &Made) -> String {
        let at = self.places()[&commit.id];
        let seconds = 1_790_000_000 + 60 * i64::try_from(at).unwrap();
        jiff::Timestamp::from_second(seconds).unwrap().to_string()
    }
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) status: u16,
}

/// What was asked so far.
pub(crate) type Log = Arc<Mutex<Vec<Seen>>>;

/// A server until it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) log: Log,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(router: impl FnOnce(String, Log) -> axum::Router) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let log = Log::default();
        let router = router(url.clone(), log.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, log, task }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.log.lock().unwrap().clone()
    }

    /// How often a path was asked that contains this.
    pub(crate) fn count(&self, part: &str) -> usize {
        let seen = self.seen();
        seen.iter().filter(|one| one.path.contains(part)).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn titles(changes: &[sources::code::Change]) -> Vec<&str> {
    changes.iter().map(|change| change.title.as_str()).collect()
}
