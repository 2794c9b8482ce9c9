//! What the shop logs of its troubles, on standard error, as a shop would.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::shop::Refusal;
use crate::{Kind, MockServiceError, Route};

/// Records of one second, at most: nobody wants a disk full of them.
const MOST: u32 = 20;
/// From this on a request is slow.
const SLOW: Duration = Duration::from_millis(250);

/// What is logged where a fault shows: the words of the code that is said to be wrong.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Words {
    /// The text behind the time, of one line or more; `{method}`, `{route}`, `{status}` and `{ms}` stand for what was
    /// asked and came of it.
    pub text: String,
    /// Where the code is reached; everywhere if not said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
}

/// By kind of fault.
pub type Vocabulary = BTreeMap<Kind, Words>;

/// How a request went.
pub(crate) struct Went<'a> {
    pub(crate) method: &'a str,
    pub(crate) route: Option<Route>,
    pub(crate) status: u16,
    pub(crate) took: Duration,
}

pub(crate) struct Diary {
    words: Vocabulary,
    written: Mutex<(Option<Instant>, u32)>,
}

impl Diary {
    pub(crate) fn open(words: Option<&Path>) -> Result<Self, MockServiceError> {
        let words = match words {
            None => Vocabulary::new(),
            Some(path) => {
                let failed = |source| MockServiceError::State {
                    path: path.to_owned(),
                    source,
                };
                let text = std::fs::read(path).map_err(failed)?;
                serde_json::from_slice(&text).map_err(|error| failed(error.into()))?
            }
        };
        Ok(Self {
            words,
            written: Mutex::default(),
        })
    }

    /// A request that failed for a reason of the shop's own.
    pub(crate) fn failed(&self, why: Refusal, went: &Went<'_>) {
        let (kind, otherwise) = match why {
            Refusal::Bug => (
                Some(Kind::Errors),
                "ERROR shop.web {method} {route} {status}: something broke",
            ),
            Refusal::BadDay => (
                None,
                "ERROR shop.web {method} {route} {status}: connection reset by peer",
            ),
            Refusal::NoConnection => (
                Some(Kind::Pool),
                "ERROR shop.database {method} {route} {status}: no connection within 2 s",
            ),
            Refusal::DownstreamFailed => (
                None,
                "ERROR shop.partner {method} {route} {status}: the partner answered with an error",
            ),
            Refusal::DownstreamTimedOut => (
                None,
                "ERROR shop.partner {method} {route} {status}: the partner did not answer within 2 s",
            ),
            Refusal::DiskFull | Refusal::DiskBroken => (
                None,
                "ERROR shop.orders {method} {route} {status}: the order could not be written",
            ),
            Refusal::QueueFull => (
                None,
                "ERROR shop.orders {method} {route} {status}: too many orders wait",
            ),
            Refusal::NoSuchProduct => return,
        };
        self.write(self.said(kind, went.route).unwrap_or(otherwise), Some(went));
    }

    /// A request that was answered; said if it took long.
    pub(crate) fn answered(&self, went: &Went<'_>) {
        if went.took >= SLOW {
            let own = self.said(Some(Kind::Latency), went.route);
            let otherwise = "WARNING shop.web {method} {route} took {ms} ms";
            self.write(own.unwrap_or(otherwise), Some(went));
        }
    }

    /// The last words.
    pub(crate) fn dies(&self) {
        let own = self.said(Some(Kind::Crash), None);
        self.write(own.unwrap_or("CRITICAL shop.main cannot go on"), None);
    }

    fn said(&self, kind: Option<Kind>, route: Option<Route>) -> Option<&str> {
        let words = self.words.get(&kind?)?;
        let here = words.routes.is_empty() || route.is_some_and(|one| words.routes.contains(&one));
        here.then_some(words.text.as_str())
    }

    fn write(&self, text: &str, went: Option<&Went<'_>>) {
        if !self.has_room() {
            return;
        }
        let text = filled(text, went);
        // Where nobody reads it, nobody misses it.
        let _ = writeln!(std::io::stderr(), "{:.3} {text}", Timestamp::now());
    }

    fn has_room(&self) -> bool {
        let mut written = self
            .written
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (since, count) = &mut *written;
        if since.is_none_or(|since| since.elapsed() >= Duration::from_secs(1)) {
            (*since, *count) = (Some(Instant::now()), 0);
        }
        *count += 1;
        *count <= MOST
    }
}

fn filled(text: &str, went: Option<&Went<'_>>) -> String {
    let Some(went) = went else {
        return text.to_owned();
    };
    text.replace("{method}", went.method)
        .replace("{route}", went.route.map_or("other", Route::path))
        .replace("{status}", &went.status.to_string())
        .replace("{ms}", &went.took.as_millis().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diary() -> Diary {
        let words = Words {
            text: "ERROR {method} {route} {status}\n  File \"shop/cart.py\", line 9, in show"
                .to_owned(),
            routes: vec![Route::Cart],
        };
        Diary {
            words: Vocabulary::from([(Kind::Errors, words)]),
            written: Mutex::default(),
        }
    }

    #[test]
    fn the_words_of_the_code_are_said_where_it_is_reached_and_nowhere_else() {
        let diary = diary();
        assert!(diary.said(Some(Kind::Errors), Some(Route::Cart)).is_some());
        assert_eq!(diary.said(Some(Kind::Errors), Some(Route::Home)), None);
        assert_eq!(diary.said(Some(Kind::Pool), Some(Route::Cart)), None);
        let went = Went {
            method: "GET",
            route: Some(Route::Cart),
            status: 500,
            took: SLOW,
        };
        let text = diary.said(Some(Kind::Errors), Some(Route::Cart)).unwrap();
        assert!(filled(text, Some(&went)).starts_with("ERROR GET /cart 500\n"));
    }

    #[test]
    fn so_many_records_are_written_in_a_second_and_no_more() {
        let diary = diary();
        let room = (0..100).filter(|_| diary.has_room()).count();
        assert!((MOST as usize..2 * MOST as usize).contains(&room), "{room}");
    }

    #[test]
    fn words_are_read_from_a_file_by_kind_of_fault() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("words.json");
        std::fs::write(
            &path,
            r#"{"log-noise": {"text": "hm"}, "errors": {"text": "oh", "routes": ["/cart"]}}"#,
        )
        .unwrap();
        let diary = Diary::open(Some(&path)).unwrap();
        assert_eq!(
            diary.said(Some(Kind::Errors), Some(Route::Cart)),
            Some("oh")
        );
        std::fs::write(&path, "{}}").unwrap();
        assert!(Diary::open(Some(&path)).is_err());
    }
}
