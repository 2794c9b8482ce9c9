//! `GET /shared/{token}`: one deployment for whoever has the link, without anything to press. All that the page leads to is
//! under the same address, so nothing else opens by it; no cookie is needed, and none is worth anything here.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Guest};
use super::language::Language;
use super::live;
use super::report::{self, Kind};
use super::show;
use super::signals;
use super::zoom::Asked;
use axum::extract::{FromRequestParts, Path, Query, RawPathParams, State as Shared};
use axum::http::request::Parts;
use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse, Response};
use futures_util::{FutureExt, Stream};
use guard::ids::{DeploymentId, ShareId};
use guard::input::Happened;
use guard::share::{Share, Standing};
use journal::History;
use messages::{Context, Foreign, say};
use std::convert::Infallible;
use std::sync::Arc;

/// Where all of this is.
pub(super) const UNDER: &str = "/shared/";

/// Whoever has a link that opens, and what it opens.
pub(super) struct Holder {
    share: Share,
    history: Arc<History>,
    /// The address under which everything is that it opens.
    path: String,
}

impl FromRequestParts<Page> for Holder {
    type Rejection = DeniedPage;

    async fn from_request_parts(parts: &mut Parts, page: &Page) -> Result<Self, DeniedPage> {
        let Ok(language) = Language::from_request_parts(parts, page).await;
        let params = RawPathParams::from_request_parts(parts, page).await;
        let token = params.ok().and_then(|params| {
            let mut params = params.iter();
            let token = params.find(|(name, _)| *name == "token")?;
            Some(token.1.to_owned())
        });
        let opened = open(page, token.unwrap_or_default()).await;
        opened.map_err(|denied| denied.page(page, language))
    }
}

/// What a token opens at this moment. Its first use is on record before anything is shown.
async fn open(page: &Page, token: String) -> Result<Holder, Denied> {
    let Some((known, share)) = known(page, &token).await? else {
        let may = page.pace.may(None);
        return Err(if may {
            Denied::ShareUnknown
        } else {
            Denied::TooFast
        });
    };
    if !page.pace.may(Some(&share)) {
        return Err(Denied::TooFast);
    }
    if !page.settings.get().server.shares.enabled {
        return Err(Denied::ShareRevoked);
    }
    let history = show::read(page, known.deployment.clone()).await?;
    let state = &history.state;
    let share = state.share(&share).ok_or(Denied::ShareUnknown)?.clone();
    match share.standing(page.now()) {
        Standing::Open => {}
        Standing::Expired => return Err(Denied::ShareExpired),
        Standing::Revoked => return Err(Denied::ShareRevoked),
    }
    if share.opened_at.is_none() {
        let opened = Happened::ShareOpened {
            share: share.id.clone(),
        };
        page.engine.apply(&state.plan().deployment, opened).await?;
    }
    if known.is_news(page.now())
        && let Err(error) = page.writer.share_used(&token, page.now()).await
    {
        tracing::warn!(share = %share.id, %error, "that a link was used is not kept");
    }
    Ok(Holder {
        path: format!("{UNDER}{token}"),
        share,
        history,
    })
}

async fn known(page: &Page, token: &str) -> Result<Option<(journal::ShareToken, ShareId)>, Denied> {
    let known = page.reader.share(token).await?;
    Ok(known.and_then(|known| {
        let share = ShareId::new(known.share.as_str()).ok()?;
        Some((known, share))
    }))
}

impl Holder {
    fn guest(&self, context: &Context) -> Guest {
        Guest {
            live: Some(format!("{}/live", self.path)),
            seen: self.share.id.to_string(),
            words: say!(
                context,
                "page-shared",
                by = Foreign::from(&self.share.by),
                until = context.time(self.share.until)
            ),
        }
    }

    fn id(&self) -> &DeploymentId {
        &self.history.state.plan().deployment
    }
}

/// `GET /shared/{token}`
pub(super) async fn deployment(
    Shared(page): Shared<Page>,
    language: Language,
    holder: Holder,
) -> Result<Html<String>, DeniedPage> {
    let context = page.context(language.0);
    let body = show::body(&page, &context, &holder.history, &holder.path, None).await;
    let (title, body) = body.map_err(|denied| denied.page(&page, language))?;
    let guest = holder.guest(&context);
    Ok(frame::guest(language, &guest, title, holder.path, &body))
}

/// `GET /shared/{token}/signals/{signal}`
pub(super) async fn signal(
    Shared(page): Shared<Page>,
    language: Language,
    Path((_, signal)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    holder: Holder,
) -> Result<Html<String>, DeniedPage> {
    let context = page.context(language.0);
    let (path, guest) = (&holder.path, holder.guest(&context));
    let body = signals::body(
        &page,
        &context,
        &holder.history.state,
        path,
        &signal,
        &asked,
        false,
    );
    let (title, here, body) = body.map_err(|denied| denied.page(&page, language))?;
    Ok(frame::guest(language, &guest, title, here, &body))
}

/// `GET /shared/{token}/{document}`: the report, the postmortem or the root-cause report, also as a file.
pub(super) async fn document(
    Shared(page): Shared<Page>,
    language: Language,
    Path((_, document)): Path<(String, String)>,
    holder: Holder,
) -> Result<Response, DeniedPage> {
    let (name, file) = match document.strip_suffix(".md") {
        Some(name) => (name, true),
        None => (document.as_str(), false),
    };
    let denied = |denied: Denied| denied.page(&page, language);
    let kind = Kind::named(name).ok_or(Denied::NotFound).map_err(denied)?;
    let context = page.context(language.0);
    let id = holder.id().to_string();
    let read = report::read(&page, &context, id, kind).await;
    let (id, read) = read.map_err(denied)?;
    if file {
        return Ok(report::as_file(&id, &read, kind));
    }
    let guest = Guest {
        // What is read and printed stays as it is.
        live: None,
        ..holder.guest(&context)
    };
    let (here, body) = report::body(&holder.path, &read, kind, &context);
    Ok(frame::guest(language, &guest, read.title.clone(), here, &body).into_response())
}

/// `GET /shared/{token}/live`: that something happened to this deployment, until the link opens no more.
pub(super) async fn live(
    Shared(page): Shared<Page>,
    language: Language,
    holder: Holder,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, DeniedPage> {
    let id = holder.id().clone();
    let over = live::over(page.clone(), id.clone(), holder.share.id.clone());
    let told = live::told_of(&page, &page.guest_seats, Some(id.to_string()), over.boxed());
    told.map_err(|denied| denied.page(&page, language))
}
