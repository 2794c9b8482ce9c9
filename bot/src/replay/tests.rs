//! Small episodes, written by hand.

use std::fmt::Write;

use super::{ExitVerdict, ReplayError, judge, run};

/// Two stable instances and a canary; the canary fails a fifth of its requests from `bad_from` on.
fn episode(metric: &str, names: [&str; 3], bad_from: f64, until: f64) -> String {
    let mut series = String::new();
    for (k, name) in names.iter().enumerate() {
        let role = if k == 2 { "canary" } else { "stable" };
        for code in ["200", "500"] {
            let _ = write!(
                series,
                r#"{{"metric":"{metric}","type":"counter","instance":"{name}","role":"{role}","labels":{{"code":"{code}"}}}},"#
            );
        }
    }
    let mut text = format!(
        r#"{{"detbench":1,"episode":"e","mode":"canary","interval_s":5,"deploy_t":0,"canary_traffic_share":0.3333,"signals":{{"errors":{{"metric":"{metric}","bad":"code=~\"5..\"","direction":"up"}},"throughput":{{"metric":"{metric}","direction":"down"}}}},"series":[{}]}}"#,
        series.trim_end_matches(',')
    );
    let (mut t, mut good, mut bad) = (-600.0, [1000_u64; 3], [10_u64; 3]);
    let mut born = false;
    while t <= until {
        let mut cells = Vec::new();
        for k in 0..3 {
            let canary = k == 2;
            if canary && t < 5.0 {
                cells.extend(["null".to_owned(), "null".to_owned()]);
                continue;
            }
            if canary && !born {
                (good[k], bad[k], born) = (0, 0, true);
            }
            let failing = if canary && t > bad_from {
                20
            } else {
                u64::from((t as i64 / 5).rem_euclid(9) == k as i64)
            };
            good[k] += 100 + (t as i64 / 5).rem_euclid(7) as u64 - failing;
            bad[k] += failing;
            cells.extend([good[k].to_string(), bad[k].to_string()]);
        }
        let _ = write!(text, "\n{{\"t\":{t},\"v\":[{}]}}", cells.join(","));
        t += 5.0;
    }
    text
}

fn said(text: &str) -> (Vec<String>, ExitVerdict) {
    let mut lines = Vec::new();
    let verdict = judge(text.as_bytes(), None, |line| {
        lines.push(line.to_owned());
        Ok(())
    });
    (lines, verdict.expect("the episode is well formed"))
}

const NAMES: [&str; 3] = ["a", "b", "c"];

#[test]
fn a_failing_canary_ends_degraded_with_one_summary_last() {
    let (lines, verdict) = said(&episode("http_requests_total", NAMES, 100.0, 300.0));
    assert_eq!(verdict.code(), 1);
    let first: serde_json::Value = serde_json::from_str(&lines[0]).expect("json");
    assert_eq!(
        (first["signal"].as_str(), first["scope"].as_str()),
        (Some("errors"), Some("group"))
    );
    assert!(
        first["t"].as_f64().is_some_and(|t| t > 100.0 && t <= 120.0),
        "{first}"
    );
    let last: serde_json::Value = serde_json::from_str(&lines[lines.len() - 1]).expect("json");
    assert_eq!(
        (last["summary"].as_bool(), last["verdict"].as_str()),
        (Some(true), Some("degraded"))
    );
    assert!(lines.iter().all(|l| !l.contains("NaN")));
}

#[test]
fn a_healthy_canary_says_nothing_but_the_summary() {
    let (lines, verdict) = said(&episode("http_requests_total", NAMES, 1e9, 600.0));
    assert_eq!(
        (lines.len(), verdict),
        (1, ExitVerdict::Healthy),
        "{lines:?}"
    );
}

#[test]
fn what_comes_later_never_changes_what_was_said() {
    let whole = said(&episode("m", NAMES, 100.0, 300.0)).0;
    for until in [105.0, 110.0, 150.0, 200.0] {
        let cut = said(&episode("m", NAMES, 100.0, until)).0;
        assert_eq!(
            cut[..cut.len() - 1],
            whole[..cut.len() - 1],
            "cut at {until}"
        );
    }
}

#[test]
fn names_of_metrics_and_instances_change_nothing_but_the_names() {
    let one = said(&episode("http_requests_total", NAMES, 100.0, 300.0)).0;
    let two = said(&episode("rpc_calls", ["x-9", "x-1", "x-5"], 100.0, 300.0)).0;
    assert_eq!(one, two);
}

#[test]
fn the_same_episode_gives_the_same_bytes() {
    let text = episode("m", NAMES, 50.0, 200.0);
    let bytes = || {
        let mut out = Vec::new();
        run(text.as_bytes(), None, &mut out).map(|_| out)
    };
    assert_eq!(bytes().expect("first"), bytes().expect("second"));
}

#[test]
fn what_is_no_episode_is_named_with_its_line() {
    let error = |text: &str| {
        judge(text.as_bytes(), None, |_| Ok(()))
            .expect_err("no episode")
            .to_string()
    };
    assert!(matches!(
        judge(&b""[..], None, |_| Ok(())),
        Err(ReplayError::Empty)
    ));
    assert!(
        error("{}").starts_with("line 1 of the episode: expected the header"),
        "{}",
        error("{}")
    );
    let header = episode("m", NAMES, 1e9, -601.0);
    assert!(error(&format!("{header}\n{{\"v\":[1]}}")).contains("line 2"));
    assert!(
        error(&format!("{header}\n{{\"t\":1,\"v\":[1,2,3,4,5,6,7]}}"))
            .contains("7 values for 6 series")
    );
    assert!(error(&format!("{header}\n{{\"t\":1,\"v\":[\"x\"]}}")).contains("is not a number"));
}

#[test]
fn an_episode_without_samples_is_unmeasured() {
    let (lines, verdict) = said(&episode("m", NAMES, 1e9, -601.0));
    assert_eq!(verdict.code(), 2);
    assert!(lines[0].contains("unmeasured"), "{lines:?}");
}
