use config::settings::MetricsSource;
use config::signal::SignalKind;
use config::{Lookup, import};
use std::path::Path;
use std::time::Duration;

/// A file as deployment scripts have it.
const SCRIPTED: &str = r#"# monitoring of deployments
prometheus_integration:
  enabled: true
  url: "http://prometheus.monitoring:9090"
  auth:
    type: "basic"
    username: "monitor"
    password: "${PROMETHEUS_PASSWORD}"
  timeout: "30s"
  retry_count: 3

post_deployment_validation:
  services:
    - name: "user-service"
      metrics:
        - name: "availability"
          query: 'up{job="user-service"}'
          threshold: 0.95
          duration: "5m"
          action_on_failure: "alert"
        - name: "response_time"
          query: 'histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket{job="user-service"}[5m])) by (le))'
          max_value: 0.5
          duration: "5m"
          action_on_failure: "rollback"
        - name: "error_rate"
          query: 'sum(rate(http_requests_total{job="user-service", status=~"5.."}[5m])) / sum(rate(http_requests_total{job="user-service"}[5m]))'
          max_value: 0.01
          duration: "5m"
          action_on_failure: "rollback"
        - name: "backlog"
          query: 'max(queue_length{job="user-service"}) * 2'
          max_value: 100
      health_check:
        http:
          url: "http://user-service:8080/health"
          expected_status: 200
          timeout: "30s"
          retries: 3
        tcp:
          host: "user-service"
          port: 8080
          timeout: "10s"
          retries: 3

datadog_integration:
  enabled: true
  api_url: "https://api.datadoghq.com"
  api_key: "${DATADOG_API_KEY}"
  app_key: "${DATADOG_APP_KEY}"
  timeout: "30s"
"#;

fn read(yaml: &str) -> config::Settings {
    let lookup = Lookup::of_variables(&[("PROMETHEUS_PASSWORD", "x")]);
    config::parse(yaml, "imported.yaml", Path::new("/etc/tawny"), &lookup)
        .unwrap_or_else(|errors| panic!("{errors}\n{yaml}"))
}

#[test]
fn a_scripted_validation_becomes_a_configuration_that_parses() {
    let imported = import(SCRIPTED, "validation.yaml").unwrap();
    let settings = read(&imported.yaml);
    let service = &settings.services[0];
    assert_eq!(service.metrics.selector.to_string(), "job=\"user-service\"");
    let kinds: Vec<&str> = service
        .signals()
        .iter()
        .map(|signal| match signal.kind {
            SignalKind::Availability { .. } => "availability",
            SignalKind::Histogram { .. } => "histogram",
            SignalKind::Ratio { .. } => "ratio",
            SignalKind::Promql { .. } => "promql",
            SignalKind::Probe { .. } => "probe",
            _ => "other",
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "availability",
            "histogram",
            "ratio",
            "promql",
            "probe",
            "probe"
        ]
    );
    assert_eq!(service.signals()[2].hard_limit, Some(0.01));
    insta::assert_snapshot!(imported.yaml);
}

#[test]
fn every_part_gets_a_note_on_how_it_is_judged() {
    let notes: Vec<String> = import(SCRIPTED, "validation.yaml")
        .unwrap()
        .notes
        .iter()
        .map(|note| format!("{}: {}: {}", note.line, note.subject, note.text))
        .collect();
    insta::assert_snapshot!(notes.join("\n"));
}

#[test]
fn a_secret_in_the_imported_file_is_not_copied() {
    let text = SCRIPTED
        .replace("${PROMETHEUS_PASSWORD}", "canary-one")
        .replace("${DATADOG_API_KEY}", "canary-two")
        .replace("http://prom", "http://monitor:canary-three@prom");
    let imported = import(&text, "validation.yaml").unwrap();
    let shown = format!("{} {:?}", imported.yaml, imported.notes);
    assert!(!shown.contains("canary"), "{shown}");
    assert!(
        imported
            .yaml
            .contains("password: \"${PROMETHEUS_PASSWORD}\"")
    );
}

#[test]
fn a_bare_timeout_of_scripts_is_seconds() {
    let text = SCRIPTED.replacen("timeout: \"30s\"", "timeout: 30", 1);
    let imported = import(&text, "validation.yaml").unwrap();
    let MetricsSource::Prometheus(source) =
        read(&imported.yaml).metrics.into_values().next().unwrap();
    assert_eq!(source.timeout, Duration::from_secs(30));
}

#[test]
fn a_file_without_anything_known_is_refused() {
    insta::assert_snapshot!(import("alerts: []\n", "other.yaml").unwrap_err(), @"other.yaml:1:1: nothing to import: expected `prometheus_integration`, `post_deployment_validation` or `datadog_integration`");
    insta::assert_snapshot!(import("a: [\n", "other.yaml").unwrap_err(), @"other.yaml:2:1: a: not valid YAML (while parsing a node, did not find expected node content): expected YAML");
}

