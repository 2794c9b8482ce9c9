//! `tawny init` and `tawny check-config` against a real Prometheus that scrapes itself, a shop and a node_exporter
//! (where one is installed), and against what is no Prometheus at all.

use crate::double::{Double, Reply};
use crate::wait::until;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Processes of a test, which end with it.
struct Processes(Vec<Child>);

impl Drop for Processes {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn free_port() -> u16 {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    taken.local_addr().unwrap().port()
}

fn spawn(program: &str, arguments: &[String]) -> Option<Child> {
    let child = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match child {
        Ok(child) => Some(child),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("{program}: {error}"),
    }
}

/// A Prometheus with these jobs, each scraped every second.
fn prometheus(dir: &Path, jobs: &[(&str, u16)], port: u16) -> Child {
    let jobs = jobs.iter().map(|(job, port)| {
        let target = format!("127.0.0.1:{port}");
        json!({ "job_name": job, "static_configs": [{ "targets": [target] }] })
    });
    let configuration = json!({
        "global": { "scrape_interval": "1s", "scrape_timeout": "1s" },
        "scrape_configs": jobs.collect::<Vec<_>>(),
    });
    std::fs::write(dir.join("prometheus.yml"), configuration.to_string()).unwrap();
    let arguments = [
        format!("--config.file={}", dir.join("prometheus.yml").display()),
        format!("--storage.tsdb.path={}", dir.join("tsdb").display()),
        format!("--web.listen-address=127.0.0.1:{port}"),
    ];
    spawn("prometheus", &arguments).expect("prometheus is installed")
}

struct Ended {
    code: i32,
    document: Value,
    out: String,
    err: String,
}

fn tawny(dir: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let ended = Command::new(env!("CARGO_BIN_EXE_tawny"))
        .args(arguments)
        .current_dir(dir)
        .env_remove("TAWNY_CONFIG")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let out = String::from_utf8(ended.stdout).unwrap();
    Ended {
        code: ended.status.code().unwrap(),
        document: serde_json::from_str(&out).unwrap_or_default(),
        out,
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

fn presets(document: &Value, service: &str) -> Vec<String> {
    let services = document["services"].as_array().unwrap();
    let found = services.iter().find(|one| one["name"] == service);
    let found = found.unwrap_or_else(|| panic!("{service} is not in {document}"));
    let presets = found["presets"].as_array().unwrap();
    presets
        .iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_prometheus_has_becomes_a_configuration_in_which_every_signal_has_data() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let dir = TempDir::new().unwrap();
    let (port, shop, fault, node) = (free_port(), free_port(), free_port(), free_port());
    let mut running = Processes(Vec::new());
    let mock = [
        "mock-service",
        "--listen",
        &format!("127.0.0.1:{shop}"),
        "--fault-listen",
        &format!("127.0.0.1:{fault}"),
    ]
    .map(str::to_owned);
    running
        .0
        .push(spawn(env!("CARGO_BIN_EXE_tawny"), &mock).unwrap());
    let listen = [format!("--web.listen-address=127.0.0.1:{node}")];
    let exporter = spawn("prometheus-node-exporter", &listen);
    let mut jobs = vec![("prometheus", port), ("shop", shop)];
    if exporter.is_some() {
        jobs.push(("node", node));
    }
    running.0.extend(exporter);
    running.0.push(prometheus(dir.path(), &jobs, port));
    let url = format!("http://127.0.0.1:{port}");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    // Two answered requests, two scrapes apart: only then is there a rate.
    until("requests of the shop were scraped twice", async || {
        let _ = http
            .get(format!("http://127.0.0.1:{shop}/products"))
            .send()
            .await;
        let query = "min(count_over_time(http_requests_total{job=\"shop\"}[1m])) > 3";
        let asked = http
            .get(format!("{url}/api/v1/query"))
            .query(&[("query", query)])
            .send()
            .await
            .ok()?;
        let answer: Value = asked.json().await.ok()?;
        (!answer["data"]["result"].as_array()?.is_empty()).then_some(())
    })
    .await;

    let found = tawny(
        dir.path(),
        &["init", "--prometheus", &url, "--yes", "--json"],
        &[],
    );
    assert_eq!(found.code, 0, "{}", found.err);
    assert_eq!(found.document["schema"], "tawny.init/1");
    assert_eq!(presets(&found.document, "prometheus"), ["http", "process"]);
    assert_eq!(
        presets(&found.document, "shop"),
        ["http", "process", "queue", "database", "business"]
    );
    if jobs.len() == 3 {
        assert_eq!(presets(&found.document, "node"), ["host", "up"]);
    }
    let of_shop = found.document["services"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "shop")
        .unwrap();
    assert_eq!(of_shop["version_label"], "version");
    assert_eq!(of_shop["interval_s"], 1.0);
    assert_eq!(of_shop["instances"], json!([format!("127.0.0.1:{shop}")]));

    let checked = tawny(dir.path(), &["check-config", "--json"], &[]);
    assert_eq!(
        (checked.code, &checked.document["ok"]),
        (0, &json!(true)),
        "{} {}",
        checked.out,
        checked.err
    );
    let signals: Vec<&Value> = checked.document["services"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|service| service["signals"].as_array().unwrap())
        .collect();
    assert!(signals.len() > 12, "{signals:?}");
    assert!(
        signals.iter().all(|signal| signal["state"] != "blind"),
        "{signals:?}"
    );

    let again = tawny(dir.path(), &["init", "--prometheus", &url, "--yes"], &[]);
    assert_eq!(again.code, 1, "{}", again.err);
    assert!(again.err.contains("--force"), "{}", again.err);
    let one = [
        "init",
        "--prometheus",
        &url,
        "--yes",
        "--force",
        "--json",
        "--service",
        "shop",
    ];
    let one = tawny(dir.path(), &one, &[]);
    assert_eq!(
        one.document["services"].as_array().unwrap().len(),
        1,
        "{}",
        one.out
    );
    let other = tawny(
        dir.path(),
        &["init", "--prometheus", &url, "--force", "--service", "shpo"],
        &[],
    );
    assert_eq!(other.code, 3);
    assert!(
        other.err.contains("there are") && other.err.contains("shop"),
        "{}",
        other.err
    );

    // A signal without series is blind, and said to be so with its reason.
    let text = std::fs::read_to_string(dir.path().join("tawny.yaml")).unwrap();
    let text = text.replace("      - preset: up ", "").replace(
        "    signals:\n",
        "    signals:\n      - {key: lost, kind: gauge, selector: there_is_no_such_metric}\n",
    );
    std::fs::write(dir.path().join("blind.yaml"), text).unwrap();
    let blind = tawny(dir.path(), &["check-config", "blind.yaml"], &[]);
    assert_eq!(blind.code, 2, "{} {}", blind.out, blind.err);
    assert!(
        blind
            .out
            .contains("lost: no series matches `there_is_no_such_metric"),
        "{}",
        blind.out
    );
    let offline = tawny(
        dir.path(),
        &["check-config", "blind.yaml", "--offline"],
        &[],
    );
    assert_eq!(offline.code, 0, "{} {}", offline.out, offline.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_prometheus_or_wants_to_know_who_asks_is_said_and_nothing_is_written() {
    let dir = TempDir::new().unwrap();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let ended = tawny(
        dir.path(),
        &["init", "--prometheus", &nobody, "--yes", "--json"],
        &[],
    );
    assert_eq!(ended.code, 3);
    assert!(
        ended.err.contains("no answer from") && ended.document["error"].is_string(),
        "{}",
        ended.err
    );

    let page = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let _page = Double::start(page, |_| Reply::Http {
        status: 200,
        body: b"<html>hello</html>".to_vec(),
    })
    .await;
    let ended = tawny(
        dir.path(),
        &["init", "--prometheus", &format!("http://{page}"), "--yes"],
        &[],
    );
    assert_eq!(ended.code, 3);
    assert!(ended.err.contains("not like a Prometheus"), "{}", ended.err);

    let guarded = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let _guarded = Double::start(guarded, |request| {
        let known = request
            .headers
            .get("authorization")
            .is_some_and(|said| said == "Bearer opensesame-1");
        if known {
            Reply::json(
                200,
                &json!({ "status": "success", "data": { "resultType": "vector", "result": [] } }),
            )
        } else {
            Reply::json(401, &json!({ "error": "who are you" }))
        }
    })
    .await;
    let guarded = format!("http://{guarded}");
    let ended = tawny(
        dir.path(),
        &["init", "--prometheus", &guarded, "--yes"],
        &[],
    );
    assert_eq!(ended.code, 3);
    assert!(ended.err.contains("--bearer-env"), "{}", ended.err);
    let known = [
        "init",
        "--prometheus",
        &guarded,
        "--yes",
        "--bearer-env",
        "METRICS_TOKEN",
    ];
    let ended = tawny(dir.path(), &known, &[("METRICS_TOKEN", "opensesame-1")]);
    assert_eq!(ended.code, 2, "nothing is scraped there: {}", ended.err);
    assert!(!format!("{}{}", ended.out, ended.err).contains("opensesame"));
    let ended = tawny(dir.path(), &known, &[("METRICS_TOKEN", "another-word-2")]);
    assert!(
        !format!("{}{}", ended.out, ended.err).contains("another-word"),
        "{}",
        ended.err
    );
    assert!(!dir.path().join("tawny.yaml").exists());
    assert!(!dir.path().join("tawny.token").exists());
}
