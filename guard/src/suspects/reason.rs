//! Why a change is suspected: each reason points at something that can be looked up.

use super::facts::{Fact, Found, facts, reverted};
use super::features::{Seen, is_inert};
use super::frames::Frame;
use super::lexical::{Counted, Field};
use super::tongue::{stumbled, stumbles};
use super::topics::Topic;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Lines of a file, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub path: String,
    /// The first line.
    pub first: u32,
    /// The last line.
    pub last: u32,
}

impl Place {
    /// The lines: `12` or `12-20`.
    #[must_use]
    pub fn lines(&self) -> String {
        if self.first == self.last {
            self.first.to_string()
        } else {
            format!("{}-{}", self.first, self.last)
        }
    }
}

/// How near a frame of an error comes to what was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meets {
    /// It names a line that was changed.
    Line,
    /// It names a function that was changed.
    Function,
    /// It names a file that was changed.
    File,
}

/// Why a change is suspected, or is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// A stack frame meets what was changed.
    Frame {
        /// How near.
        meets: Meets,
        /// The frame.
        frame: Frame,
        /// Where.
        place: Place,
    },
    /// Names and words of the symptoms stand in what was changed.
    Shares {
        /// The rarest ones.
        words: Vec<String>,
        /// Where most of them stand, if it is not the path alone.
        place: Option<Place>,
    },
    /// The author speaks of what the symptoms speak of.
    Says {
        /// The words.
        words: Vec<String>,
    },
    /// The change has to do with the kind of trouble.
    Topic {
        /// The kind.
        topic: Topic,
    },
    /// The errors stumble over something that the change brought.
    Stumbles {
        /// Where.
        place: Place,
    },
    /// What the change does.
    Does {
        /// The fact.
        fact: Fact,
        /// Where.
        place: Place,
    },
    /// It takes something back.
    Reverts {
        /// What.
        what: String,
    },
    /// Against it: a later change of the same deployment takes it back.
    Undone,
    /// Against it: nothing of it runs.
    Inert,
}

const MOST_WORDS: usize = 5;
const MOST_FACTS: usize = 3;

/// The reasons of one change, the weightiest first.
pub(super) fn reasons(seen: &Seen<'_>, at: usize) -> Vec<Reason> {
    let counted = &seen.counted[at];
    let change = &seen.case.changes[at];
    let mut found = Vec::new();
    if let Some(meeting) = seen.meetings[at].first() {
        found.push(frame(seen, counted, meeting));
    }
    let over = stumbles(&seen.case.symptoms.errors);
    if let Some((file, hunk)) = stumbled(&over, counted) {
        found.push(Reason::Stumbles {
            place: place(counted, file, hunk),
        });
    }
    let words = rarest(seen, |term| {
        let tf = &counted.tf[term];
        [Field::Added, Field::Removed, Field::Path]
            .iter()
            .any(|field| tf[*field as usize] > 0.0)
    });
    if !words.is_empty() {
        let place = hunks(seen, at).into_iter().next();
        found.push(Reason::Shares { words, place });
    }
    let said = rarest(seen, |term| {
        let tf = &counted.tf[term];
        tf[Field::Title as usize] + tf[Field::Body as usize] > 0.0
    });
    if !said.is_empty() {
        found.push(Reason::Says { words: said });
    }
    let topics = seen.query.topics.iter();
    let shown = topics
        .map(|pointed| (pointed.topic, seen.shows(pointed, counted)))
        .filter(|(_, shows)| *shows > 1.0);
    if let Some((topic, _)) = shown.max_by(|one, other| one.1.total_cmp(&other.1)) {
        found.push(Reason::Topic { topic });
    }
    found.extend(does(seen, at));
    if let Some(what) = reverted(&change.title, &change.body) {
        found.push(Reason::Reverts {
            what: what.to_owned(),
        });
    }
    if super::features::is_undone(&seen.case.changes, at) {
        found.push(Reason::Undone);
    }
    if is_inert(counted) {
        found.push(Reason::Inert);
    }
    found
}

fn frame(seen: &Seen<'_>, counted: &Counted<'_>, meeting: &super::meets::Meeting) -> Reason {
    let place = meeting.hunk.map_or_else(
        || place(counted, meeting.file, 0),
        |hunk| place(counted, meeting.file, hunk),
    );
    Reason::Frame {
        meets: meeting.meets,
        frame: seen.frames[meeting.frame].clone(),
        place,
    }
}

