//! Many selectors in few queries.
//!
//! PromQL has no union of range vectors, but selectors that differ only in the
//! metric's name, or in the name and one label, are one selector with patterns:
//! `up{job="a"}` and `load{job="a"}` become `{__name__=~"load|up",job="a"}`.
//! Only equality is merged, so that the answer can be taken apart again by
//! comparing labels, without a second implementation of RE2.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::{Batch, Member, hull};
use super::outcome::Window;
use crate::metrics::selector::{MatchOp, Matcher, NAME, Selector};

/// One selector of a tick.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) index: usize,
    pub(super) window: Window,
    pub(super) waiting: bool,
}

/// How large one query may become. A single selector may exceed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Length of its text.
    pub(super) bytes: usize,
    /// What it reads, in seconds of one selector ([`Batch::cost`]): some hundred watches of ten
    /// selectors that look back ten seconds, or some that read a quarter of an hour.
    pub(super) cost: usize,
}

impl Bounds {
    pub(super) const USUAL_COST: usize = 60_000;

    pub(super) fn of_bytes(bytes: usize) -> Self {
        Self {
            bytes,
            cost: Self::USUAL_COST,
        }
    }
}

/// Windows that end this close to each other are read together, in milliseconds.
const SAME_MOMENT_MS: i64 = 1000;
/// Windows up to this length are read together, in milliseconds; longer ones with their like.
const SHORT_MS: i64 = 120_000;

/// Who may be asked for together: the moment, how far back, and whether it waits for samples.
type Class = (usize, u32, bool);

/// The class of each part.
fn classes(parts: &[Part]) -> Vec<Class> {
    let mut ends: Vec<i64> = parts.iter().map(|part| part.window.to_ms).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut moments: BTreeMap<i64, usize> = BTreeMap::new();
    let mut first = None;
    let mut moment = 0;
    for end in ends {
        if first.is_some_and(|first: i64| end.saturating_sub(first) > SAME_MOMENT_MS) {
            moment += 1;
            first = None;
        }
        first.get_or_insert(end);
        moments.insert(end, moment);
    }
    let length = |part: &Part| match part.window.length_ms() / SHORT_MS {
        times @ 1.. => times.ilog2() + 1,
        _ => 0,
    };
    let class = |part: &Part| (moments[&part.window.to_ms], length(part), part.waiting);
    parts.iter().map(class).collect()
}

/// Groups what can be asked together, within `bounds`.
pub(super) fn merge(selectors: &[Selector], parts: Vec<Part>, bounds: Bounds) -> Vec<Batch> {
    let classes = classes(&parts);
    // A selector that stands alone keeps its name matchers in `rest` and so meets only its equals.
    let mut by_rest: BTreeMap<(Class, bool, Vec<Matcher>), Vec<Member>> = BTreeMap::new();
    for (part, class) in parts.into_iter().zip(classes) {
        let (name, rest) = split_name(&selectors[part.index]);
        by_rest
            .entry((class, name.is_some(), rest))
            .or_default()
            .push(Member {
                index: part.index,
                window: part.window,
                name,
                value: None,
            });
    }
    let groups = by_rest.into_iter().map(|((class, _, shared), members)| {
        let batch = Batch {
            window: hull(&members),
            members,
            shared,
            label: None,
        };
        (class, batch)
    });
    let batches = merge_one_label(groups.collect());
    batches
        .into_iter()
        .flat_map(|b| bounded(b, bounds))
        .collect()
}

/// Merges batches that ask for the same names and differ in the value of one label.
fn merge_one_label(mut groups: Vec<(Class, Batch)>) -> Vec<Batch> {
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

fn bounded(batch: Batch, bounds: Bounds) -> Vec<Batch> {
    if batch.cost() <= bounds.cost && batch.selector().to_string().len() <= bounds.bytes {
        return vec![batch];
    }
    match batch.halves() {
        Some((left, right)) => {
            let mut all = bounded(left, bounds);
            all.extend(bounded(right, bounds));
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
        merge(&selectors, parts.collect(), Bounds::of_bytes(max_bytes))
    }

    fn queries(texts: &[&str]) -> Vec<String> {
        merged(texts, 1000)
            .iter()
            .map(|b| b.selector().to_string())
            .collect()
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
        let batches = merge(&selectors, parts, Bounds::of_bytes(1000));
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
}
