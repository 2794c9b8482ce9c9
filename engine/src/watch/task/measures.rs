//! What was measured is kept for the record, once each time that something ended.

use super::Task;
use crate::error::EngineError;
use crate::ledger;
use guard::finding::Finding;
use guard::input::Happened;
use guard::state::State;
use jiff::Timestamp;
use std::sync::PoisonError;

impl Task<'_> {
    /// Keeps what was measured until now, where the state asks for it and there is something to keep.
    pub(super) async fn keep_measures(&self, state: &State) -> Result<(), EngineError> {
        if self.fresh || !state.measures_wanted() {
            return Ok(());
        }
        let signals = self.judges.measured(&self.service);
        self.say(state, Happened::Measured { signals }).await
    }

    /// Shows what was measured until now to whoever looks on, in this process alone: nothing is written.
    pub(super) fn show_measures(&self) {
        if self.fresh {
            return;
        }
        let signals = self.judges.measured(&self.service).into();
        let measuring = self.engine.measuring.write();
        let mut measuring = measuring.unwrap_or_else(PoisonError::into_inner);
        measuring.insert(self.id.clone(), signals);
    }

    /// Looks up, once for each signal that moved, which values of labels account for it.
    pub(super) async fn locate(
        &mut self,
        state: &State,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let roles = self.roles(state, now);
        let moved: Vec<&Finding> = state
            .open_findings()
            .map(|record| &record.finding)
            .filter(|finding| !state.is_located(&finding.signal))
            .collect();
        for finding in moved {
            let watch = &self.service.watch;
            if let Some(located) = self.engine.locate(watch, finding, &roles, now).await {
                let accounts = located.accounts.clone();
                self.suspicion
                    .accounts
                    .insert(finding.signal.clone(), accounts);
                let what = Happened::Located {
                    signal: finding.signal.clone(),
                    accounts: located.accounts,
                    evidence: located.evidence,
                };
                self.say(state, what).await?;
            }
        }
        Ok(())
    }

    /// The watch is over: how it looked at its end is kept.
    pub(super) async fn keep_last_measures(&self) -> Result<(), EngineError> {
        match ledger::state(&self.engine.reader, &self.id).await? {
            Some(state) => self.keep_measures(&state).await,
            None => Ok(()),
        }
    }
}
