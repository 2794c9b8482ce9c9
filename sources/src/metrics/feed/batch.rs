//! Many selectors in few queries.
//!
//! PromQL has no union of range vectors, but selectors that differ only in the
//! metric's name, or in the name and one label, are one selector with patterns:
//! `up{job="a"}` and `load{job="a"}` become `{__name__=~"load|up",job="a"}`.
//! Only equality is merged, so that the answer can be taken apart again by
//! comparing labels, without a second implementation of RE2.

use std::collections::{BTreeMap, BTreeSet};

use super::outcome::Window;
use crate::metrics::selector::{MatchOp, Matcher, NAME, Selector};
use crate::metrics::value::Series;

/// Name and value of the batch's label, as far as members differ in them.
type Key<'a> = (Option<&'a str>, Option<&'a str>);

/// One selector of a tick.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) index: usize,
    pub(super) window: Window,
    pub(super) waiting: bool,
}

/// One query for one or several selectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) window: Window,
    pub(super) members: Vec<Member>,
    /// Matchers that all members have.
    shared: Vec<Matcher>,
    /// The one label besides the name in which members differ.
    label: Option<String>,
}

/// A selector within a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) index: usize,
    pub(super) window: Window,
    /// The metric's name, unless the selector stands alone.
    name: Option<String>,
    /// The value of the batch's label.
    value: Option<String>,
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
    pub(super) fn taken_apart(&self, answered: &[Series]) -> Vec<Vec<Series>> {
        let mut by_key: BTreeMap<Key<'_>, Vec<&Series>> = BTreeMap::new();
        for series in answered {
            let value = |label: &str| series.labels.get(label).map_or("", String::as_str);
            let name = self.is_named().then(|| value(NAME));
            let key = (name, self.label.as_deref().map(value));
            by_key.entry(key).or_default().push(series);
        }
        let own = |member: &Member| {
            let found = by_key.get(&(member.name.as_deref(), member.value.as_deref()));
            found.into_iter().flatten().map(|&s| s.clone()).collect()
        };
        self.members.iter().map(own).collect()
    }

    fn is_named(&self) -> bool {
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

    fn of(&self, members: Vec<Member>) -> Self {
        Self {
            window: hull(&members),
            members,
            ..self.clone()
        }
    }
}

/// Groups what can be asked together; no query is longer than `max_bytes`
/// unless a single selector is.
pub(super) fn merge(selectors: &[Selector], parts: Vec<Part>, max_bytes: usize) -> Vec<Batch> {
    // A selector that stands alone keeps its name matchers in `rest` and so meets only its equals.
    let mut by_rest: BTreeMap<(i64, bool, bool, Vec<Matcher>), Vec<Member>> = BTreeMap::new();
    for part in parts {
        let (name, rest) = split_name(&selectors[part.index]);
        by_rest
            .entry((part.window.to_ms, part.waiting, name.is_some(), rest))
            .or_default()
            .push(Member {
                index: part.index,
                window: part.window,
                name,
                value: None,
            });
    }
    let groups = by_rest
        .into_iter()
        .map(|((to_ms, waiting, _, shared), members)| {
            let batch = Batch {
                window: hull(&members),
                members,
                shared,
                label: None,
            };
            ((to_ms, waiting), batch)
        });
    let batches = merge_one_label(groups.collect());
    batches
        .into_iter()
        .flat_map(|b| bounded(b, max_bytes))
        .collect()
}

/// Merges batches that ask for the same names and differ in the value of one label.
fn merge_one_label(mut groups: Vec<((i64, bool), Batch)>) -> Vec<Batch> {
    let mut labels: BTreeMap<String, usize> = BTreeMap::new();
    for (_, batch) in &groups {
        for matcher in batch.shared.iter().filter(|m| m.op == MatchOp::Equal) {
            *labels.entry(matcher.label.clone()).or_default() += 1;
        }
    }
    // The label in most use first; the order of names breaks ties, for the same queries every time.
    let mut labels: Vec<(usize, String)> = labels.into_iter().map(|(l, n)| (n, l)).collect();
    labels.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    for (_, label) in labels {
        let mut merged: BTreeMap<_, (Batch, usize)> = BTreeMap::new();
        let mut kept = Vec::new();
        for (class, batch) in groups {
            match without_label(&batch, &label) {
                Some((value, narrowed)) => {
                    let names: BTreeSet<_> = batch.members.iter().map(|m| m.name.clone()).collect();
                    let key = (class, narrowed.shared.clone(), names);
                    let members = narrowed.members.into_iter().map(|m| Member {
                        value: Some(value.clone()),
                        ..m
                    });
                    let empty = Batch {
                        members: Vec::new(),
                        label: Some(label.clone()),
                        ..batch
                    };
                    let slot = merged.entry(key).or_insert((empty, 0));
                    slot.0.shared = narrowed.shared;
                    slot.0.members.extend(members);
                    slot.1 += 1;
                }
                None => kept.push((class, batch)),
            }
        }
        for ((class, ..), (batch, _)) in merged {
            let members = batch.members.clone();
            kept.push((class, batch.of(members)));
        }
        groups = kept;
    }
    groups.into_iter().map(|(_, batch)| batch).collect()
}

/// The value of `label` in a batch that can be merged along it, and the batch without it.
fn without_label(batch: &Batch, label: &str) -> Option<(String, Batch)> {
    if batch.label.is_some() || !batch.is_named() {
        return None;
    }
    let mut on_label = batch.shared.iter().filter(|m| m.label == label);
    let only = on_label.next().filter(|m| m.op == MatchOp::Equal)?;
    if on_label.next().is_some() {
        return None;
    }
    let mut narrowed = batch.clone();
    narrowed.shared.retain(|m| m.label != label);
    Some((only.value.clone(), narrowed))
}

