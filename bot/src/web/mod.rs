//! The page: what Tawny knows, for people with a browser; and the place where they answer.
//!
//! A one-time link begins a session, a session is a person, and a press needs the session's own form
//! token, the right origin and the right host. Being on the same machine proves nothing. Everything
//! works without scripts; the one script only keeps the page fresh.

use crate::etag;
use crate::live::Live;
use crate::orders::Orders;
use crate::people::People;
use crate::wire;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use config::Settings;
use engine::Engine;
use engine::clock::Clock;
use guard::ids::PersonId;
use jiff::{SignedDuration, Timestamp};
use journal::{Journal, JournalError, Reader, Session, TokenKind, Writer};
use messages::{BaseUrl, Context, Locale};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

mod abandon;
mod about;
mod answer;
mod assets;
mod cause;
mod decide;
mod denied;
mod fix;
mod frame;
mod headers;
pub(crate) mod hosts;
mod inbox;
mod incidents;
mod instances;
mod judge;
mod language;
mod links;
mod live;
mod login;
mod more;
mod nowhere;
mod oidc;
mod overview;
mod report;
mod rollout;
mod rows;
mod say;
mod search;
mod service;
mod session;
mod share;
mod shared;
pub(crate) mod shares;
mod show;
mod signals;
mod statistics;
mod strip;
#[cfg(test)]
pub(crate) mod tests;
mod thread;
mod trends;
mod zoom;

/// How long a one-time link can be used: it is printed, and somebody is about to open it.
const LINK_LASTS: SignedDuration = SignedDuration::from_hours(1);
/// How long a session lasts: a working day.
const SESSION_LASTS: SignedDuration = SignedDuration::from_hours(12);
/// The most bytes of a form.
const MOST_FORM: usize = 16 * 1024;

/// The page and its handles. Cheap to clone.
#[derive(Clone)]
pub struct Page {
    inner: Arc<Inner>,
}

/// What all clones share.
pub struct Inner {
    engine: Engine,
    reader: Reader,
    writer: Writer,
    settings: Live<Settings>,
    hosts: hosts::Hosts,
    cookie: session::CookieName,
    base_url: BaseUrl,
    orders: Orders,
    provider: oidc::Provider,
    locale: Locale,
    clock: Clock,
    /// For those who look on.
    seats: Arc<Semaphore>,
    /// For those of them who only have a link to one deployment.
    guest_seats: Arc<Semaphore>,
    /// How often links are opened.
    pace: shares::Pace,
    /// When this process is about to stop.
    stopped: CancellationToken,
}

impl std::ops::Deref for Page {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl Page {
    /// A page on this engine and journal. `address` is where the server really listens, `base_url`
    /// how people reach it; with `https` the cookie is kept to secure connections.
    pub fn new(
        engine: Engine,
        journal: &Journal,
        settings: Live<Settings>,
        address: SocketAddr,
        base_url: BaseUrl,
        people: People,
    ) -> Result<Self, JournalError> {
        let clock = Clock::System;
        Self::at(clock, engine, journal, settings, address, base_url, people)
    }

