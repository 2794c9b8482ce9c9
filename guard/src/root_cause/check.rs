//! What was written, held against what is known: what names something that is not there is cut.

use super::draft::{
    Abnormal, Cite, CiteKind, Claim, Conclusion, Draft, Hypothesis, Recommendation, Spot,
};
use super::known::{Known, Ranked};
use super::links::leads_elsewhere;
use super::matching::Facts;
use super::report::{Confidence, RootCauseReport, Standing, Stated, Weighed};
use super::sentences::{cut, sentences};
use super::tokens::{Token, tokens};
use crate::suspects::Verdict;

/// Statements of one kind that are kept.
const MOST: usize = 12;
/// Characters of a statement.
const LONG_CLAIM: usize = 600;
/// Characters of a text of several sentences.
const LONG_TEXT: usize = 2_000;
/// The ranking is sure from here.
const SURE: f64 = 0.85;
/// A suspect stands out from here.
const STANDS_OUT: f64 = 0.4;
/// Statements that were found where they say, which it takes to be sure.
const SEVERAL: usize = 2;

/// Words of a report, as they can be checked.
pub trait Words: Default {
    /// Whether it is taken from the record, and no source of its own has to be named.
    const OF_THE_RECORD: bool;

    /// What of it may be said, given what is known and what it refers to.
    fn stands(self, judge: &mut Judge<'_>, cites: &[Cite], long: bool) -> Self;

    /// Whether nothing is left of it.
    fn is_nothing(&self) -> bool;
}

/// Looks things up, and counts what it looked up and what was not there.
#[derive(Debug)]
pub struct Judge<'a> {
    known: &'a Known,
    checked: u32,
    cut: u32,
}

/// Holds what was written by a model against what is known.
///
/// A statement is cut when a number of it, with its unit and within [`TOLERANCE`](super::TOLERANCE), is neither in
/// what it refers to nor known besides; when it refers to an evidence, a commit, a file, a line or a record that is not
/// there; and when it leads to another host than those allowed. A statement that refers to nothing is a hypothesis.
#[must_use]
pub fn check(draft: Draft, known: &Known) -> RootCauseReport {
    check_words(draft, known)
}

/// The same for words of any kind.
#[must_use]
pub fn check_words<T: Words>(draft: Draft<T>, known: &Known) -> RootCauseReport<T> {
    let mut judge = Judge {
        known,
        checked: 0,
        cut: 0,
    };
    let queries = judge.queries(draft.queries);
    let conclusion = judge.conclusion(draft.conclusion);
    let place = judge.place(draft.place, &conclusion);
    let cites = all_cites(&draft.evidence_for, &draft.evidence_against, &draft.impact);
    let evidence_for = judge.claims(draft.evidence_for);
    let evidence_against = judge.claims(draft.evidence_against);
    let mut report = RootCauseReport {
        impact: judge.claims(draft.impact),
        summary: judge.prose(draft.summary, &cites),
        mechanism: judge.prose(draft.mechanism, &cites),
        hypotheses: judge.hypotheses(draft.hypotheses, &cites),
        ruled_out: judge.claims(draft.ruled_out),
        contributing: judge.claims(draft.contributing),
        time_lost: judge.claims(draft.time_lost),
        recommendation: Recommendation {
            action: draft.recommendation.action,
            because: judge.prose(draft.recommendation.because, &cites),
            risk: judge.prose(draft.recommendation.risk, &cites),
        },
        solution: judge.prose(draft.solution, &cites),
        action_items: judge.items(draft.action_items, &cites),
        evidence_for,
        evidence_against,
        queries,
        conclusion,
        place,
        checked: 0,
        cut: 0,
        ..RootCauseReport::default()
    };
    report.checked = judge.checked;
    report.cut = judge.cut;
    report.confidence = confidence(&report, known.ranking.as_ref());
    report
}

/// What the statements refer to: the prose around them speaks of it too.
fn all_cites<T>(one: &[Claim<T>], two: &[Claim<T>], three: &[Claim<T>]) -> Vec<Cite> {
    let all = one.iter().chain(two).chain(three);
    all.flat_map(|claim| claim.cites.iter().take(MOST).cloned())
        .collect()
}

