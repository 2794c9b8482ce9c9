//! Webhooks in the inbox.

use super::NotTaken;
use crate::engine::Engine;
use crate::ledger;
use crate::told::CameTo;
use journal::{ClaimedInput, Fence};

impl Engine {
    /// Ends those deliveries of which nothing follows, all at once, and returns the others.
    pub(super) async fn let_go(
        &self,
        deliveries: Vec<ClaimedInput>,
        fence: &Fence,
    ) -> Vec<ClaimedInput> {
        let Some(understands) = &self.options.understands else {
            return deliveries;
        };
        let mut rest = Vec::new();
        let mut done = Vec::new();
        let mut transaction = journal::Transaction::at(self.clock.now()).fenced(fence);
        for delivery in deliveries {
            match understands(&delivery).ok().and_then(CameTo::nothing) {
                Some(came) => {
                    transaction = transaction.consume_as(&delivery, ledger::json(&came));
                    done.push(delivery);
                }
                None => rest.push(delivery),
            }
        }
        if done.is_empty() {
            return rest;
        }
        if let Err(error) = self.writer.append(transaction).await {
            tracing::debug!(%error, "deliveries could not be ended together: one by one");
            rest.extend(done);
            rest.sort_by_key(|delivery| delivery.id);
            return rest;
        }
        for delivery in done {
            self.meters().input(&delivery.source, true);
        }
        rest
    }

    /// A delivery belongs to no stream of its own: what it says is done, and its end says what that was.
    pub(super) async fn take_delivery(
        &self,
        claimed: &ClaimedInput,
        fence: &Fence,
    ) -> Result<(), NotTaken> {
        let understands = self.options.understands.as_ref();
        let understands = understands
            .ok_or_else(|| NotTaken::NotUnderstood("nobody here reads webhooks".to_owned()))?;
        let told = understands(claimed).map_err(NotTaken::NotUnderstood)?;
        let came = self.hear(told).await?;
        let transaction = journal::Transaction::at(self.clock.now())
            .fenced(fence)
            .consume_as(claimed, ledger::json(&came));
        self.writer.append(transaction).await?;
        Ok(())
    }
}
