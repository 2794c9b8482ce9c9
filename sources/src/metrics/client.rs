//! The client: settings checked once, shared by all clones.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::config::{Auth, PrometheusConfig};
use super::error::{MetricsError, Problem, shown_url, without_userinfo};
use super::gate::Gate;
use super::token::Tokens;
use super::transport;

/// One Prometheus, or what speaks its API. Clones share connections and the
/// limit on concurrent requests.
#[derive(Clone)]
pub struct Prometheus {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) http: reqwest::Client,
    pub(super) base: Url,
    pub(super) headers: HeaderMap,
    pub(super) slots: Semaphore,
    pub(super) config: PrometheusConfig,
    /// Sent with every API request.
    pub(super) params: Vec<(String, String)>,
    pub(super) gate: Arc<Gate>,
    pub(super) tokens: Option<Tokens>,
    /// Series that an answer may have, where the server knows to keep to it.
    pub(super) most_series: Option<usize>,
    pub(super) secrets: Vec<SecretString>,
}

impl Prometheus {
    /// Checks the settings and builds the client; sends nothing.
    ///
    /// # Errors
    /// [`Problem::Unusable`]: the URL, a header or the credentials cannot be
    /// used, or no TLS provider is installed in this process.
    pub fn new(config: PrometheusConfig) -> Result<Self, MetricsError> {
        let shown = without_userinfo(&config.base_url);
        build(config).map_err(|reason| MetricsError {
            url: shown,
            query: None,
            attempts: 0,
            problem: Box::new(Problem::Unusable(reason)),
        })
    }

    /// The base URL without credentials.
    #[must_use]
    pub fn base_url(&self) -> String {
        shown_url(&self.inner.base)
    }
}

impl std::fmt::Debug for Prometheus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prometheus")
            .field("config", &self.inner.config)
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// Foreign text with every secret of ours blotted out, should it be echoed.
    pub(super) fn scrub(&self, text: &str) -> String {
        // A very short value (tenant `1`) is no secret, and blotting it out would spoil every number.
        let tokens = self.tokens.iter().flat_map(Tokens::secrets);
        let all = self.secrets.iter().cloned().chain(tokens);
        let long = all.filter(|s| s.expose_secret().len() >= 4);
        long.fold(text.to_owned(), |text, secret| {
            text.replace(secret.expose_secret(), "[REDACTED]")
        })
    }
}

fn build(mut config: PrometheusConfig) -> Result<Prometheus, String> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err("no tls provider is installed; call \
             rustls::crypto::ring::default_provider().install_default() first"
            .into());
    }
    let mut base = transport::web_url("base_url", &config.base_url)?;
    take_userinfo(&mut base, &mut config)?;
    if config.timeout.is_zero() {
        return Err("timeout is 0, expected a positive duration".into());
    }
    let http = transport::client(&config, None, &base)?;
    let mut headers = extra_headers(&config.headers)?;
    let mut secrets = config.secrets();
    if let Some(value) = authorization(&http, &config.auth)? {
        // Basic credentials travel encoded; that form is a secret as well.
        if let Some((_, token)) = value.to_str().ok().and_then(|v| v.split_once(' ')) {
            secrets.push(token.into());
        }
        headers.insert(AUTHORIZATION, value);
    }
    if config
        .gzip
        .unwrap_or_else(|| !transport::is_loopback(&base))
    {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let tokens = match &config.auth {
        Auth::ClientCredentials(credentials) => Some(Tokens::new(&config, credentials)?),
        Auth::None | Auth::Basic { .. } | Auth::Bearer(_) => None,
    };
    Ok(Prometheus {
        inner: Arc::new(Inner {
            http,
            base,
            headers,
            params: config.extra_params(),
            gate: Arc::new(Gate::new(config.budget, config.retry.total)?),
            tokens,
            most_series: None,
            slots: Semaphore::new(config.max_concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            config,
            secrets,
        }),
    })
}

/// Moves `user:password@` out of the URL, so that it cannot be printed with it.
fn take_userinfo(base: &mut Url, config: &mut PrometheusConfig) -> Result<(), String> {
    if base.username().is_empty() && base.password().is_none() {
        return Ok(());
    }
    if !matches!(config.auth, Auth::None) {
        return Err("base_url holds credentials and auth is set too, expected one of them".into());
    }
    let decoded = |text: &str| {
        percent_decode_str(text)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| "base_url holds credentials that are not utf-8")
    };
    let user = decoded(base.username())?;
    let password = decoded(base.password().unwrap_or_default())?;
    config.auth = Auth::Basic {
        user,
        password: password.into(),
    };
    base.set_username("")
        .and(base.set_password(None))
        .map_err(|()| "base_url cannot hold credentials")?;
    config.base_url = base.to_string();
    Ok(())
}

