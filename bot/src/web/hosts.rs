//! Which host names the page answers to, and which origins may send it forms. A name that somebody else
//! points at this address must not make a browser show or press anything.

use super::Page;
use super::denied::Denied;
use super::language::Language;
use axum::extract::{Request, State as Shared};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use messages::BaseUrl;
use std::net::SocketAddr;

/// The names by which the page may be asked for, in lower case.
#[derive(Debug)]
pub(crate) struct Hosts {
    /// With port: `127.0.0.1:7700`.
    exact: Vec<String>,
    /// From the configuration, without port: any port will do.
    any_port: Vec<String>,
    /// The origin that people see, where a proxy stands between.
    public_origin: String,
}

impl Hosts {
    pub(crate) fn new(address: SocketAddr, base_url: &BaseUrl, allowed: &[String]) -> Self {
        let mut exact = vec![authority(base_url.as_str()).to_ascii_lowercase()];
        if !address.ip().is_unspecified() {
            exact.push(address.to_string());
        }
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            exact.push(format!("localhost:{}", address.port()));
        }
        let allowed = allowed.iter().map(|host| host.to_ascii_lowercase());
        let (with_port, any_port) = allowed.partition(|host| port_of(host).is_some());
        exact.extend::<Vec<String>>(with_port);
        Self {
            exact,
            any_port,
            public_origin: origin(base_url.as_str()).to_ascii_lowercase(),
        }
    }

    /// Whether the page may answer under this name.
    pub(crate) fn knows(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let name = match port_of(&host) {
            Some(port) => host.get(..host.len() - port.len() - 1).unwrap_or(&host),
            None => &host,
        };
        self.exact.contains(&host) || self.any_port.iter().any(|known| known == name)
    }

    /// All names, with their ports or without.
    pub(crate) fn names(&self) -> Vec<String> {
        self.exact.iter().chain(&self.any_port).cloned().collect()
    }

    /// Whether a form sent to `host` comes from this page.
    fn same_origin(&self, origin: &str, host: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        let host = host.to_ascii_lowercase();
        let from = ["http://", "https://"]
            .iter()
            .find_map(|scheme| origin.strip_prefix(scheme));
        origin == self.public_origin || from == Some(host.as_str())
    }
}

/// `http://a:1/b` → `http://a:1`.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url
        .get(start..)
        .and_then(|rest| rest.find('/'))
        .map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or(url)
}

fn authority(url: &str) -> &str {
    let origin = origin(url);
    origin.split_once("://").map_or(origin, |(_, rest)| rest)
}

/// The port of `host:port` or `[v6]:port`.
fn port_of(host: &str) -> Option<&str> {
    let (name, port) = host.rsplit_once(':')?;
    let whole = !name.contains(':') || name.ends_with(']');
    (whole && !port.is_empty() && port.chars().all(|c| c.is_ascii_digit())).then_some(port)
}

/// Every request names a known host; every request that could change something comes from the page itself.
pub(super) async fn check(
    Shared(page): Shared<Page>,
    language: Language,
    request: Request,
    next: Next,
) -> Response {
    let host = one(request.headers(), &HOST).unwrap_or_default();
    if !page.hosts.knows(host) {
        return Denied::Host.page(&page, language).into_response();
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let origin = one(request.headers(), &ORIGIN);
    if !safe && !origin.is_some_and(|origin| page.hosts.same_origin(origin, host)) {
        return Denied::Origin.page(&page, language).into_response();
    }
    next.run(request).await
}

/// The value of a header that is there once; two of them are as good as none.
fn one<'a>(headers: &'a HeaderMap, name: &axum::http::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod unit {
    use super::*;

    fn hosts(address: &str, url: &str, allowed: &[&str]) -> Hosts {
        let allowed: Vec<String> = allowed.iter().map(|host| (*host).to_owned()).collect();
        Hosts::new(
            address.parse().unwrap(),
            &BaseUrl::new(url).unwrap(),
            &allowed,
        )
    }

    #[test]
    fn only_names_that_were_given_are_known() {
        let hosts = hosts(
            "127.0.0.1:7700",
            "https://Tawny.example/x",
            &["other.example", "third.example:81"],
        );
        for known in [
            "127.0.0.1:7700",
            "localhost:7700",
            "tawny.example",
            "TAWNY.example",
            "other.example",
            "other.example:9",
            "third.example:81",
        ] {
            assert!(hosts.knows(known), "{known}");
        }
        for foreign in [
            "",
            "127.0.0.1",
            "127.0.0.1:7701",
            "evil.example",
            "tawny.example.evil.example",
            "third.example",
            "other.example:",
            "tawny.example:443",
        ] {
            assert!(!hosts.knows(foreign), "{foreign}");
        }
    }

    #[test]
    fn listening_everywhere_is_no_name() {
        let hosts = hosts("0.0.0.0:80", "http://tawny.example", &[]);
        assert!(!hosts.knows("0.0.0.0:80"));
        assert!(hosts.knows("localhost:80"));
    }

    #[test]
    fn an_address_of_the_sixth_version_keeps_its_colons() {
        let hosts = hosts("[::1]:7700", "http://[::1]:7700", &[]);
        assert!(hosts.knows("[::1]:7700"));
        assert!(!hosts.knows("[::1]"));
    }

    #[test]
    fn an_origin_is_the_host_that_was_asked_or_the_public_one() {
        let hosts = hosts("127.0.0.1:7700", "https://tawny.example", &[]);
        assert!(hosts.same_origin("http://127.0.0.1:7700", "127.0.0.1:7700"));
        assert!(hosts.same_origin("https://tawny.example", "127.0.0.1:7700"));
        for foreign in [
            "null",
            "",
            "http://127.0.0.1:7701",
            "https://tawny.example.evil.example",
            "http://tawny.example",
            "ftp://127.0.0.1:7700",
        ] {
            assert!(!hosts.same_origin(foreign, "127.0.0.1:7700"), "{foreign}");
        }
    }
}