fn bounded(batch: Batch, max_bytes: usize) -> Vec<Batch> {
    if batch.selector().to_string().len() <= max_bytes {
        return vec![batch];
    }
    match batch.halves() {
        Some((left, right)) => {
            let mut all = bounded(left, max_bytes);
            all.extend(bounded(right, max_bytes));
            all
        }
        None => vec![batch],
    }
}

/// The name, if the selector has exactly one and it is compared for equality; and the other matchers.
fn split_name(selector: &Selector) -> (Option<String>, Vec<Matcher>) {
    let (names, rest): (Vec<_>, Vec<_>) = selector
        .matchers()
        .iter()
        .cloned()
        .partition(|m| m.label == NAME);
    match names.as_slice() {
        [only] if only.op == MatchOp::Equal => (Some(only.value.clone()), rest),
        _ => (None, selector.matchers().to_vec()),
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

fn hull(members: &[Member]) -> Window {
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

    const WINDOW: Window = Window {
        from_ms: 0,
        to_ms: 60_000,
    };

    fn merged(texts: &[&str], max_bytes: usize) -> Vec<Batch> {
        let selectors: Vec<Selector> = texts.iter().map(|t| t.parse().unwrap()).collect();
        let parts = (0..selectors.len()).map(|index| Part {
            index,
            window: WINDOW,
            waiting: false,
        });
        merge(&selectors, parts.collect(), max_bytes)
    }

    fn queries(texts: &[&str]) -> Vec<String> {
        merged(texts, 1000)
            .iter()
            .map(|b| b.selector().to_string())
            .collect()
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
    fn metrics_with_equal_conditions_are_one_query() {
        assert_eq!(
            queries(&[r#"up{job="a"}"#, r#"load{job="a"}"#, r#"up{job="a"}"#]),
            [r#"{__name__=~"load|up",job="a"}"#]
        );
    }

    #[test]
    fn the_same_metrics_of_several_instances_are_one_query() {
        assert_eq!(
            queries(&[
                r#"up{job="a",instance="h1:80"}"#,
                r#"load{job="a",instance="h1:80"}"#,
                r#"up{job="a",instance="h2:80"}"#,
                r#"load{job="a",instance="h2:80"}"#,
            ]),
            [r#"{__name__=~"load|up",instance=~"h1:80|h2:80",job="a"}"#]
        );
    }

    #[test]
    fn instances_asked_for_different_metrics_are_not_multiplied() {
        assert_eq!(
            queries(&[r#"up{i="1"}"#, r#"load{i="1"}"#, r#"up{i="2"}"#]),
            [r#"{__name__=~"load|up",i="1"}"#, r#"up{i="2"}"#]
        );
    }

    #[test]
    fn patterns_and_bare_names_are_not_merged_with_each_other() {
        assert_eq!(
            queries(&[
                r#"{__name__=~"a.*"}"#,
                r#"{__name__=~"a.*"}"#,
                "b",
                r#"c{x!="1"}"#
            ]),
            [r#"{__name__=~"a.*"}"#, "b", r#"c{x!="1"}"#]
        );
    }

    #[test]
    fn a_merged_value_matches_only_itself() {
        assert_eq!(
            queries(&[r#"up{i="10.0.0.1:80"}"#, r#"up{i="a|b"}"#]),
            [r#"up{i=~"10\\.0\\.0\\.1:80|a\\|b"}"#]
        );
    }

    #[test]
    fn who_waits_for_samples_does_not_make_the_others_read_far_back() {
        let selectors: Vec<Selector> = ["a", "b"].iter().map(|t| t.parse().unwrap()).collect();
        let parts = vec![
            Part {
                index: 0,
                window: WINDOW,
                waiting: true,
            },
            Part {
                index: 1,
                window: Window {
                    from_ms: 59_000,
                    ..WINDOW
                },
                waiting: false,
            },
        ];
        let batches = merge(&selectors, parts, 1000);
        assert_eq!(batches.len(), 2);
        assert_eq!(
            batches[0].window.from_ms + batches[1].window.from_ms,
            59_000
        );
    }

    #[test]
    fn a_long_query_is_cut_into_bounded_ones_without_losing_a_selector() {
        let texts: Vec<String> = (0..100)
            .map(|i| format!("metric_number_{i}{{job=\"a\"}}"))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let batches = merged(&texts, 300);
        assert!(batches.len() > 3 && batches.len() < 20, "{}", batches.len());
        assert!(
            batches
                .iter()
                .all(|b| b.selector().to_string().len() <= 300)
        );
        let mut indexes: Vec<usize> = batches
            .iter()
            .flat_map(|b| b.members.iter().map(|m| m.index))
            .collect();
        indexes.sort_unstable();
        assert_eq!(indexes, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn an_answer_is_taken_apart_by_name_and_label() {
        let batches = merged(&[r#"up{i="1"}"#, r#"up{i=""}"#, r#"up{i="1"}"#], 1000);
        assert_eq!(batches.len(), 1);
        let answer = [
            series(&[("__name__", "up"), ("i", "1"), ("x", "a")]),
            series(&[("__name__", "up"), ("i", "1"), ("x", "b")]),
            series(&[("__name__", "up")]),
        ];
        let apart = batches[0].taken_apart(&answer);
        let counts: Vec<(usize, usize)> = batches[0]
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
        let batches = merged(&[r#"{__name__=~"a|b"}"#], 1000);
        let answer = [series(&[("__name__", "a")]), series(&[("__name__", "b")])];
        assert_eq!(batches[0].taken_apart(&answer), [answer.to_vec()]);
        assert_eq!(batches[0].halves(), None);
    }

    #[test]
    fn time_is_halved_without_a_seam() {
        let batch = merged(&["a"], 1000).remove(0);
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