    fn at(
        clock: Clock,
        engine: Engine,
        journal: &Journal,
        settings: Live<Settings>,
        address: SocketAddr,
        base_url: BaseUrl,
        people: People,
    ) -> Result<Self, JournalError> {
        let inner = Inner {
            reader: journal.reader(),
            writer: journal.writer()?,
            hosts: hosts::Hosts::new(address, &base_url, &settings.get().server.allowed_hosts),
            cookie: session::CookieName::new(address, &base_url),
            locale: wire::locale(&settings.get()),
            orders: Orders::new(engine.clone(), settings.clone(), base_url.clone(), people),
            provider: oidc::Provider::new(),
            engine,
            settings,
            base_url,
            clock,
            seats: Arc::new(Semaphore::new(live::MOST_VIEWERS)),
            guest_seats: Arc::new(Semaphore::new(live::MOST_GUESTS)),
            pace: shares::Pace::new(),
            stopped: CancellationToken::new(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// What people say in words is done there.
    #[must_use]
    pub fn orders(&self) -> &Orders {
        &self.inner.orders
    }

    /// Ends the answers that would last: this process is about to stop.
    pub fn stop(&self) {
        self.stopped.cancel();
    }

    /// The page's routes, each behind the checks of host and origin.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", get(overview::overview))
            .route("/deployments/{id}", get(show::show))
            .route("/deployments/{id}/signals/{signal}", get(signals::show))
            .route("/deployments/{id}/report", get(report::report))
            .route("/deployments/{id}/report.md", get(report::report_file))
            .route("/deployments/{id}/postmortem", get(report::postmortem))
            .route(
                "/deployments/{id}/postmortem.md",
                get(report::postmortem_file),
            )
            .route("/deployments/{id}/root-cause", get(report::root_cause))
            .route(
                "/deployments/{id}/root-cause.md",
                get(report::root_cause_file),
            )
            .route("/deployments/{id}/root-cause/rating", post(cause::rate))
            .route("/deployments/{id}/answer", post(answer::answer))
            .route("/deployments/{id}/abandon", post(abandon::abandon))
            .route("/deployments/{id}/fix", post(fix::fix))
            .route("/deployments/{id}/judge", post(judge::judge))
            .route("/deployments/{id}/cause", post(cause::name))
            .route("/deployments/{id}/shares", post(share::make))
            .route(
                "/deployments/{id}/shares/{share}/revoke",
                post(share::revoke),
            )
            .route("/shared/{token}", get(shared::deployment))
            .route("/shared/{token}/live", get(shared::live))
            .route("/shared/{token}/signals/{signal}", get(shared::signal))
            .route("/shared/{token}/{document}", get(shared::document))
            .route("/incidents", get(incidents::list))
            .route("/incidents/{id}", get(incidents::show))
            .route("/incidents/{id}/close", post(incidents::close))
            .route("/live", get(live::live))
            .route("/say", post(say::said))
            .route("/approvals", get(inbox::inbox))
            .route("/statistics", get(statistics::statistics))
            .route("/search", get(search::search))
            .route("/services/{name}", get(service::service))
            .route(oidc::BEGIN, get(oidc::begin))
            .route(oidc::BACK, get(oidc::back_again))
            .route("/login/{token}", get(login::login))
            .route("/logout", post(login::logout))
            .route("/assets/{name}", get(assets::asset))
            .layer(from_fn(etag::tagged))
            .layer(DefaultBodyLimit::max(MOST_FORM))
            .layer(from_fn_with_state(self.clone(), hosts::check))
            .layer(from_fn(headers::add))
            .with_state(self.clone())
            .merge(nowhere::router(self.clone()))
    }

    /// A link that begins a session for this person: once, until the time beside it.
    pub async fn login_link(&self, person: &PersonId) -> Result<(String, Timestamp), JournalError> {
        let until = self.now().saturating_add(LINK_LASTS);
        let token = self
            .put_token(TokenKind::Link, person.as_str(), LINK_LASTS)
            .await?;
        let link = format!("{}/login/{token}", self.base_url.as_str());
        Ok((link, until.unwrap_or(Timestamp::MAX)))
    }

    /// A new token; the journal keeps its hash.
    async fn put_token(
        &self,
        kind: TokenKind,
        person: &str,
        lasts: SignedDuration,
    ) -> Result<String, JournalError> {
        let token = random_token();
        let now = self.now();
        let session = Session {
            person: person.to_owned(),
            data: serde_json::json!({}),
            created_at: now,
            expires_at: now.saturating_add(lasts).unwrap_or(Timestamp::MAX),
        };
        self.writer.put_token(kind, &token, session).await?;
        Ok(token)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn context(&self, locale: Locale) -> Context {
        Context {
            locale,
            now: self.now(),
            // Whoever reads the page is already there.
            base_url: None,
        }
    }
}

/// 256 random bits: nobody guesses them.
fn random_token() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}
