//! Everything that `tawny.yaml` says of a metric source reaches the wire.

use crate::double::{Double, Reply, Request};
use crate::fleet;
use config::Lookup;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::RootCertStore;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use serde_json::json;
use sources::metrics::{MetricsError, Prometheus};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

type Seen = Arc<Mutex<Vec<Request>>>;

/// Remembers what was asked; answers what a query may expect.
async fn source(address: SocketAddr) -> (Double, Seen) {
    let seen: Seen = Arc::default();
    let remember = Arc::clone(&seen);
    let double = Double::start(address, move |request| {
        remember.lock().unwrap().push(request.clone());
        Reply::json(
            200,
            &json!({"status": "success", "data": {"resultType": "vector", "result": []}}),
        )
    })
    .await;
    (double, seen)
}

/// The client of a service whose source is described like this.
fn client(fields: &str, dir: &Path) -> Prometheus {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let text = format!(
        "metrics: {{main: {{type: prometheus, {fields}}}}}\nservices: [{{name: shop, platform: observed, metrics: {{selector: 'job=\"shop\"'}}}}]\n"
    );
    let settings = config::parse(&text, "tawny.yaml", dir, &Lookup::system())
        .unwrap_or_else(|errors| panic!("{errors}"));
    let services = bot::wire::services(&settings).unwrap();
    services[0].watch.source.gathering.prometheus().clone()
}

async fn ask(fields: &str) -> Result<(), MetricsError> {
    client(fields, Path::new("/"))
        .instant("up", 0)
        .await
        .map(|_| ())
}

fn only(seen: &Seen) -> Request {
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1, "{seen:?}");
    seen[0].clone()
}

#[tokio::test]
async fn prefix_headers_password_and_parameters_arrive() {
    let address = SocketAddr::new(fleet::own_ip(), 19501);
    let (_double, seen) = source(address).await;
    ask(&format!(
        "url: 'http://{address}/prometheus', headers: {{X-Scope-OrgID: shop}}, auth: {{type: basic, username: ann, password: secret}}, \
         dedup: true, partial_response: false, params: {{latency_offset: 1s}}, gzip: true"
    ))
    .await
    .unwrap();
    let asked = only(&seen);
    assert_eq!(asked.path, "/prometheus/api/v1/query");
    assert_eq!(asked.headers["x-scope-orgid"], "shop");
    assert_eq!(asked.headers["authorization"], "Basic YW5uOnNlY3JldA==");
    assert!(asked.headers["accept-encoding"].contains("gzip"));
    let said = format!("{}&{}", asked.query, String::from_utf8_lossy(&asked.body));
    for parameter in ["dedup=true", "partial_response=false", "latency_offset=1s"] {
        assert!(said.contains(parameter), "{parameter} in {said}");
    }
}

#[tokio::test]
async fn a_token_is_asked_for_with_its_scopes_and_shown_to_the_source() {
    let ip = fleet::own_ip();
    let (address, login) = (SocketAddr::new(ip, 19501), SocketAddr::new(ip, 19502));
    let (_double, seen) = source(address).await;
    let asked: Seen = Arc::default();
    let remember = Arc::clone(&asked);
    let _login = Double::start(login, move |request| {
        remember.lock().unwrap().push(request.clone());
        let token = json!({"access_token": "fresh", "token_type": "Bearer", "expires_in": 600});
        Reply::json(200, &token)
    })
    .await;
    let oauth = format!(
        "type: oauth2, token_url: 'http://{login}/token', client_id: tawny, client_secret: secret, scopes: [read, query], params: {{audience: metrics}}"
    );
    for (place, in_header) in [("header", true), ("form", false)] {
        asked.lock().unwrap().clear();
        seen.lock().unwrap().clear();
        ask(&format!(
            "url: 'http://{address}', auth: {{{oauth}, credentials_in: {place}}}"
        ))
        .await
        .unwrap();
        let request = only(&asked);
        let form = String::from_utf8(request.body).unwrap();
        assert!(form.contains("grant_type=client_credentials"), "{form}");
        assert!(
            form.contains("scope=read+query") || form.contains("scope=read%20query"),
            "{form}"
        );
        assert!(form.contains("audience=metrics"), "{form}");
        assert_eq!(form.contains("client_secret=secret"), !in_header, "{form}");
        assert_eq!(request.headers.contains_key("authorization"), in_header);
        assert_eq!(only(&seen).headers["authorization"], "Bearer fresh");
    }
}

