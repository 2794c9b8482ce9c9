//! What the model sees of each change: a few numbers, each with a meaning.

use super::case::{Case, Change};
use super::facts;
use super::frames::{Frame, frames};
use super::lexical::{Counted, FIELDS, Field, Scores, scores};
use super::meets::{Meeting, meetings};
use super::nature::Nature;
use super::query::{Pointed, Query};
use super::risk::risk;
use super::tongue::{stumbled, stumbles, tongue, tongues};
use super::topics::Topic;

/// How many numbers.
pub const FEATURES: usize = NAMES.len();

/// Their names, in order.
pub const NAMES: [&str; 20] = [
    "match", "prose", "rare", "named", "frame", "topic", "size", "inert", "versions", "coverage",
    "path", "undone", "tongue", "risk", "stumble", "jump", "title", "touched", "file", "undoes",
];

/// Everything that was read out of a case, once.
pub(super) struct Seen<'a> {
    pub(super) case: &'a Case,
    pub(super) query: Query,
    pub(super) counted: Vec<Counted<'a>>,
    pub(super) scores: Scores,
    pub(super) frames: Vec<Frame>,
    pub(super) meetings: Vec<Vec<Meeting>>,
    pub(super) rows: Vec<[f64; FEATURES]>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(case: &'a Case) -> Self {
        let query = Query::of(case);
        let counted: Vec<Counted<'_>> = case
            .changes
            .iter()
            .map(|change| Counted::of(change, &query))
            .collect();
        let scores = scores(&counted, &query);
        let frames = frames(&case.symptoms.errors);
        let meetings = meetings(&frames, &counted);
        let mut seen = Self {
            case,
            query,
            counted,
            scores,
            frames,
            meetings,
            rows: Vec::new(),
        };
        seen.rows = seen.look();
        seen
    }

    fn look(&self) -> Vec<[f64; FEATURES]> {
        let topics: Vec<f64> = self
            .counted
            .iter()
            .map(|counted| self.topic(counted))
            .collect();
        let sizes: Vec<f64> = self.counted.iter().map(size).collect();
        // A match of all that was said is worth more than the best of feeble ones.
        let feeble = 0.12 * self.scores.whole;
        let all = relative(&self.scores.all, feeble);
        let prose = relative(&self.scores.prose, feeble);
        let title = relative(&self.scores.title, feeble);
        let touched = relative(&self.scores.touched, feeble);
        let file = relative(&self.scores.best_file, feeble);
        let topic = relative(&topics, 1.0);
        let size = relative(&sizes, 0.0);
        let rare = self.rarities();
        let tongues = tongues(&self.case.symptoms.errors);
        let over = stumbles(&self.case.symptoms.errors);
        let one = |at: usize| {
            let counted = &self.counted[at];
            [
                all[at],
                prose[at],
                1.0 - libm::exp(-rare[at].0 / 1.5),
                1.0 - libm::exp(-rare[at].1),
                self.meetings[at]
                    .first()
                    .map_or(0.0, |meeting| meeting.strength),
                topic[at],
                size[at],
                f64::from(u8::from(is_inert(counted))),
                if is_versions(counted) {
                    self.versions()
                } else {
                    0.0
                },
                self.coverage(counted),
                1.0 - libm::exp(-rare[at].2),
                f64::from(u8::from(is_undone(&self.case.changes, at))),
                tongue(&tongues, counted),
                risk(&self.case.changes[at].title),
                f64::from(u8::from(stumbled(&over, counted).is_some())),
                jump(counted),
                title[at],
                touched[at],
                file[at],
                f64::from(u8::from(undoes(&self.case.changes[at].title))),
            ]
        };
        (0..self.counted.len()).map(one).collect()
    }

    /// What a change of nothing but versions is worth: it is the first suspect where modules are missing or processes
    /// do not start.
    fn versions(&self) -> f64 {
        let points = |topic| {
            self.query
                .topics
                .iter()
                .any(|pointed| pointed.topic == topic)
        };
        if points(Topic::Packages) || points(Topic::Startup) {
            1.0
        } else {
            -0.5
        }
    }

    /// How much of what the symptoms say the change has to do with.
    pub(super) fn coverage(&self, counted: &Counted<'_>) -> f64 {
        let said = self.query.terms.iter().zip(&self.scores.idf).enumerate();
        let held = said.filter(|(at, _)| counted.holds(*at));
        let held: f64 = held.map(|(_, (term, idf))| term.weight * idf).sum();
        if self.scores.whole > 0.0 {
            held / self.scores.whole
        } else {
            0.0
        }
    }

    /// For each change: words, names, and words in paths, that hardly another change has.
    fn rarities(&self) -> Vec<(f64, f64, f64)> {
        let mut found = vec![(0.0, 0.0, 0.0); self.counted.len()];
        for (at, term) in self
            .query
            .terms
            .iter()
            .enumerate()
            .filter(|(_, term)| term.weight >= 0.9)
        {
            let df = self
                .counted
                .iter()
                .filter(|counted| counted.touches(at))
                .count();
            if df == 0 || df * 4 > self.counted.len() + 4 {
                continue;
            }
            let share = 1.0 / df as f64;
            for (counted, found) in self.counted.iter().zip(&mut found) {
                if counted.touches(at) {
                    found.0 += share;
                    if term.named {
                        found.1 += share;
                    }
                    if counted.tf[at][Field::Path as usize] > 0.0 {
                        found.2 += share;
                    }
                }
            }
        }
        found
    }

    /// How much the change has to do with the kinds of trouble that the symptoms point to.
    fn topic(&self, counted: &Counted<'_>) -> f64 {
        self.query
            .topics
            .iter()
            .map(|pointed| self.shows(pointed, counted))
            .sum()
    }

    /// How much it has to do with one of them.
    pub(super) fn shows(&self, pointed: &Pointed, counted: &Counted<'_>) -> f64 {
        let product = |tf: &[f32; FIELDS]| {
            let of = |field: Field| f64::from(tf[field as usize]);
            2.0 * of(Field::Title)
                + of(Field::Added)
                + of(Field::Removed)
                + of(Field::Path)
                + of(Field::Body)
        };
        let words = pointed.terms.iter().map(|term| {
            let tf = product(&counted.tf[*term]);
            self.scores.idf[*term] * tf / (tf + 1.0 + counted.length() / 400.0)
        });
        let about = counted.files.iter().any(|file| {
            let kind = file.path.rsplit_once('.').map(|(_, kind)| kind);
            !file.nature.is_inert() && kind.is_some_and(|kind| pointed.endings.contains(&kind))
        });
        pointed.strength * (words.sum::<f64>() + f64::from(u8::from(about)))
    }
}

