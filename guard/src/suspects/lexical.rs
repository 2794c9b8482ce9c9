//! Words of the symptoms counted in every field of every change, and what they weigh there (BM25 over fields).

use super::case::Change;
use super::nature::{Nature, nature};
use super::patch::{Hunk, Side, hunks};
use super::query::Query;
use super::words::{hash, tokens};
use std::collections::BTreeSet;

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Body,
    Path,
    Added,
    Removed,
    Around,
    /// What does not run, or nobody wrote.
    Aside,
}

pub(super) const FIELDS: usize = 7;

/// Weights of the fields in the order above: what somebody changed or said of it counts, what stands around it less.
const ALL: [f64; FIELDS] = [2.0, 1.0, 1.5, 1.0, 1.0, 0.5, 0.5];
const PROSE: [f64; FIELDS] = [2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
const TITLE: [f64; FIELDS] = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
/// Without what merely stands around it, or does not run.
const TOUCHED: [f64; FIELDS] = [2.0, 1.0, 1.5, 1.0, 1.0, 0.0, 0.0];
/// How soon more of the same word counts no more, and how much long fields are discounted.
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// What authors say first; release notes of libraries are quoted after it.
const BODY_BYTES: usize = 1500;

/// A file with its diff taken apart.
pub(super) struct Parsed<'a> {
    pub(super) path: &'a str,
    pub(super) nature: Nature,
    pub(super) hunks: Vec<Hunk<'a>>,
    /// Lines that say something else than before.
    pub(super) changed: usize,
}

/// What was counted in a change.
pub(super) struct Counted<'a> {
    pub(super) files: Vec<Parsed<'a>>,
    /// For each term, how often it stands in each field.
    pub(super) tf: Vec<[f32; FIELDS]>,
    length: [f64; FIELDS],
    in_files: Vec<InFile>,
}

/// What was counted in one file, by the weights of the fields.
struct InFile {
    tf: Vec<f32>,
    length: f64,
}

impl<'a> Counted<'a> {
    pub(super) fn of(change: &'a Change, query: &Query) -> Self {
        let mut counted = Self {
            files: Vec::with_capacity(change.files.len()),
            tf: vec![[0.0; FIELDS]; query.terms.len()],
            length: [0.0; FIELDS],
            in_files: Vec::with_capacity(change.files.len()),
        };
        counted.count(&change.title, Field::Title, query);
        counted.count(own_words(&change.body), Field::Body, query);
        for file in &change.files {
            let nature = nature(&file.path);
            let mut parsed = Parsed {
                path: &file.path,
                nature,
                hunks: hunks(&file.patch),
                changed: 0,
            };
            let aside = nature.is_inert() || nature.is_made();
            counted.in_files.push(InFile {
                tf: vec![0.0; query.terms.len()],
                length: 0.0,
            });
            counted.count(
                &file.path,
                if aside { Field::Aside } else { Field::Path },
                query,
            );
            for hunk in &parsed.hunks {
                let around = if aside { Field::Aside } else { Field::Around };
                counted.count(hunk.heading, around, query);
                let moved = moved(hunk);
                for line in &hunk.lines {
                    let field = match line.side {
                        _ if aside => Field::Aside,
                        _ if moved.binary_search(&squeezed(line.text)).is_ok() => Field::Around,
                        Side::Added => Field::Added,
                        Side::Removed => Field::Removed,
                        Side::Kept => Field::Around,
                    };
                    parsed.changed +=
                        usize::from(field != Field::Around && line.side != Side::Kept);
                    counted.count(line.text, field, query);
                }
            }
            counted.files.push(parsed);
        }
        counted
    }

    /// Title and body come before any file.
    fn count(&mut self, text: &str, field: Field, query: &Query) {
        let field = field as usize;
        let mut length = 0_u32;
        let mut file = self.in_files.last_mut();
        tokens(text, &mut |token| {
            length += 1;
            if let Some(at) = query.find(token.hash) {
                self.tf[at][field] += 1.0;
                if let Some(file) = &mut file {
                    file.tf[at] += ALL[field] as f32;
                }
            }
        });
        self.length[field] += f64::from(length);
        if let Some(file) = file {
            file.length += f64::from(length);
        }
    }

    /// Words that were changed.
    pub(super) fn length(&self) -> f64 {
        self.length[Field::Added as usize] + self.length[Field::Removed as usize]
    }

    /// Whether a term stands in what was changed or said, and not merely beside it.
    pub(super) fn touches(&self, term: usize) -> bool {
        let tf = &self.tf[term];
        [Field::Title, Field::Path, Field::Added, Field::Removed]
            .iter()
            .any(|field| tf[*field as usize] > 0.0)
    }

    /// Whether a term stands anywhere in it.
    pub(super) fn holds(&self, term: usize) -> bool {
        self.touches(term)
            || self.tf[term][Field::Around as usize] > 0.0
            || self.tf[term][Field::Body as usize] > 0.0
    }
}