impl Judge<'_> {
    fn verdict(&mut self, stands: bool) -> bool {
        self.checked += 1;
        self.cut += u32::from(!stands);
        stands
    }

    fn queries(&mut self, all: Vec<Abnormal>) -> Vec<Abnormal> {
        let mut kept = all;
        kept.truncate(MOST);
        kept.retain(|one| {
            let stored = self.known.evidence.get(&one.evidence);
            let shows = stored.is_some_and(|facts| {
                facts.value(one.value) && facts.quotes(&one.promql) && one.promql.len() <= LONG_TEXT
            });
            self.verdict(shows)
        });
        kept
    }

    fn conclusion(&mut self, said: Conclusion) -> Conclusion {
        let Conclusion::Suspect { id } = said else {
            return said;
        };
        let full = self.known.commit(&id).map(ToOwned::to_owned);
        self.verdict(full.is_some());
        full.map_or(Conclusion::Unknown, |id| Conclusion::Suspect { id })
    }

    fn place(&mut self, spot: Option<Spot>, conclusion: &Conclusion) -> Option<Spot> {
        let spot = spot.filter(|spot| !spot.path.is_empty())?;
        let there = match conclusion {
            Conclusion::Suspect { id } => self.known.touched(Some(id), &spot.path, spot.line),
            Conclusion::None | Conclusion::Unknown => false,
        };
        self.verdict(there).then_some(spot)
    }

    fn claims<T: Words>(&mut self, all: Vec<Claim<T>>) -> Vec<Stated<T>> {
        let all = all.into_iter().take(MOST);
        all.filter_map(|claim| self.claim(claim)).collect()
    }

    fn claim<T: Words>(&mut self, mut claim: Claim<T>) -> Option<Stated<T>> {
        if claim.text.is_nothing() {
            return None;
        }
        claim.cites.truncate(MOST);
        let known = self.known;
        let there = claim.cites.iter().all(|cite| found(cite, known));
        let counted = (self.checked, self.cut);
        let text = claim.text.stands(self, &claim.cites, false);
        (self.checked, self.cut) = counted;
        if !self.verdict(there && !text.is_nothing()) {
            return None;
        }
        let standing = if claim.cites.is_empty() && !T::OF_THE_RECORD {
            Standing::Hypothesis
        } else {
            Standing::Supported
        };
        Some(Stated {
            text,
            cites: claim.cites,
            standing,
        })
    }

    fn hypotheses<T: Words>(&mut self, all: Vec<Hypothesis<T>>, cites: &[Cite]) -> Vec<Weighed<T>> {
        let mut kept = Vec::new();
        for one in all.into_iter().take(MOST) {
            let named = matches!(one.conclusion, Conclusion::Suspect { .. });
            let conclusion = self.conclusion(one.conclusion);
            // A stranger was weighed, which says nothing of anything.
            if named && conclusion == Conclusion::Unknown {
                continue;
            }
            kept.push(Weighed {
                conclusion,
                because: self.prose(one.because, cites),
                refuted_by: one.refuted_by.and_then(|claim| self.claim(claim)),
            });
        }
        kept
    }

    fn prose<T: Words>(&mut self, text: T, cites: &[Cite]) -> T {
        text.stands(self, cites, true)
    }

    fn items<T: Words>(&mut self, all: Vec<T>, cites: &[Cite]) -> Vec<T> {
        let all = all.into_iter().take(MOST);
        let kept = all.map(|item| self.prose(item, cites));
        kept.filter(|item| !item.is_nothing()).collect()
    }

    /// Whether everything in a sentence that can be looked up is there.
    fn sound(&self, sentence: &str, cited: &[&Facts]) -> bool {
        let known = self.known;
        if leads_elsewhere(sentence, &known.hosts) {
            return false;
        }
        tokens(sentence).iter().all(|token| match token {
            Token::Path(path) => known.path(path) || has(cited, token),
            Token::Word(word) => {
                known.commit(word).is_some() || known.common.has(token) || has(cited, token)
            }
            token => known.common.has(token) || has(cited, token),
        })
    }
}

