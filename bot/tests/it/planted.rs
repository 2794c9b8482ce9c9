//! A secret in every field for one, and a look everywhere that people and programs look.

use crate::server::Life;
use crate::settings::ANN;
use crate::wait::until;
use crate::world::World;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// In every planted secret.
const CANARY: &str = "canary7f3a91c0";
/// The same in base64, as a signing secret holds it.
const CANARY_BASE64: &str = "Y2FuYXJ5N2YzYTkxYzA";

/// Every secret field and where it is planted below; a new field must be added to both.
const PLANTED: [&str; 33] = [
    "agent.endpoints[].headers.*",
    "agent.endpoints[].key",
    "agent.endpoints[].proxy",
    "chat.slack.app_token",
    "chat.slack.bot_token",
    "chat.slack.previous_signing_secret",
    "chat.slack.signing_secret",
    "code.*.auth.token",
    "code.*.proxy",
    "code.*.token",
    "code.*.write_auth.token",
    "code.*.write_token",
    "journal.url",
    "mcp.clients[].token",
    "metrics.*.auth.client_secret",
    "metrics.*.auth.params.*",
    "metrics.*.auth.password",
    "metrics.*.auth.token",
    "metrics.*.headers.*",
    "metrics.*.proxy",
    "notify.webhooks[].secret",
    "notify.webhooks[].url",
    "on_call[].calendar_url",
    "server.oidc.client_secret",
    "services[].logs[].auth.password",
    "services[].logs[].auth.token",
    "services[].logs[].headers.*",
    "services[].logs[].token",
    "services[].platform.instances[].env.*",
    "tokens[].secret",
    "traces.headers.*",
    "webhooks[].previous_secret",
    "webhooks[].secret",
];
/// Secret fields that this server cannot have, each with the reason.
const ELSEWHERE: [(&str, &str); 3] = [
    ("journal.password", "belongs to PostgreSQL alone"),
    (
        "services[].signals[].probe.headers.*",
        "tested beside what runs probes",
    ),
    (
        "services[].signals[].probe.env.*",
        "tested beside what runs probes",
    ),
];

/// Adds the path of every secret below a part of the schema.
fn secrets(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    if schema["writeOnly"] == true {
        found.insert(path.to_owned());
    }
    for form in schema["anyOf"].as_array().into_iter().flatten() {
        secrets(form, path, found);
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        secrets(field, &path, found);
    }
    if schema["items"].is_object() {
        secrets(&schema["items"], &format!("{path}[]"), found);
    }
    if schema["additionalProperties"].is_object() {
        secrets(&schema["additionalProperties"], &format!("{path}.*"), found);
    }
}

#[test]
fn every_secret_field_of_the_schema_is_planted() {
    let mut found = BTreeSet::new();
    secrets(&config::json_schema(), "", &mut found);
    found.retain(|path| !ELSEWHERE.iter().any(|(known, _)| known == path));
    let planted: BTreeSet<String> = PLANTED.iter().map(|path| (*path).to_owned()).collect();
    assert_eq!(found, planted);
}

/// The configuration of the world with a canary in every secret.
fn planted(text: &str, dir: &Path) -> String {
    let dead = "127.0.0.1:9";
    let mut text = text.replacen(
        "scrape_interval: 1s,",
        &format!(
            "scrape_interval: 1s, auth: {{type: basic, username: tawny, password: \"{CANARY}-basic\"}},"
        ),
        1,
    );
    let own = text.find("journal: {url:").unwrap();
    let end = own + text[own..].find('\n').unwrap() + 1;
    text.replace_range(own..end, "");
    text = text.replacen(
        "headers: {X-Server:",
        &format!("headers: {{X-Tenant: \"{CANARY}-header\", X-Server:"),
        1,
    );
    text = text.replacen(
        "data_dir:",
        &format!("oidc: {{issuer: \"http://{dead}\", client_id: tawny, client_secret: \"{CANARY}-oidc\"}}, data_dir:"),
        1,
    );
    text = text.replacen(
        "people:\n",
        &format!(
            r#"  two: {{type: prometheus, url: "http://{dead}", auth: {{type: bearer, token: "{CANARY}-bearer"}}, proxy: "http://u:{CANARY}-proxy@{dead}"}}
  three: {{type: prometheus, url: "http://{dead}", auth: {{type: oauth2, token_url: "http://{dead}/t", client_id: tawny, client_secret: "{CANARY}-client", params: {{audience: "{CANARY}-param"}}}}}}
journal: {{url: "sqlite:{dir}/main/data/{CANARY}.db"}}
code:
  hub: {{type: github, url: "http://{dead}/hub", auth: {{type: token, token: "{CANARY}-hub"}}, write_auth: {{type: token, token: "{CANARY}-hub-writes"}}, proxy: "http://u:{CANARY}-way@{dead}"}}
  lab: {{type: gitlab, url: "http://{dead}/lab", token: "{CANARY}-lab", write_token: "{CANARY}-lab-writes"}}
traces: {{otlp_url: "http://{dead}/v1/traces", headers: {{Authorization: "Bearer {CANARY}-traces"}}}}
people:
"#,
            dir = dir.display()
        ),
        1,
    );
    text = text.replacen(
        "environments:",
        &format!(
            "  - {{name: robot, machine: robot, secret: \"{CANARY}-token-0123\"}}\nenvironments:"
        ),
        1,
    );
    text = text.replacen(
        "  webhooks: [",
        &format!("  webhooks: [{{name: dead, url: \"http://{dead}/{CANARY}-hook\", secret: \"whsec_{CANARY_BASE64}=\"}}, "),
        1,
    );
    text = text.replace(
        "env: {SHOP_PROGRAM",
        &format!("env: {{DB_PASSWORD: \"{CANARY}-env\", SHOP_PROGRAM"),
    );
    text = text.replace(
        "metrics: {selector:",
        "metrics: {source: prometheus, selector:",
    );
    let hook = format!(
        "webhooks: [{{name: planted, kind: alertmanager, secret: {CANARY}-now, previous_secret: {CANARY}-before}}]\n"
    );
    let mcp = format!("mcp: {{clients: [{{name: ide, token: {CANARY}-model}}]}}\n");
    let agent = format!(
        "agent: {{endpoints: [{{name: dead, url: \"http://{dead}/v1\", model: m, key: {CANARY}-key, headers: {{X-Team: {CANARY}-team}}, proxy: \"http://u:{CANARY}-proxy@{dead}\"}}]}}\n"
    );
    let slack = format!(
        "chat: {{slack: {{bot_token: xoxb-{CANARY}-bot, signing_secret: {CANARY}-signs, previous_signing_secret: {CANARY}-signed, app_token: xapp-{CANARY}-app, base_url: \"http://{dead}/api\", channels: [{{channel: C1}}]}}}}\non_call: [{{name: nights, calendar_url: \"http://{dead}/{CANARY}-calendar.ics\"}}]\n"
    );
    text = text.replacen(
        "services:\n",
        &format!("{hook}{slack}{mcp}{agent}services:\n"),
        1,
    );
    let logs = [
        format!(
            "{{type: loki, url: \"http://{dead}\", query: '{{a=\"b\"}}', auth: {{type: basic, username: u, password: {CANARY}-loki}}, headers: {{X-Scope-OrgID: {CANARY}-tenant}}}}"
        ),
        format!(
            "{{type: loki, url: \"http://{dead}\", query: '{{a=\"b\"}}', auth: {{type: bearer, token: {CANARY}-loki}}}}"
        ),
        format!(
            "{{type: kubernetes, url: \"http://{dead}\", namespace: n, selector: a=b, token: {CANARY}-pods}}"
        ),
        format!(
            "{{type: sentry, url: \"http://{dead}\", organization: o, project: p, token: {CANARY}-sentry}}"
        ),
    ];
    let logs = logs.join(", ");
    for source in ["two", "three"] {
        text += &format!(
            "  - {{name: of-{source}, platform: observed, metrics: {{source: {source}, selector: 'job=\"x\"'}}, logs: [{logs}]}}\n"
        );
    }
    text
}

