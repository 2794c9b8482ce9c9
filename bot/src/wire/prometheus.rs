//! The client of one metric source, as configured.

use super::WireError;
use config::Secret;
use config::settings::{Auth, ClientTls, CredentialsIn, OAuth2};
use config::text::{PemFile, Proxy};
use sources::metrics::{
    Auth as SourceAuth, ClientCredentials, ClientIdentity, CredentialsIn as SourceCredentialsIn,
    Prometheus, PrometheusConfig, Proxy as SourceProxy, QueryBudget, RetryPolicy, SecretString,
    SourceMeters, Tls,
};

pub(super) fn prometheus(
    name: &str,
    source: &config::settings::Prometheus,
    meters: &SourceMeters,
) -> Result<Prometheus, WireError> {
    let mut config = PrometheusConfig::new(source.url.as_str());
    config.meter = meters.of(name);
    config.timeout = source.timeout;
    config.max_concurrency = source.max_concurrency.get() as usize;
    config.headers = source
        .headers
        .iter()
        .map(|(header, value)| (header.clone(), secret(value)))
        .collect();
    config.auth = match &source.auth {
        Auth::None(_) => SourceAuth::None,
        Auth::Basic(basic) => SourceAuth::Basic {
            user: basic.username.clone(),
            password: secret(&basic.password),
        },
        Auth::Bearer(bearer) => SourceAuth::Bearer(secret(&bearer.token)),
        Auth::OAuth2(oauth) => SourceAuth::ClientCredentials(credentials(oauth)),
    };
    config.tls = tls(&source.tls);
    config.proxy = proxy(&source.proxy);
    config.retry = RetryPolicy {
        max_attempts: source.retry.attempts.get(),
        first_delay: source.retry.first_delay,
        max_delay: source.retry.max_delay,
        total: source.retry.total,
    };
    config.budget = source.budget.as_ref().map(|budget| {
        let usual = QueryBudget::new(budget.requests.get(), budget.per);
        QueryBudget {
            burst: budget.burst.map_or(usual.burst, std::num::NonZeroU32::get),
            ..usual
        }
    });
    config.max_body_bytes = usize::try_from(source.max_answer.bytes()).unwrap_or(usize::MAX);
    config.dedup = source.dedup;
    config.partial_response = source.partial_response;
    config.params = source
        .params
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    config.gzip = source.gzip;
    Prometheus::new(config).map_err(|error| WireError::Source {
        source_name: name.to_owned(),
        error: error.to_string(),
    })
}

pub(crate) fn proxy(proxy: &Proxy) -> SourceProxy {
    match proxy {
        Proxy::Environment => SourceProxy::Environment,
        Proxy::Direct => SourceProxy::Direct,
        Proxy::Through(url) => SourceProxy::Through(url.expose().to_owned()),
    }
}

pub(super) fn secret(secret: &Secret) -> SecretString {
    secret.expose().to_owned().into()
}

pub(crate) fn tls(tls: &ClientTls) -> Tls {
    let identity = |certificate: &PemFile, key: &PemFile| ClientIdentity {
        cert_pem: certificate.expose().to_owned(),
        key_pem: key.expose().to_owned().into(),
    };
    Tls {
        ca_pem: tls.ca.as_ref().map(|ca| ca.expose().to_owned()),
        identity: tls
            .certificate
            .as_ref()
            .zip(tls.key.as_ref())
            .map(|(certificate, key)| identity(certificate, key)),
    }
}

fn credentials(oauth: &OAuth2) -> ClientCredentials {
    let mut credentials = ClientCredentials::new(
        oauth.token_url.as_str(),
        oauth.client_id.clone(),
        secret(&oauth.client_secret),
    );
    credentials.scopes.clone_from(&oauth.scopes);
    credentials.params = oauth
        .params
        .iter()
        .map(|(name, value)| (name.clone(), secret(value)))
        .collect();
    credentials.credentials_in = match oauth.credentials_in {
        CredentialsIn::Header => SourceCredentialsIn::Header,
        CredentialsIn::Form => SourceCredentialsIn::Form,
    };
    credentials.tls = oauth.tls.as_ref().map(tls);
    credentials
}
