//! The configuration of a test: a real `tawny.yaml`, with bakes of a second.

use crate::fleet::Place;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The tokens of the tests: an operator, another one, somebody who may only hold, and a machine.
pub(crate) const ANN: &str = "a-token-of-ann-for-tests";
pub(crate) const BO: &str = "a-token-of-bo-for-tests";
pub(crate) const CY: &str = "a-token-of-cy-for-tests";
pub(crate) const CI: &str = "a-token-of-ci-for-tests";
/// Signs what is posted to the receiver.
pub(crate) const SIGNING: &str = "whsec_dGhpcyBpcyBhIHNlY3JldCBmb3IgdGVzdHMgb25seQ==";

/// How a test's services are guarded.
#[derive(Debug, Clone)]
pub(crate) struct Guarding {
    pub(crate) autonomy: &'static str,
    pub(crate) when_unsure: &'static str,
    /// The share of failures that matters: the smaller, the longer nothing can be said for sure.
    pub(crate) tolerance: &'static str,
    /// Seconds that each step is watched.
    pub(crate) step_bake_s: u64,
    /// Seconds that a promoted release is watched.
    pub(crate) bake_s: u64,
    /// Whether each instance is probed too.
    pub(crate) probed: bool,
    /// Whether somebody else deploys, and Tawny only watches.
    pub(crate) observed: bool,
    /// Whether the errors of a warehouse are watched that the service calls.
    pub(crate) calls_warehouse: bool,
    /// Services that the first one calls.
    pub(crate) calls: &'static str,
    /// Where the code of all services is.
    pub(crate) repo: Option<PathBuf>,
    /// Whether what the instances print is read.
    pub(crate) logged: bool,
    /// What else is asked, beside metrics.
    pub(crate) elsewhere: Elsewhere,
}

/// Another server that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    Nobody,
    /// For the commits.
    GitLab,
    /// For the logs.
    Loki,
}

impl Default for Guarding {
    /// As quick as it can be: a step is watched long enough for a fault to be seen, also on a slow machine.
    fn default() -> Self {
        Self {
            autonomy: "rollback",
            when_unsure: "promote",
            tolerance: "2%",
            step_bake_s: 4,
            bake_s: 1,
            probed: false,
            observed: false,
            calls_warehouse: false,
            calls: "",
            repo: None,
            logged: false,
            elsewhere: Elsewhere::Nobody,
        }
    }
}

impl Guarding {
    /// Somebody else deploys.
    pub(crate) fn observed() -> Self {
        Self {
            autonomy: "observe",
            observed: true,
            ..Self::default()
        }
    }
}

/// Where everything is.
pub(crate) struct Facts<'a> {
    pub(crate) dir: &'a Path,
    /// What the server calls itself to the metrics source; its own files are in the folder of that name.
    pub(crate) server: &'a str,
    /// The journal's URL, if it is not the server's own file.
    pub(crate) journal: Option<&'a str>,
    pub(crate) listen: SocketAddr,
    pub(crate) prometheus: SocketAddr,
    pub(crate) packages: SocketAddr,
    pub(crate) receiver: SocketAddr,
    pub(crate) probed: SocketAddr,
    pub(crate) gitlab: SocketAddr,
    pub(crate) loki: SocketAddr,
    pub(crate) places: &'a [Place],
    pub(crate) guarding: &'a Guarding,
}

pub(crate) fn yaml(facts: &Facts<'_>) -> String {
    let mut text = format!(
        r#"server: {{listen: "{listen}", data_dir: "{dir}/{server}/data"}}
{journal}metrics:
  prometheus: {{type: prometheus, url: "http://{prometheus}", scrape_interval: 1s, timeout: 2s, headers: {{X-Server: "{server}"}}}}
people:
  - {{name: ann, roles: [responder, operator]}}
  - {{name: bo, roles: [responder, operator]}}
  - {{name: cy}}
tokens:
  - {{name: ann, person: ann, secret: "{ANN}"}}
  - {{name: bo, person: bo, secret: "{BO}"}}
  - {{name: cy, person: cy, secret: "{CY}"}}
  - {{name: ci, machine: build-server, roles: [responder, operator], secret: "{CI}"}}
environments: [{{name: test}}]
notify:
  webhooks: [{{name: hook, url: "http://{receiver}/messages", secret: "{SIGNING}"}}]
{code}services:
"#,
        listen = facts.listen,
        dir = facts.dir.display(),
        server = facts.server,
        journal = facts
            .journal
            .map_or_else(String::new, |url| format!("journal: {{url: \"{url}\"}}\n")),
        prometheus = facts.prometheus,
        receiver = facts.receiver,
        code = if facts.guarding.elsewhere == Elsewhere::GitLab {
            format!(
                "code: {{lab: {{type: gitlab, url: \"http://{}\", token: glpat-for-tests}}}}\n",
                facts.gitlab
            )
        } else {
            String::new()
        },
    );
    let mut services: Vec<&str> = facts.places.iter().map(|p| p.service.as_str()).collect();
    services.dedup();
    for service in services {
        add_service(&mut text, facts, service);
    }
    text
}