fn has(cited: &[&Facts], token: &Token) -> bool {
    cited.iter().any(|facts| facts.has(token))
}

/// What a citation leads to.
fn facts<'a>(cite: &Cite, known: &'a Known) -> Option<&'a Facts> {
    match cite.kind {
        CiteKind::Evidence => known.evidence.get(&cite.id),
        CiteKind::Commit => {
            let id = known.commit(&cite.id)?;
            known.changes.get(id).map(|touched| &touched.facts)
        }
        CiteKind::File | CiteKind::Hunk => match known.commit(&cite.id) {
            Some(id) => known.changes.get(id).map(|touched| &touched.facts),
            None => {
                let path = cite.path.as_deref()?;
                let mut all = known.changes.values();
                let touched = all.find(|one| one.files.contains_key(path))?;
                Some(&touched.facts)
            }
        },
        CiteKind::Log => known.log(&cite.id),
    }
}

/// Whether all that a citation says is there.
fn found(cite: &Cite, known: &Known) -> bool {
    let Some(facts) = facts(cite, known) else {
        return false;
    };
    let value = cite.value.is_none_or(|value| facts.value(value));
    let quote = cite
        .quote
        .as_deref()
        .is_none_or(|quote| quote.trim().is_empty() || facts.quotes(quote));
    let commit = known.commit(&cite.id);
    let there = match (cite.kind, cite.path.as_deref()) {
        (CiteKind::Evidence | CiteKind::Log, _) => true,
        // A change that is named, and not there, is made up, whatever else is.
        (_, _) if commit.is_none() && !cite.id.is_empty() => false,
        (CiteKind::Commit, None) => true,
        (CiteKind::File | CiteKind::Hunk, None) => false,
        (CiteKind::Hunk, Some(path)) => {
            cite.line.is_some() && known.touched(commit, path, cite.line)
        }
        (_, Some(path)) => known.touched(commit, path, cite.line),
    };
    value && quote && there
}

impl Words for String {
    const OF_THE_RECORD: bool = false;

    fn stands(self, judge: &mut Judge<'_>, cites: &[Cite], long: bool) -> Self {
        let known = judge.known;
        let cited: Vec<&Facts> = cites.iter().filter_map(|cite| facts(cite, known)).collect();
        if !long {
            let text = cut(&self, LONG_CLAIM);
            return if judge.sound(&text, &cited) {
                text
            } else {
                Self::new()
            };
        }
        let text = cut(&self, LONG_TEXT);
        let kept: Self = sentences(&text)
            .into_iter()
            .filter(|one| !one.trim().is_empty())
            .filter(|one| {
                let sound = judge.sound(one, &cited);
                judge.verdict(sound)
            })
            .collect();
        kept.trim_end().to_owned()
    }

    fn is_nothing(&self) -> bool {
        self.trim().is_empty()
    }
}

/// How sure one can be of what was concluded.
fn confidence<T>(report: &RootCauseReport<T>, ranking: Option<&Ranked>) -> Confidence {
    let supported = |all: &[Stated<T>]| {
        let supported = |one: &&Stated<T>| one.standing == Standing::Supported;
        all.iter().filter(supported).count()
    };
    let (speaks, against) = (
        supported(&report.evidence_for),
        supported(&report.evidence_against),
    );
    let Some(ranking) = ranking else {
        return Confidence::Low;
    };
    let (agrees, sure) = match (&report.conclusion, ranking.verdict) {
        (Conclusion::Suspect { id }, Verdict::Change) => {
            let first = ranking.first.as_ref().filter(|(first, _)| first == id);
            let stands_out = first.is_some_and(|(_, probability)| *probability >= STANDS_OUT);
            (first.is_some(), stands_out && ranking.probability >= SURE)
        }
        (Conclusion::None, Verdict::NotThisDeployment) => (true, true),
        _ => (false, false),
    };
    let trusted = report.cut * 3 <= report.checked;
    if agrees && sure && speaks >= SEVERAL && against == 0 && trusted {
        Confidence::High
    } else if agrees && speaks >= 1 && trusted {
        Confidence::Medium
    } else {
        Confidence::Low
    }
}
