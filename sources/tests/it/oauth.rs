//! OAuth2 client credentials against a login and a metrics server that check everything.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use sources::metrics::{
    Auth, ClientCredentials, CredentialsIn, Problem, Prometheus, PrometheusConfig,
};

use crate::config;
use crate::double::{Double, Reply, Seen};

const TOKEN_PATH: &str = "/oauth2/token";
/// `tawny` and `pa/ss+word`, each percent-encoded, joined and in base64 (RFC 6749, section 2.3.1).
const BASIC: &str = "authorization: Basic dGF3bnk6cGElMkZzcyUyQndvcmQ=";

/// Both servers in one place.
struct Login {
    issued: usize,
    /// Tokens the metrics server takes.
    valid: BTreeSet<String>,
    /// What the login says instead of giving a token.
    refusal: Option<Reply>,
    /// Whether the metrics server takes new tokens at all.
    takes: bool,
    expires_in: String,
}

struct Rig {
    double: Double,
    login: Arc<Mutex<Login>>,
}

impl Rig {
    async fn new() -> Self {
        let login = Arc::new(Mutex::new(Login {
            issued: 0,
            valid: BTreeSet::new(),
            refusal: None,
            takes: true,
            expires_in: "3600".into(),
        }));
        let served = login.clone();
        let double = Double::start(move |seen, _| served.lock().unwrap().answer(seen)).await;
        Self { double, login }
    }

    fn config(&self) -> PrometheusConfig {
        let url = format!("{}{TOKEN_PATH}", self.double.url);
        let mut credentials = ClientCredentials::new(url, "tawny", "pa/ss+word");
        credentials.scopes = vec!["metrics.read".into(), "tenant:a".into()];
        credentials.params = vec![("audience".into(), "prometheus".into())];
        let mut config = config(&self.double.url);
        config.auth = Auth::ClientCredentials(credentials);
        config
    }

    fn client(&self) -> Prometheus {
        Prometheus::new(self.config()).unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut Login)) {
        change(&mut self.login.lock().unwrap());
    }

    /// Requests for tokens and for metrics so far.
    fn asked(&self) -> (usize, usize) {
        let seen = self.double.seen();
        let tokens = seen.iter().filter(|s| s.path == TOKEN_PATH).count();
        (tokens, seen.len() - tokens)
    }
}

impl Login {
    fn answer(&mut self, seen: &Seen) -> Reply {
        if seen.path == TOKEN_PATH {
            return self.token(seen);
        }
        let known = |token: &String| seen.has_header(&format!("authorization: Bearer {token}"));
        if self.valid.iter().any(known) {
            return Reply::empty();
        }
        let sent = seen.headers.iter().find(|h| h.starts_with("authorization"));
        Reply::html(401, format!("not taken: {sent:?}"))
    }

    fn token(&mut self, seen: &Seen) -> Reply {
        if let Some(refusal) = &self.refusal {
            return refusal.clone();
        }
        assert_eq!(seen.method, "POST");
        assert_eq!(seen.param("grant_type"), "client_credentials");
        assert_eq!(seen.param("scope"), "metrics.read tenant:a");
        assert_eq!(seen.param("audience"), "prometheus");
        let in_header = seen.has_header(BASIC) && seen.param("client_secret").is_empty();
        let in_form = seen.param("client_id") == "tawny"
            && seen.param("client_secret") == "pa/ss+word"
            && !seen.headers.iter().any(|h| h.starts_with("authorization"));
        if !(in_header || in_form) {
            return Reply::json(401, r#"{"error":"invalid_client"}"#);
        }
        self.issued += 1;
        let token = format!("access-token-{}", self.issued);
        if self.takes {
            self.valid.insert(token.clone());
        }
        let expires_in = &self.expires_in;
        Reply::json(
            200,
            format!(
                r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{expires_in}}}"#
            ),
        )
    }
}

#[tokio::test]
async fn one_token_serves_all_clones_until_it_ends() {
    for credentials_in in [CredentialsIn::Header, CredentialsIn::Form] {
        let rig = Rig::new().await;
        let mut config = rig.config();
        if let Auth::ClientCredentials(credentials) = &mut config.auth {
            credentials.credentials_in = credentials_in;
        }
        let client = Prometheus::new(config).unwrap();
        let clones = vec![client.clone(); 10];
        for answer in join_all(clones.iter().map(|c| c.instant("up", 0))).await {
            answer.unwrap();
        }
        client.instant("up", 0).await.unwrap();
        assert_eq!(rig.asked(), (1, 11));
    }
}

#[tokio::test]
async fn a_token_that_has_ended_is_not_sent() {
    let rig = Rig::new().await;
    rig.change(|login| login.expires_in = "0".into());
    let client = rig.client();
    for _ in 0..3 {
        client.instant("up", 0).await.unwrap();
    }
    assert_eq!(rig.asked(), (3, 3), "each used once, none twice");
}

