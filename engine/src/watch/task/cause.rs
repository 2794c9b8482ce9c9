//! Which change did it: the changes are fetched when the watch begins, and ranked when something is found.

use super::Task;
use super::logs::Errors;
use super::other_days::OtherDays;
use crate::error::EngineError;
use crate::services::Service;
use guard::cause::{Cause, Unseen, case, of_this_hour};
use guard::excess::Contribution;
use guard::finding::Budget;
use guard::ids::SignalKey;
use guard::input::Happened;
use guard::state::State;
use guard::suspects::{Change, File, Status, rank};
use guard::verdict::Attribution;
use jiff::Timestamp;
use sources::code::{Bounds, Changes, CodeError, Missing, Request, Touched};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::task::JoinHandle;
use tracing::Instrument;

/// Authors that are kept; releases of more people are looked at by others anyway.
const MOST_AUTHORS: usize = 100;

/// So long a look may wait for what is logged and for other days; what is late is said later.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is known of the changes that came with the deployment.
#[derive(Default)]
pub(super) struct Suspicion {
    fetching: Option<JoinHandle<Result<Changes, CodeError>>>,
    changes: Vec<Change>,
    /// Who wrote, opened or merged them; none once that was said.
    authors: Option<Vec<String>>,
    missing: BTreeMap<Unseen, usize>,
    /// The values of labels that account for a signal.
    pub(super) accounts: BTreeMap<SignalKey, Vec<Contribution>>,
    /// The signals that were explained already, or cannot be, each as it was blamed then.
    explained: BTreeMap<SignalKey, Attribution>,
    /// What is logged.
    errors: Option<Errors>,
    /// Whether it happens at this hour every day.
    other_days: OtherDays,
}

impl Suspicion {
    /// Begins to fetch, where it is known where the code is and what ran before, and to read what is logged.
    pub(super) fn begin(service: &Service, state: &State, now: Timestamp) -> Self {
        let plan = state.plan();
        let errors = Errors::begin(&service.logs, &plan.to, changed(state), now);
        let (Some(code), Some(from)) = (&service.code, &plan.from) else {
            return Self {
                errors,
                ..Self::default()
            };
        };
        let (code, from, to) = (code.clone(), from.to_string(), plan.to.to_string());
        let fetch = async move { code.changes(&from, &to, &Bounds::default()).await };
        Self {
            fetching: Some(tokio::spawn(fetch.in_current_span())),
            errors,
            ..Self::default()
        }
    }

    /// Takes what was fetched, if it is there.
    async fn fetched(&mut self) -> bool {
        let Some(fetching) = self.fetching.take_if(|fetching| fetching.is_finished()) else {
            return self.fetching.is_none();
        };
        match fetching.await {
            Ok(Ok(fetched)) => {
                if let Some(cut) = &fetched.cut {
                    let requests = fetched.requests;
                    tracing::info!(requests, reason = cut, "what changed is known in part");
                }
                self.missing = unseen(&fetched.missing);
                self.authors = Some(authors(&fetched));
                // What is gone can have broken something too.
                let all = fetched.gone.into_iter().chain(fetched.changes);
                self.changes = all.map(change).collect();
            }
            Ok(Err(error)) => tracing::warn!(%error, "what changed is not known"),
            Err(error) => tracing::error!(%error, "the changes could not be fetched"),
        }
        true
    }
}

/// Whose changes they are: who wrote them, and who opened and merged the requests by which they came.
fn authors(fetched: &Changes) -> Vec<String> {
    let requests = fetched
        .changes
        .iter()
        .filter_map(|one| one.request.as_deref());
    let of_requests = requests.flat_map(|one| [Some(&one.author), one.merger.as_ref()]);
    let wrote = fetched.changes.iter().map(|one| &one.author);
    let all: BTreeSet<&String> = wrote.chain(of_requests.flatten()).collect();
    let named = all.into_iter().filter(|one| !one.trim().is_empty());
    named.take(MOST_AUTHORS).cloned().collect()
}

