//! What a diff says in so many words: keys and their values, versions, limits, flags, routes, texts, symbols.
//!
//! Each kind of fact is a function of one hunk and knows nothing of the others.

use super::case::File;
use super::nature::{Nature, nature};
use super::patch::{Hunk, hunks};
use serde::{Deserialize, Serialize};

mod bumps;
mod flags;
mod keys;
mod limits;
mod migrations;
mod reverts;
mod routes;
mod symbols;
mod texts;

pub use bumps::{Step, step};
pub use keys::is_secret;
pub use reverts::reverted;

/// Something that a change does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A key of a configuration has another value; secrets are masked.
    Key {
        /// The key with those above it: `db.pool.size`.
        key: String,
        /// Its value before, if there was one.
        old: Option<String>,
        /// Its value now, if there is one.
        new: Option<String>,
    },
    /// A timeout, a pool, a retry, a limit or a cache is set otherwise.
    Limit {
        /// What it is called.
        name: String,
        /// What was there before.
        old: Option<String>,
        /// What is there now.
        new: Option<String>,
    },
    /// A dependency has another version.
    Bump {
        /// The dependency.
        name: String,
        /// Its version before.
        old: Option<String>,
        /// Its version now.
        new: Option<String>,
    },
    /// The schema of a database changes.
    Migration {
        /// Whether something is dropped or rewritten, so that the old version may not work any more.
        destructive: bool,
    },
    /// A feature flag is touched.
    Flag {
        /// Its name.
        name: String,
    },
    /// A route is touched.
    Route {
        /// Its path.
        path: String,
    },
    /// The name of a metric is touched.
    Metric {
        /// The name.
        name: String,
    },
    /// A text that is logged or raised is touched.
    Log {
        /// The text.
        text: String,
    },
    /// A function or a type is defined or changed.
    Symbol {
        /// Its name.
        name: String,
    },
}

/// A fact, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The fact.
    pub fact: Fact,
    /// The file.
    pub path: String,
    /// The line in the new file.
    pub line: u32,
}

/// Facts of one file are bounded: a file that has more is a dump.
const MOST: usize = 200;

/// Every fact of a file, in the order of the diff. Files that do not run have none.
#[must_use]
pub fn facts(file: &File) -> Vec<Found> {
    let nature = nature(&file.path);
    let mut found = Vec::new();
    if nature.is_inert() || matches!(nature, Nature::Generated | Nature::Vendored) {
        return found;
    }
    let mut keep = |line, fact| {
        if found.len() < MOST {
            let path = file.path.clone();
            found.push(Found { fact, path, line });
        }
    };
    let hunks = hunks(&file.patch);
    if let Some((line, fact)) = migrations::migration(&file.path, &hunks) {
        keep(line, fact);
    }
    for hunk in &hunks {
        let bumped = bumps::bumps(&file.path, nature, hunk);
        let versions = !bumped.is_empty() || nature == Nature::Lock;
        let keys = if versions {
            Vec::new()
        } else {
            keys::keys(&file.path, hunk)
        };
        let settings = !keys.is_empty();
        let of_code = if settings || versions {
            Vec::new()
        } else {
            limits::limits(hunk)
        };
        let rest = [flags::flags(hunk), routes::routes(hunk), texts::texts(hunk)];
        let symbols = if settings || versions {
            Vec::new()
        } else {
            symbols::symbols(hunk)
        };
        let all = [bumped, keys, of_code]
            .into_iter()
            .chain(rest)
            .chain([symbols]);
        for (line, fact) in all.flatten() {
            keep(line, fact);
        }
    }
    found
}

/// How far the settings and versions of a file go, 0 to 1: ten times more or less, or another first number, is 1.
pub(super) fn jump(path: &str, nature: Nature, hunks: &[Hunk<'_>]) -> f64 {
    let of = |hunk: &Hunk<'_>| {
        let bumped = bumps::bumps(path, nature, hunk);
        if !bumped.is_empty() || nature == Nature::Lock {
            return bumped;
        }
        let keys = keys::keys(path, hunk);
        if keys.is_empty() {
            limits::limits(hunk)
        } else {
            keys
        }
    };
    let facts: Vec<Fact> = hunks.iter().flat_map(of).map(|(_, fact)| fact).collect();
    // One library in place of another goes as far as a version that breaks its users.
    let came = facts
        .iter()
        .any(|fact| matches!(fact, Fact::Bump { old: None, .. }));
    let went = facts
        .iter()
        .any(|fact| matches!(fact, Fact::Bump { new: None, .. }));
    let swapped = if nature == Nature::Manifest && came && went {
        0.6
    } else {
        0.0
    };
    facts.iter().map(distance).fold(swapped, f64::max)
}

fn distance(fact: &Fact) -> f64 {
    match fact {
        Fact::Key {
            old: Some(old),
            new: Some(new),
            ..
        }
        | Fact::Limit {
            old: Some(old),
            new: Some(new),
            ..
        } => {
            let number = |text: &str| -> Option<f64> {
                let end = text
                    .find(|c: char| !c.is_ascii_digit() && c != '.')
                    .unwrap_or(text.len());
                text.get(..end)?.parse().ok()
            };
            match (number(old), number(new)) {
                (Some(old), Some(new)) if old == new => 0.0,
                (Some(old), Some(new)) if old > 0.0 && new > 0.0 => {
                    (libm::fabs(libm::log10(new / old))).min(1.0)
                }
                // From or to zero, and from one word to another: on, off, elsewhere.
                _ => 0.2,
            }
        }
        Fact::Bump {
            old: Some(old),
            new: Some(new),
            ..
        } if is_digest(old) && is_digest(new) => 0.2,
        Fact::Bump {
            old: Some(old),
            new: Some(new),
            ..
        } => match step(old, new) {
            Step::Patch => 0.1,
            Step::Minor => 0.2,
            Step::Major => 0.6,
        },
        _ => 0.0,
    }
}

/// Whether a version is the digest of a commit or an image, which says nothing of how far it went.
fn is_digest(version: &str) -> bool {
    let digits = version.strip_prefix("sha256:").unwrap_or(version);
    digits.len() >= 7
        && digits.chars().all(|digit| digit.is_ascii_hexdigit())
        && digits.chars().any(|digit| digit.is_ascii_alphabetic())
}

/// The value of a removed line goes with the added line that has the same name; the rest came or went.
fn paired(
    removed: Vec<(u32, String, String)>,
    added: Vec<(u32, String, String)>,
) -> Vec<(u32, String, Option<String>, Option<String>)> {
    let mut found = Vec::new();
    let mut removed: Vec<Option<(u32, String, String)>> = removed.into_iter().map(Some).collect();
    for (line, name, new) in added {
        let twin = removed
            .iter_mut()
            .find(|gone| gone.as_ref().is_some_and(|(_, n, _)| *n == name));
        match twin.and_then(Option::take) {
            Some((_, _, old)) if old == new => {}
            Some((_, _, old)) => found.push((line, name, Some(old), Some(new))),
            None => found.push((line, name, None, Some(new))),
        }
    }
    let gone = removed.into_iter().flatten();
    found.extend(gone.map(|(line, name, old)| (line, name, Some(old), None)));
    found.sort_by_key(|(line, ..)| *line);
    found
}

#[cfg(test)]
mod tests;
