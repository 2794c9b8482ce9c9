//! Better thresholds for alerts, from a month that a real Prometheus has: with a batch every night, bumps now and then, and two
//! incidents that people confirm.

use crate::commands::{Ended, tawny_at};
use crate::fleet::own_ip;
use crate::server::{Life, Server};
use crate::settings::{ANN, CI};
use crate::wait::until;
use serde_json::{Value, json};
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Each day at ten past two.
const BATCH: (i64, i64, f64) = (2 * HOUR + 10 * MINUTE, 40 * MINUTE, 0.3);
/// On which day, at which second of it, for how long: what people confirm.
const INCIDENTS: [(i64, i64, i64); 2] = [(6, 14 * HOUR, HOUR), (17, 9 * HOUR, HOUR)];

const RULES: &str = r#"
groups:
  - name: shop
    interval: 1m
    rules:
      - alert: ShopErrors
        expr: shop_error_ratio{job="shop"} > 0.01
        for: 5m
        labels: {severity: page}
        annotations: {summary: "errors: {{ $value }}"}
      - alert: ShopSlow
        expr: max by (job) (shop_latency_seconds{job="shop"}) >= 0.5 and on () vector(1)
        for: 2m
      - alert: ShopQueue
        expr: 10 < shop_queue{job="shop"}
        for: 2m
      - alert: ShopQuiet
        expr: shop_queue{job="shop"} < -1
      - alert: ShopDown
        expr: absent(shop_queue{job="shop"})
      - alert: PayErrors
        expr: pay_error_ratio{job="pay"} > 0.01
"#;

/// What was measured a minute.
struct Minute {
    errors: f64,
    latency: f64,
    queue: f64,
    requests: i64,
}

/// The month's minute, by the day that it is of and the second in it.
fn minute(day: i64, second: i64) -> Minute {
    let within = |from: i64, lasts: i64| (from..from + lasts).contains(&second);
    let incident = INCIDENTS
        .iter()
        .any(|(on, from, lasts)| *on == day && within(*from, *lasts));
    let batch = within(BATCH.0, BATCH.1);
    // At another hour each day, and never in an incident.
    let bump = day % 2 == 0 && within(day * 5 % 24 * HOUR + 5 * MINUTE, 6 * MINUTE);
    let busy = within(8 * HOUR, 10 * HOUR);
    Minute {
        errors: if batch {
            BATCH.2
        } else if incident {
            0.05
        } else {
            0.001
        },
        latency: if incident {
            2.0
        } else if bump {
            0.7
        } else {
            0.1
        },
        // What is false goes further than what is true.
        queue: if incident {
            20.0
        } else if bump {
            80.0
        } else {
            1.0
        },
        requests: match (batch, busy) {
            (true, _) => 5400,
            (_, true) => 6000,
            _ => 1200,
        },
    }
}

/// The last thirty days and some, as OpenMetrics; `midnight` begins the first of them.
fn month(midnight: i64, now: i64) -> String {
    let mut out = String::new();
    let minutes: Vec<(i64, Minute)> = (midnight..now)
        .step_by(60)
        .map(|at| (at, minute((at - midnight) / DAY, (at - midnight) % DAY)))
        .collect();
    for name in ["shop_error_ratio", "shop_latency_seconds", "shop_queue"] {
        writeln!(out, "# TYPE {name} gauge").unwrap();
        for (at, minute) in &minutes {
            let value = match name {
                "shop_error_ratio" => minute.errors,
                "shop_latency_seconds" => minute.latency,
                _ => minute.queue,
            };
            writeln!(out, "{name}{{job=\"shop\"}} {value} {at}").unwrap();
        }
    }
    writeln!(out, "# TYPE shop_requests counter").unwrap();
    let mut requests = 0;
    for (at, minute) in &minutes {
        requests += minute.requests;
        writeln!(out, "shop_requests_total{{job=\"shop\"}} {requests} {at}").unwrap();
    }
    out.push_str("# EOF\n");
    out
}

