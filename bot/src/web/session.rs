//! Who is there: a person with a session, and forms that this session's own page has made.

use super::denied::{Denied, DeniedPage};
use super::language::Language;
use super::{Page, SESSION_LASTS};
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use guard::actor::Actor;
use guard::ids::PersonId;
use jiff::SignedDuration;
use messages::BaseUrl;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use subtle::ConstantTimeEq;

/// How long somebody may take at the identity provider.
const ATTEMPT_LASTS: SignedDuration = SignedDuration::from_mins(10);

/// A person with a session.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// The person, with the roles that the configuration gives them now.
    pub(super) actor: Actor,
    /// The token of the session's forms.
    pub(super) form_token: String,
    token: String,
}

impl Visitor {
    /// The session's token: to end it.
    pub(super) fn token(&self) -> &str {
        &self.token
    }
}

impl FromRequestParts<Page> for Visitor {
    type Rejection = DeniedPage;

    async fn from_request_parts(parts: &mut Parts, page: &Page) -> Result<Self, DeniedPage> {
        let Ok(language) = Language::from_request_parts(parts, page).await;
        visitor(&parts.headers, page).await.map_err(|denied| {
            let then = (parts.method == Method::GET).then(|| parts.uri.path());
            denied.page_before(page, language, then)
        })
    }
}

async fn visitor(headers: &HeaderMap, page: &Page) -> Result<Visitor, Denied> {
    let token = cookie_of(headers, &page.cookie.name).ok_or(Denied::NoSession)?;
    let session = page.reader.session(token, page.now()).await?;
    let session = session.ok_or(Denied::NoSession)?;
    let id = PersonId::new(session.person).map_err(|_| Denied::NoSession)?;
    // Roles are looked up at each request: who is taken off the list is out at once.
    let roles = page
        .settings
        .get()
        .person(&id)
        .map(|person| person.roles.clone());
    let roles = roles.ok_or(Denied::NoSession)?;
    Ok(Visitor {
        actor: Actor::Person { id, roles },
        form_token: form_token(token),
        token: token.to_owned(),
    })
}

/// The token of a session's forms. It follows from the session's own, so nothing need be stored, and
/// does not lead back to it.
fn form_token(session: &str) -> String {
    hex::encode(
        Sha256::new()
            .chain_update(b"tawny form of session ")
            .chain_update(session)
            .finalize(),
    )
}

/// A form that a visitor sent from the page itself. The only way to take a form: there is no forgetting
/// the check.
#[derive(Debug)]
pub(super) struct Pressed<T> {
    pub(super) visitor: Visitor,
    pub(super) form: T,
}

#[derive(Deserialize)]
struct WithToken<T> {
    #[serde(default)]
    form_token: String,
    #[serde(flatten)]
    form: T,
}

impl<T: DeserializeOwned> FromRequest<Page> for Pressed<T> {
    type Rejection = DeniedPage;

    async fn from_request(request: Request, page: &Page) -> Result<Self, DeniedPage> {
        let (mut parts, body) = request.into_parts();
        let Ok(language) = Language::from_request_parts(&mut parts, page).await;
        let visitor = Visitor::from_request_parts(&mut parts, page).await?;
        let request = Request::from_parts(parts, body);
        let Form(sent) = Form::<WithToken<T>>::from_request(request, page)
            .await
            .map_err(|_| Denied::BadForm.page(page, language))?;
        let wanted = visitor.form_token.as_bytes();
        if bool::from(wanted.ct_eq(sent.form_token.as_bytes())) {
            let form = sent.form;
            Ok(Self { visitor, form })
        } else {
            Err(Denied::FormToken.page(page, language))
        }
    }
}

/// The name and attributes of the session's cookie.
#[derive(Debug)]
pub(super) struct CookieName {
    name: String,
    secure: bool,
}

impl CookieName {
    /// Over https the name's prefix makes browsers refuse the cookie from anybody but this host. Without
    /// it, cookies are shared by all ports of a host, so the port is in the name.
    pub(super) fn new(address: SocketAddr, base_url: &BaseUrl) -> Self {
        let secure = base_url.as_str().starts_with("https://");
        let name = if secure {
            "__Host-tawny".to_owned()
        } else {
            format!("tawny-{}", address.port())
        };
        Self { name, secure }
    }

    /// The header that begins a session.
    pub(super) fn begin(&self, token: &str) -> String {
        self.header(token, SESSION_LASTS.as_secs())
    }

    /// The header that ends it.
    pub(super) fn end(&self) -> String {
        self.header("", 0)
    }

    // Lax: a link that somebody follows from a chat finds them logged in. What changes anything needs
    // the form's token and this origin besides.
    fn header(&self, token: &str, max_age: i64) -> String {
        self.named(&self.name, token, max_age)
    }

    /// The name of the cookie of an attempt to log in by an identity provider.
    pub(super) fn attempt_name(&self) -> String {
        format!("{}-login", self.name)
    }

    /// The header that keeps such an attempt.
    pub(super) fn attempt(&self, attempt: &str) -> String {
        self.named(&self.attempt_name(), attempt, ATTEMPT_LASTS.as_secs())
    }

    /// The header that ends it.
    pub(super) fn attempt_over(&self) -> String {
        self.named(&self.attempt_name(), "", 0)
    }

    fn named(&self, name: &str, value: &str, max_age: i64) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}")
    }
}

/// The value of a cookie.
pub(super) fn cookie_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter();
    cookies
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
