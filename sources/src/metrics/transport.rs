//! The connection: proxy, certificates, and what an error of it says.

use std::time::Duration;

use reqwest::{Certificate, Identity, Url};
use secrecy::{ExposeSecret, SecretString};

use super::config::PrometheusConfig;
use super::error::{shorten, without_userinfo};

/// Who is trusted and who we are. `Debug` prints no key.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// PEM certificates of the only authorities to trust; without it, those of the system.
    pub ca_pem: Option<String>,
    /// The client certificate to show (mTLS).
    pub identity: Option<ClientIdentity>,
}

/// A client certificate and its key. `Debug` prints neither.
#[derive(Clone)]
pub struct ClientIdentity {
    /// PEM certificate, with its chain if there is one.
    pub cert_pem: String,
    /// PEM private key: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key_pem: SecretString,
}

impl std::fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientIdentity").finish_non_exhaustive()
    }
}

/// How the source is reached. `Debug` prints no credentials.
#[derive(Clone, Default)]
pub enum Proxy {
    /// As `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` of the environment say, but
    /// loopback addresses never through a proxy.
    #[default]
    Environment,
    /// Directly, whatever the environment says.
    Direct,
    /// Through this one: `http(s)://[user:password@]host:port`.
    Through(String),
}

impl Proxy {
    /// The password, which must never be printed.
    pub(super) fn secret(&self) -> Option<SecretString> {
        let Self::Through(text) = self else {
            return None;
        };
        let url = Url::parse(text).ok()?;
        let password = percent_encoding::percent_decode_str(url.password()?);
        Some(password.decode_utf8().ok()?.into_owned().into())
    }
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Environment => f.write_str("Environment"),
            Self::Direct => f.write_str("Direct"),
            Self::Through(url) => write!(f, "Through({:?})", without_userinfo(url)),
        }
    }
}

/// A client for `url`, with the source's certificates unless others are given.
pub(crate) fn client(
    config: &PrometheusConfig,
    tls: Option<&Tls>,
    url: &Url,
) -> Result<reqwest::Client, String> {
    // Shorter than an attempt, so that a silent host counts as a connection error.
    let connecting = config.timeout / 2;
    careful_client(tls.unwrap_or(&config.tls), &config.proxy, connecting, url)
}

/// A client for `url` that waits `connecting` for a connection.
/// Redirects are not followed, since credentials would travel with them.
///
/// # Errors
/// A certificate, a key or the proxy cannot be used; in words without secrets.
pub fn careful_client(
    tls: &Tls,
    proxy: &Proxy,
    connecting: Duration,
    url: &Url,
) -> Result<reqwest::Client, String> {
    let mut client = reqwest::Client::builder()
        .user_agent(concat!("tawny/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connecting);
    client = match proxy {
        Proxy::Through(text) => client.proxy(through(text)?),
        Proxy::Direct => client.no_proxy(),
        // A proxy named in the environment cannot reach our own loopback.
        Proxy::Environment if is_loopback(url) => client.no_proxy(),
        Proxy::Environment => client,
    };
    if let Some(pem) = &tls.ca_pem {
        client = client.tls_certs_only(authorities(pem)?);
    }
    if let Some(identity) = &tls.identity {
        client = client.identity(own(identity)?);
    }
    client.build().map_err(|e| {
        format!(
            "the http client cannot be built: {}",
            causes(&e.without_url())
        )
    })
}

/// A client for checks: no redirects, no proxy, and a new connection each time, since that a kept
/// one still works says nothing about the next customer's.
pub(crate) fn direct_client() -> Result<reqwest::Client, String> {
    let client = reqwest::Client::builder()
        .user_agent(concat!("tawny/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0);
    client.build().map_err(|error| {
        let causes = causes(&error.without_url());
        format!("the http client cannot be built: {causes}")
    })
}

/// Reads a setting that must be an `http(s)` URL without query and fragment.
pub(crate) fn web_url(field: &str, text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .map_err(|e| format!("{field} is not a url ({e}), expected http(s)://host:port/prefix"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!(
            "{field} has the scheme `{}`, expected http or https",
            url.scheme()
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "{field} has a query or fragment, expected only host, port and prefix"
        ));
    }
    Ok(url)
}

/// Whether the host is this machine itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

fn through(text: &str) -> Result<reqwest::Proxy, String> {
    let url = web_url("proxy", text)?;
    reqwest::Proxy::all(url)
        .map_err(|_| "proxy cannot be used, expected http(s)://host:port".into())
}

fn authorities(pem: &str) -> Result<Vec<Certificate>, String> {
    let unusable = |reason: String| format!("tls.ca_pem {reason}, expected PEM certificates");
    let found = Certificate::from_pem_bundle(pem.as_bytes())
        .map_err(|e| unusable(format!("cannot be read ({})", causes(&e))))?;
    if found.is_empty() {
        return Err(unusable("holds no certificate".into()));
    }
    Ok(found)
}

fn own(identity: &ClientIdentity) -> Result<Identity, String> {
    let pem = format!(
        "{}\n{}",
        identity.key_pem.expose_secret(),
        identity.cert_pem
    );
    // Nothing of the error is shown: it may quote the key.
    Identity::from_pem(pem.as_bytes()).map_err(|_| {
        "tls.identity cannot be used, expected a PEM certificate and its unencrypted PEM key".into()
    })
}

/// The causes of an error, innermost last. Take the URL out first: it may hold the whole query.
pub(crate) fn causes(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause = std::error::Error::source(error);
    while let Some(current) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&current.to_string());
        cause = current.source();
    }
    if text.is_empty() {
        text = error.to_string();
    }
    shorten(&text, 300)
}

/// Whether one of the causes is a failure of TLS: a certificate that is not
/// trusted or not accepted, a protocol that does not fit.
pub(super) fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(current) = cause {
        if is_rustls(current) {
            return true;
        }
        cause = current.source();
    }
    false
}

/// An `io::Error` does not name what it wraps as its source.
fn is_rustls(error: &(dyn std::error::Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<std::io::Error>();
    match wrapped.and_then(std::io::Error::get_ref) {
        Some(inner) => is_rustls(inner),
        None => error.is::<rustls::Error>(),
    }
}