pub(crate) fn extra_headers(configured: &[(String, SecretString)]) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in configured {
        let header = HeaderName::try_from(name.as_str())
            .map_err(|_| format!("headers: `{name}` is not a header name"))?;
        headers.append(header, sensitive(value.expose_secret(), name)?);
    }
    Ok(headers)
}

pub(crate) fn authorization(
    http: &reqwest::Client,
    auth: &Auth,
) -> Result<Option<HeaderValue>, String> {
    match auth {
        Auth::None | Auth::ClientCredentials(_) => Ok(None),
        Auth::Bearer(token) => sensitive(
            &format!("Bearer {}", token.expose_secret()),
            "authorization",
        )
        .map(Some),
        Auth::Basic { user, password } => http
            .get("http://localhost/")
            .basic_auth(user, Some(password.expose_secret()))
            .build()
            .map(|request| request.headers().get(AUTHORIZATION).cloned())
            .map_err(|_| "auth: user or password cannot be sent".into()),
    }
}

fn sensitive(value: &str, name: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::try_from(value).map_err(|_| {
        format!("headers: the value of `{name}` has characters a header cannot carry")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(change: impl FnOnce(&mut PrometheusConfig)) -> Result<Prometheus, MetricsError> {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let mut config = PrometheusConfig::new("http://127.0.0.1:9090");
        change(&mut config);
        Prometheus::new(config)
    }

    #[test]
    fn unusable_settings_are_named_with_what_was_expected() {
        for (url, expected) in [
            ("127.0.0.1:9090", "is not a url"),
            ("ftp://host/", "scheme `ftp`, expected http or https"),
            ("http://host/?token=abc", "has a query or fragment"),
        ] {
            let error = client(|c| c.base_url = url.into()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("abc"), "{error}");
        }
        let error = client(|c| c.headers = vec![("a b".into(), "v".into())]).unwrap_err();
        assert!(error.to_string().contains("`a b` is not a header name"));
        let error = client(|c| c.headers = vec![("x-a".into(), "planted\n".into())]).unwrap_err();
        assert!(!error.to_string().contains("planted"), "{error}");
    }

    #[test]
    fn credentials_in_the_url_become_basic_auth_and_leave_the_url() {
        let client = client(|c| c.base_url = "http://ann:p%40ss@host/prefix".into()).unwrap();
        assert_eq!(client.base_url(), "http://host/prefix");
        assert_eq!(
            client
                .inner
                .headers
                .get(AUTHORIZATION)
                .unwrap()
                .to_str()
                .unwrap(),
            "Basic YW5uOnBAc3M="
        );
        assert!(!format!("{client:?}").contains("p@ss"));
        assert_eq!(
            client.inner.scrub("echo p@ss YW5uOnBAc3M="),
            "echo [REDACTED] [REDACTED]"
        );
    }

    #[test]
    fn credentials_given_twice_are_refused() {
        let error = client(|c| {
            c.base_url = "http://ann:pw@host/".into();
            c.auth = Auth::Bearer("t0ken".into());
        })
        .unwrap_err()
        .to_string();
        assert!(error.contains("expected one of them"), "{error}");
        assert!(
            !error.contains("t0ken") && !error.contains("pw@"),
            "{error}"
        );
    }
}
