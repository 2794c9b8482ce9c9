//! What is looked for: the words of the symptoms, each with its weight.

use super::case::Case;
use super::frames::{is_library, parse};
use super::topics::{ROWS, Row, Topic};
use super::words::{Common, Shape, Token, tokens};
use std::collections::BTreeMap;

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) hash: u64,
    /// How much it says, before it is known how common it is.
    pub(super) weight: f64,
    /// Whether it looks like something that somebody named, and not like prose.
    pub(super) named: bool,
    /// How it is written.
    pub(super) text: String,
}

/// A kind of trouble that the symptoms point to.
#[derive(Debug)]
pub(super) struct Pointed {
    pub(super) topic: Topic,
    /// How clearly.
    pub(super) strength: f64,
    /// Places of the words by which a change shows that it has to do with it.
    pub(super) terms: Vec<usize>,
    /// Endings of files that are about it.
    pub(super) endings: &'static [&'static str],
}

/// All of them, ordered by hash. Words of topics that are no symptom's have no weight.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) terms: Vec<Term>,
    pub(super) topics: Vec<Pointed>,
    sieve: Vec<u64>,
}

/// More words than this are a dump and not a message; the first ones count.
const MOST: usize = 400;
const SIEVE_BITS: u64 = 1 << 14;

struct Found<'a> {
    count: f64,
    shape: Shape,
    text: &'a str,
    order: usize,
}

impl Query {
    pub(super) fn of(case: &Case) -> Self {
        let common = Common::new();
        let mut found: BTreeMap<u64, Found<'_>> = BTreeMap::new();
        let mut order = 0;
        let mut take = |text, weight: f64| {
            tokens(text, &mut |token: Token<'_>| {
                order += 1;
                let entry = found.entry(token.hash).or_insert(Found {
                    count: 0.0,
                    shape: token.shape,
                    text: token.text,
                    order,
                });
                entry.count += weight;
            });
        };
        for error in &case.symptoms.errors {
            for line in error.lines() {
                let library = parse(line).is_some_and(|frame| is_library(&frame.file));
                take(line, if library { 0.15 } else { 1.0 });
            }
        }
        for finding in &case.symptoms.findings {
            take(&finding.signal, 0.5);
            for (name, value) in &finding.labels {
                if !matches!(
                    name.as_str(),
                    "service" | "instance" | "env" | "environment" | "job" | "pod"
                ) {
                    take(value, 1.5);
                }
            }
        }
        let mut own = Vec::new();
        for text in [&case.deployment.service, &case.deployment.environment] {
            tokens(text, &mut |token| own.push(token.hash));
        }
        let mut kept: Vec<(usize, Term)> = found
            .into_iter()
            .filter_map(|(hash, found)| {
                let mut weight = common.weight(hash) * saturated(found.count);
                if own.contains(&hash) {
                    weight *= 0.3;
                }
                // Codes such as 500 stand in too many lines to say much.
                if found.text.bytes().all(|b| b.is_ascii_digit()) {
                    weight *= 0.5;
                }
                let named = found.shape != Shape::Part;
                (weight > 0.0).then(|| {
                    (
                        found.order,
                        Term {
                            hash,
                            weight,
                            named,
                            text: found.text.to_owned(),
                        },
                    )
                })
            })
            .collect();
        kept.sort_by_key(|(order, _)| *order);
        kept.truncate(MOST);
        let mut terms: Vec<Term> = kept.into_iter().map(|(_, term)| term).collect();
        let pointed = pointed(&terms);
        let shown = pointed.iter().flat_map(|(row, _)| row.shows());
        let known: Vec<u64> = terms.iter().map(|term| term.hash).collect();
        terms.extend(shown.filter(|hash| !known.contains(hash)).map(|hash| Term {
            hash,
            weight: 0.0,
            named: false,
            text: String::new(),
        }));
        terms.sort_by_key(|term| term.hash);
        terms.dedup_by_key(|term| term.hash);
        let place = |hash: u64| terms.binary_search_by_key(&hash, |term| term.hash).ok();
        let topics = pointed
            .into_iter()
            .map(|(row, strength)| Pointed {
                topic: row.topic,
                strength,
                terms: row.shows().into_iter().filter_map(place).collect(),
                endings: row.endings,
            })
            .collect();
        let mut sieve = vec![0_u64; (SIEVE_BITS / 64) as usize];
        for term in &terms {
            let bit = term.hash % SIEVE_BITS;
            sieve[(bit / 64) as usize] |= 1 << (bit % 64);
        }
        Self {
            terms,
            topics,
            sieve,
        }
    }

    /// The place of a term.
    pub(super) fn find(&self, hash: u64) -> Option<usize> {
        let bit = hash % SIEVE_BITS;
        let maybe = self.sieve.get((bit / 64) as usize)? & (1 << (bit % 64)) != 0;
        let search = || self.terms.binary_search_by_key(&hash, |term| term.hash);
        maybe.then(search)?.ok()
    }
}

/// The topics that words of the symptoms point to.
fn pointed(terms: &[Term]) -> Vec<(&'static Row, f64)> {
    let strength = |row: &Row| {
        let words = row.points();
        let said = terms.iter().filter(|term| words.contains(&term.hash));
        said.map(|term| term.weight.min(1.0)).sum::<f64>()
    };
    let strong =
        |row: &'static Row| Some((row, libm::sqrt(strength(row)))).filter(|(_, s)| *s > 0.0);
    ROWS.iter().filter_map(strong).collect()
}

fn saturated(count: f64) -> f64 {
    if count < 1.0 {
        count
    } else {
        1.0 + libm::log(count)
    }
}
