//! What people say of a lane: that no deployment begins in it, and what its alerts were.

use crate::apply::MOST_TRIES;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger::{self, lane_stream};
use guard::ids::{Environment, ServiceName};
use guard::lane::{Lane, LaneEvent};
use guard::thresholds::AlertLabel;
use journal::{JournalError, Transaction, codec};

impl Engine {
    /// Freezes a lane; false where it was already. Any replica may.
    ///
    /// # Errors
    /// The service is not configured, or the journal fails.
    pub async fn freeze(
        &self,
        service: &ServiceName,
        environment: &Environment,
        by: &str,
        reason: Option<String>,
    ) -> Result<bool, EngineError> {
        let event = LaneEvent::Frozen {
            by: by.to_owned(),
            reason,
        };
        self.write_frozen(service, environment, &event, false).await
    }

    /// Lets deployments begin again; false where they might already. Any replica may.
    ///
    /// # Errors
    /// The service is not configured, or the journal fails.
    pub async fn unfreeze(
        &self,
        service: &ServiceName,
        environment: &Environment,
        by: &str,
    ) -> Result<bool, EngineError> {
        let event = LaneEvent::Unfrozen { by: by.to_owned() };
        self.write_frozen(service, environment, &event, true).await
    }

    /// Keeps what somebody says of an alert of the past. Any replica may.
    ///
    /// # Errors
    /// The service is not configured, or the journal fails.
    pub async fn judge_alert(
        &self,
        service: &ServiceName,
        environment: &Environment,
        by: &str,
        label: AlertLabel,
    ) -> Result<(), EngineError> {
        let by = by.to_owned();
        let event = LaneEvent::AlertJudged { by, label };
        let written = self.write_where(service, environment, &event, |_| true);
        written.await.map(drop)
    }

    /// Puts on record that somebody wanted something of a lane and may not. Any replica may.
    ///
    /// # Errors
    /// The service is not configured, or the journal fails.
    pub async fn note_refused(
        &self,
        service: &ServiceName,
        environment: &Environment,
        by: &str,
        wanted: &str,
    ) -> Result<(), EngineError> {
        let event = LaneEvent::Refused {
            by: by.to_owned(),
            wanted: wanted.to_owned(),
        };
        self.write_where(service, environment, &event, |_| true)
            .await
            .map(drop)
    }

    /// Writes the event if the lane is as it was: `frozen` or not.
    async fn write_frozen(
        &self,
        service: &ServiceName,
        environment: &Environment,
        event: &LaneEvent,
        frozen: bool,
    ) -> Result<bool, EngineError> {
        let as_it_was = |lane: &Lane| lane.frozen().is_some() == frozen;
        let written = self
            .write_where(service, environment, event, as_it_was)
            .await?;
        if written {
            let what = event.name();
            tracing::warn!(%service, %environment, what, "a lane was frozen or opened");
        }
        Ok(written)
    }

    async fn write_where(
        &self,
        service: &ServiceName,
        environment: &Environment,
        event: &LaneEvent,
        wanted: impl Fn(&Lane) -> bool,
    ) -> Result<bool, EngineError> {
        let known = self.service(service, environment)?;
        let stream = lane_stream(&known.name, &known.environment)?;
        let mut tries = 0;
        loop {
            let lane = ledger::lane(&self.reader, service, environment).await?;
            if !wanted(&lane) {
                return Ok(false);
            }
            let transaction = Transaction::at(self.clock.now()).append(
                &stream,
                lane.revision().cast_signed(),
                vec![codec::encode_lane(event)?],
            );
            match self.writer.append(transaction).await {
                Err(JournalError::Conflict { .. }) if tries < MOST_TRIES => tries += 1,
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(true),
            }
        }
    }
}
