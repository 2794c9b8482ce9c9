//! A GitHub App: its own token is checked by another library than the one that makes it, and exchanged.

use super::github::{ask, bounds, repository_as};
use super::github_double::{github, plainly, refusal};
use super::world::World;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use sources::code::GitHubAuth;
use std::process::Command;
use std::sync::{LazyLock, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

/// A key that openssl made for this run, and its public half as GitHub would know it.
static KEY: LazyLock<(String, Vec<u8>)> = LazyLock::new(|| {
    let folder = tempfile::TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let openssl = |arguments: &[&str]| {
        let done = Command::new("openssl").args(arguments).output().unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    openssl(&["genrsa", "-traditional", "-out", &at("key"), "2048"]);
    openssl(&[
        "rsa",
        "-in",
        &at("key"),
        "-RSAPublicKey_out",
        "-outform",
        "DER",
        "-out",
        &at("public"),
    ]);
    (
        std::fs::read_to_string(at("key")).unwrap(),
        std::fs::read(at("public")).unwrap(),
    )
});

/// `POST /app/installations/{id}/access_tokens` as GitHub answers it.
pub(super) fn token(
    method: &str,
    path: &str,
    bearer: Option<&str>,
    tokens: &Mutex<Vec<String>>,
) -> Response {
    if (method, path) != ("POST", "/app/installations/77/access_tokens") {
        return refusal(404, "Not Found", &[]);
    }
    let claims = bearer.and_then(verified);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let fine = claims.is_some_and(|claims| {
        let (from, until) = (
            claims["iat"].as_u64().unwrap(),
            claims["exp"].as_u64().unwrap(),
        );
        // As GitHub: from the past, ten minutes at most.
        claims["iss"] == "Iv1.app" && from < now && until > now && until <= now + 600
    });
    if !fine {
        return refusal(401, "A JSON web token could not be decoded", &[]);
    }
    let mut tokens = tokens.lock().unwrap();
    let token = format!("ghs_installation{}", tokens.len());
    tokens.push(token.clone());
    let until = jiff::Timestamp::from_second(i64::try_from(now + 3600).unwrap()).unwrap();
    let told = json!({"token": token, "expires_at": until.to_string(), "permissions": {"contents": "read"}});
    (StatusCode::CREATED, Json(told)).into_response()
}

fn verified(token: &str) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (head, claims) = signed.split_once('.')?;
    let read = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &KEY.1);
    key.verify(signed.as_bytes(), &read(signature)?).ok()?;
    let head: Value = serde_json::from_slice(&read(head)?).ok()?;
    (head["alg"] == "RS256").then(|| serde_json::from_slice(&read(claims)?).ok())?
}

fn app(key: &str) -> GitHubAuth {
    GitHubAuth::App {
        id: "Iv1.app".to_owned(),
        installation: 77,
        key_pem: key.to_owned().into(),
    }
}

#[tokio::test]
async fn an_app_asks_for_its_token_once_and_for_another_when_that_is_refused() {
    let double = github(World::line(3), plainly).await;
    let repository = repository_as(&double, &app(&KEY.0));
    assert_eq!(ask(&repository, "v1", "v2").await.changes.len(), 3);
    assert_eq!(ask(&repository, "v1", "v2").await.changes.len(), 3);
    assert_eq!(double.count("access_tokens"), 1);
    assert_eq!(ask(&repository, "v1", "v2").await.missing, []);
}

#[tokio::test]
async fn a_token_that_was_withdrawn_is_replaced() {
    let first = std::sync::atomic::AtomicBool::new(true);
    let double = github(World::line(3), move |path, number| {
        let withdrawn = number == 1 && !path.contains("access_tokens");
        (withdrawn && first.swap(false, std::sync::atomic::Ordering::Relaxed))
            .then(|| refusal(401, "Bad credentials", &[]))
    })
    .await;
    let repository = repository_as(&double, &app(&KEY.0));
    assert_eq!(ask(&repository, "v1", "v2").await.changes.len(), 3);
    assert_eq!(double.count("access_tokens"), 2);
}

#[tokio::test]
async fn an_app_that_is_refused_is_told_what_to_check_and_no_key() {
    let double = github(World::line(3), plainly).await;
    let auth = GitHubAuth::App {
        id: "another".to_owned(),
        installation: 77,
        key_pem: KEY.0.clone().into(),
    };
    let repository = repository_as(&double, &auth);
    let error = repository
        .changes("v1", "v2", &bounds())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("check `id`, `installation` and the key"),
        "{error}"
    );
    assert!(
        !format!("{auth:?}{repository:?}{error}").contains("PRIVATE"),
        "{error}"
    );
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_at_once_and_not_shown() {
    let double = github(World::line(1), plainly).await;
    let wrong = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n";
    let error = super::github::host(&double, &app(wrong), |_| {}).unwrap_err();
    assert!(
        error.contains("expected an RSA private key in PEM"),
        "{error}"
    );
    assert!(!error.contains("c2VjcmV0"), "{error}");
}
