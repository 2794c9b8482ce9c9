//! The demo's configuration: a real `tawny.yaml`, kept beside the demo's data for whoever wants to look.

use super::alerts::SOURCE;
use super::packages::Built;
use super::scenario::Scenario;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;

/// The service of the demo.
pub(super) const SERVICE: &str = "shop";
/// What it calls.
pub(super) const WAREHOUSE: &str = "warehouse";
/// Its environment.
pub(super) const ENVIRONMENT: &str = "demo";
/// The person who may press buttons.
pub(super) const PERSON: &str = "ana";
/// Somebody else, for whoever wants to see what two do at once.
pub(super) const COLLEAGUE: &str = "ben";
/// The variable with the key of a model.
pub(super) const MODEL_KEY: &str = "TAWNY_DEMO_MODEL_KEY";
/// The version before.
pub(super) const OLD: &str = "v1";
/// The version that is brought out.
pub(super) const NEW: &str = "v2";

/// One instance of the shop.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) id: String,
    pub(super) listen: SocketAddr,
    pub(super) faults: SocketAddr,
}

/// A server that answers for a model.
pub(super) struct Endpoint {
    pub(super) url: String,
    pub(super) model: String,
    /// Whether the environment has a key for it.
    pub(super) keyed: bool,
}

/// Everything that the configuration is written from.
pub(super) struct Facts<'a> {
    pub(super) dir: &'a Path,
    pub(super) program: &'a Path,
    pub(super) prometheus: &'a str,
    pub(super) interval_s: u64,
    pub(super) packages: SocketAddr,
    pub(super) built: &'a BTreeMap<String, Built>,
    pub(super) places: &'a [Place],
    pub(super) warehouse: Option<&'a Place>,
    pub(super) scenario: Scenario,
    pub(super) gray_bake_s: u64,
    pub(super) approval_expiry_s: u64,
    pub(super) seed: u64,
    /// The shop's commits.
    pub(super) repository: Option<&'a Path>,
    /// What an Alertmanager proves itself with, if there is one.
    pub(super) alerts_secret: Option<&'a Path>,
    /// Who looks into what hurts, if anybody does.
    pub(super) model: Option<Endpoint>,
    /// What the shop logs where its fault shows.
    pub(super) words: Option<&'a Path>,
}

