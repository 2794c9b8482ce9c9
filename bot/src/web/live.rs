//! `GET /live`: that something happened, as it happens. What it was is read from the page itself, so nothing is told
//! here that a page would not show.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::language::Language;
use super::session::Visitor;
use axum::extract::{Query, State as Shared};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Stream, StreamExt, stream};
use guard::ids::{DeploymentId, ShareId};
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

/// Viewers at a time; more are told to look again by themselves.
pub(super) const MOST_VIEWERS: usize = 500;
/// The same of those who have a link to one deployment: they take no seat from who has to decide.
pub(super) const MOST_GUESTS: usize = 100;
/// How long one is told before who it is, is looked up anew: browsers ask again by themselves.
const LASTS: Duration = Duration::from_mins(10);
/// How soon they do.
const AGAIN: Duration = Duration::from_secs(3);
/// Something is said at least this often, so that nobody in between takes the line for dead.
const ALIVE: Duration = Duration::from_secs(15);

/// What a viewer wants to be told.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// Only of this deployment; then also that a watch has looked.
    #[serde(default)]
    of: Option<String>,
}

/// What is heard, for one viewer.
struct Heard {
    news: broadcast::Receiver<engine::News>,
    ticks: Option<broadcast::Receiver<engine::Tick>>,
    of: Option<String>,
    _seat: OwnedSemaphorePermit,
}

pub(super) async fn live(
    Shared(page): Shared<Page>,
    language: Language,
    _visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, DeniedPage> {
    let told = told_of(
        &page,
        &page.seats,
        wanted.of,
        std::future::pending().boxed(),
    );
    told.map_err(|denied| denied.page(&page, language))
}

/// What a viewer is told who takes one of these seats, until it is over.
pub(super) fn told_of(
    page: &Page,
    seats: &Arc<Semaphore>,
    of: Option<String>,
    over: BoxFuture<'static, ()>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Denied> {
    let seat = Arc::clone(seats).try_acquire_owned();
    let seat = seat.map_err(|_| Denied::Full)?;
    let heard = Heard {
        news: page.engine.news(),
        // Of all watches together there are many a second, and no page shows them all.
        ticks: of.is_some().then(|| page.engine.ticks()),
        of,
        _seat: seat,
    };
    let stopped = page.stopped.clone().cancelled_owned();
    let until = async move {
        tokio::select! {
            () = stopped => {}
            () = over => {}
            () = tokio::time::sleep(LASTS) => {}
        }
    };
    let begun = stream::once(async { Ok(Event::default().retry(AGAIN).comment("tawny")) });
    let told = begun.chain(stream::unfold(heard, next));
    let told = told.take_until(Box::pin(until));
    Ok(Sse::new(told).keep_alive(KeepAlive::new().interval(ALIVE)))
}

/// Until a link to a deployment opens no more: looked at when something happened to it, here or on another server, and
/// from time to time.
pub(super) async fn over(page: Page, id: DeploymentId, share: ShareId) {
    let mut news = page.engine.news();
    while page.still_open(&id, &share).await {
        let happened = async {
            while let Ok(one) = news.recv().await {
                if one.deployment == id {
                    return;
                }
            }
        };
        tokio::select! {
            () = happened => {}
            () = tokio::time::sleep(ALIVE) => {}
        }
    }
}

/// What happens next that is wanted; nothing when the engine is gone.
async fn next(mut heard: Heard) -> Option<(Result<Event, Infallible>, Heard)> {
    loop {
        let (kind, of) = tokio::select! {
            news = heard.news.recv() => ("changed", news.map(|news| news.deployment)),
            tick = looked(&mut heard.ticks) => ("looked", tick.map(|tick| tick.deployment)),
        };
        if let Some(event) = told(kind, of, heard.of.as_deref())? {
            return Some((Ok(event), heard));
        }
    }
}

async fn looked(
    ticks: &mut Option<broadcast::Receiver<engine::Tick>>,
) -> Result<engine::Tick, RecvError> {
    match ticks {
        Some(ticks) => ticks.recv().await,
        None => std::future::pending().await,
    }
}

/// Who missed something is told that anything may have changed; nothing of what is not wanted, and the end when the
/// engine is gone.
fn told(
    kind: &str,
    of: Result<DeploymentId, RecvError>,
    wanted: Option<&str>,
) -> Option<Option<Event>> {
    match of {
        Ok(id) if wanted.is_some_and(|wanted| wanted != id.as_str()) => Some(None),
        Ok(id) => Some(Some(Event::default().event(kind).data(id.as_str()))),
        Err(RecvError::Lagged(_)) => Some(Some(Event::default().event("changed").data("*"))),
        Err(RecvError::Closed) => None,
    }
}