struct Prometheus(Child);

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A Prometheus that has this month, and evaluates the rules from now on.
async fn prometheus(
    http: &reqwest::Client,
    dir: &Path,
    address: SocketAddr,
    month: &str,
) -> Prometheus {
    let path = |name: &str| dir.join(name);
    std::fs::write(path("month.om"), month).unwrap();
    std::fs::write(path("rules.yml"), RULES).unwrap();
    let config = json!({ "global": { "evaluation_interval": "1h" }, "rule_files": ["rules.yml"] });
    std::fs::write(path("prometheus.yml"), config.to_string()).unwrap();
    promtool(
        dir,
        &[
            "tsdb",
            "create-blocks-from",
            "--max-block-duration=744h",
            "openmetrics",
            "month.om",
            "data",
        ],
    );
    let child = Command::new("prometheus")
        .arg(format!(
            "--config.file={}",
            path("prometheus.yml").display()
        ))
        .arg(format!("--storage.tsdb.path={}", path("data").display()))
        .arg("--storage.tsdb.retention.time=90d")
        .arg(format!("--web.listen-address={address}"))
        .arg("--log.level=warn")
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(path("prometheus.log")).unwrap())
        .spawn()
        .expect("prometheus is installed: apt-get install prometheus");
    let server = Prometheus(child);
    let ready = format!("http://{address}/-/ready");
    until("prometheus is ready", async || {
        let asked = http.get(&ready).send().await.ok()?;
        asked.status().is_success().then_some(())
    })
    .await;
    server
}

