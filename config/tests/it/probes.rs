use crate::support::{EXAMPLE, read};
use config::settings::{Expects, Probe};
use config::signal::{Direction, Signal, SignalKind, Unit};
use config::text::InstanceVars;
use std::path::Path;
use std::time::Duration;

fn signal(key: &str) -> Signal {
    let settings = read(EXAMPLE).unwrap_or_else(|errors| panic!("{errors}"));
    let found = settings.services[0]
        .signals()
        .iter()
        .find(|signal| signal.key.as_str() == key);
    found.unwrap().clone()
}

fn probe(signal: &Signal) -> &Probe {
    match &signal.kind {
        SignalKind::Probe { probe } => probe,
        other => panic!("{other:?}"),
    }
}

fn with_probe(probe: &str) -> String {
    format!(
        "metrics: {{main: {{type: prometheus, url: 'http://127.0.0.1:9090'}}}}\nservices:\n  - name: shop\n    metrics: {{selector: 'job=\"shop\"'}}\n    platform: observed\n    signals:\n      - {probe}\n"
    )
}

fn complaint(probe: &str) -> String {
    read(&with_probe(probe)).unwrap_err().to_string()
}

#[test]
fn a_check_is_an_availability_with_its_limits_and_a_printed_number_is_a_gauge_with_its_own() {
    let page = signal("front-page");
    assert_eq!(
        (page.direction, page.unit, page.warn_limit, page.hard_limit),
        (Direction::Down, Unit::Ratio, Some(0.99), Some(0.9))
    );
    let stuck = signal("stuck-orders");
    assert_eq!(
        (stuck.direction, stuck.unit, stuck.hard_limit),
        (Direction::Up, Unit::Count, Some(20.0))
    );
    let workers = signal("workers");
    assert_eq!(
        (workers.direction, workers.hard_limit),
        (Direction::Down, Some(4.0))
    );
}

#[test]
fn each_instance_is_probed_at_its_own_address() {
    let page = signal("front-page");
    let vars = InstanceVars {
        instance: Some("shop-1"),
        base_url: Some("http://127.0.0.1:8081"),
        host: Some("127.0.0.1"),
        port: Some(8081),
    };
    assert!(probe(&page).per_instance() && probe(&page).needs_address());
    assert_eq!(probe(&page).told(&vars), "GET http://127.0.0.1:8081/login");
    assert_eq!(
        probe(&signal("admin-port")).told(&vars),
        "tcp 127.0.0.1:9901"
    );
    let smoke = signal("smoke-test");
    let Probe::Command(command) = probe(&smoke) else {
        panic!("{smoke:?}");
    };
    assert!(command.per_instance && matches!(command.expects, Expects::ExitCode(_)));
    assert_eq!(command.dir, Path::new("/etc/tawny"));
    assert_eq!(command.interval, Duration::from_secs(60));
}

#[test]
fn a_probe_that_cannot_work_is_refused_with_the_reason() {
    let errors: Vec<String> = [
        "{key: a, kind: probe}",
        "{key: a, kind: probe, probe: {type: http, url: 'ftp://x/'}}",
        "{key: a, kind: probe, probe: {type: http, url: 'http://u:canary@x/'}}",
        "{key: a, kind: probe, probe: {type: http, url: 'http://x/{instanse}'}}",
        "{key: a, kind: probe, probe: {type: http, url: 'http://x/', expected_status: 20}}",
        "{key: a, kind: probe, probe: {type: http, url: '{base_url}/x'}}",
        "{key: a, kind: probe, probe: {type: http, url: 'http://x/{instance}'}}",
        "{key: a, kind: probe, probe: {type: http, url: 'http://x/', interval: 100ms, timeout: 0s}}",
        "{key: a, kind: probe, probe: {type: tcp, host: 'x:80', port: 0}}",
        "{key: a, kind: probe, probe: {type: command, run: x, expects: {type: number, max: 1, min: 0}}}",
        "{key: a, kind: probe, hard_limit: 5, probe: {type: command, run: x, expects: {type: number, max: 1}}}",
        "{key: a, kind: probe, direction: up, unit: count, source: main, probe: {type: tcp, host: x, port: 80}}",
        "{key: a, kind: probe, probe: {type: command, run: x, env: {TAWNY_TOKEN: x}}}",
        "{key: a, kind: gauge, selector: x, probe: {type: tcp, host: x, port: 80}}",
        "{key: a, kind: probe, probe: {type: tpc, host: x, port: 80}}",
    ]
    .into_iter()
    .map(complaint)
    .collect();
    assert!(!errors.join("").contains("canary"));
    insta::assert_snapshot!(errors.join("\n"));
}