/// The configuration as text.
pub(super) fn yaml(facts: &Facts<'_>) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        r#"# Written by `tawny demo`. A real configuration looks the same.
server:
  listen: 127.0.0.1:0
  data_dir: "{dir}/data"
metrics:
  prometheus: {{type: prometheus, url: "{prometheus}", browse_url: "{prometheus}", scrape_interval: {interval}s}}
people:
  - {{name: {PERSON}, display: Ana, roles: [responder, operator]}}
  - {{name: {COLLEAGUE}, display: Ben, roles: [responder, operator]}}
tokens:
  - {{name: demo, person: {PERSON}, secret: "file:{dir}/token"}}
  - {{name: colleague, person: {COLLEAGUE}, secret: "file:{dir}/token-{COLLEAGUE}"}}
# On this machine alone, judges may ask as fast as they like.
mcp: {{rate: 6000}}
environments:
  - {{name: {ENVIRONMENT}}}
services:
  - name: {SERVICE}
    platform:
      type: hosts
      deploy_path: "{dir}/hosts"
      start_cmd: ./start.sh
      stop_timeout: 4s
      health: {{path: /healthz, version_path: /version, timeout: 1s, interval: 200ms, attempts: 50}}
      instances:
"#,
        dir = facts.dir.display(),
        prometheus = facts.prometheus,
        interval = facts.interval_s,
    );
    let downstream = facts
        .warehouse
        .map(|place| format!(", MOCK_SERVICE_DOWNSTREAM: \"http://{}\"", place.listen))
        .unwrap_or_default();
    let words = facts
        .words
        .map(|path| format!(", MOCK_SERVICE_WORDS: \"{}\"", path.display()))
        .unwrap_or_default();
    for (index, place) in facts.places.iter().enumerate() {
        let _ = writeln!(
            text,
            "        - {{id: {id}, base_url: \"http://{listen}\", env: {{SHOP_PROGRAM: \"{program}\", MOCK_SERVICE_LISTEN: \"{listen}\", \
             MOCK_SERVICE_FAULT_LISTEN: \"{faults}\", MOCK_SERVICE_SEED: \"{seed}\"{downstream}{words}}}}}",
            id = place.id,
            listen = place.listen,
            faults = place.faults,
            program = facts.program.display(),
            seed = facts.seed.wrapping_mul(100).wrapping_add(index as u64),
        );
    }
    if let Some(repository) = facts.repository {
        let _ = writeln!(text, "    repo: \"{}\"", repository.display());
    }
    let _ = write!(
        text,
        r#"    packages: {{url: "http://{packages}/shop-{{version}}.tar.gz"}}
    versions:
"#,
        packages = facts.packages,
    );
    for (version, built) in facts.built {
        let _ = writeln!(
            text,
            "      - {{version: {version}, md5: {md5}, sha256: {sha256}, size: {size}, known_good: {good}}}",
            md5 = built.md5,
            sha256 = built.sha256,
            size = built.bytes.len(),
            good = version == OLD,
        );
    }
    let _ = write!(
        text,
        r#"    metrics: {{selector: "job=\"{SERVICE}\""}}
    logs: [instances]
    signals:
      - preset: http
        adjust:
          errors: {{tolerance: {{absolute: 5%}}}}
          latency: {{tolerance: {{absolute: 100ms}}}}
          throughput: {{tolerance: {{relative: 80%}}}}
          availability: {{tolerance: {{absolute: 20%}}}}
      - preset: process
        adjust:
          cpu: {{tolerance: {{absolute: 0.1}}}}
          memory: {{tolerance: {{absolute: 32MiB}}}}
          open-files: {{tolerance: {{absolute: 100}}}}
{warehouse}{concurrency}    policy:
      autonomy: {autonomy}
      approval_expiry: {expiry}s
      cure_expiry: {cure}s
    pacing: {{gray: {gray}, gray_bake: {bake}s, batch: 3, batch_bake: 10s}}
"#,
        warehouse = facts
            .warehouse
            .map(|_| warehouse_signal())
            .unwrap_or_default(),
        concurrency = if facts.scenario == Scenario::TrafficStep {
            concurrency_signal(facts.interval_s)
        } else {
            String::new()
        },
        autonomy = facts.scenario.autonomy(),
        cure = facts.scenario.cure_expiry_s(),
        expiry = facts.approval_expiry_s,
        gray = facts.places.first().map_or("", |place| place.id.as_str()),
        bake = facts.gray_bake_s,
    );
    if let Some(secret) = facts.alerts_secret {
        let _ = writeln!(
            text,
            "webhooks:\n  - {{name: {SOURCE}, kind: alertmanager, secret: \"file:{}\"}}",
            secret.display()
        );
    }
    if let Some(Endpoint { url, model, keyed }) = &facts.model {
        let key = if *keyed {
            format!(", key: \"${{{MODEL_KEY}}}\"")
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "agent:\n  endpoints: [{{name: demo, url: {url:?}, model: {model:?}{key}}}]"
        );
    }
    text
}

/// How many requests are served at once, as a signal of the shop as a whole: more customers, more of it.
fn concurrency_signal(interval_s: u64) -> String {
    format!(
        r#"      - key: concurrency
        kind: promql
        query: sum(rate(http_request_duration_seconds_sum{{job="{SERVICE}"}}[{window}s]))
        unit: count
        tolerance: {{relative: 50%}}
"#,
        window = 4 * interval_s,
    )
}

/// The share of the warehouse's answers that are errors, as a signal of a dependency.
fn warehouse_signal() -> String {
    format!(
        r#"      - key: {WAREHOUSE}
        kind: ratio
        of: job="{WAREHOUSE}"
        dimension: dependency
        bad: http_requests_total{{code=~"5.."}}
        total: http_requests_total
        tolerance: {{absolute: 5%}}
"#
    )
}
