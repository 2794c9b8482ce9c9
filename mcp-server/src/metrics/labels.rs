//! What tells series apart, said once for all of them where it is the same.

use crate::answer::Untrusted;
use sources::metrics::Labels;
use std::collections::BTreeMap;

/// Labels that are shown of a series.
const MOST: usize = 24;

/// Labels as they are shown.
pub(crate) type Shown = BTreeMap<String, Untrusted>;

/// What all have in common, and what each has beside it.
pub(crate) fn factored(all: &[&Labels]) -> (Shown, Vec<Shown>) {
    let common: Labels = match all {
        [first, others @ ..] if !others.is_empty() => first
            .iter()
            .filter(|(name, value)| others.iter().all(|labels| labels.get(*name) == Some(value)))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        _ => Labels::new(),
    };
    let own = all.iter().map(|labels| {
        shown(
            labels
                .iter()
                .filter(|(name, _)| !common.contains_key(*name)),
        )
    });
    let own = own.collect();
    (shown(common.iter()), own)
}

fn shown<'a>(labels: impl Iterator<Item = (&'a String, &'a String)>) -> Shown {
    let mut shown = Shown::new();
    for (count, (name, value)) in labels.enumerate() {
        if count == MOST {
            shown.insert("…".to_owned(), Untrusted::label("more labels"));
            break;
        }
        shown.insert(
            Untrusted::label(name).as_str().to_owned(),
            Untrusted::label(value),
        );
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn what_is_the_same_everywhere_is_said_once() {
        let a = labels(&[("job", "shop"), ("instance", "a"), ("code", "500")]);
        let b = labels(&[("job", "shop"), ("instance", "b")]);
        let (common, own) = factored(&[&a, &b]);
        assert_eq!(common.keys().collect::<Vec<_>>(), ["job"]);
        assert_eq!(own[0].keys().collect::<Vec<_>>(), ["code", "instance"]);
        assert_eq!(own[1]["instance"].as_str(), "b");
        let (common, own) = factored(&[&a]);
        assert!(common.is_empty());
        assert_eq!(own[0].len(), 3);
    }

    #[test]
    fn a_series_with_very_many_labels_is_cut_short() {
        let many: Labels = (0..500)
            .map(|n| (format!("l{n}"), "x".to_owned()))
            .collect();
        let (_, own) = factored(&[&many]);
        assert_eq!(own[0].len(), MOST + 1);
    }
}
