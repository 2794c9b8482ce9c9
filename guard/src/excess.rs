//! Which values of which labels account for more bad events than there should be: the route, the region,
//! the model, the customer.

use serde::{Deserialize, Serialize};

/// Events of one value of a label, in two samples that are held against each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// The label.
    pub label: String,
    /// Its value.
    pub value: String,
    /// Bad and all events where the change is.
    pub after: (f64, f64),
    /// Bad and all events where it is not.
    pub before: (f64, f64),
}

/// What one value of a label contributes to the excess.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The label.
    pub label: String,
    /// Its value.
    pub value: String,
    /// Bad events beyond what was normal for this value.
    pub excess: f64,
    /// Its part of the excess of all values of the label, 0 to 1.
    pub share: f64,
    /// Its part of all events, 0 to 1: a value that has as much of the excess says nothing.
    pub of_events: f64,
    /// Share of its events that are bad, where the change is.
    pub after: f64,
    /// The same where it is not; of all values together, where this one had too few events.
    pub before: f64,
}

/// Values that are named of each label at most.
const MOST_VALUES: usize = 5;
/// Events below which a value has no normal of its own.
const OWN_NORMAL: f64 = 20.0;
/// What accounts for less than this part of the excess is not named.
const LEAST_SHARE: f64 = 0.05;
/// A value says something when its part of the excess is so many times its part of the events.
const TELLING: f64 = 1.25;
/// And when that is so many standard deviations beyond chance.
const SURE: f64 = 3.0;

