use crate::support::{EXAMPLE, read};
use config::{Lookup, Secret};
use std::path::Path;

const CANARY: &str = "canary-3f9a1c77e0";
/// Where only base64 is taken.
const SIGNING_CANARY: &str = "canary3f9a1c77e0";

fn with_canaries(text: &str) -> Result<config::Settings, config::ConfigErrors> {
    let lookup = Lookup::new(
        |name| match name {
            "TAWNY_WEBHOOK_SECRET" => Some(format!("whsec_{SIGNING_CANARY}")),
            "ONCALL_CALENDAR_URL" => Some(format!("https://calendar.example.com/{CANARY}")),
            _ => Some(format!("{CANARY}-{name}")),
        },
        |_| Ok(format!("-----BEGIN {CANARY}-file\n")),
    );
    config::parse(text, "tawny.yaml", Path::new("/etc/tawny"), &lookup)
}

#[test]
fn no_secret_of_the_example_is_in_the_debug_of_its_settings() {
    let settings = with_canaries(EXAMPLE).unwrap();
    let shown = format!("{settings:?} {settings:#?}");
    assert!(!shown.contains(CANARY), "{shown}");
    assert!(!shown.contains(SIGNING_CANARY), "{shown}");
    assert!(shown.contains("[secret]"));
}

#[test]
fn no_secret_is_in_the_difference_of_two_settings() {
    let old = read(EXAMPLE).unwrap();
    let new = with_canaries(EXAMPLE).unwrap();
    let changed = config::diff(&old, &new);
    assert!(
        changed.contains(&"metrics.main.auth.password".to_owned()),
        "{changed:?}"
    );
    assert!(
        changed.contains(&"tokens[0].secret".to_owned()),
        "{changed:?}"
    );
    let shown = changed.join(" ");
    assert!(!shown.contains(CANARY), "{shown}");
    assert!(!shown.contains(SIGNING_CANARY), "{shown}");
}

#[test]
fn a_secret_shows_itself_in_no_format() {
    let secret = Secret::new(CANARY);
    let shown = format!(
        "{secret} {secret:?} {secret:#?} {}",
        serde_json::to_string(&secret).unwrap()
    );
    assert!(!shown.contains(CANARY), "{shown}");
    assert_eq!(secret.expose(), CANARY);
}

/// Every line of the example that holds a secret, with what is there.
const PLACES: [(&str, &str); 33] = [
    ("url: ", "postgres://tawny@db.internal/tawny"),
    ("password: ", "${TAWNY_DB_PASSWORD}"),
    ("password: ", "${PROMETHEUS_PASSWORD}"),
    ("token: ", "file:secrets/metrics-token"),
    ("X-Scope-OrgID: ", "shop"),
    ("secret: ", "${TAWNY_TOKEN_ANN}"),
    ("DB_PASSWORD: ", "\"${SHOP_DB_PASSWORD}\""),
    ("url: ", "https://hooks.example.com/tawny"),
    ("secret: ", "${TAWNY_WEBHOOK_SECRET}"),
    ("secret: ", "${GITHUB_WEBHOOK_SECRET}"),
    ("previous_secret: ", "${GITHUB_WEBHOOK_SECRET_BEFORE}"),
    ("secret: ", "${ALERTMANAGER_PASSWORD}"),
    ("bot_token: ", "${SLACK_BOT_TOKEN}"),
    ("signing_secret: ", "${SLACK_SIGNING_SECRET}"),
    (
        "previous_signing_secret: ",
        "${SLACK_SIGNING_SECRET_BEFORE}",
    ),
    ("app_token: ", "${SLACK_APP_TOKEN}"),
    ("calendar_url: ", "${ONCALL_CALENDAR_URL}"),
    ("client_secret: ", "${OAUTH_CLIENT_SECRET}"),
    ("audience: ", "\"https://thanos.example.com\""),
    (
        "proxy: ",
        "http://tawny:${PROXY_PASSWORD}@proxy.example.com:3128",
    ),
    ("API_KEY: ", "\"${SHOP_DB_PASSWORD}\""),
    ("token: ", "\"${LOKI_TOKEN}\""),
    ("password: ", "\"${LOKI_PASSWORD}\""),
    ("token: ", "\"${GITHUB_TOKEN}\""),
    ("token: ", "\"${GITHUB_WRITE_TOKEN}\""),
    ("token: ", "\"${GITLAB_TOKEN}\""),
    ("write_token: ", "\"${GITLAB_WRITE_TOKEN}\""),
    ("token: ", "\"${KUBERNETES_TOKEN}\""),
    ("token: ", "\"${SENTRY_TOKEN}\""),
    ("client_secret: ", "${OIDC_SECRET}"),
    ("token: ", "${MCP_TOKEN}"),
    ("key: ", "${OPENAI_API_KEY}"),
    ("X-Team: ", "\"${MODEL_TEAM}\""),
];