/// The parts of such files one by one, as they are handed around.
const PARTS: [&str; 6] = [
    "prometheus_integration:\n  enabled: true\n  url: \"http://prometheus.monitoring:9090\"\n  auth:\n    type: \"basic\"\n    username: \"monitor\"\n    password: \"${PROMETHEUS_PASSWORD}\"\n  timeout: \"30s\"\n  retry_count: 3\n",
    "datadog_integration:\n  enabled: true\n  api_url: \"https://api.datadoghq.com\"\n  api_key: \"${DATADOG_API_KEY}\"\n  app_key: \"${DATADOG_APP_KEY}\"\n  timeout: \"30s\"\n",
    "prometheus_integration:\n  url: http://p:9090\n  auth: {type: token, token: x}\n",
    "prometheus_integration:\n  url: http://p:9090\n  auth: {type: oauth2, token_url: 'https://login/token', client_id: tawny, client_secret: hidden, scopes: [read, query]}\n",
    "post_deployment_validation:\n  services:\n    - name: cart\n      health_check:\n        http: {url: 'http://cart:8080/health'}\n        tcp: {host: cart, port: 8080}\n",
    "post_deployment_validation:\n  services:\n    - name: cart\n      metrics: [{name: a b, query: 'up'}, {name: e, query: 'sum(rate(x[5m]))', max_value: .inf}, {name: e, query: up}]\n      health_check: {http: {url: 'ftp://x'}, tcp: {host: 'x:1', port: 0}, exec: {run: x}}\n",
];

#[test]
fn each_part_alone_becomes_a_configuration_or_a_part_of_one_that_only_lacks_what_a_note_says() {
    for part in PARTS {
        let imported = import(part, "part.yaml").unwrap_or_else(|errors| panic!("{errors}"));
        let lookup = Lookup::new(|_| Some("x".to_owned()), |_| Ok("x".to_owned()));
        let read = config::parse(
            &imported.yaml,
            "imported.yaml",
            Path::new("/etc/tawny"),
            &lookup,
        );
        let lacking: Vec<String> = match read {
            Ok(_) => Vec::new(),
            Err(errors) => errors.0.iter().map(|error| error.path.clone()).collect(),
        };
        for path in &lacking {
            let noted = imported.notes.iter().any(|note| {
                note.subject == *path
                    || (path == "metrics" && note.subject == "datadog_integration")
            });
            assert!(
                (path == "services" || path == "metrics") && noted,
                "{path} of\n{}\n{:?}",
                imported.yaml,
                imported.notes
            );
        }
        assert!(!imported.yaml.contains("hidden"), "{}", imported.yaml);
    }
}

#[test]
fn a_health_check_is_a_probe_with_the_patience_of_the_scripts() {
    use config::settings::Probe;
    let settings = read(&import(PARTS[4], "part.yaml").unwrap().yaml);
    let probes: Vec<&Probe> = settings.services[0]
        .signals()
        .iter()
        .filter_map(|signal| match &signal.kind {
            SignalKind::Probe { probe } => Some(&**probe),
            _ => None,
        })
        .collect();
    let [Probe::Http(http), Probe::Tcp(tcp)] = probes[..] else {
        panic!("{probes:?}");
    };
    assert_eq!(http.url.as_str(), "http://cart:8080/health");
    assert_eq!((http.expected_status.code(), http.retries.get()), (200, 3));
    assert_eq!(http.timeout, Duration::from_secs(30));
    assert_eq!(
        (tcp.host.as_str(), tcp.timeout),
        ("cart", Duration::from_secs(10))
    );
}

#[test]
fn a_client_of_single_sign_on_keeps_its_scopes_and_not_its_secret() {
    let imported = import(PARTS[3], "part.yaml").unwrap();
    assert!(imported.yaml.contains("type: oauth2"), "{}", imported.yaml);
    assert!(imported.yaml.contains("scopes: [\"read\", \"query\"]"));
    assert!(imported.yaml.contains("${PROMETHEUS_CLIENT_SECRET}"));
}

#[test]
fn such_a_file_in_the_place_of_a_configuration_is_told_the_way() {
    let lookup = Lookup::of_variables(&[]);
    let errors = config::parse(PARTS[1], "tawny.yaml", Path::new("/"), &lookup).unwrap_err();
    let shown = errors.to_string();
    assert!(
        shown.contains("unknown field `datadog_integration`: expected a configuration of tawny: `tawny import FILE` converts such a file"),
        "{shown}"
    );
}
