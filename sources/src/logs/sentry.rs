//! Sentry: issues that were first seen in this release, each with its latest event.
//!
//! `GET /api/0/projects/O/P/issues/?query=firstRelease:"V"`, page by page, and `GET /api/0/issues/I/events/latest/`.

use super::Sink;
use super::bounds::{Bounds, Came, Window};
use super::error::LogError;
use super::http::{Answer, Web};
use guard::redact::redact;
use guard::signatures::{Level, Record};
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::LINK;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Issues that are asked for more, at most: those that happen most often.
const MOST_EVENTS: usize = 10;
/// Pages of issues.
const MOST_PAGES: usize = 4;
/// The longest answer, in bytes.
const BODY: usize = 8 << 20;
/// Frames of one exception.
const MOST_FRAMES: usize = 40;

/// The issues of a project in a release.
#[derive(Debug, Clone)]
pub struct Sentry {
    web: Web,
    organization: String,
    project: String,
    release: String,
    /// How often each issue had happened when it was last asked for.
    counted: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    culprit: Option<String>,
    #[serde(default)]
    level: String,
    /// A number in a text.
    #[serde(default)]
    count: String,
    first_seen: Timestamp,
    last_seen: Timestamp,
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: serde_json::Value,
}

#[derive(Deserialize)]
struct Exceptions {
    values: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "type")]
    kind: Option<String>,
    value: Option<String>,
    stacktrace: Option<Stack>,
}

#[derive(Deserialize)]
struct Stack {
    #[serde(default)]
    frames: Vec<Frame>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame {
    filename: Option<String>,
    abs_path: Option<String>,
    function: Option<String>,
    line_no: Option<u32>,
    #[serde(default)]
    in_app: bool,
}

impl Sentry {
    /// The issues of a project that were first seen in `release`.
    #[must_use]
    pub fn new(
        web: Web,
        organization: impl Into<String>,
        project: impl Into<String>,
        release: impl Into<String>,
    ) -> Self {
        Self {
            web,
            organization: organization.into(),
            project: project.into(),
            release: release.into(),
            counted: BTreeMap::new(),
        }
    }

    pub(super) fn place(&self) -> String {
        format!("{}, project {}", self.web.shown(), self.project)
    }

    pub(super) async fn read(
        &mut self,
        window: &Window,
        bounds: &Bounds,
        each: Sink<'_>,
    ) -> Result<Came, LogError> {
        let mut came = Came::default();
        let mut issues = self.issues(bounds, &mut came).await?;
        issues.retain(|issue| issue.last_seen >= window.from);
        issues.sort_by_key(|issue| std::cmp::Reverse(issue.happened()));
        for (place, issue) in issues.iter().enumerate() {
            let known = self.counted.insert(issue.id.clone(), issue.happened());
            let times = issue.happened().saturating_sub(known.unwrap_or(0));
            if times == 0 || came.lines >= bounds.lines || came.bytes >= bounds.bytes {
                continue;
            }
            let mut text = issue.title.clone();
            if let Some(culprit) = issue.culprit.as_ref().filter(|text| !text.is_empty()) {
                let _ = write!(text, " in {culprit}");
            }
            if place < MOST_EVENTS {
                // The title alone is worth something too.
                match self.latest(issue, &mut came).await {
                    Ok(event) => trace(&event, &mut text),
                    Err(error) => tracing::debug!(%error, "an event of Sentry cannot be read"),
                }
            }
            came.lines += 1;
            each(Record {
                at: Some(issue.last_seen.max(issue.first_seen)),
                level: Level::of(&issue.level).unwrap_or(Level::Error),
                text: redact(&text).into_owned(),
                place: self.project.clone(),
                times,
            });
        }
        Ok(came)
    }

    async fn issues(&self, bounds: &Bounds, came: &mut Came) -> Result<Vec<Issue>, LogError> {
        // Quotes in the name of a version would end it.
        let release = self.release.replace(['"', '\\'], "");
        let (owner, project) = (self.organization.as_str(), self.project.as_str());
        let mut url = self.web.url(
            &["api", "0", "projects", owner, project, "issues", ""],
            &[
                ("query", format!("firstRelease:\"{release}\"")),
                ("statsPeriod", "24h".to_owned()),
                ("limit", "100".to_owned()),
            ],
        );
        let mut issues = Vec::new();
        for _ in 0..MOST_PAGES {
            let answer = self.web.get(&url, BODY).await?;
            came.bytes += answer.body.len() as u64;
            let page: Vec<Issue> = serde_json::from_slice(&answer.body)
                .map_err(|error| self.web.unreadable(&url, error))?;
            issues.extend(page);
            let Some(next) = next(&answer).and_then(|text| self.web.own(&text)) else {
                break;
            };
            if issues.len() as u64 >= bounds.lines || came.bytes >= bounds.bytes {
                break;
            }
            url = next;
        }
        Ok(issues)
    }

    async fn latest(&self, issue: &Issue, came: &mut Came) -> Result<Event, LogError> {
        let parts = ["api", "0", "issues", &issue.id, "events", "latest", ""];
        let url: Url = self.web.url(&parts, &[]);
        let answer = self.web.get(&url, BODY).await?;
        came.bytes += answer.body.len() as u64;
        serde_json::from_slice(&answer.body).map_err(|error| self.web.unreadable(&url, error))
    }
}

impl Issue {
    fn happened(&self) -> u64 {
        self.count.parse().unwrap_or(1)
    }
}

/// The next page, if there is something on it: `<URL>; rel="next"; results="true"; cursor="…"`.
fn next(answer: &Answer) -> Option<String> {
    let links = answer.headers.get(LINK)?.to_str().ok()?;
    let wanted = |link: &&str| link.contains("rel=\"next\"") && link.contains("results=\"true\"");
    let link = links.split(", <").find(wanted)?;
    let url = link.trim_start_matches('<').split_once('>')?.0;
    Some(url.to_owned())
}

/// What was thrown and where, the innermost frame last, in the form of Python's traces.
fn trace(event: &Event, text: &mut String) {
    let exceptions = event
        .entries
        .iter()
        .filter(|entry| entry.kind == "exception");
    for entry in exceptions {
        let Ok(found) = Exceptions::deserialize(&entry.data) else {
            continue;
        };
        for exception in found.values {
            text.push_str("\nTraceback (most recent call last):");
            let frames = exception.stacktrace.map(|stack| stack.frames);
            let frames = frames.unwrap_or_default();
            let own = frames.iter().any(|frame| frame.in_app);
            let kept: Vec<&Frame> = frames
                .iter()
                .rev()
                .filter(|frame| frame.in_app || !own)
                .take(MOST_FRAMES)
                .collect();
            for frame in kept.into_iter().rev() {
                let file = frame.filename.as_ref().or(frame.abs_path.as_ref());
                let Some(file) = file.filter(|file| !file.contains(['"', '\n'])) else {
                    continue;
                };
                let line = frame.line_no.unwrap_or(0);
                let _ = write!(text, "\n  File \"{file}\", line {line}");
                if let Some(function) = frame.function.as_ref().filter(|f| !f.contains('\n')) {
                    let _ = write!(text, ", in {function}");
                }
            }
            let kind = exception.kind.as_deref().unwrap_or("Error");
            let value = exception.value.as_deref().unwrap_or_default();
            let value: String = value.chars().take(1000).collect();
            let _ = write!(text, "\n{kind}: {}", value.replace('\n', " "));
        }
    }
}
