//! Where metrics come from.

use super::Notes;
use crate::yaml::Node;

/// A Prometheus, as it will be written.
pub(super) struct Source {
    pub(super) url: String,
    pub(super) auth: Auth,
    pub(super) timeout: Option<String>,
}

/// Proof of identity; secrets are references.
pub(super) enum Auth {
    None,
    Basic {
        username: String,
        password: String,
    },
    Bearer {
        token: String,
    },
    OAuth2 {
        token_url: String,
        client_id: String,
        client_secret: String,
        scopes: Vec<String>,
    },
}

/// Converts `prometheus_integration`; none when it is switched off.
pub(super) fn prometheus(node: &Node, notes: &mut Notes) -> Option<Source> {
    notes.unused(
        node,
        "prometheus_integration",
        &["enabled", "url", "auth", "timeout", "retry_count"],
    );
    if node.get("enabled").and_then(Node::text) == Some("false") {
        notes.add(
            node.at,
            "prometheus_integration",
            "switched off, so not taken",
        );
        return None;
    }
    if let Some(count) = node.get("retry_count") {
        notes.add(
            count.at,
            "prometheus_integration.retry_count",
            "not used: connection errors, 429 and 5xx are tried again within a time limit",
        );
    }
    let Some(at) = node.get("url") else {
        notes.add(
            node.at,
            "prometheus_integration.url",
            "missing, so not taken",
        );
        return None;
    };
    let (url, user) = without_credentials(at.text().unwrap_or_default());
    let mut auth = node
        .get("auth")
        .map_or(Auth::None, |node| auth(node, notes));
    if let Some(username) = user {
        notes.add(
            at.at,
            "prometheus_integration.url",
            "its credentials are not copied: set the environment variable PROMETHEUS_PASSWORD",
        );
        auth = Auth::Basic {
            username,
            password: "${PROMETHEUS_PASSWORD}".to_owned(),
        };
    }
    Some(Source {
        url,
        auth,
        timeout: node.get("timeout").and_then(Node::text).map(with_unit),
    })
}

/// A URL without `user:password@`, and the user if there was one.
fn without_credentials(text: &str) -> (String, Option<String>) {
    let Ok(mut url) = url::Url::parse(text) else {
        return (text.to_owned(), None);
    };
    let user = url.username().to_owned();
    if user.is_empty() && url.password().is_none() {
        return (text.to_owned(), None);
    }
    // Only a URL without a host refuses, and that one has no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    (url.to_string(), Some(user))
}

/// A bare number of scripts is seconds.
pub(super) fn with_unit(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(_) => format!("{text}s"),
        Err(_) => text.to_owned(),
    }
}

fn auth(node: &Node, notes: &mut Notes) -> Auth {
    let text = |field: &str| node.get(field).and_then(Node::text);
    match text("type") {
        Some("basic") => Auth::Basic {
            username: text("username").unwrap_or_default().to_owned(),
            password: reference(node, "password", "PROMETHEUS_PASSWORD", notes),
        },
        Some("bearer" | "token") => Auth::Bearer {
            token: reference(node, "token", "PROMETHEUS_TOKEN", notes),
        },
        Some("oauth2") => match (text("token_url"), text("client_id")) {
            (Some(token_url), Some(client_id)) => {
                let (token_url, user) = without_credentials(token_url);
                if user.is_some() {
                    let what = "its credentials are not copied";
                    notes.add(node.at, "prometheus_integration.auth.token_url", what);
                }
                Auth::OAuth2 {
                    token_url,
                    client_id: client_id.to_owned(),
                    client_secret: reference(
                        node,
                        "client_secret",
                        "PROMETHEUS_CLIENT_SECRET",
                        notes,
                    ),
                    scopes: scopes(node),
                }
            }
            _ => {
                notes.add(
                    node.at,
                    "prometheus_integration.auth",
                    "`token_url` or `client_id` is missing: no credentials are sent",
                );
                Auth::None
            }
        },
        None | Some("none") => Auth::None,
        Some(_) => {
            notes.add(
                node.at,
                "prometheus_integration.auth",
                "a type that is not known: no credentials are sent",
            );
            Auth::None
        }
    }
}

/// A list of scopes, or one text with blanks between them.
fn scopes(node: &Node) -> Vec<String> {
    let Some(scopes) = node.get("scopes") else {
        return Vec::new();
    };
    let words = scopes.text().unwrap_or_default().split_whitespace();
    let items = scopes.items().iter().filter_map(Node::text);
    words.chain(items).map(str::to_owned).collect()
}

/// The secret's reference: the file's own if it has one, else a variable to be set.
fn reference(node: &Node, field: &str, variable: &str, notes: &mut Notes) -> String {
    let value = node.get(field);
    let refers = value.and_then(Node::text).filter(|text| {
        text.starts_with("${") && text.ends_with('}') && text.matches('$').count() == 1
    });
    if let Some(reference) = refers {
        return reference.to_owned();
    }
    notes.add(
        value.map_or(node.at, |value| value.at),
        format!("prometheus_integration.auth.{field}"),
        format!("not copied: set the environment variable {variable}"),
    );
    format!("${{{variable}}}")
}

/// Notes what is not converted from `datadog_integration`.
pub(super) fn datadog(node: &Node, notes: &mut Notes) {
    notes.add(
        node.at,
        "datadog_integration",
        "not converted: tawny reads Prometheus and what speaks its HTTP API; the keys are not copied",
    );
}
