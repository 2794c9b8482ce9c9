//! What findings are blamed on.

use guard::finding::Finding;
use guard::ids::SignalKey;
use guard::verdict::{Attribution, Comparison};
use jiff::SignedDuration;

/// What begins this much before its cause may still have been caused by it: onsets are estimates, and the
/// parts of one scrape are not of the same moment.
const SAME_TIME: SignedDuration = SignedDuration::from_secs(5);

/// Blames on a dependency what it explains. Instances that moved against others at the same time moved by the
/// change: what both of them call moves both. Against the time before, a dependency's own signal speaks for
/// itself, and the service's signals that began to move no earlier follow from it.
pub(super) fn attribute(findings: &mut [Finding], of_dependency: impl Fn(&SignalKey) -> bool) {
    let by_time = |finding: &Finding| finding.comparison == Comparison::BeforeVsAfter;
    let its_own = |finding: &Finding| by_time(finding) && of_dependency(&finding.signal);
    let moved = findings.iter().filter(|finding| its_own(finding));
    let Some(first) = moved.map(|finding| finding.onset_at).min() else {
        return;
    };
    for finding in findings {
        let follows = by_time(finding) && finding.onset_at + SAME_TIME >= first;
        if its_own(finding) || follows {
            finding.attribution = Attribution::Dependency;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guard::finding::{Budget, Scope};
    use jiff::Timestamp;

    fn finding(signal: &str, onset_s: i64, comparison: Comparison) -> Finding {
        Finding {
            signal: SignalKey::new(signal).unwrap(),
            scope: Scope::Group,
            onset_at: Timestamp::from_second(1_000_000 + onset_s).unwrap(),
            baseline: 0.0,
            current: 0.3,
            effect: 0.3,
            interval: (0.2, 0.4),
            unit: "ratio".to_owned(),
            window_s: 10.0,
            confidence: 0.999,
            budget: Budget::Pause,
            hard_limit_crossed: false,
            severe: false,
            on_failure: None,
            comparison,
            attribution: Attribution::Change,
            query: String::new(),
            evidence: None,
        }
    }

    fn blamed(mut findings: Vec<Finding>) -> Vec<Attribution> {
        attribute(&mut findings, |key| key.as_str() == "warehouse");
        findings.iter().map(|finding| finding.attribution).collect()
    }

    #[test]
    fn what_began_no_earlier_than_the_dependency_follows_from_it() {
        use Attribution::{Change, Dependency};
        use Comparison::BeforeVsAfter;
        let later = finding("errors", 42, BeforeVsAfter);
        let about_then = finding("latency", 27, BeforeVsAfter);
        let before = finding("cpu", 10, BeforeVsAfter);
        let warehouse = finding("warehouse", 30, BeforeVsAfter);
        assert_eq!(
            blamed(vec![later.clone(), about_then, before, warehouse]),
            [Dependency, Dependency, Change, Dependency]
        );
        assert_eq!(blamed(vec![later]), [Change]);
    }

    #[test]
    fn what_moved_in_the_changed_instances_alone_is_the_changes() {
        use Attribution::{Change, Dependency};
        use Comparison::{BeforeVsAfter, CanaryVsStable};
        let canary = finding("errors", 42, CanaryVsStable);
        let warehouse = finding("warehouse", 30, BeforeVsAfter);
        assert_eq!(blamed(vec![canary, warehouse]), [Change, Dependency]);
        // Its own calls to the database are slow, and those of the others are not.
        let own_calls = finding("warehouse", 30, CanaryVsStable);
        assert_eq!(blamed(vec![own_calls]), [Change]);
    }
}
