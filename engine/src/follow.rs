//! Keeping up with the journal: what other processes wrote is known here too, whoever leads. A person's
//! answer that another replica took reaches the watch, the work under way and the page like one taken here.

use crate::engine::{Engine, News};
use crate::error::EngineError;
use guard::event::Event;
use guard::ids::DeploymentId;
use journal::{StoredEvent, codec};
use std::collections::BTreeMap;

/// Events that are read at once.
const PAGE: u64 = 500;

impl Engine {
    /// Follows the journal, for ever.
    pub(crate) async fn follow(&self) {
        let mut commits = self.reader.commits();
        loop {
            if let Err(error) = self.keep_up().await {
                tracing::debug!(%error, "what others wrote cannot be read now");
            }
            tokio::select! {
                () = tokio::time::sleep(self.options.poll) => {}
                _ = commits.changed() => {}
            }
        }
    }

    async fn keep_up(&self) -> Result<(), EngineError> {
        self.catch_up().await?;
        self.load_listing().await?;
        self.keep_lines().await;
        Ok(())
    }

    /// Takes note of everything that was written up to now, by whomever.
    pub(crate) async fn catch_up(&self) -> Result<(), EngineError> {
        let mut seen = self.seen.lock().await;
        let Some(last) = *seen else {
            // What is written from here on is followed; all before is read as a whole.
            *seen = Some(self.reader.last_seq().await?);
            drop(seen);
            self.watched().await?;
            return Ok(());
        };
        let mut last = last;
        loop {
            let events = self.reader.tail(last, PAGE).await?;
            let Some(newest) = events.last().map(|event| event.seq) else {
                return Ok(());
            };
            for (id, events) in by_deployment(&events) {
                self.heard_of(&id, &events).await?;
            }
            self.heard_of_lanes(&events).await?;
            last = newest;
            *seen = Some(last);
        }
    }

    /// Some of a deployment's events were written; perhaps here.
    async fn heard_of(
        &self,
        id: &DeploymentId,
        stored: &[&StoredEvent],
    ) -> Result<(), EngineError> {
        let newest = stored
            .iter()
            .map(|event| event.revision.unsigned_abs())
            .max();
        if self.live(id).map(|state| state.revision()) >= newest {
            return Ok(());
        }
        match self.state(id).await {
            Ok(state) => self.remember(state),
            Err(error) if error.is_damage() => {
                self.note_unreadable(id, &error);
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        let events: Vec<Event> = stored
            .iter()
            .map(|event| codec::decode(event).map(|record| record.event))
            .collect::<Result<_, _>>()?;
        // Nobody listening is no failure. What was written here is news twice, which does no harm.
        let _ = self.news.send(News {
            deployment: id.clone(),
            events,
        });
        Ok(())
    }
}

/// The events of deployments, in order.
fn by_deployment(events: &[StoredEvent]) -> BTreeMap<DeploymentId, Vec<&StoredEvent>> {
    let mut found: BTreeMap<DeploymentId, Vec<&StoredEvent>> = BTreeMap::new();
    for event in events
        .iter()
        .filter(|event| event.stream.kind() == "deployment")
    {
        if let Ok(id) = DeploymentId::new(event.stream.id()) {
            found.entry(id).or_default().push(event);
        }
    }
    found
}
