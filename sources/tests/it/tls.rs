//! mTLS with authorities of our own, against a server that insists on a client certificate.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::RootCertStore;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use sources::metrics::{
    Auth, ClientCredentials, ClientIdentity, MetricsError, Problem, Prometheus, Tls,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::config;

const ANSWER: &str = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;

struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key.
struct Issued {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, name: &str, purpose: ExtendedKeyUsagePurpose) -> Issued {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Issued { certificate, key }
    }

    fn client(&self) -> Issued {
        self.issue("tawny", ExtendedKeyUsagePurpose::ClientAuth)
    }
}

impl Issued {
    fn identity(&self) -> ClientIdentity {
        ClientIdentity {
            cert_pem: self.certificate.pem(),
            key_pem: self.key.serialize_pem().into(),
        }
    }
}

/// Answers every request of a client whose certificate `ca` issued.
struct Server {
    url: String,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(ca: &Authority, name: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let own = ca.issue(name, ExtendedKeyUsagePurpose::ServerAuth);
        let mut clients = RootCertStore::empty();
        clients.add(ca.0.der().clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder(Arc::new(clients)).build();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.key.serialize_der()));
        let config = rustls::ServerConfig::builder()
            .with_client_cert_verifier(verifier.unwrap())
            .with_single_cert(vec![own.certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "https://127.0.0.1:{}",
            listener.local_addr().unwrap().port()
        );
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(acceptor.clone(), stream));
            }
        });
        Self { url, task }
    }

    async fn ask(&self, tls: Tls) -> Result<(), MetricsError> {
        let mut config = config(&self.url);
        config.tls = tls;
        let client = Prometheus::new(config)?;
        client.instant("up", 0).await.map(|_| ())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(acceptor: TlsAcceptor, stream: tokio::net::TcpStream) {
    match acceptor.accept(stream).into_fallible().await {
        Ok(mut stream) => {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else {
                    return;
                };
                request.push(byte);
            }
            let length = ANSWER.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close");
            let text = format!("{head}\r\ncontent-type: application/json\r\n\r\n{ANSWER}");
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
        // Closing with unread data would reset the connection before the alert is read.
        Err((_, mut stream)) => {
            let _ = stream.shutdown().await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    }
}

fn trusting(ca: &Authority, identity: Option<ClientIdentity>) -> Tls {
    Tls {
        ca_pem: Some(ca.0.pem()),
        identity,
    }
}

#[tokio::test]
async fn a_client_certificate_of_the_right_authority_gets_an_answer() {
    let ca = Authority::new();
    let server = Server::start(&ca, "127.0.0.1").await;
    let tls = trusting(&ca, Some(ca.client().identity()));
    server.ask(tls).await.unwrap();
}

#[tokio::test]
async fn every_wrong_certificate_is_a_tls_problem_that_is_not_tried_again() {
    let (ca, other) = (Authority::new(), Authority::new());
    let server = Server::start(&ca, "127.0.0.1").await;
    let elsewhere = Server::start(&ca, "prometheus.example").await;
    let good = || Some(ca.client().identity());
    for (server, tls, expected) in [
        (&server, trusting(&ca, None), "CertificateRequired"),
        (
            &server,
            trusting(&ca, Some(other.client().identity())),
            "alert",
        ),
        (&server, trusting(&other, good()), "certificate"),
        (
            &server,
            Tls {
                ca_pem: None,
                identity: good(),
            },
            "certificate",
        ),
        (&elsewhere, trusting(&ca, good()), "not valid for name"),
    ] {
        let error = server.ask(tls).await.unwrap_err();
        let Problem::Tls(text) = &*error.problem else {
            panic!("{expected}: {error:?}")
        };
        assert!(text.contains(expected), "{expected}: {text}");
        assert_eq!(error.attempts, 1);
        assert!(error.to_string().contains("check the ca"), "{error}");
    }
}

#[tokio::test]
async fn the_token_endpoint_may_have_an_authority_of_its_own() {
    let (ca, other) = (Authority::new(), Authority::new());
    let login = Server::start(&ca, "127.0.0.1").await;
    let mut credentials = ClientCredentials::new(login.url.clone(), "tawny", "secret");
    let mut reasons = Vec::new();
    for tls in [None, Some(trusting(&ca, Some(ca.client().identity())))] {
        credentials.tls = tls;
        let mut config = config("https://127.0.0.1:1");
        config.tls = trusting(&other, None);
        config.auth = Auth::ClientCredentials(credentials.clone());
        let client = Prometheus::new(config).unwrap();
        let error = client.instant("up", 0).await.unwrap_err();
        reasons.push(error.to_string());
    }
    assert!(
        reasons[0].contains("invalid peer certificate"),
        "{reasons:?}"
    );
    // Its answer is one to a query; that it was read at all shows that both sides were trusted.
    assert!(
        reasons[1].contains("its answer is not a token"),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn unusable_certificates_and_keys_are_named_and_not_shown() {
    let ca = Authority::new();
    let server = Server::start(&ca, "127.0.0.1").await;
    let cut_key = ClientIdentity {
        key_pem: "-----BEGIN PRIVATE KEY-----\nplanted".into(),
        ..ca.client().identity()
    };
    let swapped = ClientIdentity {
        key_pem: ca.client().key.serialize_pem().into(),
        ..ca.client().identity()
    };
    let no_ca = Tls {
        ca_pem: Some("planted".into()),
        identity: None,
    };
    for (tls, expected) in [
        (trusting(&ca, Some(cut_key)), "tls.identity cannot be used"),
        (trusting(&ca, Some(swapped)), "cannot be built"),
        (no_ca, "tls.ca_pem holds no certificate"),
    ] {
        let error = server.ask(tls).await.unwrap_err();
        assert!(matches!(*error.problem, Problem::Unusable(_)), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains(expected) && !text.contains("planted"),
            "{text}"
        );
    }
}
