//! Logging in by an identity provider, which here is as strict as the specifications.

use super::world::{World, cookie};
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const SECRET: &str = "a secret/with+signs%";

/// What the provider is about to say, and what it has handed out.
struct Known {
    url: String,
    key: EcdsaKeyPair,
    /// What its next token says otherwise.
    twist: Mutex<Value>,
    /// Codes that were not exchanged yet, with what they were asked for by.
    codes: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

type Shared = State<Arc<Known>>;

struct Provider(Arc<Known>);

impl Provider {
    async fn start() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let known = Arc::new(Known {
            url: format!("http://{}", listener.local_addr().unwrap()),
            key: EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap(),
            twist: Mutex::new(json!({})),
            codes: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .with_state(Arc::clone(&known));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self(known)
    }

    fn settings(&self) -> String {
        format!(
            "  oidc: {{name: Acme, issuer: \"{}\", client_id: tawny, client_secret: \"{SECRET}\"}}\n",
            self.0.url
        )
    }

    /// Its next token says this instead.
    fn says(&self, twist: Value) {
        *self.0.twist.lock().unwrap() = twist;
    }
}

async fn discovery(State(known): Shared) -> Json<Value> {
    let url = &known.url;
    Json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
    }))
}

async fn keys(State(known): Shared) -> Json<Value> {
    let point = known.key.public_key().as_ref();
    let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
    let key = json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1", "x": x, "y": y});
    Json(json!({ "keys": [key] }))
}

async fn authorize(
    State(known): Shared,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    let fits = asked["response_type"] == "code"
        && asked["client_id"] == "tawny"
        && asked["scope"].split(' ').any(|scope| scope == "openid")
        && asked["code_challenge_method"] == "S256"
        && asked["redirect_uri"].ends_with("/login/callback");
    if !fits {
        return (StatusCode::BAD_REQUEST, format!("{asked:?}")).into_response();
    }
    let code = hex::encode(rand::random::<[u8; 8]>());
    let back = format!(
        "{}?code={code}&state={}",
        asked["redirect_uri"], asked["state"]
    );
    known.codes.lock().unwrap().insert(code, asked);
    Redirect::to(&back).into_response()
}

async fn token(
    State(known): Shared,
    headers: HeaderMap,
    Form(asked): Form<BTreeMap<String, String>>,
) -> Response {
    let wrong =
        |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response();
    let secret: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let basic = format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("tawny:{secret}"))
    );
    if headers
        .get("authorization")
        .is_none_or(|said| *said != basic)
    {
        return wrong("invalid_client");
    }
    // A code is good for one exchange.
    let Some(begun) = known.codes.lock().unwrap().remove(&asked["code"]) else {
        return wrong("invalid_grant");
    };
    let challenge = BASE64.encode(Sha256::digest(&asked["code_verifier"]));
    if challenge != begun["code_challenge"] || asked["redirect_uri"] != begun["redirect_uri"] {
        return wrong("invalid_grant");
    }
    let now = jiff::Timestamp::now().as_second();
    let mut claims = json!({
        "iss": known.url, "aud": "tawny", "sub": "1234", "email": "MEI@example.com", "email_verified": true,
        "iat": now, "exp": now + 300, "nonce": begun["nonce"],
    });
    for (claim, value) in known.twist.lock().unwrap().as_object().unwrap() {
        claims[claim] = value.clone();
    }
    let header = json!({"alg": "ES256", "typ": "JWT", "kid": "k1"});
    let said = [header.to_string(), claims.to_string()].map(|part| BASE64.encode(part));
    let said = said.join(".");
    let signed = known
        .key
        .sign(&SystemRandom::new(), said.as_bytes())
        .unwrap();
    let token = format!("{said}.{}", BASE64.encode(signed));
    Json(json!({"access_token": "x", "token_type": "Bearer", "id_token": token})).into_response()
}