#[tokio::test]
async fn a_revoked_token_is_renewed_once_and_the_query_succeeds() {
    let rig = Rig::new().await;
    let client = rig.client();
    client.instant("up", 0).await.unwrap();
    rig.change(|login| login.valid.clear());
    let clones = vec![client.clone(); 4];
    for answer in join_all(clones.iter().map(|c| c.instant("up", 0))).await {
        assert!(answer.is_ok(), "{answer:?}");
    }
    assert_eq!(rig.asked().0, 2, "one renewal for all");
}

#[tokio::test]
async fn a_server_that_takes_no_token_is_reported_without_a_token_and_without_a_storm_of_logins() {
    let rig = Rig::new().await;
    rig.change(|login| login.takes = false);
    let client = rig.client();
    for _ in 0..10 {
        let error = client.instant("up", 0).await.unwrap_err();
        let Problem::Forbidden { status: 401, text } = &*error.problem else {
            panic!("{error}")
        };
        assert!(text.contains("Bearer [REDACTED]"), "{text}");
        assert_eq!(error.attempts, 1);
    }
    assert_eq!(rig.asked(), (1, 10));
}

#[tokio::test]
async fn too_small_a_scope_for_the_query_does_not_renew_the_token() {
    let double = Double::start(|seen, _| match seen.path.as_str() {
        TOKEN_PATH => Reply::json(
            200,
            r#"{"access_token":"narrow-token","token_type":"bearer","scope":"tenant:a"}"#,
        ),
        _ => Reply::html(403, "insufficient_scope"),
    })
    .await;
    let rig = Rig {
        double,
        ..Rig::new().await
    };
    let client = rig.client();
    for _ in 0..3 {
        let error = client.instant("up", 0).await.unwrap_err().to_string();
        assert!(error.contains("(http 403): insufficient_scope"), "{error}");
    }
    assert_eq!(rig.asked(), (1, 3));
}

#[tokio::test]
async fn what_the_login_refuses_is_said_and_not_tried_again() {
    let rig = Rig::new().await;
    for (reply, expected) in [
        (
            Reply::json(
                400,
                r#"{"error":"invalid_scope","error_description":"unknown scope for pa/ss+word"}"#,
            ),
            "refused: invalid_scope: unknown scope for [REDACTED]",
        ),
        (
            Reply::json(401, r#"{"error":"invalid_client"}"#),
            "refused: invalid_client",
        ),
        (
            Reply::json(200, r#"{"access_token":"leaky-token","token_type":"mac"}"#),
            "another type than bearer",
        ),
        (
            Reply::json(200, r#"{"token":"leaky-token"}"#),
            "its answer is not a token",
        ),
        (Reply::html(200, "<html>leaky-token"), "Content-Type"),
        (Reply::html(302, "moved"), "is not a token"),
    ] {
        rig.change(|login| login.refusal = Some(reply));
        let before = rig.asked();
        let error = rig.client().instant("up", 0).await.unwrap_err();
        let Problem::Token { reason, transient } = &*error.problem else {
            panic!("{error}")
        };
        assert!(reason.contains(expected) && !transient, "{reason}");
        let text = format!("{error} {error:?}");
        assert!(
            !text.contains("pa/ss+word") && !text.contains("leaky-token"),
            "{text}"
        );
        assert!(text.contains("check token_url"), "{text}");
        assert_eq!(rig.asked(), (before.0 + 1, 0), "{expected}");
    }
}

#[tokio::test]
async fn a_slow_or_unwell_login_is_tried_again_and_then_named() {
    let rig = Rig::new().await;
    for (reply, expected) in [
        (Reply::Silence, "no answer within 0.1 s"),
        (Reply::html(503, "down"), "http 503"),
        (Reply::HangUp, "connection"),
    ] {
        rig.change(|login| login.refusal = Some(reply));
        let mut config = rig.config();
        config.timeout = Duration::from_millis(100);
        let client = Prometheus::new(config).unwrap();
        let error = client.instant("up", 0).await.unwrap_err();
        let Problem::Token { reason, transient } = &*error.problem else {
            panic!("{error}")
        };
        assert!(reason.contains(expected), "{reason}");
        assert!(reason.contains(TOKEN_PATH) && *transient && error.is_transient());
        assert_eq!((error.attempts, rig.asked().1), (3, 0));
    }
    rig.change(|login| login.refusal = None);
    rig.client().instant("up", 0).await.unwrap();
}

#[tokio::test]
async fn unusable_token_urls_are_named() {
    let rig = Rig::new().await;
    for (url, expected) in [
        ("login/token", "token_url is not a url"),
        (
            "http://ann:planted@login/token",
            "token_url holds credentials",
        ),
    ] {
        let mut config = rig.config();
        config.auth = Auth::ClientCredentials(ClientCredentials::new(url, "tawny", "planted"));
        let error = Prometheus::new(config).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("planted"), "{error}");
    }
}
