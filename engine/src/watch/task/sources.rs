//! What the sources of a watch are worth: who does not answer, who answers in part, what was there at first.

use super::{SILENT_LOOKS, Task};
use crate::error::EngineError;
use crate::watch::fetch::Heard;
use crate::watch::speak::seconds;
use guard::input::Happened;
use guard::state::State;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Looks with whole answers before a source counts as whole again.
const WHOLE_LOOKS: u32 = 3;
/// Longest warning of a source that is passed on, in characters.
const LONGEST_WARNING: usize = 300;

impl Task<'_> {
    /// Which sources do not answer, answer again, or answer with less than everything.
    pub(super) async fn note_sources(
        &mut self,
        state: &State,
        heard: &Heard,
    ) -> Result<(), EngineError> {
        for source in &heard.answered {
            self.silent_looks.remove(source);
            if state.metrics_lost().is_some_and(|(lost, _)| lost == source) {
                let source = source.clone();
                self.say(state, Happened::MetricsBack { source }).await?;
            }
        }
        for (source, error) in &heard.silent {
            let looks = self.silent_looks.entry(source.clone()).or_default();
            *looks += 1;
            tracing::debug!(deployment = %self.id, source, error, looks, "a metrics source does not answer");
            if *looks >= SILENT_LOOKS {
                let (source, error) = (source.clone(), error.clone());
                self.say(state, Happened::MetricsLost { source, error })
                    .await?;
            }
        }
        if heard.answered.is_empty() {
            return Ok(());
        }
        self.completeness(state, heard).await
    }

    pub(super) async fn silence(&mut self, state: &State) -> Result<(), EngineError> {
        let long = self.silent_looks.values().any(|n| *n >= SILENT_LOOKS);
        if !long || state.history_s().is_some() {
            return Ok(());
        }
        let signals = self.service.watch.signals.iter();
        let blind = signals
            .map(|s| (s.key.clone(), "query_failed".to_owned()))
            .collect();
        let nothing = Happened::BaselineCaptured {
            history_s: 0.0,
            blind,
        };
        self.say(state, nothing).await
    }

    /// A source that warns of missing parts is believed at once; that it is whole again, after some looks.
    pub(super) async fn completeness(
        &mut self,
        state: &State,
        heard: &Heard,
    ) -> Result<(), EngineError> {
        if let Some((source, warning)) = heard.warnings.first_key_value() {
            self.whole_looks = 0;
            let source = source.clone();
            let warning = warning.chars().take(LONGEST_WARNING).collect();
            let what = Happened::MetricsIncomplete { source, warning };
            return self.say(state, what).await;
        }
        self.whole_looks = self.whole_looks.saturating_add(1);
        match state.metrics_incomplete() {
            Some((source, _)) if self.whole_looks >= WHOLE_LOOKS => {
                let source = source.to_owned();
                self.say(state, Happened::MetricsComplete { source }).await
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn baseline(
        &mut self,
        now: Timestamp,
        missing: &BTreeSet<String>,
        failed: &BTreeSet<String>,
    ) -> Result<(), EngineError> {
        let history_s = self.judges.history_at(seconds(now));
        let why = |key: &str| match (failed.contains(key), missing.contains(key)) {
            (true, _) => Some("query_failed"),
            (false, true) => Some("no_series"),
            (false, false) => None,
        };
        let signals = self.service.watch.signals.iter();
        let blind = signals
            .filter_map(|signal| Some((signal.key.clone(), why(signal.key.as_str())?.to_owned())));
        let absent = self.service.watch.absent.iter();
        let blind = blind
            .chain(absent.map(|key| (key.clone(), "not_exported".to_owned())))
            .collect();
        self.engine
            .apply_under(
                &self.fence,
                &self.id,
                Happened::BaselineCaptured { history_s, blind },
            )
            .await?;
        Ok(())
    }
}
