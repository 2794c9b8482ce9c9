//! Health checks as probes.

use super::Notes;
use super::service::{ConvertedSignal, quoted};
use super::source::with_unit;
use crate::yaml::{Entry, Node};
use guard::ids::ServiceName;

/// What scripts take where a check says nothing: status, attempts, seconds.
const STATUS: &str = "200";
const RETRIES: &str = "3";
const HTTP_TIMEOUT: &str = "30s";
const TCP_TIMEOUT: &str = "10s";

/// The probes of a `health_check`.
pub(super) fn checks(
    node: &Node,
    service: &ServiceName,
    notes: &mut Notes,
) -> Vec<ConvertedSignal> {
    let mut found = Vec::new();
    for entry in node.entries() {
        let subject = format!("{service}.health_check.{}", entry.key);
        let probe = match entry.key.as_str() {
            "http" => http(entry, &subject, notes),
            "tcp" => tcp(entry, &subject, notes),
            _ => Err("not known, not used".to_owned()),
        };
        match probe {
            Ok(probe) => {
                notes.add(
                    entry.at,
                    subject,
                    "probe: a check is good or bad, and counts as failed after its attempts; warn limit below 99% good \
                     checks, hard limit below 95%; answered by the tier policy",
                );
                found.push(ConvertedSignal(vec![
                    ("key", quoted(&format!("health-{}", entry.key))),
                    ("kind", "probe".to_owned()),
                    ("probe", probe),
                ]));
            }
            Err(why) => notes.add(entry.at, subject, why),
        }
    }
    found
}

fn http(entry: &Entry, subject: &str, notes: &mut Notes) -> Result<String, String> {
    let node = &entry.value;
    notes.unused(
        node,
        subject,
        &["url", "expected_status", "timeout", "retries"],
    );
    let url = text(node, "url").unwrap_or_default();
    let parsed = url::Url::parse(url).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if parsed.is_none() || url.contains("${") || url.contains(['{', '}']) {
        return Err("not taken: `url` is no plain http(s) URL without credentials".to_owned());
    }
    let status = text(node, "expected_status").unwrap_or(STATUS);
    if !status
        .parse::<u16>()
        .is_ok_and(|status| (100..600).contains(&status))
    {
        return Err("not taken: `expected_status` is no status".to_owned());
    }
    Ok(format!(
        "{{type: http, url: {}, expected_status: {status}, {}}}",
        quoted(url),
        patience(node, HTTP_TIMEOUT)?
    ))
}

fn tcp(entry: &Entry, subject: &str, notes: &mut Notes) -> Result<String, String> {
    let node = &entry.value;
    notes.unused(node, subject, &["host", "port", "timeout", "retries"]);
    let host = text(node, "host").unwrap_or_default();
    if host.contains(['{', '}']) || url::Host::parse(host).is_err() {
        return Err("not taken: `host` is no host".to_owned());
    }
    let port = text(node, "port").unwrap_or_default();
    if !port.parse::<u16>().is_ok_and(|port| port > 0) {
        return Err("not taken: `port` is no port".to_owned());
    }
    Ok(format!(
        "{{type: tcp, host: {}, port: {port}, {}}}",
        quoted(host),
        patience(node, TCP_TIMEOUT)?
    ))
}

fn patience(node: &Node, usual: &str) -> Result<String, String> {
    let timeout = with_unit(text(node, "timeout").unwrap_or(usual));
    let sound = humantime::parse_duration(&timeout).is_ok_and(|timeout| !timeout.is_zero());
    if !sound {
        return Err("not taken: `timeout` is no duration".to_owned());
    }
    let retries = text(node, "retries").unwrap_or(RETRIES);
    if !retries.parse::<u32>().is_ok_and(|retries| retries > 0) {
        return Err("not taken: `retries` is no count of attempts".to_owned());
    }
    Ok(format!("timeout: {}, retries: {retries}", quoted(&timeout)))
}

fn text<'n>(node: &'n Node, field: &str) -> Option<&'n str> {
    node.get(field).and_then(Node::text)
}