/// The browser's way there and back: the cookie of the attempt, and the address it comes back to.
async fn there_and_back(world: &World, then: &str) -> (String, String) {
    let begun = world.get(&format!("/login/oidc?then={then}")).send().await;
    let begun = begun.unwrap();
    assert_eq!(begun.status(), 303);
    let attempt = cookie(&begun);
    let there = begun.headers()[LOCATION].to_str().unwrap().to_owned();
    let came = world.http.get(there).send().await.unwrap();
    assert_eq!(came.status(), 303);
    (
        attempt,
        came.headers()[LOCATION].to_str().unwrap().to_owned(),
    )
}

async fn back(world: &World, attempt: &str, there: &str) -> reqwest::Response {
    let request = world.http.get(there).header(COOKIE, attempt);
    request.send().await.unwrap()
}

#[tokio::test]
async fn whoever_the_provider_and_the_configuration_know_gets_in_and_where_they_wanted() {
    let provider = Provider::start().await;
    let world = World::with(&provider.settings(), "").await;
    let stranger = world.get("/deployments/dep_1").send().await.unwrap();
    assert_eq!(stranger.status(), 401);
    let page = stranger.text().await.unwrap();
    assert!(
        page.contains("/login/oidc?then=/deployments/dep_1"),
        "{page}"
    );
    assert!(page.contains("Log in with <bdi>Acme</bdi>"), "{page}");

    let (attempt, there) = there_and_back(&world, "/deployments/dep_1").await;
    let came = back(&world, &attempt, &there).await;
    assert_eq!(came.status(), 200);
    let cookies: Vec<&str> = came
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .map(|one| one.to_str().unwrap())
        .collect();
    assert!(
        cookies
            .iter()
            .all(|one| one.contains("HttpOnly; SameSite=Lax")),
        "{cookies:?}"
    );
    let session = cookies.iter().find(|one| !one.contains("-login=")).unwrap();
    let session = session.split(';').next().unwrap().to_owned();
    assert_eq!(came.headers()["refresh"], "1; url=/deployments/dep_1");
    let page = came.text().await.unwrap();
    assert!(page.contains("href=\"/deployments/dep_1\""), "{page}");
    let shown = world
        .get("/deployments/dep_1")
        .header(COOKIE, session)
        .send()
        .await
        .unwrap();
    assert_eq!(shown.status(), 200);

    // The code was used up.
    let again = back(&world, &attempt, &there).await;
    assert_eq!(again.status(), 502);
    assert!(!again.text().await.unwrap().contains(SECRET));
}

#[tokio::test]
async fn nobody_else_gets_in() {
    let provider = Provider::start().await;
    let world = World::with(&provider.settings(), "").await;
    for (twist, status) in [
        (json!({"aud": "another"}), 502),
        (json!({"iss": "https://evil.example"}), 502),
        (json!({"exp": 1}), 502),
        (json!({"nonce": "another"}), 502),
        (json!({"nonce": null}), 502),
        (json!({"email": "stranger@example.com"}), 403),
        (json!({"email_verified": false}), 403),
        (json!({"email": null}), 403),
    ] {
        provider.says(twist.clone());
        let (attempt, there) = there_and_back(&world, "/").await;
        let came = back(&world, &attempt, &there).await;
        assert_eq!(came.status(), status, "{twist}");
        assert!(!came.headers().contains_key(SET_COOKIE), "{twist}");
    }
    provider.says(json!({}));
    let (attempt, there) = there_and_back(&world, "/").await;
    let (other, _) = there_and_back(&world, "/").await;
    for (cookie, there) in [
        ("", there.as_str()),
        (&other, &there),
        (&attempt, &there.replace("state=", "state=x")),
    ] {
        assert_eq!(
            back(&world, cookie, there).await.status(),
            401,
            "{cookie} {there}"
        );
    }
    let refused = there.split("code=").next().unwrap();
    let state = there.split("state=").nth(1).unwrap();
    let refused = format!("{refused}error=access_denied&state={state}");
    assert_eq!(back(&world, &attempt, &refused).await.status(), 502);
}

#[tokio::test]
async fn where_no_provider_is_configured_there_is_no_such_way() {
    let world = World::new().await;
    for path in ["/login/oidc", "/login/callback?code=x&state=y"] {
        let answer = world.get(path).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    let page = world.get("/").send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("oidc"), "{page}");
}