/// The values that account for the excess, label by label: the label that tells most comes first, and of
/// it the value with the largest part. A label says nothing where its values share the excess as they
/// share the events.
#[must_use]
pub fn contributions(slices: &[Slice]) -> Vec<Contribution> {
    let mut labels: Vec<&str> = slices.iter().map(|slice| slice.label.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let mut found: Vec<Vec<Contribution>> = labels
        .into_iter()
        .map(|label| {
            let of_it = slices.iter().filter(|slice| slice.label == label);
            of_label(&of_it.collect::<Vec<_>>())
        })
        .filter(|of_label| tells(of_label))
        .collect();
    found.sort_by(|a, b| telling(b).total_cmp(&telling(a)));
    found
        .into_iter()
        .flat_map(|of_label| of_label.into_iter().take(MOST_VALUES))
        .filter(|one| one.share >= LEAST_SHARE)
        .collect()
}

fn of_label(slices: &[&Slice]) -> Vec<Contribution> {
    let ratio = |bad: f64, all: f64| if all > 0.0 { bad / all } else { 0.0 };
    let sum = |part: fn(&Slice) -> f64| slices.iter().map(|slice| part(slice)).sum::<f64>();
    let normal = ratio(sum(|s| s.before.0), sum(|s| s.before.1));
    let events = sum(|s| s.after.1);
    let mut found: Vec<Contribution> = slices
        .iter()
        .filter(|slice| slice.after.1 > 0.0 && slice.after.1.is_finite())
        .map(|slice| {
            let before = if slice.before.1 >= OWN_NORMAL {
                ratio(slice.before.0, slice.before.1)
            } else {
                normal
            };
            Contribution {
                label: slice.label.clone(),
                value: slice.value.clone(),
                excess: (slice.after.0 - before * slice.after.1).max(0.0),
                share: 0.0,
                of_events: ratio(slice.after.1, events),
                after: ratio(slice.after.0, slice.after.1),
                before,
            }
        })
        .collect();
    let excess: f64 = found.iter().map(|one| one.excess).sum();
    for one in &mut found {
        one.share = ratio(one.excess, excess);
    }
    found.sort_by(|a, b| b.excess.total_cmp(&a.excess).then(a.value.cmp(&b.value)));
    found
}

/// How far the excess is spread otherwise than the events: 0 when alike, towards 1 when one value has all
/// of the one and little of the other.
fn telling(of_label: &[Contribution]) -> f64 {
    let apart = of_label.iter().map(|one| (one.share - one.of_events).abs());
    apart.sum::<f64>() / 2.0
}

/// Whether the value with most of the excess has more of it than its events and chance explain.
fn tells(of_label: &[Contribution]) -> bool {
    let all: f64 = of_label.iter().map(|one| one.excess).sum();
    let beyond_chance = |most: &Contribution| {
        let part = most.of_events.clamp(1e-6, 1.0 - 1e-6);
        (most.share - part) * (all / (part * (1.0 - part))).sqrt() >= SURE
    };
    of_label.len() > 1
        && of_label.first().is_some_and(|most| {
            most.excess >= 1.0 && most.share >= TELLING * most.of_events && beyond_chance(most)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(label: &str, value: &str, after: (f64, f64), before: (f64, f64)) -> Slice {
        Slice {
            label: label.to_owned(),
            value: value.to_owned(),
            after,
            before,
        }
    }

    fn named(slices: &[Slice]) -> Vec<(String, String, f64)> {
        let found = contributions(slices).into_iter();
        found
            .map(|one| (one.label, one.value, (one.share * 100.0).round()))
            .collect()
    }

    #[test]
    fn the_route_that_fails_accounts_for_the_excess_and_the_others_are_left_out() {
        let slices = [
            slice("route", "/cart", (2.0, 400.0), (2.0, 400.0)),
            slice("route", "/checkout", (98.0, 200.0), (1.0, 200.0)),
            slice("route", "/items", (1.0, 400.0), (1.0, 400.0)),
        ];
        let route = "route".to_owned();
        assert_eq!(named(&slices), [(route, "/checkout".to_owned(), 100.0)]);
        let [one] = &contributions(&slices)[..] else {
            panic!("more than one")
        };
        assert!((one.excess - 97.0).abs() < 1e-9, "{one:?}");
        assert!((one.of_events - 0.2).abs() < 1e-9, "{one:?}");
    }

    #[test]
    fn a_label_whose_values_fail_alike_says_nothing() {
        let slices = [
            slice("region", "eu", (50.0, 500.0), (1.0, 500.0)),
            slice("region", "us", (51.0, 500.0), (1.0, 500.0)),
        ];
        assert_eq!(named(&slices), []);
        let alone = [slice("region", "eu", (50.0, 500.0), (1.0, 500.0))];
        assert_eq!(named(&alone), []);
    }

    #[test]
    fn what_a_handful_of_failures_may_do_by_chance_is_not_told() {
        let slices = [
            slice("route", "/", (7.0, 18.0), (0.0, 60.0)),
            slice("route", "/products", (4.0, 14.0), (0.0, 50.0)),
            slice("route", "/search", (4.0, 10.0), (0.0, 40.0)),
            slice("route", "/cart", (9.0, 37.0), (0.0, 90.0)),
        ];
        assert_eq!(named(&slices), []);
    }

    #[test]
    fn the_label_that_tells_most_comes_first() {
        let slices = [
            slice("region", "eu", (70.0, 500.0), (0.0, 500.0)),
            slice("region", "us", (30.0, 500.0), (0.0, 500.0)),
            slice("customer", "acme", (100.0, 100.0), (0.0, 50.0)),
            slice("customer", "others", (0.0, 900.0), (0.0, 950.0)),
        ];
        let first = &named(&slices)[0];
        assert_eq!((first.0.as_str(), first.1.as_str()), ("customer", "acme"));
    }

    #[test]
    fn a_value_that_was_hardly_there_is_held_against_all_of_them() {
        let slices = [
            slice("model", "new", (40.0, 100.0), (0.0, 0.0)),
            slice("model", "old", (9.0, 900.0), (10.0, 1000.0)),
        ];
        let [one] = &contributions(&slices)[..] else {
            panic!("more than one")
        };
        assert!((one.before - 0.01).abs() < 1e-9 && one.value == "new");
    }

    #[test]
    fn without_events_there_is_nothing_and_no_number_that_is_none() {
        assert_eq!(contributions(&[]), []);
        let empty = [
            slice("a", "x", (0.0, 0.0), (0.0, 0.0)),
            slice("a", "y", (0.0, f64::NAN), (0.0, 0.0)),
        ];
        assert_eq!(contributions(&empty), []);
    }
}
