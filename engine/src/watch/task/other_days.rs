//! Whether it happens at this hour on other days too: asked beside the looks, so that a slow source holds up none.

use crate::services::Watch;
use guard::daily::{happens_at_this_hour, moved_too};
use guard::finding::Finding;
use guard::ids::SignalKey;
use jiff::{SignedDuration, Timestamp};
use sources::metrics::Prometheus;
use std::time::Duration;
use tokio::task::JoinSet;
use tracing::Instrument;

/// The days before on which the same hour is looked at.
const DAYS: [i64; 2] = [1, 7];
/// What is normal is read off so long before the onset.
const BEFORE: SignedDuration = SignedDuration::from_mins(10);
/// What moved is read off so long after it.
const AFTER: SignedDuration = SignedDuration::from_mins(5);
const STEP: Duration = Duration::from_secs(30);

/// What is known of other days.
#[derive(Debug, Default)]
pub(super) struct OtherDays {
    /// The finding of which it was asked.
    of: Option<(SignalKey, Timestamp)>,
    /// Ends with the watch.
    asking: JoinSet<Option<bool>>,
    seen: Option<bool>,
    /// Whether the answer was not used yet.
    news: bool,
}

impl OtherDays {
    /// Begins to ask of this finding, once; what is known of another one is forgotten.
    pub(super) fn ask(&mut self, watch: &Watch, finding: Option<&Finding>) {
        let of = finding.map(|finding| (finding.signal.clone(), finding.onset_at));
        if self.of == of {
            return;
        }
        *self = Self {
            of,
            ..Self::default()
        };
        let Some(finding) = finding else { return };
        let signal = watch.signals.iter().find(|one| one.key == finding.signal);
        let Some(signal) = signal else { return };
        let prometheus = watch.source_of(signal).gathering.prometheus().clone();
        self.begin(look(prometheus, finding.clone()));
    }

    fn begin(&mut self, asking: impl Future<Output = Option<bool>> + Send + 'static) {
        self.asking.spawn(asking.in_current_span());
    }

    /// Waits for the answer, but no longer than this.
    pub(super) async fn wait(&mut self, longest: Duration) {
        if let Ok(Some(told)) = tokio::time::timeout(longest, self.asking.join_next()).await {
            self.told(told);
        }
    }

    /// Whether an answer came that was not used yet.
    pub(super) fn has_news(&mut self) -> bool {
        if let Some(told) = self.asking.try_join_next() {
            self.told(told);
        }
        self.news
    }

    fn told(&mut self, told: Result<Option<bool>, tokio::task::JoinError>) {
        self.seen = told.unwrap_or_default();
        self.news = self.seen.is_some();
    }

    /// What is known now; none while it is not.
    pub(super) fn take(&mut self) -> Option<bool> {
        self.news = false;
        self.seen
    }
}

async fn look(prometheus: Prometheus, finding: Finding) -> Option<bool> {
    let asked = DAYS.map(|days| other_day(&prometheus, &finding, days));
    happens_at_this_hour(&futures_util::future::join_all(asked).await)
}

async fn other_day(prometheus: &Prometheus, finding: &Finding, days: i64) -> Option<bool> {
    let onset = finding.onset_at - SignedDuration::from_hours(24 * days);
    let (from, to) = (
        (onset - BEFORE).as_millisecond(),
        (onset + AFTER).as_millisecond(),
    );
    let answer = prometheus.range(&finding.query, from, to, STEP).await;
    let answer = answer
        .inspect_err(|error| tracing::debug!(%error, days, "another day is not known"))
        .ok()?;
    let samples = answer.value.iter().flat_map(|series| &series.samples);
    let (before, after): (Vec<_>, Vec<_>) =
        samples.partition(|(at, _)| *at < onset.as_millisecond());
    let values = |side: Vec<&(i64, f64)>| side.iter().map(|(_, value)| *value).collect();
    let (before, after): (Vec<f64>, Vec<f64>) = (values(before), values(after));
    moved_too(&before, &after, finding.effect)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{Instant, sleep};

    const LONGEST: Duration = Duration::from_millis(250);

    async fn answers_after(seconds: u64) -> Option<bool> {
        sleep(Duration::from_secs(seconds)).await;
        Some(true)
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_source_holds_nobody_up_longer_than_agreed_and_its_answer_is_news_when_it_comes()
    {
        let mut days = OtherDays::default();
        days.begin(answers_after(30));
        let begun = Instant::now();
        days.wait(LONGEST).await;
        assert_eq!(begun.elapsed(), LONGEST);
        assert!(!days.has_news());
        assert_eq!(days.take(), None);
        sleep(Duration::from_secs(30)).await;
        assert!(days.has_news());
        assert_eq!(days.take(), Some(true));
        assert!(!days.has_news(), "it is news once");
        assert_eq!(days.take(), Some(true), "and stays known");
    }

    #[tokio::test(start_paused = true)]
    async fn a_quick_answer_is_there_at_once_and_none_at_all_is_not_waited_for() {
        let mut days = OtherDays::default();
        let begun = Instant::now();
        days.wait(LONGEST).await;
        days.begin(async { Some(false) });
        days.wait(LONGEST).await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
        assert_eq!(days.take(), Some(false));
    }

    #[tokio::test(start_paused = true)]
    async fn days_of_which_nothing_is_known_are_no_news() {
        let mut days = OtherDays::default();
        days.begin(async { None });
        days.wait(LONGEST).await;
        assert!(!days.has_news());
        assert_eq!(days.take(), None);
    }
}
