use crate::support::{EXAMPLE, read};
use config::settings::{Auth, CredentialsIn, MetricsSource};
use config::text::Proxy;
use std::path::Path;
use std::time::Duration;

fn complaint(source: &str) -> String {
    let text = format!(
        "metrics: {{main: {{type: prometheus, url: 'http://127.0.0.1:9090', {source}}}}}\nservices:\n  - {{name: shop, platform: observed, metrics: {{selector: 'job=\"shop\"'}}}}\n"
    );
    read(&text).unwrap_err().to_string()
}

#[test]
fn a_source_behind_single_sign_on_with_certificates_is_read_whole() {
    let settings = read(EXAMPLE).unwrap_or_else(|errors| panic!("{errors}"));
    let MetricsSource::Prometheus(archive) = settings
        .metrics
        .iter()
        .find(|(name, _)| name.as_str() == "archive")
        .unwrap()
        .1;
    let Auth::OAuth2(oauth) = &archive.auth else {
        panic!("{:?}", archive.auth);
    };
    assert_eq!(
        oauth.client_secret.expose(),
        "OAUTH_CLIENT_SECRET-0123456789abcdef"
    );
    assert_eq!(oauth.scopes, ["metrics.read"]);
    assert_eq!(
        oauth.params["audience"].expose(),
        "https://thanos.example.com"
    );
    assert_eq!(oauth.credentials_in, CredentialsIn::Header);
    let ca = archive.tls.ca.as_ref().unwrap();
    assert_eq!(ca.path(), Path::new("/etc/tawny/tls/ca.pem"));
    assert!(ca.expose().contains("CERTIFICATE"));
    assert!(archive.tls.key.as_ref().unwrap().expose().contains("KEY"));
    let Proxy::Through(proxy) = &archive.proxy else {
        panic!("{:?}", archive.proxy);
    };
    assert_eq!(
        proxy.expose(),
        "http://tawny:PROXY_PASSWORD-0123456789abcdef@proxy.example.com:3128"
    );
    assert_eq!(
        (archive.dedup, archive.partial_response, archive.gzip),
        (Some(true), Some(true), Some(true))
    );
    assert_eq!(archive.params["max_source_resolution"], "0s");
    assert_eq!(archive.retry.total, Duration::from_secs(10));
}

#[test]
fn a_source_that_cannot_be_asked_like_that_is_refused_with_the_reason() {
    let errors: Vec<String> = [
        "headers: {'X Tenant': canary}",
        "headers: {Authorization: canary}, auth: {type: bearer, token: canary}",
        "params: {query: up}",
        "params: {dedup: 'true'}",
        "budget: {requests: 10, per: 0s}",
        "budget: {per: 1m}",
        "timeout: 0s",
        "proxy: socks5://canary@127.0.0.1:1080",
        "tls: {ca: nowhere.pem}",
        "tls: {ca: secrets/metrics-token}",
        "tls: {certificate: tls/tawny.pem}",
        "tls: {key: '-----BEGIN PRIVATE KEY----- canary'}",
        "auth: {type: oauth2, token_url: 'https://login/', client_id: a}",
        "auth: {type: oauth2, token_url: 'https://u:canary@login/', client_id: a, client_secret: b}",
        "auth: {type: oath2}",
        "retry: {attempts: 0}",
        "max_answer: lots",
    ]
    .into_iter()
    .map(complaint)
    .collect();
    let errors = errors.join("\n");
    assert!(!errors.contains("canary"), "{errors}");
    insta::assert_snapshot!(errors);
}