impl Task<'_> {
    /// Says whose changes came with the deployment, as soon as they are read.
    pub(super) async fn name_authors(&mut self, state: &State) -> Result<(), EngineError> {
        if state.authors_known()
            || self.suspicion.fetching.is_none() && self.suspicion.authors.is_none()
        {
            return Ok(());
        }
        self.suspicion.fetched().await;
        match self.suspicion.authors.take() {
            Some(authors) => self.say(state, Happened::AuthorsRead { authors }).await,
            None => Ok(()),
        }
    }

    /// Ranks the changes as soon as there is something to explain that has not been explained.
    pub(super) async fn accuse(&mut self) -> Result<(), EngineError> {
        let Some(state) = self.engine.live(&self.id) else {
            return Ok(());
        };
        let findings = || {
            let open = state.open_findings().map(|known| &known.finding);
            open.filter(|finding| finding.budget >= Budget::Pause)
        };
        let moved: BTreeMap<SignalKey, Attribution> = findings()
            .map(|one| (one.signal.clone(), one.attribution))
            .collect();
        let Some(onset) = findings().map(|finding| finding.onset_at).min() else {
            return Ok(());
        };
        let explained = &self.suspicion.explained;
        let more = moved
            .iter()
            .any(|(signal, on)| explained.get(signal) != Some(on));
        let now = self.engine.clock.now();
        if let Some(errors) = &mut self.suspicion.errors
            && !more
            && !errors.has_news()
        {
            errors.look_again(now);
        }
        let news = self.suspicion.other_days.has_news();
        let logged = |errors: &Errors| errors.has_news();
        let news = news || self.suspicion.errors.as_ref().is_some_and(logged);
        if !(more || news) || !self.suspicion.fetched().await {
            return Ok(());
        }
        if more {
            self.inquire(&state, onset, now).await;
        }
        self.suspicion.explained.extend(moved);
        let logged = self.suspicion.errors.as_mut().map(Errors::take);
        let logged = logged.unwrap_or_default();
        if self.suspicion.changes.is_empty() && logged.signatures.is_empty() {
            return Ok(());
        }
        let changes = self.suspicion.changes.clone();
        let same_hour = self.suspicion.other_days.take();
        let mut beside = self.beside(&state, same_hour).await;
        beside.signatures.clone_from(&logged.signatures);
        let case = case(&state, changes, &beside);
        let mut missing = self.suspicion.missing.clone();
        if logged.unread > 0 {
            missing.insert(Unseen::Logs, logged.unread);
        }
        let ranked = tokio::task::spawn_blocking(move || Cause {
            signatures: logged.signatures,
            ..Cause::of(&case, &rank(&case), missing)
        });
        match ranked.await {
            Ok(cause) => self.say(&state, Happened::Ranked(Box::new(cause))).await,
            Err(error) => {
                tracing::error!(%error, "the changes could not be ranked");
                Ok(())
            }
        }
    }

    /// Asks what is logged and what other days show, and waits a little for both.
    async fn inquire(&mut self, state: &State, onset: Timestamp, now: Timestamp) {
        let watch = &self.service.watch;
        let longest = PATIENCE.min(watch.interval / 4);
        let Suspicion {
            errors, other_days, ..
        } = &mut self.suspicion;
        other_days.ask(watch, of_this_hour(state));
        let logged = async {
            if let Some(errors) = errors {
                errors.look(changed(state), onset, now);
                errors.wait(longest).await;
            }
        };
        tokio::join!(other_days.wait(longest), logged);
    }
}

/// When the first instance changed.
fn changed(state: &State) -> Option<Timestamp> {
    state.renewed().map(|(_, at)| at).min()
}

fn change(told: sources::code::Change) -> Change {
    let files = told.files.into_iter().map(|file| File {
        path: file.path,
        status: match file.how {
            Touched::Added => Status::A,
            Touched::Modified => Status::M,
            Touched::Deleted => Status::D,
            Touched::Renamed => Status::R,
        },
        additions: file.additions,
        deletions: file.deletions,
        patch: file.patch,
    });
    Change {
        body: words(&told.body, told.request.as_deref()),
        id: told.id,
        title: told.title,
        author: told.author,
        merged_at: told.merged_at,
        files: files.collect(),
        url: told.url,
    }
}

/// What was said of a change, by its commit and by the request with which it came.
fn words(body: &str, request: Option<&Request>) -> String {
    let Some(request) = request else {
        return body.to_owned();
    };
    let labels = request.labels.join(" ");
    let said = [body, &request.title, &request.body, &labels];
    let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
    said.join("\n\n")
}

fn unseen(missing: &[Missing]) -> BTreeMap<Unseen, usize> {
    let mut unseen = BTreeMap::new();
    for one in missing {
        let (what, count) = match *one {
            Missing::Commits(count) | Missing::Unread(count) => (Unseen::Commits, count),
            Missing::Files(count) => (Unseen::Files, count),
            Missing::Patches(count) | Missing::Tails(count) => (Unseen::Patches, count),
            Missing::Requests(count) => (Unseen::Requests, count),
            // Who they were decides nothing.
            Missing::People(_) => continue,
        };
        *unseen.entry(what).or_default() += count;
    }
    unseen
}