// Writing to a string cannot fail.
fn add_service(text: &mut String, facts: &Facts<'_>, service: &str) {
    let guarding = facts.guarding;
    if guarding.observed {
        add_observed(text, facts, service);
    } else {
        add_hosts(text, facts, service);
    }
    // An operator vouches for them: bakes of seconds do not end with certainty.
    let known: Vec<String> = (1..10)
        .map(|n| format!("{{version: v{n}, known_good: true}}"))
        .collect();
    if !guarding.observed {
        let packages = facts.packages;
        let _ = writeln!(
            text,
            "    packages: {{url: \"http://{packages}/{service}-{{version}}.tar.gz\"}}"
        );
    }
    if let Some(repo) = &guarding.repo {
        let _ = writeln!(text, "    repo: \"{}\"", repo.display());
    }
    match guarding.elsewhere {
        Elsewhere::Nobody => {}
        Elsewhere::GitLab => text.push_str("    repo: gitlab:acme/shop\n"),
        Elsewhere::Loki => {
            let _ = writeln!(
                text,
                "    logs: [{{type: loki, url: \"http://{}\", query: '{{app=\"shop\"}}'}}]",
                facts.loki
            );
        }
    }
    if guarding.logged {
        text.push_str("    logs: [instances]\n");
    }
    let _ = write!(
        text,
        r#"    versions: [{known}]
    downstream: [{calls}]
    metrics: {{selector: "job=\"{service}\""}}
    signals:
      - key: errors
        kind: ratio
        bad: requests_total{{result="failed"}}
        total: requests_total
        tolerance: {{absolute: {tolerance}, relative: 0}}
        warn_limit: 2%
        hard_limit: 10%
{more}{probes}    policy: {{autonomy: {autonomy}, when_unsure: {unsure}, bake: {bake}s, approval_expiry: 10m, cure_expiry: 120s, author_may_resume: true}}
    pacing: {{gray_bake: {step}s, batch: 9, batch_bake: {step}s}}
"#,
        more = more_signals(guarding),
        probes = probes(facts),
        known = known.join(", "),
        calls = if facts
            .places
            .first()
            .is_some_and(|place| place.service == service)
        {
            guarding.calls
        } else {
            ""
        },
        autonomy = guarding.autonomy,
        unsure = guarding.when_unsure,
        tolerance = guarding.tolerance,
        bake = guarding.bake_s,
        step = guarding.step_bake_s,
    );
}

// Writing to a string cannot fail.
fn add_hosts(text: &mut String, facts: &Facts<'_>, service: &str) {
    let dir = facts.dir.display();
    let _ = write!(
        text,
        r#"  - name: {service}
    platform:
      type: hosts
      deploy_path: "{dir}/hosts-{service}"
      start_cmd: ./start.sh
      stop_timeout: 10s
      health: {{path: /healthz, version_path: /version, timeout: 2s, interval: 100ms, attempts: 300}}
      instances:
"#
    );
    for place in facts.places.iter().filter(|p| p.service == service) {
        let _ = writeln!(
            text,
            "        - {{id: {id}, base_url: \"http://{listen}\", env: {{SHOP_PROGRAM: \"{program}\", STARTS: \"{starts}\", \
             MOCK_SERVICE_LISTEN: \"{listen}\", MOCK_SERVICE_FAULT_LISTEN: \"{ip}:0\", MOCK_SERVICE_SEED: \"1\"}}}}",
            id = place.id,
            listen = place.listen,
            ip = place.listen.ip(),
            program = env!("CARGO_BIN_EXE_tawny"),
            starts = place.starts.display(),
        );
    }
}

// Writing to a string cannot fail.
fn add_observed(text: &mut String, facts: &Facts<'_>, service: &str) {
    let _ = write!(
        text,
        "  - name: {service}\n    platform:\n      type: observed\n      instances:\n"
    );
    for place in facts.places.iter().filter(|p| p.service == service) {
        let (id, listen) = (&place.id, place.listen);
        let _ = writeln!(text, "        - {{id: {id}, label: \"{listen}\"}}");
    }
}

/// What the service calls, and how much it is asked.
fn more_signals(guarding: &Guarding) -> String {
    let mut text = String::new();
    if guarding.calls_warehouse {
        text.push_str(
            r#"      - key: warehouse
        kind: ratio
        of: job="warehouse"
        dimension: dependency
        bad: requests_total{result="failed"}
        total: requests_total
        tolerance: {absolute: 2%, relative: 0}
"#,
        );
    }
    text
}

/// A web address and a command, each asked of every instance.
fn probes(facts: &Facts<'_>) -> String {
    if !facts.guarding.probed {
        return String::new();
    }
    format!(
        r#"      - key: front
        kind: probe
        probe: {{type: http, url: "http://{probed}/check?instance={{instance}}", timeout: 2s, retries: 1, interval: 1s}}
        hard_limit: 50%
        action_on_failure: rollback
      - key: stock
        kind: probe
        probe: {{type: command, run: "echo 5", expects: {{type: number, min: 1}}, per_instance: true, retries: 1, interval: 1s}}
"#,
        probed = facts.probed,
    )
}
