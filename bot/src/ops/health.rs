//! `/healthz`: alive, and its loops come around. `/readyz`: fit to work, part by part.
//!
//! A process that is not healthy is to be restarted; one that is not ready is to be left alone until it
//! is. A replica that stands by while another leads is ready: it takes over when the other goes.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use engine::{Engine, Heartbeat, Leadership};
use journal::Reader;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A turn waits for the journal several times, and each time no longer than ten seconds.
const ENGINE_MAY_TAKE: Duration = Duration::from_secs(90);
/// A tick asks its sources within deadlines, writes, and looks again after its interval.
const TICK_MAY_TAKE: Duration = Duration::from_secs(120);
/// A probe is answered within this, whatever the journal does.
const JOURNAL_MAY_TAKE: Duration = Duration::from_secs(2);

/// What the health of a server is read from.
#[derive(Clone)]
pub(crate) struct Health {
    engine: Engine,
    reader: Reader,
    begun: Instant,
}

/// One part, and what is wrong with it.
#[derive(Debug, Serialize, PartialEq)]
struct Part {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Part {
    fn good() -> Self {
        Self {
            ok: true,
            detail: None,
        }
    }

    fn said(detail: &str) -> Self {
        Self {
            ok: true,
            detail: Some(detail.to_owned()),
        }
    }

    fn bad(detail: impl Into<String>) -> Self {
        Self {
            ok: false,
            detail: Some(detail.into()),
        }
    }
}

#[derive(Debug, Serialize)]
struct Report {
    schema: &'static str,
    ok: bool,
    parts: BTreeMap<&'static str, Part>,
}

impl Health {
    pub(crate) fn new(engine: Engine, reader: Reader) -> Self {
        Self {
            engine,
            reader,
            begun: Instant::now(),
        }
    }

    pub(crate) fn router(&self) -> Router {
        let alive = async |State(health): State<Self>| {
            report(
                "tawny.healthz/1",
                beating(health.engine.heartbeat(), health.begun.elapsed()),
            )
        };
        let ready =
            async |State(health): State<Self>| report("tawny.readyz/1", health.fitness().await);
        let leading = async |State(health): State<Self>| {
            let mut parts = health.fitness().await;
            parts.insert("leader", health.leader());
            report("tawny.readyz/1", parts)
        };
        Router::new()
            .route("/healthz", get(alive))
            .route("/readyz", get(ready))
            .route("/readyz/leader", get(leading))
            .with_state(self.clone())
    }

    async fn fitness(&self) -> BTreeMap<&'static str, Part> {
        BTreeMap::from([
            // A server does not start, and does not reload, with one that is not.
            ("configuration", Part::good()),
            ("journal", self.journal().await),
            ("lease", lease(&self.engine.leadership())),
        ])
    }

    /// Reachable; migrated and writable it was found to be when it was opened.
    async fn journal(&self) -> Part {
        match tokio::time::timeout(JOURNAL_MAY_TAKE, self.reader.now()).await {
            Ok(Ok(_)) => Part::good(),
            Ok(Err(error)) => Part::bad(error.to_string()),
            Err(_) => Part::bad(format!("no answer within {} s", JOURNAL_MAY_TAKE.as_secs())),
        }
    }

    fn leader(&self) -> Part {
        if self.engine.leading() {
            Part::good()
        } else {
            Part::bad("another process leads, or none")
        }
    }
}

/// Ready when somebody leads, be it another replica: each answers for all.
fn lease(seen: &Leadership) -> Part {
    let epoch = seen.epoch;
    match (&seen.unreachable, &seen.leader) {
        _ if seen.leading => Part::said(&format!("this server leads (epoch {epoch})")),
        (None, Some(leader)) => Part::said(&format!("{leader} leads (epoch {epoch})")),
        (Some(why), _) => Part::bad(format!("the engine's lease is not held here: {why}")),
        (None, None) => Part::bad("the engine's lease is not held"),
    }
}

/// Whether the loops come around; `up` is how long the process runs.
fn beating(beat: Heartbeat, up: Duration) -> BTreeMap<&'static str, Part> {
    let engine = match beat.engine {
        Some(age) if age <= ENGINE_MAY_TAKE => Part::good(),
        Some(age) => Part::bad(format!(
            "its loop has not come around for {} s",
            age.as_secs()
        )),
        None if up <= ENGINE_MAY_TAKE => Part::said("starting"),
        None => Part::bad("its loop does not run"),
    };
    let watches = match beat.slowest_watch {
        Some((age, interval)) if age > interval + TICK_MAY_TAKE => Part::bad(format!(
            "a watch of every {} s has not ticked for {} s",
            interval.as_secs_f64(),
            age.as_secs()
        )),
        _ => Part::good(),
    };
    BTreeMap::from([("engine", engine), ("watches", watches)])
}

fn report(schema: &'static str, parts: BTreeMap<&'static str, Part>) -> Response {
    let ok = parts.values().all(|part| part.ok);
    let status = if ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let report = Report { schema, ok, parts };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(report)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn ok(beat: Heartbeat, up: Duration) -> (bool, bool) {
        let parts = beating(beat, up);
        (parts["engine"].ok, parts["watches"].ok)
    }

    #[test]
    fn a_loop_that_comes_around_is_alive_and_one_that_does_not_is_not_until_it_does_again() {
        let beat = |engine| Heartbeat {
            engine: Some(engine),
            slowest_watch: None,
        };
        assert_eq!(ok(beat(SECOND), 1000 * SECOND), (true, true));
        assert_eq!(ok(beat(91 * SECOND), 1000 * SECOND), (false, true));
        assert_eq!(ok(beat(SECOND), 1200 * SECOND), (true, true));
    }

    #[test]
    fn an_engine_that_starts_is_alive_and_one_that_never_started_is_not() {
        assert_eq!(ok(Heartbeat::default(), SECOND), (true, true));
        assert_eq!(ok(Heartbeat::default(), 91 * SECOND), (false, true));
    }

    #[test]
    fn a_watch_is_late_by_its_own_interval() {
        let beat = |age, interval| Heartbeat {
            engine: Some(SECOND),
            slowest_watch: Some((age, interval)),
        };
        assert_eq!(ok(beat(130 * SECOND, SECOND), SECOND), (true, false));
        assert_eq!(ok(beat(130 * SECOND, 60 * SECOND), SECOND), (true, true));
    }
}
