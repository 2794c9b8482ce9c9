//! The converted configuration as text.

use super::service::{Converted, quoted};
use super::source::{Auth, Source};

/// Where a Prometheus usually is.
const GUESS: &str = "http://127.0.0.1:9090";

/// Writes what there is.
pub(super) fn document(source: Option<&Source>, services: &[Converted]) -> String {
    let mut lines = vec![
        "# Converted by `tawny import`. Look through it, then run `tawny check-config`.".to_owned(),
        String::new(),
    ];
    if source.is_some() || !services.is_empty() {
        lines.extend(metrics(source));
    }
    if !services.is_empty() {
        lines.push(String::new());
        lines.push("services:".to_owned());
        for service in services {
            lines.extend(one(service));
        }
    }
    lines.join("\n") + "\n"
}

fn metrics(source: Option<&Source>) -> Vec<String> {
    let mut lines = vec![
        "metrics:".to_owned(),
        "  main:".to_owned(),
        "    type: prometheus".to_owned(),
    ];
    let Some(source) = source else {
        lines.push(format!("    url: {GUESS}  # a guess"));
        return lines;
    };
    lines.push(format!("    url: {}", quoted(&source.url)));
    match &source.auth {
        Auth::None | Auth::OAuth2 { .. } => {}
        Auth::Basic { username, password } => {
            lines.push("    auth:".to_owned());
            lines.push("      type: basic".to_owned());
            lines.push(format!("      username: {}", quoted(username)));
            lines.push(format!("      password: {}", quoted(password)));
        }
        Auth::Bearer { token } => {
            lines.push("    auth:".to_owned());
            lines.push("      type: bearer".to_owned());
            lines.push(format!("      token: {}", quoted(token)));
        }
    }
    if let Auth::OAuth2 {
        token_url,
        client_id,
        client_secret,
        scopes,
    } = &source.auth
    {
        let scopes: Vec<String> = scopes.iter().map(|scope| quoted(scope)).collect();
        lines.push("    auth:".to_owned());
        lines.push("      type: oauth2".to_owned());
        lines.push(format!("      token_url: {}", quoted(token_url)));
        lines.push(format!("      client_id: {}", quoted(client_id)));
        lines.push(format!("      client_secret: {}", quoted(client_secret)));
        lines.push(format!("      scopes: [{}]", scopes.join(", ")));
    }
    if let Some(timeout) = &source.timeout {
        lines.push(format!("    timeout: {}", quoted(timeout)));
    }
    lines
}

fn one(service: &Converted) -> Vec<String> {
    let mut lines = vec![
        format!("  - name: {}", quoted(service.name.as_str())),
        "    platform: observed".to_owned(),
        "    metrics:".to_owned(),
        "      source: main".to_owned(),
        format!("      selector: {}", quoted(&service.selector)),
    ];
    if service.signals.is_empty() {
        return lines;
    }
    lines.push("    signals:".to_owned());
    for signal in &service.signals {
        for (index, (field, value)) in signal.0.iter().enumerate() {
            let start = if index == 0 { "      - " } else { "        " };
            lines.push(format!("{start}{field}: {value}"));
        }
    }
    lines
}