fn place(counted: &Counted<'_>, file: usize, hunk: usize) -> Place {
    let parsed = &counted.files[file];
    let (first, last) = parsed
        .hunks
        .get(hunk)
        .map_or((1, 1), super::patch::Hunk::span);
    Place {
        path: parsed.path.to_owned(),
        first,
        last,
    }
}

/// The rarest words of the symptoms that are there, as they are written in the symptoms.
fn rarest(seen: &Seen<'_>, there: impl Fn(usize) -> bool) -> Vec<String> {
    let known = seen.query.terms.iter().enumerate();
    let mut known: Vec<(f64, &str)> = known
        .filter(|(at, term)| term.weight >= 0.5 && seen.scores.idf[*at] > 0.5 && there(*at))
        .map(|(at, term)| {
            (
                term.weight * seen.scores.idf[at] * if term.named { 2.0 } else { 1.0 },
                term.text.as_str(),
            )
        })
        .collect();
    known.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(other.1)));
    let mut kept: Vec<String> = Vec::new();
    for (_, word) in known {
        // A part says nothing more than the whole that is already there.
        if kept.len() < MOST_WORDS && !kept.iter().any(|long| long.contains(word)) {
            kept.push(word.to_owned());
        }
    }
    kept
}

/// The hunks that have most to do with the symptoms, at most five.
pub(super) fn hunks(seen: &Seen<'_>, at: usize) -> Vec<Place> {
    let counted = &seen.counted[at];
    let mut found: Vec<(f64, Place)> = Vec::new();
    for (file, parsed) in counted
        .files
        .iter()
        .enumerate()
        .filter(|(_, parsed)| !parsed.nature.is_inert())
    {
        for (hunk, lines) in parsed.hunks.iter().enumerate() {
            let mut known = BTreeSet::new();
            for line in lines.changed() {
                super::words::tokens(line.text, &mut |token| {
                    known.extend(seen.query.find(token.hash));
                });
            }
            let words = known.iter().map(|term| {
                let term_weight = seen.query.terms[*term].weight;
                term_weight * seen.scores.idf[*term]
            });
            let met = seen.meetings[at]
                .iter()
                .filter(|meeting| meeting.file == file && meeting.hunk == Some(hunk));
            let weight =
                words.sum::<f64>() + 10.0 * met.map(|meeting| meeting.strength).fold(0.0, f64::max);
            if weight > 0.0 {
                found.push((weight, place(counted, file, hunk)));
            }
        }
    }
    found.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    found.truncate(5);
    found.into_iter().map(|(_, place)| place).collect()
}

/// What the change does that can hurt: settings, versions, migrations, flags; then what the symptoms name.
fn does(seen: &Seen<'_>, at: usize) -> Vec<Reason> {
    let said = &seen.case.symptoms.errors;
    let labels = seen
        .case
        .symptoms
        .findings
        .iter()
        .flat_map(|finding| finding.labels.values());
    let named: Vec<&str> = said.iter().chain(labels).map(String::as_str).collect();
    let speaks = |text: &str| text.len() > 2 && named.iter().any(|said| said.contains(text));
    let weight = |found: &Found| match &found.fact {
        Fact::Migration { .. } => 3,
        Fact::Key { key, .. } if speaks(key.rsplit('.').next().unwrap_or(key)) => 5,
        Fact::Limit { name, .. } | Fact::Flag { name } if speaks(name) => 5,
        Fact::Route { path } if speaks(path) => 5,
        Fact::Metric { name } | Fact::Symbol { name } if speaks(name) => 5,
        Fact::Log { text } if speaks(text) => 6,
        Fact::Bump { name, .. } if speaks(name) => 5,
        Fact::Limit { .. } | Fact::Flag { .. } => 2,
        Fact::Key { .. } | Fact::Bump { .. } => 2,
        Fact::Route { .. } | Fact::Metric { .. } | Fact::Log { .. } | Fact::Symbol { .. } => 0,
    };
    let mut found: Vec<(i32, Found)> = Vec::new();
    for file in &seen.case.changes[at].files {
        found.extend(
            facts(file)
                .into_iter()
                .map(|fact| (weight(&fact), fact))
                .filter(|(weight, _)| *weight > 0),
        );
    }
    found.sort_by_key(|(weight, _)| -weight);
    found.truncate(MOST_FACTS);
    found
        .into_iter()
        .map(|(_, Found { fact, path, line })| Reason::Does {
            fact,
            place: Place {
                path,
                first: line,
                last: line,
            },
        })
        .collect()
}
