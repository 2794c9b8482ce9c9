//! What presets make of the metrics of real exporters and frameworks.

use crate::support::read;
use config::presets::Present;
use config::settings::Service;
use config::signal::SignalKind;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The series of a metrics page.
fn page(text: &str) -> Present {
    Present::of(text.lines().filter_map(series))
}

fn series(line: &str) -> Option<BTreeMap<String, String>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (name, rest) = line.split_at(line.find(['{', ' '])?);
    let mut labels = BTreeMap::from([("__name__".to_owned(), name.to_owned())]);
    let mut rest = rest.strip_prefix('{').unwrap_or_default();
    while let Some((label, value)) = rest.split_once("=\"") {
        let end = value.char_indices().scan(false, |escaped, (at, c)| {
            let closes = c == '"' && !*escaped;
            *escaped = c == '\\' && !*escaped;
            Some((at, closes))
        });
        let end = end.filter(|(_, closes)| *closes).map(|(at, _)| at).next()?;
        labels.insert(
            label.trim_start_matches(',').to_owned(),
            value[..end].to_owned(),
        );
        rest = value[end + 1..].trim_start_matches(',');
        if rest.starts_with('}') {
            break;
        }
    }
    Some(labels)
}

fn service(signals: &str) -> Service {
    let text = format!(
        "metrics:\n  main: {{type: prometheus, url: 'http://127.0.0.1:9090'}}\n  other: {{type: prometheus, url: \
         'http://127.0.0.1:9091'}}\nservices:\n  - name: shop\n    \
         platform: observed\n    metrics: {{source: main, selector: 'job=\"shop\"'}}\n    signals: {signals}\n"
    );
    read(&text)
        .unwrap_or_else(|errors| panic!("{errors}"))
        .services[0]
        .clone()
}

/// What is read, in a line for each signal.
fn said(present: &Present) -> String {
    let mut text = String::new();
    for preset in present.fitting() {
        let _ = writeln!(text, "{}", preset.as_str());
        let given = service(&format!("[{{preset: {}}}]", preset.as_str()))
            .signals_given(std::slice::from_ref(present));
        for signal in given.signals {
            let kind = match &signal.kind {
                SignalKind::Ratio { bad, .. } => format!("ratio {bad}"),
                SignalKind::Parts { bad, good } => format!("parts {bad} {good}"),
                SignalKind::Histogram {
                    metric, matchers, ..
                } => format!("histogram {}", metric.with(matchers)),
                SignalKind::Gauge { selector } => format!("gauge {selector}"),
                SignalKind::Rate { selector } => format!("rate {selector}"),
                SignalKind::Throughput { selector } => format!("throughput {selector}"),
                SignalKind::Availability { selector } => format!("availability {selector}"),
                SignalKind::Mean { sum, count } => format!("mean {sum} {count}"),
                SignalKind::Share { part, whole, form } => format!("share {form:?} {part} {whole}"),
                other => format!("{other:?}"),
            };
            let scale = if signal.scale == 1.0 {
                String::new()
            } else {
                format!(" × {}", signal.scale)
            };
            let _ = writeln!(
                text,
                "  {} [{}] {kind}{scale}",
                signal.key,
                signal.dialect.unwrap_or("blind")
            );
        }
        for key in given.absent {
            let _ = writeln!(text, "  {key} absent");
        }
    }
    text
}

#[test]
fn the_metrics_of_real_exporters_and_frameworks_are_read_under_their_own_names() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let mut pages: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    pages.sort();
    let mut text = String::new();
    for path in pages {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let _ = writeln!(
            text,
            "# {name}\n{}",
            said(&page(&std::fs::read_to_string(&path).unwrap()))
        );
    }
    insta::assert_snapshot!(text);
}

#[test]
fn milliseconds_come_out_as_seconds_and_seconds_stay() {
    let scale = |text: &str| {
        let given = service("[{preset: http}]").signals_given(&[page(text)]);
        given
            .signals
            .iter()
            .find(|signal| signal.key.as_str() == "latency")
            .map(|signal| signal.scale)
    };
    assert_eq!(
        scale("http_server_request_duration_seconds_bucket{le=\"1\"} 1"),
        Some(1.0)
    );
    assert_eq!(
        scale("http_server_duration_milliseconds_bucket{le=\"1000\"} 1"),
        Some(0.001)
    );
    assert_eq!(
        scale("istio_request_duration_milliseconds_bucket{reporter=\"destination\",le=\"5\"} 1"),
        Some(0.001)
    );
}

