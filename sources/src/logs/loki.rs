//! Loki: a LogQL query over a time.
//!
//! `GET /loki/api/v1/query_range`: times in nanoseconds, the end not included, at most as many lines as the server
//! allows at once, the newest first. Where there are more, the next question ends where the last answer began.

use super::bounds::{Bounds, Came, Window};
use super::error::LogError;
use super::http::Web;
use super::{Joiner, Sink};
use guard::signatures::Level;
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Lines of one answer: what servers allow unless they are told otherwise.
const PAGE: u64 = 5000;
/// The longest answer, in bytes.
const BODY: usize = 32 << 20;
/// Labels that say who wrote a line, the best first.
const WHO: [&str; 6] = ["instance", "pod", "container", "host", "filename", "job"];
const LEVELS: [&str; 3] = ["level", "detected_level", "severity"];

/// A query of a Loki.
#[derive(Debug, Clone)]
pub struct Loki {
    web: Web,
    query: String,
    page: u64,
}

#[derive(Deserialize)]
struct Said {
    data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    result_type: String,
    result: Vec<Stream>,
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    stream: BTreeMap<String, String>,
    values: Vec<Value>,
}

/// Time in nanoseconds and line; some servers put more beside them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Plain((String, String)),
    More((String, String, serde::de::IgnoredAny)),
}

impl Loki {
    /// A query such as `{app="shop"}` at this server.
    #[must_use]
    pub fn new(web: Web, query: impl Into<String>) -> Self {
        Self {
            web,
            query: query.into(),
            page: PAGE,
        }
    }

    pub(super) fn place(&self) -> String {
        self.web.shown()
    }

    pub(super) async fn read(
        &mut self,
        window: &Window,
        bounds: &Bounds,
        each: Sink<'_>,
    ) -> Result<Came, LogError> {
        let mut came = Came::default();
        let from = window.from.as_nanosecond();
        let mut until = window.until.as_nanosecond();
        // Lines of the very moment at which an answer began come again in the next one.
        let mut seen: BTreeSet<(i128, String)> = BTreeSet::new();
        while until > from {
            let limit = self.page.min(bounds.lines - came.lines);
            if limit == 0 || came.bytes >= bounds.bytes {
                came.cut = Timestamp::from_nanosecond(until).ok();
                break;
            }
            let Some(streams) = self.page(from, until, limit).await? else {
                continue;
            };
            let mut count = 0;
            let mut oldest = until;
            for stream in &streams {
                let mut joiner = Joiner::new(stream.who(), window);
                for (at, line) in stream.lines.iter().rev() {
                    count += 1;
                    oldest = oldest.min(*at);
                    if seen.contains(&(*at, line.clone())) {
                        continue;
                    }
                    came.lines += 1;
                    came.bytes += line.len() as u64;
                    let time = Timestamp::from_nanosecond(*at).ok();
                    for line in line.lines() {
                        joiner.line(line, time, stream.level, each);
                    }
                }
                joiner.finish(each);
            }
            if count < limit {
                break;
            }
            // A whole answer of one moment cannot be got behind otherwise.
            let next = if oldest + 1 < until {
                oldest + 1
            } else {
                oldest
            };
            seen = streams
                .into_iter()
                .flat_map(|stream| stream.lines)
                .filter(|(at, _)| *at == oldest)
                .collect();
            until = next;
        }
        Ok(came)
    }

    /// One answer; none where the server wants to be asked for less at once.
    async fn page(
        &mut self,
        from: i128,
        until: i128,
        limit: u64,
    ) -> Result<Option<Vec<Lines>>, LogError> {
        let url = self.web.url(
            &["loki", "api", "v1", "query_range"],
            &[
                ("query", self.query.clone()),
                ("start", from.to_string()),
                ("end", until.to_string()),
                ("limit", limit.to_string()),
                ("direction", "backward".to_owned()),
            ],
        );
        let answer = match self.web.get(&url, BODY).await {
            Err(LogError::Refused {
                status: 400, said, ..
            }) if said.contains("max entries limit") && limit > 100 => {
                self.page = limit / 5;
                return Ok(None);
            }
            answer => answer?,
        };
        if answer.cut {
            // Half a document is none; fewer lines are.
            if limit > 100 {
                self.page = limit / 5;
                return Ok(None);
            }
            return Err(self.web.unreadable(&url, "lines that are too long"));
        }
        let said: Said = serde_json::from_slice(&answer.body)
            .map_err(|error| self.web.unreadable(&url, error))?;
        if said.data.result_type != "streams" {
            let reason = format!(
                "`{}`, expected `streams`: the query must select lines and count nothing",
                said.data.result_type
            );
            return Err(self.web.unreadable(&url, reason));
        }
        let streams = said.data.result.into_iter().map(Lines::of).collect();
        Ok(Some(streams))
    }
}

/// A stream's lines, the newest first.
struct Lines {
    labels: BTreeMap<String, String>,
    level: Option<Level>,
    lines: Vec<(i128, String)>,
}

impl Lines {
    fn of(stream: Stream) -> Self {
        let values = stream.values.into_iter();
        let mut lines: Vec<(i128, String)> = values
            .filter_map(|value| {
                let (at, line) = match value {
                    Value::Plain(plain) => plain,
                    Value::More((at, line, _)) => (at, line),
                };
                Some((at.parse().ok()?, line))
            })
            .collect();
        lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let level = LEVELS.iter().find_map(|name| stream.stream.get(*name));
        Self {
            level: level.and_then(|word| Level::of(word)),
            labels: stream.stream,
            lines,
        }
    }

    fn who(&self) -> &str {
        let who = WHO.iter().find_map(|name| self.labels.get(*name));
        who.map_or("loki", String::as_str)
    }
}