/// Lines that a hunk removes and adds again: moved, or laid out anew. They changed nothing.
pub(super) fn moved(hunk: &Hunk<'_>) -> Vec<u64> {
    let of = |side: Side| {
        hunk.lines
            .iter()
            .filter(move |line| line.side == side)
            .map(|line| line.text)
    };
    let hashes = |side| -> BTreeSet<u64> { of(side).map(squeezed).collect() };
    let (removed, added) = (hashes(Side::Removed), hashes(Side::Added));
    // Broken into lines elsewhere: formatters add commas where they do so.
    let whole = |side| {
        hash(
            of(side)
                .flat_map(str::bytes)
                .filter(|b| !b.is_ascii_whitespace() && *b != b','),
        )
    };
    if !removed.is_empty() && !added.is_empty() && whole(Side::Removed) == whole(Side::Added) {
        return removed.union(&added).copied().collect();
    }
    added.intersection(&removed).copied().collect()
}

/// The hash of a line without its blanks.
pub(super) fn squeezed(text: &str) -> u64 {
    hash(text.bytes().filter(|b| !b.is_ascii_whitespace()))
}

/// Without what is quoted from elsewhere.
fn own_words(body: &str) -> &str {
    let quoted = [
        "<details",
        "<blockquote",
        "Release notes",
        "Changelog",
        "\n---\n",
    ];
    let end = quoted
        .iter()
        .filter_map(|mark| body.find(mark))
        .min()
        .unwrap_or(body.len());
    &body[..body.floor_char_boundary(end.min(BODY_BYTES))]
}

/// How well each change answers.
pub(super) struct Scores {
    /// By all that it says.
    pub(super) all: Vec<f64>,
    /// By its author's words alone.
    pub(super) prose: Vec<f64>,
    /// By the first of them.
    pub(super) title: Vec<f64>,
    /// By its author's words and what was changed.
    pub(super) touched: Vec<f64>,
    /// By its best file: one of many that is about it is as good as one alone.
    pub(super) best_file: Vec<f64>,
    /// How rare each term is among the changes.
    pub(super) idf: Vec<f64>,
    /// The sum of what all terms weigh.
    pub(super) whole: f64,
}

pub(super) fn scores(all: &[Counted<'_>], query: &Query) -> Scores {
    let n = all.len() as f64;
    let idf: Vec<f64> = (0..query.terms.len())
        .map(|term| {
            let df = all.iter().filter(|counted| counted.holds(term)).count() as f64;
            libm::log(1.0 + (n - df + 0.5) / (df + 0.5))
        })
        .collect();
    let whole = query
        .terms
        .iter()
        .zip(&idf)
        .map(|(term, idf)| term.weight * idf)
        .sum();
    Scores {
        all: bm25(all, query, &idf, &ALL),
        prose: bm25(all, query, &idf, &PROSE),
        title: bm25(all, query, &idf, &TITLE),
        touched: bm25(all, query, &idf, &TOUCHED),
        best_file: best_file(all, query, &idf),
        idf,
        whole,
    }
}

fn bm25(all: &[Counted<'_>], query: &Query, idf: &[f64], fields: &[f64; FIELDS]) -> Vec<f64> {
    let mean: Vec<f64> = (0..FIELDS)
        .map(|field| {
            all.iter().map(|counted| counted.length[field]).sum::<f64>() / all.len().max(1) as f64
        })
        .collect();
    let one = |counted: &Counted<'_>| {
        let norm: Vec<f64> = (0..FIELDS)
            .map(|field| {
                fields[field] / (1.0 - B + B * counted.length[field] / mean[field].max(1.0))
            })
            .collect();
        let terms = query.terms.iter().zip(idf).zip(&counted.tf);
        terms
            .map(|((term, idf), tf)| {
                let tf: f64 = tf
                    .iter()
                    .zip(&norm)
                    .map(|(tf, norm)| f64::from(*tf) * norm)
                    .sum();
                term.weight * idf * tf * (K1 + 1.0) / (K1 + tf)
            })
            .sum()
    };
    all.iter().map(one).collect()
}

fn best_file(all: &[Counted<'_>], query: &Query, idf: &[f64]) -> Vec<f64> {
    let files = || all.iter().flat_map(|counted| &counted.in_files);
    let mean = files().map(|file| file.length).sum::<f64>() / files().count().max(1) as f64;
    let one = |file: &InFile| -> f64 {
        let norm = 1.0 - B + B * file.length / mean.max(1.0);
        let terms = query.terms.iter().zip(idf).zip(&file.tf);
        terms
            .map(|((term, idf), tf)| {
                let tf = f64::from(*tf) / norm;
                term.weight * idf * tf * (K1 + 1.0) / (K1 + tf)
            })
            .sum()
    };
    all.iter()
        .map(|counted| counted.in_files.iter().map(one).fold(0.0, f64::max))
        .collect()
}
