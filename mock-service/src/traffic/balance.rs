//! Whose turn it is: smooth weighted round-robin.

use std::collections::HashMap;

use super::Target;

#[derive(Default)]
pub(super) struct Balance {
    credit: HashMap<String, i64>,
}

impl Balance {
    /// The next target, none if nobody has weight. Equal weights take turns.
    pub(super) fn next<'a>(&mut self, targets: &'a [Target]) -> Option<&'a Target> {
        let total: i64 = targets.iter().map(|t| i64::from(t.weight)).sum();
        if total == 0 {
            return None;
        }
        self.credit
            .retain(|name, _| targets.iter().any(|t| t.instance == *name));
        for target in targets {
            let credit = self.credit.entry(target.instance.clone()).or_default();
            *credit += i64::from(target.weight);
        }
        let rich = |t: &&Target| self.credit.get(&t.instance).copied().unwrap_or(0);
        // The first of the richest, so that the order of the list is the order of turns.
        let chosen = targets.iter().rev().max_by_key(rich)?;
        *self.credit.entry(chosen.instance.clone()).or_default() -= total;
        Some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(targets: &[Target], count: usize) -> Vec<&str> {
        let mut balance = Balance::default();
        (0..count)
            .filter_map(|_| balance.next(targets))
            .map(|t| t.instance.as_str())
            .collect()
    }

    fn target(name: &str, weight: u32) -> Target {
        let base = Target::new(name, "http://127.0.0.1:1");
        Target { weight, ..base }
    }

    #[test]
    fn equal_weights_take_turns() {
        let targets = [target("a", 1), target("b", 1), target("c", 1)];
        assert_eq!(turns(&targets, 6), ["a", "b", "c", "a", "b", "c"]);
    }

    #[test]
    fn a_heavier_target_gets_its_part_and_no_bursts() {
        let targets = [target("a", 3), target("b", 1)];
        let turns = turns(&targets, 8);
        assert_eq!(turns.iter().filter(|t| **t == "a").count(), 6);
        assert!(!turns.windows(4).any(|w| w.iter().all(|t| *t == "a")));
    }

    #[test]
    fn nobody_with_weight_means_nothing_is_sent() {
        assert!(turns(&[], 3).is_empty());
        assert!(turns(&[target("a", 0)], 3).is_empty());
    }
}