fn clean(place: &str, text: &str) {
    for secret in [CANARY, CANARY_BASE64] {
        let at = text.find(secret);
        let around = at.map(|at| {
            let from = text.floor_char_boundary(at.saturating_sub(300));
            let to = text.floor_char_boundary((at + 100).min(text.len()));
            &text[from..to]
        });
        assert_eq!(around, None, "a secret is in {place}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_of_any_field_is_in_no_output_log_metric_answer_or_journal() {
    let mut world = World::small().await;
    let file = world.dir.path().join("main/tawny.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = planted(&text, world.dir.path());
    assert!(text.matches(CANARY).count() >= 10, "{text}");
    std::fs::write(&file, &text).unwrap();
    world.server.begin(&Life {
        // Of the libraries below too.
        log: Some("trace,sqlx=trace"),
        ..Life::default()
    });
    world.server.ready().await;
    let id = world.bring_out("shop", "v1").await;

    // A changed configuration, one that is wrong beside its secrets, and checking it.
    std::fs::write(&file, text.replacen("-basic", "-other", 1)).unwrap();
    until("it is applied", async || {
        let log = world.server.whole_log();
        log.contains("a changed configuration is in force")
            .then_some(())
    })
    .await;
    std::fs::write(&file, text.replacen("people:", "poeple:", 1)).unwrap();
    until("it is refused", async || {
        world.server.whole_log().contains("`poeple`").then_some(())
    })
    .await;
    let checked = tokio::process::Command::new(env!("CARGO_BIN_EXE_tawny"))
        .args(["check-config", "--json"])
        .arg(&file)
        .env("TAWNY_LOG", "trace")
        .output()
        .await
        .unwrap();
    assert_eq!(checked.status.code(), Some(3));
    clean(
        "check-config's output",
        &String::from_utf8_lossy(&checked.stdout),
    );
    clean(
        "check-config's errors",
        &String::from_utf8_lossy(&checked.stderr),
    );

    for path in [
        "deployments".to_owned(),
        format!("deployments/{id}"),
        format!("deployments/{id}/timeline"),
        "openapi.json".to_owned(),
        "nothing-of-this-name".to_owned(),
    ] {
        let (_, answer) = world.server.call(ANN, Method::GET, &path, None).await;
        clean(&path, &answer.to_string());
    }
    for path in ["metrics", "healthz", "readyz", ""] {
        let url = format!("{}/{path}", world.server.url());
        let answer = reqwest::get(url).await.unwrap();
        assert_eq!(answer.status().is_success(), !path.is_empty(), "{path}");
        clean(path, &answer.text().await.unwrap());
    }
    world.server.stop().await;
    clean("the log", &world.server.whole_log());
    let out = std::fs::read_to_string(world.dir.path().join("main/serve.out")).unwrap();
    clean("standard output", &out);
    for entry in std::fs::read_dir(world.dir.path().join("main/data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let content = std::fs::read(&path).unwrap();
            clean("the journal", &String::from_utf8_lossy(&content));
        }
    }
    for message in world.receiver.take_all() {
        clean("a message", &format!("{message:?}"));
    }
}
