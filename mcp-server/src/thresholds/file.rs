//! The rules with their new thresholds, as a file that Prometheus takes.

use guard::thresholds::{Advised, Threshold};
use sources::metrics::AlertingRule;
use std::fmt::Write;
use std::time::Duration;

/// A file of those rules that have a better threshold; none where there are none. `rules` are as the source has them, in the
/// order of what is advised.
pub(crate) fn file(advised: &Advised, rules: &[AlertingRule]) -> Option<String> {
    let mut out = String::new();
    for (own, rule) in advised.rules.iter().zip(rules) {
        let better = own.threshold().and_then(|threshold| {
            let proposed = threshold.proposed.as_ref()?;
            Some((threshold, proposed))
        });
        if let Some((threshold, proposed)) = better {
            if own.shared {
                out.push_str(
                    "      # For this service alone: leave it out of the rule for all of them.\n",
                );
            }
            write_rule(&mut out, rule, threshold, proposed);
        }
    }
    if out.is_empty() {
        return None;
    }
    let name = format!("{}-{}-thresholds", advised.service, advised.environment);
    let mut file = String::from(
        "# In place of the rules of the same names. Chosen by what was measured from\n",
    );
    let _ = writeln!(
        file,
        "# {:.0} until {:.0}; hours are in UTC.",
        advised.since.0, advised.until.0
    );
    let _ = writeln!(file, "groups:\n  - name: {}\n    rules:", quoted(&name));
    file.push_str(&out);
    Some(file)
}

fn write_rule(out: &mut String, rule: &AlertingRule, threshold: &Threshold, proposed: &str) {
    let before = threshold.tuned.before;
    if let Some(best) = threshold.tuned.best() {
        let _ = writeln!(
            out,
            "      # False alarms: {} before, {} so. True ones: {} before, {} so.",
            before.wrong,
            best.outcome.wrong,
            before.real + before.open,
            best.outcome.real + best.outcome.open
        );
        let _ = writeln!(out, "      - alert: {}", quoted(&rule.name));
        out.push_str("        expr: |\n");
        for line in proposed.lines() {
            let _ = writeln!(out, "          {line}");
        }
        let _ = writeln!(out, "        for: {}s", best.condition.for_s);
    }
    if rule.keep_firing_for > Duration::ZERO {
        let _ = writeln!(
            out,
            "        keep_firing_for: {}s",
            rule.keep_firing_for.as_secs()
        );
    }
    for (name, values) in [("labels", &rule.labels), ("annotations", &rule.annotations)] {
        if !values.is_empty() {
            let _ = writeln!(out, "        {name}:");
        }
        for (key, value) in values {
            let _ = writeln!(out, "          {}: {}", quoted(key), quoted(value));
        }
    }
}

/// In the quotes of JSON, which are YAML's too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
