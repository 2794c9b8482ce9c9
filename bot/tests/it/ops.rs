//! What those who run Tawny see: metrics that agree with the record, health that goes bad and comes back,
//! logs that say which deployment.

use crate::packages::SERVES;
use crate::server::Life;
use crate::settings::{ANN, BO, CI, CY, Guarding, SIGNING};
use crate::wait::until;
use crate::world::World;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

/// Every sample of a page in the classic format, by name and labels as they stand.
pub(crate) fn samples(page: &str) -> BTreeMap<String, f64> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    lines.map(sample).collect()
}

fn promtool_has_nothing_to_say(page: &str) {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool comes with prometheus: apt-get install prometheus");
    promtool
        .stdin
        .take()
        .unwrap()
        .write_all(page.as_bytes())
        .unwrap();
    let said = promtool.wait_with_output().unwrap();
    let text =
        String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout);
    assert!(
        said.status.success() && text.trim().is_empty(),
        "{text}\n{page}"
    );
}

/// How often each event stands in the record of the deployments.
async fn recorded(world: &World, ids: &[String]) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    for id in ids {
        for event in world.events(id).await {
            *counts.entry(event).or_insert(0.0) += 1.0;
        }
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_rollback_the_metrics_agree_with_the_record_and_every_line_says_whose_it_is() {
    // A bake that is long enough to see what is bad.
    let guarding = Guarding {
        when_unsure: "hold",
        step_bake_s: 5,
        ..Guarding::default()
    };
    let mut world = World::of(&[("shop", 2)], &guarding).await;
    world.server.begin(&Life {
        log_format: Some("json"),
        ..Life::default()
    });
    world.server.ready().await;
    let first = world.bring_out("shop", "v1").await;
    world.prometheus.spoil("v2");
    let package = world.put("shop", "v2", SERVES);
    let second = world.deploy("shop", "v2", &package).await;
    world.over(&second, "rolled_back").await;
    // The last words leave after the last event, and the watch ends at its next tick.
    let page = until("everything is said and done", async || {
        let page = world.server.page("/metrics").await?.1;
        let shown = samples(&page);
        let rest = [
            "tawny_outbox_effects{state=\"pending\"}",
            "tawny_outbox_effects{state=\"claimed\"}",
            "tawny_watches",
        ];
        rest.iter().all(|name| shown[*name] == 0.0).then_some(page)
    })
    .await;
    promtool_has_nothing_to_say(&page);
    crate::operate::is_complete(&page);

    let events = recorded(&world, &[first.clone(), second.clone()]).await;
    let shown = samples(&page);
    let of = |event: &str| events.get(event).copied().unwrap_or(0.0);
    let sum = |name: &str| -> f64 {
        let family = shown
            .iter()
            .filter(|(key, _)| key.split('{').next() == Some(name));
        family.map(|(_, value)| value).sum()
    };
    for (metric, event) in [
        ("tawny_findings_total", "finding_opened"),
        ("tawny_verdicts_total", "verdict_changed"),
        ("tawny_decisions_total", "tier_raised"),
        ("tawny_approvals_asked_total", "approval_asked"),
        ("tawny_approvals_answered_total", "approval_answered"),
        ("tawny_approvals_withdrawn_total", "approval_withdrawn"),
        ("tawny_time_to_detect_seconds_count", "finding_opened"),
        ("tawny_time_to_recover_seconds_count", "cure_confirmed"),
    ] {
        assert_eq!(sum(metric), of(event), "{metric}\n{events:?}\n{page}");
    }
    for (sample, count) in [
        ("tawny_deployments_total{outcome=\"begun\"}", 2.0),
        ("tawny_deployments_total{outcome=\"promoted\"}", 1.0),
        ("tawny_deployments_total{outcome=\"rolled_back\"}", 1.0),
        ("tawny_cures_total{outcome=\"confirmed\"}", 1.0),
        (
            "tawny_actions_total{action=\"rollback\",outcome=\"executed\"}",
            1.0,
        ),
        ("tawny_action_seconds_count{action=\"rollback\"}", 1.0),
        ("tawny_leader", 1.0),
        ("tawny_journal_up", 1.0),
        ("tawny_watches", 0.0),
        ("tawny_approvals_open", 0.0),
        ("tawny_lease_acquisitions_total", 1.0),
        ("tawny_lease_losses_total", 0.0),
        ("tawny_inbox_inputs{state=\"quarantined\"}", 0.0),
        ("tawny_outbox_oldest_seconds", 0.0),
        ("tawny_build_info{version=\"0.1.0\"}", 1.0),
    ] {
        assert_eq!(shown.get(sample), Some(&count), "{sample}\n{page}");
    }
    for counted in [
        "tawny_ticks_total{outcome=\"answered\"}",
        "tawny_tick_lag_seconds_count",
        "tawny_source_query_seconds_count{source=\"prometheus\",outcome=\"ok\"}",
        "tawny_journal_append_seconds_count{outcome=\"committed\"}",
        "tawny_outbox_attempts_total{kind=\"platform.execute\",outcome=\"done\"}",
        "tawny_outbox_attempts_total{kind=\"chat.page\",outcome=\"done\"}",
        "tawny_inbox_handled_total{source=\"timer\",outcome=\"handled\"}",
        "tawny_http_requests_total{method=\"GET\",route=\"/api/v1/deployments/{id}/timeline\",code=\"200\"}",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
    ] {
        assert!(
            shown.get(counted).is_some_and(|value| *value > 0.0),
            "{counted}\n{page}"
        );
    }
    // Nothing that grows with use is a label.
    assert!(!page.contains(&first) && !page.contains(&second), "{page}");

    let log = world.server.whole_log();
    lines_say_whose_they_are(&log, &[&first, &second]);
    for secret in [
        ANN,
        BO,
        CY,
        CI,
        SIGNING,
        "dGhpcyBpcyBhIHNlY3JldCBmb3IgdGVzdHMgb25seQ",
    ] {
        assert!(!log.contains(secret) && !page.contains(secret), "{secret}");
    }
    world.examine().await;
}

/// Each line is one object, and whatever names a deployment names its service and environment too.
fn lines_say_whose_they_are(log: &str, ids: &[&str]) {
    let mut journalled = 0;
    for line in log.lines() {
        let object: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        for field in ["timestamp", "level", "message", "target"] {
            assert!(object[field].is_string(), "{line}");
        }
        let about = ids.iter().any(|id| line.contains(id));
        if about {
            let of_one = ids.iter().any(|id| object["deployment"] == **id);
            assert!(of_one, "{line}");
            assert_eq!(object["service"], "shop", "{line}");
            assert_eq!(object["environment"], "test", "{line}");
        }
        journalled += i32::from(object["message"] == "journalled");
    }
    assert!(journalled > 10, "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_metrics_for_whom_asks_and_another_address_where_configured() {
    let mut world = World::small().await;
    let config = world.dir.path().join("main/tawny.yaml");
    let metrics = format!("{}:17701", world.server.address().ip());
    let text = std::fs::read_to_string(&config).unwrap();
    let text = text.replacen(
        "server: {",
        &format!("server: {{metrics_listen: \"{metrics}\", "),
        1,
    );
    std::fs::write(&config, text).unwrap();
    world.server.begin(&Life::default());
    world.server.ready().await;
    assert_eq!(world.server.page("/metrics").await.unwrap().0, 404);
    let asked = world.server.http().get(format!("http://{metrics}/metrics"));
    let asked = asked.header(
        "accept",
        "application/openmetrics-text;version=1.0.0,*/*;q=0.1",
    );
    let answer = asked.send().await.unwrap();
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let page = answer.text().await.unwrap();
    assert!(page.ends_with("# EOF\n"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_journal_cannot_be_written_it_is_alive_and_not_ready_and_then_ready_again() {
    let mut world = World::small().await;
    world.server.begin(&Life {
        lease: Some("2s"),
        ..Life::default()
    });
    world.server.ready().await;
    let (status, report) = world.server.report("/readyz").await;
    assert_eq!(status, 200, "{report:#}");
    for part in ["configuration", "journal", "lease"] {
        assert_eq!(report["parts"][part]["ok"], true, "{report:#}");
    }
    assert_eq!(world.server.report("/readyz/leader").await.0, 200);

    // Somebody holds the writing lock of the database: nothing is renewed.
    let database = world.dir.path().join("main/data/journal.db");
    let lock = hold_the_lock(&database).await;
    let report = until("it is not ready", async || {
        let (status, report) = world.server.report("/readyz").await;
        (status == 503).then_some(report)
    })
    .await;
    assert_eq!(report["parts"]["lease"]["ok"], false, "{report:#}");
    assert_eq!(report["parts"]["configuration"]["ok"], true, "{report:#}");
    assert_eq!(world.server.report("/readyz/leader").await.0, 503);
    let (status, alive) = world.server.report("/healthz").await;
    assert_eq!(status, 200, "{alive:#}");
    let shown = samples(&world.server.page("/metrics").await.unwrap().1);
    assert_eq!(shown["tawny_leader"], 0.0);

    // Who is on call sees what is known, and why nothing can be changed.
    let status = crate::commands::tawny(&world, ANN, &["status"]).await;
    assert_eq!(status.code, 0, "{}", status.err);
    assert!(status.out.contains("no deployments yet"), "{}", status.out);
    assert!(
        status.err.contains("not ready") && status.err.contains("lease: "),
        "{}",
        status.err
    );
    let digest = "0".repeat(64);
    let deploy = ["deploy", "shop", "v1", "--sha256", &digest];
    let deploy = crate::commands::tawny(&world, ANN, &deploy).await;
    assert_eq!(deploy.code, 3, "{}", deploy.err);
    assert!(
        deploy.err.contains("cannot answer now") && deploy.err.contains("lease: "),
        "{}",
        deploy.err
    );
    drop(lock);
    // A busy machine may lose a lease of two seconds once more between two looks.
    until("it is ready again, and its metrics say so", async || {
        let ready = world.server.report("/readyz").await.0 == 200;
        let shown = samples(&world.server.page("/metrics").await?.1);
        (ready && shown["tawny_leader"] == 1.0).then_some(())
    })
    .await;
}

/// An open transaction that writes. It ends with the process that holds it.
async fn hold_the_lock(database: &std::path::Path) -> Held {
    let program = "import sqlite3, sys\n\
         c = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n\
         c.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()";
    let mut child = Command::new("python3")
        .args(["-c", program])
        .arg(database)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = child.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
    assert_eq!(line.trim(), "held");
    Held(child)
}

struct Held(std::process::Child);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