fn promtool(dir: &Path, arguments: &[&str]) {
    let said = Command::new("promtool")
        .current_dir(dir)
        .args(arguments)
        .output()
        .expect("promtool comes with prometheus: apt-get install prometheus");
    let text = [said.stdout, said.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(said.status.success(), "{arguments:?}: {text}");
}

fn settings(dir: &Path, listen: SocketAddr, prometheus: SocketAddr) -> String {
    let data = dir.join("data-of-tawny");
    format!(
        r#"server: {{listen: "{listen}", data_dir: "{}"}}
metrics:
  prometheus: {{type: prometheus, url: "http://{prometheus}"}}
people:
  - {{name: ann, roles: [responder, operator]}}
tokens:
  - {{name: ann-laptop, person: ann, secret: {ANN}}}
  - {{name: ci, machine: ci, roles: [responder], secret: {CI}}}
services:
  - name: shop
    platform: {{type: observed}}
    metrics: {{selector: 'job="shop"'}}
    signals:
      - {{key: orders, kind: throughput, selector: shop_requests_total}}
"#,
        data.display()
    )
}

fn rule<'a>(advised: &'a Value, name: &str) -> &'a Value {
    let mut rules = advised["rules"].as_array().unwrap().iter();
    let found = rules.find(|rule| rule["alert"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {advised:#}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_of_alerts_gets_thresholds_that_spare_half_of_the_false_ones_and_lose_no_true_one()
{
    let dir = TempDir::new().unwrap();
    let ip = own_ip();
    let (listen, source) = (SocketAddr::new(ip, 17700), SocketAddr::new(ip, 19090));
    let now = jiff::Timestamp::now().as_second();
    let midnight = (now / DAY - 30) * DAY;
    let mut server = Server::new(dir.path().to_owned(), listen);
    let month = month(midnight, now);
    let _prometheus = prometheus(server.http(), dir.path(), source, &month).await;
    let yaml = settings(dir.path(), listen, source);
    std::fs::write(dir.path().join("tawny.yaml"), yaml).unwrap();
    server.begin(&Life::default());
    server.ready().await;
    let tawny = async |token: &str, arguments: &[&str]| -> Ended {
        tawny_at(server.url(), token, arguments).await
    };

    // Before anybody says what was true, nothing is advised, and it is said what to say.
    let asked = tawny(ANN, &["--json", "thresholds", "shop"]).await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let advised = asked.document("tawny.thresholds/1");
    let errors = rule(&advised, "ShopErrors");
    assert_eq!(errors["verdict"], "nothing_confirmed", "{errors:#}");
    assert_eq!(advised["rule_file"], Value::Null);
    assert_eq!(advised["totals"]["before"]["real"], 0);
    assert!(!errors["to_judge"].as_array().unwrap().is_empty());
    let asked = tawny(ANN, &["thresholds", "shop"]).await;
    assert!(asked.out.contains("tawny judge-alert"), "{}", asked.out);
    let none = tawny(ANN, &["thresholds", "shop", "--rules", "-"]).await;
    assert_eq!(none.code, 1, "{}", none.out);

    // Two incidents are confirmed; a machine cannot.
    for (day, from, lasts) in INCIDENTS {
        let at = |second: i64| {
            let second = midnight + day * DAY + second;
            jiff::Timestamp::from_second(second).unwrap().to_string()
        };
        let (begun, over) = (at(from), at(from + lasts));
        let said = ["judge-alert", "shop", "-", &begun, "real", "--until", &over];
        let refused = tawny(CI, &said).await;
        assert_eq!(refused.code, 1, "{}", refused.out);
        assert!(refused.err.contains("machine"), "{}", refused.err);
        let judged = tawny(ANN, &[&["--json"], &said[..]].concat()).await;
        assert_eq!(judged.code, 0, "{}", judged.err);
        assert_eq!(judged.document("tawny.judge-alert/1")["by"], "ann");
    }

    let asked = tawny(ANN, &["--json", "thresholds", "shop"]).await;
    let advised = asked.document("tawny.thresholds/1");
    assert_eq!(advised["labels"], 2);
    let names = advised["rules"].as_array().unwrap();
    assert!(
        names.iter().all(|rule| rule["alert"] != "PayErrors"),
        "{names:#?}"
    );

    // The batch comes every night: another threshold at that hour, and the day keeps its own.
    let errors = rule(&advised, "ShopErrors");
    let nights = errors["before"]["false"].as_u64().unwrap();
    assert!((29..=31).contains(&nights), "{errors:#}");
    assert_eq!(
        (&errors["before"]["real"], &errors["verdict"]),
        (&json!(2), &json!("better"))
    );
    assert_eq!(errors["steady"], Value::Null, "one threshold does not do");
    let best = &errors["by_hour"];
    assert_eq!(
        (&best["outcome"]["false"], &best["outcome"]["real"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(
        best["condition"]["at_hours"]["hours"],
        json!({"from": 2, "until": 3})
    );
    // Bumps are neither as high nor as long as what was true.
    let slow = rule(&advised, "ShopSlow");
    assert!(slow["before"]["false"].as_u64().unwrap() >= 12, "{slow:#}");
    let best = &slow["steady"]["outcome"];
    assert_eq!(
        (&best["false"], &best["real"]),
        (&json!(0), &json!(2)),
        "{slow:#}"
    );
    // Where what is false goes further than what is true, it is said and nothing is changed.
    let queue = rule(&advised, "ShopQueue");
    assert_eq!(queue["verdict"], "inseparable", "{queue:#}");
    assert_eq!(queue["blocker"]["peak"], 20.0);
    assert_eq!(queue["proposed"], Value::Null);
    assert_eq!(rule(&advised, "ShopQuiet")["verdict"], "nothing_false");
    assert_eq!(rule(&advised, "ShopDown")["looked"], "no_threshold");
    let totals = &advised["totals"];
    let left = totals["after"]["false"].as_u64().unwrap();
    assert!(
        left * 2 <= totals["before"]["false"].as_u64().unwrap(),
        "{totals}"
    );
    assert_eq!(totals["after"]["real"], totals["before"]["real"]);
    assert_eq!(advised["enough"], true);
    // A usual day of the service.
    let load = &advised["load"];
    assert_eq!(load["peak"], json!({"from": 8, "until": 18}), "{load:#}");
    assert_eq!(load["spikes"].as_array().unwrap().len(), 1, "{load:#}");

    // The rule file is what Prometheus takes, and fires by night and by day as it should.
    let rules = dir.path().join("better.yml");
    let written = tawny(
        ANN,
        &["thresholds", "shop", "--rules", rules.to_str().unwrap()],
    )
    .await;
    assert_eq!(written.code, 0, "{}", written.err);
    let file = std::fs::read_to_string(&rules).unwrap();
    assert!(
        file.contains("{{ $value }}") && file.contains("severity"),
        "{file}"
    );
    assert!(!file.contains("ShopQueue"), "{file}");
    promtool(dir.path(), &["check", "rules", "better.yml"]);
    std::fs::write(dir.path().join("test.yml"), UNIT).unwrap();
    promtool(dir.path(), &["test", "rules", "test.yml"]);

    // The same for people, in both languages.
    let shown = tawny(ANN, &["thresholds", "shop", "--markdown"]).await;
    assert!(shown.out.starts_with("# Alert thresholds"), "{}", shown.out);
    assert!(shown.out.contains("| `ShopErrors` |"), "{}", shown.out);
    let shown = tawny(
        ANN,
        &["thresholds", "shop", "--markdown", "--lang", "zh-CN"],
    )
    .await;
    assert!(shown.out.starts_with("# 告警阈值"), "{}", shown.out);
    let unknown = tawny(ANN, &["thresholds", "nobody"]).await;
    assert_eq!(unknown.code, 3, "{}", unknown.err);
    // Who said what an alarm was is on record.
    let audit = tawny(ANN, &["--json", "audit"]).await;
    assert!(audit.out.contains("judge alert"), "{}", audit.out);
    server.stop().await;
}

/// A night with the batch and a day with an incident, from midnight on.
const UNIT: &str = r#"
rule_files: [better.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: 'shop_error_ratio{job="shop"}'
        values: '0.001x129 0.3x39 0.001x669 0.05x59 0.001x60'
    alert_rule_test:
      - {eval_time: 2h30m, alertname: ShopErrors, exp_alerts: []}
      - eval_time: 14h30m
        alertname: ShopErrors
        exp_alerts:
          - exp_labels: {severity: page, job: shop}
            exp_annotations: {summary: "errors: 0.05"}
"#;
