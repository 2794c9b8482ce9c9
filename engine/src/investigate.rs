//! What hurts is looked into by whoever was handed in for that: it may take a minute, holds nothing else up, and what it
//! comes to is an input like any other.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::handler::Handler;
use futures_util::future::BoxFuture;
use guard::effects::Effect;
use guard::event::{Event, Recorded};
use guard::ids::DeploymentId;
use guard::input::Happened;
use guard::root_cause::RootCauseReport;
use guard::state::State;
use jiff::SignedDuration;
use journal::{ClaimedEffect, Fence};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The kind of its effects.
pub(crate) const KIND: &str = "agent.investigate";
/// What it looks at is shown so often at most.
const SHOWN_EVERY: Duration = Duration::from_secs(3);
/// What was ranked so long ago is not looked into any more.
const TOO_OLD: SignedDuration = SignedDuration::from_hours(1);

/// What is to be looked into.
#[derive(Debug)]
pub struct Inquiry {
    /// The deployment as it stands.
    pub state: State,
    /// Everything that has happened to it.
    pub records: Vec<Recorded>,
    /// The revision of the ranking that it is about.
    pub of: u64,
}

/// Told what is being looked at, in a few words.
pub type Looking = Arc<dyn Fn(String) + Send + Sync>;

/// Looks into what hurts; none where nothing came of it that could be told.
pub type Investigates =
    Arc<dyn Fn(Inquiry, Looking) -> BoxFuture<'static, Option<RootCauseReport>> + Send + Sync>;

impl Engine {
    /// Has it looked into, once for each ranking, and the newest of them alone.
    pub(crate) async fn investigate(
        &self,
        claimed: &ClaimedEffect,
        fence: &Fence,
    ) -> Result<(), EngineError> {
        let outcome = self.inquire(claimed, fence).await?;
        Ok(self.writer.complete(claimed, &outcome).await?)
    }

    async fn inquire(&self, claimed: &ClaimedEffect, fence: &Fence) -> Result<Value, EngineError> {
        let nothing = |why: &str| Ok(json!({ "said": "nothing", "why": why }));
        let id = claimed.stream.strip_prefix("deployment/");
        let id = id.and_then(|id| DeploymentId::new(id).ok());
        let effect = serde_json::from_value::<Effect>(claimed.payload.clone());
        let (Some(id), Ok(Effect::Investigate { revision: of })) = (id, effect) else {
            return nothing("it cannot be read");
        };
        let Some(investigates) = &self.options.investigates else {
            return nothing("no model is configured");
        };
        let (state, records) = self.story(&id).await?;
        if state.explained().is_some_and(|(known, _)| known >= of) {
            return nothing("it was told already");
        }
        let ranked = |record: &&Recorded| matches!(record.event, Event::CauseRanked { .. });
        let newest = records.iter().rev().find(ranked);
        match newest {
            Some(newest) if newest.revision == of => {
                if self.clock.now().duration_since(newest.at) > TOO_OLD {
                    return nothing("it was ranked too long ago");
                }
            }
            _ => return nothing("a newer ranking follows"),
        }
        let inquiry = Inquiry {
            state: state.clone(),
            records,
            of,
        };
        let (tell, told) = watch::channel(String::new());
        let (end, ended) = watch::channel(false);
        let looking: Looking = Arc::new(move |at| drop(tell.send(at)));
        let asked = async {
            let report = investigates(inquiry, looking).await;
            drop(end);
            report
        };
        // What is being posted is posted to its end: its place has to be known.
        let (report, ()) = tokio::join!(asked, self.show_looking(&state, of, told, ended));
        let Some(report) = report else {
            return nothing("nothing came of it");
        };
        let report = Box::new(report);
        self.apply_under(fence, &id, Happened::Investigated { of, report })
            .await?;
        Ok(json!({ "told": of }))
    }

    /// Shows in each channel what is being looked at, the newest, and not too often, until that has ended.
    async fn show_looking(
        &self,
        state: &State,
        of: u64,
        mut told: watch::Receiver<String>,
        mut ended: watch::Receiver<bool>,
    ) {
        loop {
            tokio::select! {
                biased;
                _ = ended.changed() => return,
                changed = told.changed() => if changed.is_err() { return },
            }
            let at = told.borrow_and_update().clone();
            for handler in &self.handlers {
                let handler: &dyn Handler = &**handler;
                handler.looking(state, of, &at).await;
            }
            tokio::select! {
                biased;
                _ = ended.changed() => return,
                () = tokio::time::sleep(SHOWN_EVERY) => {}
            }
        }
    }
}