#[tokio::test]
async fn a_proxy_is_gone_through_with_its_password() {
    let address = SocketAddr::new(fleet::own_ip(), 19501);
    let (_double, seen) = source(address).await;
    ask(&format!(
        "url: 'http://metrics.invalid:9090', auth: {{type: bearer, token: tok}}, proxy: 'http://u:pw@{address}'"
    ))
    .await
    .unwrap();
    let asked = only(&seen);
    assert_eq!(asked.path, "http://metrics.invalid:9090/api/v1/query");
    assert_eq!(asked.headers["proxy-authorization"], "Basic dTpwdw==");
    assert_eq!(asked.headers["authorization"], "Bearer tok");
}

#[tokio::test]
async fn what_is_beyond_the_budget_waits_and_gives_up_in_its_time() {
    let address = SocketAddr::new(fleet::own_ip(), 19501);
    let (_double, seen) = source(address).await;
    let client = client(
        &format!(
            "url: 'http://{address}', budget: {{requests: 1, per: 1h, burst: 1}}, retry: {{total: 200ms}}"
        ),
        Path::new("/"),
    );
    client.instant("up", 0).await.unwrap();
    client.instant("up", 0).await.unwrap_err();
    only(&seen);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused_and_a_refusal_is_tried_as_often_as_said() {
    let address = SocketAddr::new(fleet::own_ip(), 19501);
    let seen: Seen = Arc::default();
    let remember = Arc::clone(&seen);
    let _double = Double::start(address, move |request| {
        remember.lock().unwrap().push(request.clone());
        Reply::json(503, &json!({"status": "error", "error": "x".repeat(100)}))
    })
    .await;
    let retry = "retry: {attempts: 2, first_delay: 1ms, max_delay: 1ms, total: 30s}";
    ask(&format!("url: 'http://{address}', {retry}"))
        .await
        .unwrap_err();
    assert_eq!(seen.lock().unwrap().len(), 2);
    let (_whole, seen) = source(SocketAddr::new(address.ip(), 19502)).await;
    let error = ask(&format!(
        "url: 'http://{}:19502', max_answer: 20B",
        address.ip()
    ))
    .await
    .unwrap_err();
    assert!(error.to_string().contains("20"), "{error}");
    only(&seen);
}

/// A server that insists on a certificate of its own authority, and the files of a client that has one.
struct Mutual {
    url: String,
    dir: tempfile::TempDir,
}

impl Mutual {
    async fn start() -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let issue = |name: &str, purpose| {
            let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
            params.extended_key_usages = vec![purpose];
            let key = KeyPair::generate().unwrap();
            (params.signed_by(&key, &ca).unwrap(), key)
        };
        let (server, server_key) = issue("127.0.0.1", ExtendedKeyUsagePurpose::ServerAuth);
        let (client, client_key) = issue("tawny", ExtendedKeyUsagePurpose::ClientAuth);
        let dir = tempfile::TempDir::new().unwrap();
        for (name, content) in [
            ("ca.pem", ca.pem()),
            ("tawny.pem", client.pem()),
            ("tawny.key", client_key.serialize_pem()),
        ] {
            std::fs::write(dir.path().join(name), content).unwrap();
        }
        let mut roots = RootCertStore::empty();
        roots.add(ca.der().clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
        let config = rustls::ServerConfig::builder()
            .with_client_cert_verifier(verifier.unwrap())
            .with_single_cert(vec![server.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else {
                            return;
                        };
                        head.push(byte);
                    }
                    let body = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
                    let head = format!(
                        "HTTP/1.1 200 x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                        body.len()
                    );
                    let _ = stream.write_all((head + body).as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { url, dir }
    }

    async fn ask(&self, tls: &str) -> Result<(), MetricsError> {
        let fields = format!(
            "url: '{}', tls: {{{tls}}}, retry: {{attempts: 1}}",
            self.url
        );
        client(&fields, self.dir.path())
            .instant("up", 0)
            .await
            .map(|_| ())
    }
}

#[tokio::test]
async fn certificates_of_both_sides_come_from_the_files_beside_the_configuration() {
    let server = Mutual::start().await;
    let both = "ca: ca.pem, certificate: tawny.pem, key: tawny.key";
    server.ask(both).await.unwrap();
    server.ask("ca: ca.pem").await.unwrap_err();
    server
        .ask("certificate: tawny.pem, key: tawny.key")
        .await
        .unwrap_err();
}