fn relative(values: &[f64], feeble: f64) -> Vec<f64> {
    let most = feeble + values.iter().copied().fold(0.0, f64::max);
    values
        .iter()
        .map(|value| if most > 0.0 { value / most } else { 0.0 })
        .collect()
}

/// Lines that run and were written by somebody, on a logarithmic scale.
fn size(counted: &Counted<'_>) -> f64 {
    let weigh = |nature: Nature| match nature {
        Nature::Product | Nature::Manifest => 1.0,
        Nature::Lock | Nature::Generated | Nature::Vendored => 0.1,
        Nature::Test | Nature::Docs | Nature::Ci => 0.02,
    };
    let lines = counted
        .files
        .iter()
        .map(|file| weigh(file.nature) * file.changed as f64);
    libm::log1p(lines.sum())
}

/// How far settings and versions of the change go.
fn jump(counted: &Counted<'_>) -> f64 {
    let files = counted.files.iter();
    let own = files.filter(|file| matches!(file.nature, Nature::Product | Nature::Manifest));
    own.map(|file| facts::jump(file.path, file.nature, &file.hunks))
        .fold(0.0, f64::max)
}

/// Whether nothing of the change runs.
pub(super) fn is_inert(counted: &Counted<'_>) -> bool {
    counted.files.iter().all(|file| file.nature.is_inert()) && !counted.files.is_empty()
}

/// Whether it changes nothing but versions of dependencies.
pub(super) fn is_versions(counted: &Counted<'_>) -> bool {
    let mut versions = counted
        .files
        .iter()
        .filter(|file| !file.nature.is_inert())
        .peekable();
    versions.peek().is_some()
        && versions.all(|file| {
            matches!(
                file.nature,
                Nature::Manifest | Nature::Lock | Nature::Vendored
            )
        })
}

/// Whether it brings back what was there before, which ran then.
fn undoes(title: &str) -> bool {
    let first = title.split_whitespace().next().unwrap_or_default();
    let word = first.trim_matches(|c: char| !c.is_alphanumeric());
    word.eq_ignore_ascii_case("revert") || word.eq_ignore_ascii_case("reverts")
}

/// Whether a later change of the same deployment takes it back.
pub(super) fn is_undone(changes: &[Change], at: usize) -> bool {
    let title = changes[at].title.trim();
    let id = &changes[at].id;
    changes.iter().skip(at + 1).any(|later| {
        let Some(rest) = later.title.trim().strip_prefix("Revert ") else {
            return false;
        };
        let quoted = rest.trim_matches('"') == title && !title.is_empty();
        quoted || (id.len() >= 7 && later.body.contains(id.as_str()))
    })
}
