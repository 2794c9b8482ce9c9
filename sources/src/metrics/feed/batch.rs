//! One query for several selectors, and its answer taken apart again.

use std::collections::{BTreeMap, BTreeSet};

use super::outcome::Window;
use crate::metrics::selector::{MatchOp, Matcher, NAME, Selector};
use crate::metrics::value::Series;

/// Name and value of the batch's label, as far as members differ in them.
type Key<'a> = (Option<&'a str>, Option<&'a str>);

/// One query for one or several selectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) window: Window,
    pub(super) members: Vec<Member>,
    /// Matchers that all members have.
    pub(super) shared: Vec<Matcher>,
    /// The one label besides the name in which members differ.
    pub(super) label: Option<String>,
}

/// A selector within a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) index: usize,
    pub(super) window: Window,
    /// The metric's name, unless the selector stands alone.
    pub(super) name: Option<String>,
    /// The value of the batch's label.
    pub(super) value: Option<String>,
}

impl Batch {
    /// The union of the members.
    pub(super) fn selector(&self) -> Selector {
        let mut matchers = self.shared.clone();
        let names: BTreeSet<&str> = self
            .members
            .iter()
            .filter_map(|m| m.name.as_deref())
            .collect();
        matchers.extend(any_of(NAME, &names));
        if let Some(label) = &self.label {
            matchers.extend(any_of(label, &self.values()));
        }
        Selector::of(matchers)
    }

    fn values(&self) -> BTreeSet<&str> {
        self.members
            .iter()
            .filter_map(|m| m.value.as_deref())
            .collect()
    }

    /// The series of an answer by member, in the order of the members.
    pub(super) fn taken_apart(&self, answered: Vec<Series>) -> Vec<Vec<Series>> {
        let mut by_key: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
        for (at, member) in self.members.iter().enumerate() {
            let key = (member.name.as_deref(), member.value.as_deref());
            by_key.entry(key).or_default().push(at);
        }
        let mut apart = vec![Vec::new(); self.members.len()];
        for series in answered {
            let value = |label: &str| series.labels.get(label).map_or("", String::as_str);
            let name = self.is_named().then(|| value(NAME));
            let key = (name, self.label.as_deref().map(value));
            // Equal selectors of several watches share a series; only they cost a copy.
            if let Some((last, others)) = by_key.get(&key).and_then(|m| m.split_last()) {
                for at in others {
                    apart[*at].push(series.clone());
                }
                apart[*last].push(series);
            }
        }
        apart
    }

    pub(super) fn is_named(&self) -> bool {
        self.members.iter().all(|m| m.name.is_some())
    }

    /// The same selectors in two queries, if there are two different ones.
    pub(super) fn halves(&self) -> Option<(Self, Self)> {
        let names: BTreeSet<_> = self.members.iter().map(|m| m.name.clone()).collect();
        let values: BTreeSet<_> = self.members.iter().map(|m| m.value.clone()).collect();
        let by_name = names.len() >= values.len();
        let axis = if by_name { names } else { values };
        if axis.len() < 2 {
            return None;
        }
        let first: BTreeSet<_> = axis.iter().take(axis.len() / 2).collect();
        let is_first = |m: &Member| first.contains(if by_name { &m.name } else { &m.value });
        let (left, right) = self.members.iter().cloned().partition(is_first);
        Some((self.of(left), self.of(right)))
    }

    /// The same selectors over the earlier and the later half of the time, if it is long.
    pub(super) fn earlier_and_later(&self) -> Option<(Self, Self)> {
        if self.window.length_ms() < 20_000 {
            return None;
        }
        let middle = self.window.from_ms + self.window.length_ms() / 2;
        let (mut earlier, mut later) = (self.clone(), self.clone());
        earlier.window.to_ms = middle;
        later.window.from_ms = middle;
        Some((earlier, later))
    }

    /// How much it reads: seconds of one selector, summed.
    pub(super) fn cost(&self) -> usize {
        let seconds = self.window.length_ms() / 1000 + 1;
        usize::try_from(seconds)
            .unwrap_or(usize::MAX)
            .saturating_mul(self.members.len())
    }

    pub(super) fn of(&self, members: Vec<Member>) -> Self {
        Self {
            window: hull(&members),
            members,
            ..self.clone()
        }
    }
}

fn any_of(label: &str, values: &BTreeSet<&str>) -> Option<Matcher> {
    let mut all = values.iter();
    let first = all.next()?;
    let (op, value) = if all.next().is_none() {
        (MatchOp::Equal, (*first).to_owned())
    } else {
        let escaped: Vec<String> = values.iter().map(|v| escaped(v)).collect();
        (MatchOp::Matches, escaped.join("|"))
    };
    Some(Matcher {
        label: label.to_owned(),
        op,
        value,
    })
}

/// `text` as an RE2 pattern that matches only itself.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

pub(super) fn hull(members: &[Member]) -> Window {
    let from = members.iter().map(|m| m.window.from_ms).min();
    let to = members.iter().map(|m| m.window.to_ms).max();
    Window {
        from_ms: from.unwrap_or_default(),
        to_ms: to.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::feed::merge::{Bounds, Part, merge};

    const WINDOW: Window = Window {
        from_ms: 0,
        to_ms: 60_000,
    };

    fn batch(texts: &[&str]) -> Batch {
        let selectors: Vec<Selector> = texts.iter().map(|t| t.parse().unwrap()).collect();
        let parts = (0..selectors.len()).map(|index| Part {
            index,
            window: WINDOW,
            waiting: false,
        });
        let mut batches = merge(&selectors, parts.collect(), Bounds::of_bytes(1000));
        assert_eq!(batches.len(), 1);
        batches.remove(0)
    }

    fn series(labels: &[(&str, &str)]) -> Series {
        Series {
            labels: labels
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            samples: vec![(1, 1.0)],
            ..Series::default()
        }
    }

    #[test]
    fn an_answer_is_taken_apart_by_name_and_label() {
        let batch = batch(&[r#"up{i="1"}"#, r#"up{i=""}"#, r#"up{i="1"}"#]);
        let answer = [
            series(&[("__name__", "up"), ("i", "1"), ("x", "a")]),
            series(&[("__name__", "up"), ("i", "1"), ("x", "b")]),
            series(&[("__name__", "up")]),
        ];
        let apart = batch.taken_apart(answer.to_vec());
        let counts: Vec<(usize, usize)> = batch
            .members
            .iter()
            .zip(&apart)
            .map(|(m, own)| (m.index, own.len()))
            .collect();
        let mut sorted = counts.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [(0, 2), (1, 1), (2, 2)]);
    }

    #[test]
    fn a_selector_that_stands_alone_takes_every_series_of_its_answer() {
        let batch = batch(&[r#"{__name__=~"a|b"}"#]);
        let answer = [series(&[("__name__", "a")]), series(&[("__name__", "b")])];
        assert_eq!(batch.taken_apart(answer.to_vec()), [answer.to_vec()]);
        assert_eq!(batch.halves(), None);
    }

    #[test]
    fn time_is_halved_without_a_seam() {
        let batch = batch(&["a"]);
        let (earlier, later) = batch.earlier_and_later().unwrap();
        assert_eq!(
            earlier.window,
            Window {
                from_ms: 0,
                to_ms: 30_000
            }
        );
        assert_eq!(
            later.window,
            Window {
                from_ms: 30_000,
                to_ms: 60_000
            }
        );
    }
}