#[test]
fn a_secret_that_is_wrong_in_any_way_is_in_no_error() {
    let wrong_forms = [
        CANARY.to_owned(),
        format!("\"{CANARY}\\nx: y\""),
        format!("[{CANARY}]"),
        format!("{{value: {CANARY}}}"),
        format!("\"{CANARY} ${{\""),
        format!("\"${{{CANARY}}}\""),
        format!("\"{CANARY}${{UNSET_VARIABLE}}\""),
    ];
    for (field, value) in PLACES {
        let line = format!("{field}{value}");
        assert!(EXAMPLE.contains(&line), "{line}");
        for wrong in &wrong_forms {
            let text = EXAMPLE.replacen(&line, &format!("{field}{wrong}"), 1);
            // A second mistake, so that there are errors even where this text is a sound secret.
            let text = text.replacen("locale: en", "locale: none", 1);
            let errors = read(&text).unwrap_err();
            let shown = format!(
                "{errors} {errors:?} {}",
                serde_json::to_string(&errors).unwrap()
            );
            assert!(!shown.contains(CANARY), "{field}{wrong}: {shown}");
        }
    }
}

#[test]
fn a_secret_in_the_place_of_a_structure_is_in_no_error() {
    for (right, wrong) in [
        (
            "auth:                                     # default: none\n      type: basic\n      username: tawny\n      password: ${PROMETHEUS_PASSWORD}",
            "auth: CANARY",
        ),
        ("headers: {} ", "headers: CANARY "),
        ("headers: {} ", "headers: [CANARY] "),
        (
            "env: {PORT: \"8081\", DB_PASSWORD: \"${SHOP_DB_PASSWORD}\"}",
            "env: CANARY",
        ),
        (
            "url: http://prometheus.internal:9090",
            "url: http://tawny:CANARY@prometheus.internal:9090",
        ),
        (
            "url: http://prometheus.internal:9090",
            "url: tawny:CANARY@prometheus.internal:9090",
        ),
        (
            "url: https://packages.example.com/shop/{version}.tar.gz",
            "url: https://u:CANARY@packages.example.com/{version}",
        ),
        (
            "allow: [https://packages.example.com/shop/]",
            "allow: [\"https://u:CANARY@packages.example.com/shop/\"]",
        ),
        (
            "url: https://packages.example.com/shop/v1.42.0-fixed.tar.gz",
            "url: https://u:CANARY@packages.example.com/x",
        ),
        (
            "repo: https://git.example.com/shop/shop",
            "repo: https://CANARY@git.example.com/shop/shop",
        ),
        (
            "base_url: http://127.0.0.1:8081",
            "base_url: http://u:CANARY@127.0.0.1:8081",
        ),
        (
            "public_url: https://tawny.example.com ",
            "public_url: https://u:CANARY@tawny.example.com ",
        ),
    ] {
        assert!(EXAMPLE.contains(right), "{right}");
        let text = EXAMPLE.replacen(right, &wrong.replace("CANARY", CANARY), 1);
        let errors = read(&text).unwrap_err();
        let shown = format!("{errors} {errors:?}");
        assert!(!shown.contains(CANARY), "{wrong}: {shown}");
    }
}

/// The line of a text that has this in it.
fn line(text: &str, what: &str) -> usize {
    text.lines().position(|line| line.contains(what)).unwrap() + 1
}

#[test]
fn a_missing_variable_is_named_with_its_field() {
    let text = EXAMPLE.replacen("${PROMETHEUS_PASSWORD}", "${NOT_THERE}", 1);
    let line = line(&text, "NOT_THERE");
    let expected = format!(
        "tawny.yaml:{line}:17: metrics.main.auth.password: environment variable `NOT_THERE` is not set: expected it in the environment of tawny, or another name"
    );
    assert_eq!(read(&text).unwrap_err().to_string(), expected);
}

#[test]
fn a_missing_secret_file_is_named_with_its_field() {
    let text = EXAMPLE.replacen("file:secrets/metrics-token", "file:secrets/none", 1);
    let line = line(&text, "secrets/none");
    let expected = format!(
        "tawny.yaml:{line}:14: metrics.edge.auth.token: file `secrets/none` cannot be read (entity not found): expected a file with the secret, readable by tawny"
    );
    assert_eq!(read(&text).unwrap_err().to_string(), expected);
}