#[test]
fn the_new_names_win_over_the_old_where_a_service_exports_both() {
    let both = "http_server_request_duration_seconds_bucket{http_response_status_code=\"200\",le=\"1\"} 1\n\
                http_server_request_duration_seconds_count{http_response_status_code=\"200\"} 1\n\
                http_server_duration_milliseconds_bucket{http_status_code=\"200\",le=\"1000\"} 1\n\
                http_server_duration_milliseconds_count{http_status_code=\"200\"} 1";
    let given = service("[{preset: http}]").signals_given(&[page(both)]);
    assert!(
        given
            .signals
            .iter()
            .all(|signal| signal.dialect == Some("opentelemetry")),
        "{given:?}"
    );
}

#[test]
fn a_named_dialect_is_read_whatever_the_source_has() {
    let named = service("[{preset: http, flavour: istio}]");
    assert!(named.open_presets().is_empty());
    let given = named.signals_given(&[]);
    assert_eq!(given.signals.len(), 4);
    assert!(
        given
            .signals
            .iter()
            .all(|signal| signal.dialect == Some("istio"))
    );
}

#[test]
fn a_service_with_none_of_the_names_keeps_the_first_dialect_and_is_blind_in_it() {
    let given = service("[{preset: http}]").signals_given(&[page("orders 1")]);
    let keys: Vec<String> = given
        .signals
        .iter()
        .map(|signal| signal.key.to_string())
        .collect();
    assert_eq!(keys, ["errors", "latency", "throughput", "availability"]);
    assert!(given.absent.is_empty());
}

#[test]
fn an_adjustment_survives_whichever_dialect_is_read() {
    let adjusted = service(
        "[{preset: http, adjust: {latency: {warn_limit: 200ms, hard_limit: 500ms}}, omit: [throughput]}]",
    );
    let given = adjusted.signals_given(&[page(
        "http_server_duration_milliseconds_bucket{le=\"1000\"} 1",
    )]);
    let latency = given
        .signals
        .iter()
        .find(|signal| signal.key.as_str() == "latency")
        .unwrap();
    assert_eq!((latency.hard_limit, latency.scale), (Some(0.5), 0.001));
    assert!(
        given
            .signals
            .iter()
            .all(|signal| signal.key.as_str() != "throughput")
    );
}

#[test]
fn a_question_to_the_source_names_the_service_and_every_label_that_matters() {
    let service = service("[{preset: cache, selector: 'job=\"redis\"'}]");
    let open = service.open_presets().remove(0);
    let matchers = open.place.unwrap().selector.unwrap();
    let query = Present::query(&[open.preset], &matchers, None);
    assert!(
        query.starts_with(
            "count by (__name__,command,result,status) ({__name__=~\"cache_evictions_total|"
        ),
        "{query}"
    );
    assert!(query.ends_with(",job=\"redis\"})"), "{query}");
    let lately = Present::query(&[open.preset], &matchers, Some("1h"));
    assert!(
        lately.contains("last_over_time({") && lately.ends_with("}[1h]))"),
        "{lately}"
    );
}

#[test]
fn one_preset_in_two_places_is_asked_for_in_both_and_each_answer_counts_for_its_own() {
    let service = service(
        "[{preset: http, omit: [throughput]}, {preset: process, omit: [cpu, open-files]}, \
         {preset: process, source: other, omit: [memory, open-files]}]",
    );
    let open = service.open_presets();
    let sources: Vec<Option<&str>> = open
        .iter()
        .map(|open| open.source.as_ref().map(config::text::Name::as_str))
        .collect();
    assert_eq!(sources, [None, None, Some("other")]);
    let micrometer = page("jvm_memory_used_bytes 1\nprocess_cpu_usage 1");
    let usual = page("process_cpu_seconds_total 1\nprocess_resident_memory_bytes 1");
    let given = service.signals_given(&[Present::default(), micrometer, usual]);
    let dialect = |key: &str| {
        let mut signals = given.signals.iter();
        signals
            .find(|signal| signal.key.as_str() == key)
            .unwrap()
            .dialect
    };
    assert_eq!(dialect("memory"), Some("micrometer"));
    assert_eq!(dialect("cpu"), Some("prometheus"));
}
