//! As whom GitHub is asked: nobody, the owner of a token, or an app.

use crate::code::remote::{Errand, Fault, Line};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Mutex;

/// Before an installation's token is over by so much, another one is asked for.
const EARLY: Duration = Duration::from_secs(300);
/// How long an app's own token lasts; GitHub takes ten minutes at most.
const LASTS: u64 = 540;
/// Clocks may differ by so much.
const SKEW: u64 = 60;

/// How to prove who asks. `Debug` prints no secret.
#[derive(Debug, Clone)]
pub enum GitHubAuth {
    /// Nothing is sent: public repositories, sixty requests an hour.
    None,
    /// A personal, fine-grained or other token.
    Token(SecretString),
    /// A GitHub App that is installed where the repository is.
    App {
        /// The app's id or client id.
        id: String,
        /// The installation.
        installation: u64,
        /// The app's private key in PEM.
        key_pem: SecretString,
    },
}

/// Who asks.
pub(super) enum Account {
    /// Nobody.
    Nobody,
    /// A header that stays.
    Token(HeaderValue),
    /// An app with the token of its installation.
    App(Box<App>),
}

pub(super) struct App {
    id: String,
    installation: u64,
    key: RsaKeyPair,
    token: Mutex<Option<(HeaderValue, SystemTime)>>,
}

impl Account {
    pub(super) fn new(auth: &GitHubAuth, line: &Line) -> Result<Self, String> {
        match auth {
            GitHubAuth::None => Ok(Self::Nobody),
            GitHubAuth::Token(token) => {
                line.hide(token);
                Ok(Self::Token(bearer(token.expose_secret())?))
            }
            GitHubAuth::App {
                id,
                installation,
                key_pem,
            } => Ok(Self::App(Box::new(App {
                id: id.clone(),
                installation: *installation,
                key: key(key_pem.expose_secret())?,
                token: Mutex::default(),
            }))),
        }
    }

    /// What to send with a request.
    pub(super) async fn credentials(&self, errand: &Errand) -> Result<HeaderMap, Fault> {
        let header = match self {
            Self::Nobody => return Ok(HeaderMap::new()),
            Self::Token(header) => header.clone(),
            Self::App(app) => app.token(errand).await?,
        };
        Ok(HeaderMap::from_iter([(AUTHORIZATION, header)]))
    }

    /// What an app sends as itself; nothing where there is none.
    pub(super) fn own(&self, errand: &Errand) -> Result<HeaderMap, Fault> {
        let Self::App(app) = self else {
            return Ok(HeaderMap::new());
        };
        let own = SecretString::from(app.assertion(SystemTime::now())?);
        errand.line().hide(&own);
        let own = bearer(own.expose_secret()).map_err(Fault::Unusable)?;
        Ok(HeaderMap::from_iter([(AUTHORIZATION, own)]))
    }

    /// These credentials were refused; whether others may do.
    pub(super) async fn refused(&self, credentials: &HeaderMap) -> bool {
        let Self::App(app) = self else { return false };
        let mut token = app.token.lock().await;
        let same =
            |(known, _): &(HeaderValue, SystemTime)| credentials.get(AUTHORIZATION) == Some(known);
        if token.as_ref().is_some_and(same) {
            *token = None;
        }
        true
    }
}

impl App {
    /// The installation's token; one asks for it, the others wait.
    async fn token(&self, errand: &Errand) -> Result<HeaderValue, Fault> {
        let mut token = self.token.lock().await;
        let now = SystemTime::now();
        if let Some((header, until)) = &*token
            && *until > now + EARLY
        {
            return Ok(header.clone());
        }
        let (header, until) = self.fresh(errand, now).await?;
        *token = Some((header.clone(), until));
        Ok(header)
    }

    async fn fresh(
        &self,
        errand: &Errand,
        now: SystemTime,
    ) -> Result<(HeaderValue, SystemTime), Fault> {
        #[derive(Deserialize)]
        struct Told {
            token: String,
            expires_at: Timestamp,
        }
        let path = format!("/app/installations/{}/access_tokens", self.installation);
        let own = SecretString::from(self.assertion(now)?);
        errand.line().hide(&own);
        let own = bearer(own.expose_secret()).map_err(Fault::Unusable)?;
        let headers = HeaderMap::from_iter([(AUTHORIZATION, own)]);
        let reply = errand
            .ask(Method::POST, errand.url(&path)?, &headers)
            .await
            .map_err(|fault| match fault {
                Fault::Refused { status, text } => Fault::Unusable(format!(
                    "GitHub gives the app no token (http {status}: {text}): check `id`, `installation` and the key"
                )),
                other => other,
            })?;
        // What is wrong about it is not said: it is a token.
        let told: Told = serde_json::from_slice(&reply.body)
            .map_err(|_| Fault::Shape("the token of the installation".to_owned()))?;
        let token = SecretString::from(told.token);
        errand.line().hide(&token);
        let header = bearer(token.expose_secret()).map_err(Fault::Unusable)?;
        Ok((header, told.expires_at.into()))
    }

    /// A JSON web token that says who the app is.
    fn assertion(&self, now: SystemTime) -> Result<String, Fault> {
        let unusable = || Fault::Unusable("the app's key cannot sign".to_owned());
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let claims = json!({"iat": now.saturating_sub(SKEW), "exp": now + LASTS, "iss": self.id});
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!(
            "{}.{}",
            part(json!({"alg": "RS256", "typ": "JWT"})),
            part(claims)
        );
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .map_err(|_| unusable())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nobody => "Nobody",
            Self::Token(_) => "Token",
            Self::App(_) => "App",
        })
    }
}

fn bearer(token: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| "the token has characters that a header cannot carry")?;
    value.set_sensitive(true);
    Ok(value)
}

/// Nothing of the error is shown: it may quote the key.
fn key(pem: &str) -> Result<RsaKeyPair, String> {
    let unusable = "the app's key cannot be used, expected an RSA private key in PEM as GitHub gives it, 2048 bits or \
                    more, not encrypted";
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| unusable)?;
    let key = match &der {
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        _ => return Err(unusable.to_owned()),
    };
    key.map_err(|_| unusable.to_owned())
}
