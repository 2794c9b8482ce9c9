use super::*;
use crate::presets::reads::Reads;
use std::collections::{BTreeMap, BTreeSet};

fn dialects() -> impl Iterator<Item = (PresetName, &'static Dialect)> {
    ALL.into_iter().flat_map(|name| {
        preset(name)
            .dialects
            .iter()
            .map(move |dialect| (name, dialect))
    })
}

#[test]
fn every_row_of_every_dialect_parses_and_serves_a_template() {
    for (name, dialect) in dialects() {
        for row in dialect.rows {
            let known = preset(name)
                .signals
                .iter()
                .any(|template| template.row == row.0);
            assert!(known, "{name:?} {} {}", dialect.name, row.0);
            assert!(
                row.1.to_kind(0.99).is_some(),
                "{name:?} {} {row:?}",
                dialect.name
            );
            let texts = match row.1 {
                Reads::Ratio(..) | Reads::Parts(..) | Reads::Mean(..) | Reads::Share(..) => 2,
                _ => 1,
            };
            assert_eq!(
                row.1.wants().len(),
                texts,
                "{name:?} {} {row:?}",
                dialect.name
            );
        }
    }
}

#[test]
fn every_signal_has_its_own_key_over_all_presets_but_availability() {
    let mut keys = BTreeSet::new();
    for template in ALL.into_iter().flat_map(|name| preset(name).signals) {
        let new = keys.insert(template.key);
        assert!(new || *template == AVAILABILITY, "{} twice", template.key);
        assert!(
            guard::ids::SignalKey::new(template.key).is_ok(),
            "{}",
            template.key
        );
        assert!(!template.about.is_empty(), "{}", template.key);
    }
}

#[test]
fn every_template_is_read_by_some_dialect_and_every_dialect_has_its_own_name() {
    for name in ALL {
        for template in preset(name).signals {
            let read = |dialect: &Dialect| dialect.rows.iter().any(|row| row.0 == template.row);
            assert!(
                preset(name).dialects.iter().any(read),
                "{name:?} {}",
                template.key
            );
        }
        let mut names = BTreeSet::new();
        for dialect in preset(name).dialects {
            assert!(
                names.insert(dialect.name),
                "{name:?} {} twice",
                dialect.name
            );
        }
    }
}

#[test]
fn a_hard_limit_lies_beyond_its_warn_limit() {
    for signal in ALL.into_iter().flat_map(|name| preset(name).signals) {
        if let (Some(warn), Some(hard)) = (signal.warn, signal.hard) {
            match signal.direction {
                Direction::Up => assert!(warn < hard, "{signal:?}"),
                Direction::Down => assert!(warn > hard, "{signal:?}"),
            }
        }
    }
}

#[test]
fn a_name_that_says_its_unit_is_scaled_by_it() {
    for (name, dialect) in dialects() {
        for row in dialect.rows {
            let (Reads::Histogram(text, scale) | Reads::Mean(text, _, scale)) = row.1 else {
                continue;
            };
            let metric = text.split('{').next().unwrap_or_default();
            let words: Vec<&str> = metric.split('_').collect();
            let expected = if words.contains(&"milliseconds") || words.contains(&"ms") {
                0.001
            } else if words.contains(&"seconds") {
                1.0
            } else {
                continue;
            };
            assert!(
                (scale - expected).abs() < 1e-12,
                "{name:?} {} {text}",
                dialect.name
            );
        }
    }
}

#[test]
fn a_failure_that_has_not_happened_yet_needs_its_label_and_not_its_series() {
    let labels = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect::<BTreeMap<_, _>>()
    };
    let healthy = Present::of([labels(&[
        ("__name__", "http_requests_total"),
        ("code", "200"),
    ])]);
    assert!(healthy.offers(Reads::Ratio(
        "http_requests_total{code=~\"5..\"}",
        "http_requests_total"
    )));
    assert!(!healthy.offers(Reads::Ratio(
        "http_requests_total{status=~\"5..\"}",
        "http_requests_total"
    )));
    assert!(!healthy.offers(Reads::Throughput("http_requests_total{code=\"201\"}")));
    let miss = Reads::Ratio("cache_gets_total{result=\"miss\"}", "cache_gets_total");
    let hits = Present::of([labels(&[
        ("__name__", "cache_gets_total"),
        ("result", "hit"),
    ])]);
    assert!(hits.offers(miss));
}

#[test]
fn the_committed_page_of_presets_is_the_one_the_tables_make() {
    let committed = include_str!("../../../docs/presets.md");
    assert!(
        committed == presets_markdown(),
        "docs/presets.md is not what the tables say: run `make docs`"
    );
}
