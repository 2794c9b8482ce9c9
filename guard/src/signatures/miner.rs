//! Kinds of records, found while they pass by.
//!
//! The method is Drain: P. He, J. Zhu, Z. Zheng, M. R. Lyu, "Drain: An Online Log Parsing Approach with Fixed Depth
//! Tree", ICWS 2017. A message is looked up by its number of words and its first two; among the few templates there, it
//! joins the most similar one, whose differing words become `<*>`. Own code, because the libraries that do it bring
//! files, threads or dice with them, which this room must not have.

use super::counts::Counts;
use super::headline::headline;
use super::record::{Level, Record};
use super::tokens::{ANY, words};
use std::collections::{BTreeMap, BTreeSet};

/// Templates that are kept of what was there before; as many again may be new.
const MOST_BEFORE: usize = 1000;
/// Different words at one place of the tree; whoever comes later is taken for a variable.
const MOST_BRANCHES: usize = 100;
/// The share of words that must be the same.
const SIMILAR: f64 = 0.5;
/// What is kept of a record to show it, in bytes.
pub(super) const SAMPLE: usize = 3000;
/// Places that are named.
pub(super) const MOST_PLACES: usize = 5;

/// A kind of record.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) words: Vec<String>,
    pub(super) thrown: Vec<String>,
    /// The frame that it comes from.
    pub(super) origin: Option<String>,
    pub(super) level: Level,
    pub(super) counts: Counts,
    /// The latest record but for those of the same few seconds.
    pub(super) sample: String,
    /// In whose slot the sample was taken.
    sampled: i64,
    /// Which instances wrote it since the sample was taken.
    pub(super) places: BTreeSet<String>,
}

impl Kind {
    /// How it is shown.
    pub(super) fn template(&self) -> String {
        let both = [&self.words, &self.thrown];
        let said = both.iter().filter(|words| !words.is_empty());
        said.map(|words| words.join(" "))
            .collect::<Vec<_>>()
            .join(" | ")
    }
}

/// Where a template is looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Leaf {
    words: usize,
    first: String,
    second: String,
    origin: Option<String>,
}

/// Finds kinds of records and counts them, in bounded memory.
#[derive(Debug)]
pub struct Miner {
    leaves: BTreeMap<Leaf, Vec<usize>>,
    firsts: BTreeSet<String>,
    pub(super) kinds: Vec<Kind>,
    most: usize,
    /// Records of kinds for which there was no place.
    lost: u64,
}

impl Default for Miner {
    fn default() -> Self {
        Self {
            leaves: BTreeMap::new(),
            firsts: BTreeSet::new(),
            kinds: Vec::new(),
            most: MOST_BEFORE,
            lost: 0,
        }
    }
}

impl Miner {
    /// What was there before is known: from here on there is place for as many new kinds again.
    pub fn baseline_is_read(&mut self) {
        self.most = MOST_BEFORE * 2;
    }

    /// Records that were not counted, because there were too many kinds of them.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// Takes a record that is a warning or worse; any other tells nothing of an error. One without a time is counted
    /// at `otherwise`, in Unix seconds.
    pub fn take(&mut self, record: &Record, otherwise: i64) {
        let level = match record.level {
            Level::Unknown => Level::guessed(&record.text),
            level => level,
        };
        if level < Level::Warn {
            return;
        }
        let at = record.at.map_or(otherwise, jiff::Timestamp::as_second);
        let headline = headline(&record.text);
        let message = words(headline.message);
        let thrown = words(headline.thrown);
        let Some(which) = self.find(message, thrown, headline.place) else {
            self.lost += record.times;
            return;
        };
        let Some(kind) = self.kinds.get_mut(which) else {
            return;
        };
        kind.level = kind.level.max(level);
        kind.counts.add(at, record.times);
        let slot = super::counts::slot(at);
        if slot > kind.sampled || kind.sample.is_empty() {
            kind.sampled = slot;
            kind.sample.clear();
            let end = record.text.floor_char_boundary(SAMPLE);
            kind.sample.push_str(&record.text[..end]);
            kind.places.clear();
        }
        if kind.places.len() < MOST_PLACES && !kind.places.contains(&record.place) {
            kind.places.insert(record.place.clone());
        }
    }

    /// The kind that a message belongs to, a new one if there is place for it.
    fn find(
        &mut self,
        message: Vec<String>,
        thrown: Vec<String>,
        origin: Option<String>,
    ) -> Option<usize> {
        let leaf = self.leaf(&message, &thrown, origin.clone());
        let known = self.leaves.get(&leaf).map_or(&[][..], Vec::as_slice);
        let similar = known
            .iter()
            .filter_map(|which| Some((*which, self.kinds.get(*which)?)))
            .filter(|(_, kind)| {
                kind.words.len() == message.len() && kind.thrown.len() == thrown.len()
            })
            .map(|(which, kind)| {
                let same = same(&kind.words, &message) + same(&kind.thrown, &thrown);
                (which, same as f64 / leaf.words.max(1) as f64)
            })
            .max_by(|one, other| one.1.total_cmp(&other.1));
        if let Some((which, share)) = similar
            && share >= SIMILAR
        {
            if share < 1.0
                && let Some(kind) = self.kinds.get_mut(which)
            {
                merge(&mut kind.words, &message);
                merge(&mut kind.thrown, &thrown);
            }
            return Some(which);
        }
        if self.kinds.len() >= self.most {
            return None;
        }
        self.kinds.push(Kind {
            words: message,
            thrown,
            origin,
            level: Level::Unknown,
            counts: Counts::default(),
            sample: String::new(),
            sampled: i64::MIN,
            places: BTreeSet::new(),
        });
        let which = self.kinds.len() - 1;
        self.leaves.entry(leaf).or_default().push(which);
        Some(which)
    }

    fn leaf(&mut self, message: &[String], thrown: &[String], origin: Option<String>) -> Leaf {
        let mut words = message.iter().chain(thrown);
        let (first, second) = (words.next(), words.next());
        Leaf {
            words: message.len() + thrown.len(),
            first: self.branch(first),
            second: self.branch(second),
            origin,
        }
    }

    /// The word, unless it is a variable or there are too many of them.
    fn branch(&mut self, word: Option<&String>) -> String {
        let Some(word) = word else {
            return String::new();
        };
        if word.contains(ANY) || word.bytes().any(|byte| byte.is_ascii_digit()) {
            return ANY.to_owned();
        }
        if !self.firsts.contains(word) {
            // Two levels of the tree share one list.
            if self.firsts.len() >= MOST_BRANCHES * 2 {
                return ANY.to_owned();
            }
            self.firsts.insert(word.clone());
        }
        word.clone()
    }
}

fn same(template: &[String], message: &[String]) -> usize {
    let pairs = template.iter().zip(message);
    pairs.filter(|(one, other)| one == other).count()
}

fn merge(template: &mut [String], message: &[String]) {
    for (known, word) in template.iter_mut().zip(message) {
        if known != word && known != ANY {
            ANY.clone_into(known);
        }
    }
}
