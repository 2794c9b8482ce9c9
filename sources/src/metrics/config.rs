//! How to reach one Prometheus.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::error::without_userinfo;
use super::gate::QueryBudget;
use super::meter::SourceMeter;
use super::token::ClientCredentials;
use super::transport::{Proxy, Tls};

/// Where a Prometheus is and how politely to ask it. `Debug` prints no secret.
#[derive(Clone)]
pub struct PrometheusConfig {
    /// Base URL, with the path prefix if there is one (`https://host/prometheus`).
    /// A `user:password@` in it is taken as basic auth.
    pub base_url: String,
    /// Longest time for one attempt, connecting and reading included.
    pub timeout: Duration,
    /// Extra headers, such as a tenant. Values are treated as secrets.
    pub headers: Vec<(String, SecretString)>,
    /// How to prove who asks.
    pub auth: Auth,
    /// Most requests under way at once, over all clones of the client. At least 1.
    pub max_concurrency: usize,
    /// What to do after a connection error, a 429 or a 5xx.
    pub retry: RetryPolicy,
    /// Longest body that is read, in bytes; a longer one is an error.
    pub max_body_bytes: usize,
    /// Who is trusted, and the client certificate to show.
    pub tls: Tls,
    /// How the source is reached.
    pub proxy: Proxy,
    /// Most requests in a time, over all clones of the client; unlimited without it.
    pub budget: Option<QueryBudget>,
    /// Thanos' `dedup`: whether replicas are merged. Not sent without it.
    pub dedup: Option<bool>,
    /// Thanos' `partial_response`: whether an answer without some stores is given,
    /// with a warning, or refused. Not sent without it.
    pub partial_response: Option<bool>,
    /// Parameters added to every API request. Printed. Such as VictoriaMetrics'
    /// `latency_offset=1s`, without which it evaluates nothing of the last 30 s (raw
    /// samples it gives at once; old versions know only a flag of the server), its
    /// `extra_label`, or Thanos' `max_source_resolution=0s`.
    pub params: Vec<(String, String)>,
    /// Whether answers may be compressed; without it, unless the host is loopback.
    pub gzip: Option<bool>,
    /// What is counted about it.
    pub meter: SourceMeter,
}

impl PrometheusConfig {
    /// Settings for a Prometheus at `base_url`: no auth, 5 s per attempt, four
    /// requests at once, bodies up to 64 MiB.
    #[must_use]
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            timeout: Duration::from_secs(5),
            headers: Vec::new(),
            auth: Auth::None,
            max_concurrency: 4,
            retry: RetryPolicy::default(),
            max_body_bytes: 64 * 1024 * 1024,
            tls: Tls::default(),
            proxy: Proxy::default(),
            budget: None,
            dedup: None,
            partial_response: None,
            params: Vec::new(),
            gzip: None,
            meter: SourceMeter::default(),
        }
    }

    /// Every text that must never be printed.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let mut secrets: Vec<SecretString> = self.headers.iter().map(|(_, v)| v.clone()).collect();
        match &self.auth {
            Auth::None => {}
            Auth::Basic { password, .. } => secrets.push(password.clone()),
            Auth::Bearer(token) => secrets.push(token.clone()),
            Auth::ClientCredentials(credentials) => secrets.extend(credentials.secrets()),
        }
        secrets.extend(self.proxy.secret());
        secrets.retain(|s| !s.expose_secret().is_empty());
        secrets
    }

    /// Parameters added to every API request.
    pub(super) fn extra_params(&self) -> Vec<(String, String)> {
        let flag = |name: &str, value: Option<bool>| Some((name.to_owned(), value?.to_string()));
        let flags = [
            flag("dedup", self.dedup),
            flag("partial_response", self.partial_response),
        ];
        let flags = flags.into_iter().flatten();
        flags.chain(self.params.iter().cloned()).collect()
    }
}

impl std::fmt::Debug for PrometheusConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("PrometheusConfig")
            .field("base_url", &without_userinfo(&self.base_url))
            .field("timeout", &self.timeout)
            .field("headers", &headers)
            .field("auth", &self.auth)
            .field("max_concurrency", &self.max_concurrency)
            .field("retry", &self.retry)
            .field("max_body_bytes", &self.max_body_bytes)
            .field("tls", &self.tls)
            .field("proxy", &self.proxy)
            .field("budget", &self.budget)
            .field("params", &self.extra_params())
            .field("gzip", &self.gzip)
            .finish()
    }
}

/// Proof of identity sent with every request.
#[derive(Clone, Debug, Default)]
pub enum Auth {
    /// Nothing is sent.
    #[default]
    None,
    /// `Authorization: Basic`.
    Basic {
        /// User name; printed.
        user: String,
        /// Password; never printed.
        password: SecretString,
    },
    /// `Authorization: Bearer`.
    Bearer(SecretString),
    /// `Authorization: Bearer` with a token that is asked for and renewed (OAuth2).
    ClientCredentials(ClientCredentials),
}

/// When and how long to try again. Only connection errors, 429 and 5xx are
/// tried again: a refused query is refused the second time too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Most attempts, the first one included. At least 1.
    pub max_attempts: u32,
    /// Wait before the second attempt; doubled each time, up to as much again added at random.
    pub first_delay: Duration,
    /// Longest such wait before the random part.
    pub max_delay: Duration,
    /// Time for all attempts and waits together. A `Retry-After` beyond it ends the call at once.
    pub total: Duration,
}

impl Default for RetryPolicy {
    /// Four attempts within ten seconds, waiting about 0.2, 0.4 and 0.8 s.
    fn default() -> Self {
        Self {
            max_attempts: 4,
            first_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(2),
            total: Duration::from_secs(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_config_prints_no_password_token_or_header_value() {
        let mut config = PrometheusConfig::new("http://ann:pw-in-url@host:9090/prefix");
        config.headers = vec![("X-Scope-OrgID".into(), "tenant-secret".into())];
        config.proxy = Proxy::Through("http://bob:proxy-secret@proxy:3128".into());
        config.tls.identity = Some(super::super::ClientIdentity {
            cert_pem: "cert".into(),
            key_pem: "key-secret".into(),
        });
        let mut credentials = ClientCredentials::new("http://login/", "tawny", "client-secret");
        credentials.params = vec![("audience".into(), "param-secret".into())];
        for auth in [
            Auth::Basic {
                user: "ann".into(),
                password: "basic-secret".into(),
            },
            Auth::Bearer("bearer-secret".into()),
            Auth::ClientCredentials(credentials),
        ] {
            config.auth = auth;
            let shown = format!("{config:?}");
            assert!(!shown.contains("secret\""), "{shown}");
            assert!(!shown.contains("pw-in-url"), "{shown}");
            assert!(!shown.contains("tenant-secret"), "{shown}");
            assert!(!shown.contains("basic-secret"), "{shown}");
            assert!(!shown.contains("bearer-secret"), "{shown}");
            for planted in [
                "proxy-secret",
                "key-secret",
                "client-secret",
                "param-secret",
            ] {
                assert!(!shown.contains(planted), "{shown}");
            }
            assert!(shown.contains("host:9090/prefix") && shown.contains("X-Scope-OrgID"));
        }
    }
}
