//! What lines say.

use super::layer::{Lines, Render};
use super::{Wishes, parsed};
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing::field::Empty;
use tracing_subscriber::layer::SubscriberExt;

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn said(render: Render, speak: impl FnOnce()) -> String {
    let heard = Heard::default();
    let writer = heard.clone();
    let layer = Lines::new(render, move || writer.clone());
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, speak);
    String::from_utf8(heard.0.lock().unwrap().clone()).unwrap()
}

fn within_a_deployment() {
    let span = tracing::info_span!("tick", deployment = Empty, service = Empty);
    span.record("deployment", tracing::field::display("dep_1"));
    span.record("service", tracing::field::display("shop"));
    let _tick = span.entered();
    let _query = tracing::info_span!("query", source = "main", service = "inner").entered();
    tracing::warn!(attempt = 2, ratio = 0.5, error = %"no\nanswer", "not said");
}

#[test]
fn a_json_line_is_one_flat_object_with_the_fields_of_all_spans_around_it() {
    let line = said(Render::Json, within_a_deployment);
    let mut object: serde_json::Value = serde_json::from_str(&line).unwrap();
    let at = object["timestamp"].take();
    at.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(
        object,
        serde_json::json!({
            "timestamp": null, "level": "warn", "message": "not said",
            "target": "bot::log::tests", "deployment": "dep_1", "service": "inner",
            "source": "main", "attempt": 2, "ratio": 0.5, "error": "no\nanswer",
        })
    );
}

#[test]
fn a_text_line_says_the_same_and_stays_one_line() {
    let line = said(Render::Text { colours: false }, within_a_deployment);
    let (_, rest) = line.split_once(' ').unwrap();
    assert_eq!(
        rest,
        "WARN  not said deployment=dep_1 service=inner source=main attempt=2 ratio=0.5 error=\"no\\nanswer\"\n"
    );
}

#[test]
fn foreign_text_begins_no_line_and_moves_no_cursor() {
    let evil = "x\n2026-01-01T00:00:00Z ERROR forged\u{1b}[2J";
    for render in [Render::Text { colours: true }, Render::Json] {
        let line = said(render, || tracing::info!(name = %evil, "{evil}"));
        assert_eq!(line.matches('\n').count(), 1, "{line:?}");
        assert!(!line.contains("\u{1b}[2J"), "{line:?}");
    }
}

#[test]
fn a_field_cannot_pass_for_the_level_of_a_json_line() {
    let line = said(Render::Json, || tracing::info!(level = "error", "quiet"));
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(object["level"], "info");
    assert_eq!(object["field_level"], "error");
}

#[test]
fn a_filter_that_cannot_be_read_says_where_it_came_from_and_what_was_expected() {
    let wishes = Wishes {
        level: Some("engine=loudly".to_owned()),
        ..Wishes::default()
    };
    let error = wishes.filter("info").unwrap_err().to_string();
    assert!(
        error.starts_with("--log-level: `engine=loudly`: "),
        "{error}"
    );
    assert!(error.contains("expected a level"), "{error}");
}

#[test]
fn a_level_keeps_the_libraries_below_quiet_and_a_filter_is_taken_as_it_stands() {
    let filter = parsed("info").unwrap().to_string();
    assert!(
        filter.contains("sqlx=warn") && filter.contains("info"),
        "{filter}"
    );
    let filter = parsed("info,sqlx=debug").unwrap().to_string();
    assert!(
        filter.contains("sqlx=debug") && !filter.contains("sqlx=warn"),
        "{filter}"
    );
}

#[test]
fn a_line_in_a_file_beside_the_configuration_is_not_the_cause_of_the_next_one() {
    for value in ["trace", "trace,sqlx=debug", "warn"] {
        let filter = parsed(value).unwrap().to_string();
        assert!(
            filter.contains("inotify=warn") && filter.contains(",notify=warn"),
            "{filter}"
        );
    }
    let asked_for = parsed("info,notify=trace").unwrap().to_string();
    assert!(asked_for.contains(",notify=trace"), "{asked_for}");
}
