//! docs/operate: rules, dashboard and manifests speak of things that there are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/operate")
        .join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(file(name)).unwrap()
}

/// The names of metrics in expressions. Names with colons are recorded by the rules themselves.
fn metrics_in(expressions: &str) -> BTreeSet<String> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    expressions
        .split(|c| !part(c))
        .filter(|word| word.starts_with("tawny_") || word.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

/// Every expression of the dashboard: its queries, variables and annotations.
fn of_dashboard(value: &serde_json::Value, found: &mut String) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_str() {
                    Some(expression) if name == "expr" || name == "query" => {
                        found.push_str(expression);
                        found.push('\n');
                    }
                    _ => of_dashboard(field, found),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| of_dashboard(item, found)),
        _ => {}
    }
}

/// That every metric that rules, their tests and the dashboard name is on this page.
pub(crate) fn is_complete(page: &str) {
    let shown = metrics_in(page);
    let mut dashboard = String::new();
    of_dashboard(
        &serde_json::from_str(&text("grafana/tawny.json")).unwrap(),
        &mut dashboard,
    );
    for (what, expressions) in [
        ("the dashboard", dashboard),
        ("the rules", text("prometheus/tawny.rules.yml")),
        ("their tests", text("prometheus/tawny.rules.test.yml")),
    ] {
        let used = metrics_in(&expressions);
        assert!(used.len() > 10, "{what}: {used:?}");
        let missing: Vec<_> = used.difference(&shown).collect();
        assert!(missing.is_empty(), "{what} names {missing:?}\n{page}");
    }
}

fn promtool(arguments: &[&str]) {
    let said = Command::new("promtool")
        .args(arguments)
        .current_dir(file("prometheus"))
        .output()
        .expect("promtool comes with prometheus: apt-get install prometheus");
    let text =
        String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{text}");
}

#[test]
fn the_rules_are_good_and_each_alert_is_quiet_before_and_fires_when_it_should() {
    promtool(&["check", "rules", "tawny.rules.yml"]);
    promtool(&["test", "rules", "tawny.rules.test.yml"]);
}

fn after<'a>(text: &'a str, mark: &str) -> BTreeSet<&'a str> {
    let lines = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(mark));
    lines.map(str::trim).collect()
}

#[test]
fn every_alert_has_a_test_and_a_runbook() {
    let rules = text("prometheus/tawny.rules.yml");
    let alerts = after(&rules, "- alert: ");
    assert!(alerts.len() > 10);
    let tests = text("prometheus/tawny.rules.test.yml");
    assert_eq!(alerts, after(&tests, "alertname: "));
    let readme = text("README.md");
    assert_eq!(alerts, after(&readme, "### "));
    for alert in alerts {
        let link = format!("docs/operate/README.md#{}", alert.to_lowercase());
        assert!(rules.contains(&format!("runbook: {link}\n")), "{alert}");
    }
}

#[test]
fn the_configuration_in_the_manifest_can_be_used() {
    let manifest = text("kubernetes/tawny.yaml");
    let (_, rest) = manifest.split_once("  tawny.yaml: |\n").unwrap();
    let lines = rest.lines().map_while(|line| line.strip_prefix("    "));
    let yaml = lines.collect::<Vec<_>>().join("\n");
    let known = |name: &str| match name {
        "TAWNY_JOURNAL_URL" => Some("postgres://tawny@db/tawny".to_owned()),
        "TAWNY_TOKEN_OPERATOR" => Some("a-token-of-0123456789abcdef".to_owned()),
        _ => None,
    };
    let nothing = |_: &Path| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
    let lookup = config::Lookup::new(known, nothing);
    let settings = config::parse(&yaml, "tawny.yaml", Path::new("/etc/tawny"), &lookup)
        .unwrap_or_else(|errors| panic!("{errors}\n{yaml}"));
    assert_eq!(settings.server.metrics_listen.unwrap().port(), 7701);
}
