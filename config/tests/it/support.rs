//! What the tests share.

use config::{ConfigErrors, Lookup, Settings};
use std::io;
use std::path::Path;

/// The committed example.
pub(crate) const EXAMPLE: &str = include_str!("../../../tawny.example.yaml");

/// Everything that the example refers to.
pub(crate) fn world() -> Lookup {
    Lookup::new(
        |name| {
            let known = [
                "PROMETHEUS_PASSWORD",
                "TAWNY_DB_PASSWORD",
                "TAWNY_TOKEN_ANN",
                "TAWNY_TOKEN_CI",
                "OTLP_TOKEN",
                "SHOP_DB_PASSWORD",
                "OAUTH_CLIENT_SECRET",
                "PROXY_PASSWORD",
                "GITHUB_WEBHOOK_SECRET",
                "GITHUB_WEBHOOK_SECRET_BEFORE",
                "ALERTMANAGER_PASSWORD",
                "LOKI_TOKEN",
                "LOKI_PASSWORD",
                "GITHUB_TOKEN",
                "GITLAB_TOKEN",
                "GITHUB_WRITE_TOKEN",
                "GITLAB_WRITE_TOKEN",
                "KUBERNETES_TOKEN",
                "SENTRY_TOKEN",
                "SLACK_BOT_TOKEN",
                "SLACK_SIGNING_SECRET",
                "SLACK_SIGNING_SECRET_BEFORE",
                "SLACK_APP_TOKEN",
                "MCP_TOKEN",
                "OIDC_SECRET",
                "OPENAI_API_KEY",
                "MODEL_TEAM",
            ];
            if name == "TAWNY_WEBHOOK_SECRET" {
                return Some("whsec_MDEyMzQ1Njc4OWFiY2RlZg==".to_owned());
            }
            if name == "ONCALL_CALENDAR_URL" {
                return Some("https://calendar.example.com/private-0123456789.ics".to_owned());
            }
            known
                .contains(&name)
                .then(|| format!("{name}-0123456789abcdef"))
        },
        |path| {
            let inside = path.strip_prefix("/etc/tawny").unwrap_or(path);
            match inside.to_str() {
                Some("secrets/metrics-token") => Ok("metrics-token-from-file\n".to_owned()),
                Some("tls/ca.pem" | "tls/login-ca.pem" | "tls/tawny.pem") => {
                    Ok("-----BEGIN CERTIFICATE-----\n".to_owned())
                }
                Some("tls/tawny.key") => Ok("-----BEGIN PRIVATE KEY-----\n".to_owned()),
                _ => Err(io::Error::from(io::ErrorKind::NotFound)),
            }
        },
    )
}

/// Reads a text that lies in `/etc/tawny`.
pub(crate) fn read(text: &str) -> Result<Settings, ConfigErrors> {
    config::parse(text, "tawny.yaml", Path::new("/etc/tawny"), &world())
}
