//! Fetching: raw samples since the last look, of all signals at once.

use crate::services::{Part, Watch};
use guard::detect::Use;
use guard::ids::InstanceId;
use sources::metrics::{FeedOptions, FeedTick, Outcome, RawSeries, SampleFeed, Selector, Series};
use std::collections::BTreeMap;

/// One series with what it contributes, and its new samples.
#[derive(Clone)]
pub(super) struct Fetched {
    /// Its labels and the place of its selector: a series may be read by several, each for uses of its own.
    pub(super) id: (usize, BTreeMap<String, String>),
    pub(super) instance: InstanceId,
    pub(super) uses: Vec<(String, Use)>,
    /// Seconds since 1970, value.
    pub(super) samples: Vec<(f64, f64)>,
}

/// What a look brought.
pub(super) enum Look {
    /// An answer: perhaps without anything new.
    Answer {
        series: Vec<Fetched>,
        /// Signals for which the source has nothing at all.
        missing: Vec<String>,
        /// Signals of which a query failed, each with the error.
        failed: BTreeMap<String, String>,
        /// Whether everything up to now has been read.
        caught_up: bool,
    },
    /// No answer.
    Silence(String),
}

/// Follows all series of a watch.
pub(super) struct Fetcher {
    feed: SampleFeed,
    /// What each selector's series are used for; one selector may serve several signals.
    uses: Vec<Vec<(String, Part)>>,
    /// Expressions that are judged as gauges, by signal, each with the time up to which it was read.
    expressions: Vec<(String, String, i64)>,
}

impl Fetcher {
    pub(super) fn new(watch: &Watch, since_ms: i64) -> Self {
        let mut selectors: Vec<Selector> = Vec::new();
        let mut uses: Vec<Vec<(String, Part)>> = Vec::new();
        for signal in &watch.signals {
            for (selector, part) in &signal.series {
                let used = (signal.key.to_string(), *part);
                match selectors.iter().position(|known| known == selector) {
                    Some(at) => uses[at].push(used),
                    None => {
                        selectors.push(selector.clone());
                        uses.push(vec![used]);
                    }
                }
            }
        }
        let expressions = watch
            .signals
            .iter()
            .filter_map(|signal| {
                Some((signal.key.to_string(), signal.expression.clone()?, since_ms))
            })
            .collect();
        let feed = SampleFeed::new(
            selectors,
            since_ms,
            FeedOptions::for_scrape_interval(watch.interval),
        );
        Self {
            feed,
            uses,
            expressions,
        }
    }

    pub(super) async fn look(&mut self, watch: &Watch, now_ms: i64) -> Look {
        let tick = self.feed.fetch(&watch.prometheus, now_ms).await;
        let (evaluated, refused) = self.evaluate(watch, now_ms).await;
        let failed = failures(&tick, &self.uses, &refused);
        let asked = tick.selectors.len() + self.expressions.len();
        let unanswered = failed_selectors(&tick).count() + refused.len();
        match failed.values().next() {
            Some(error) if unanswered == asked => Look::Silence(error.clone()),
            _ => self.answer(watch, tick, evaluated, failed),
        }
    }

    /// The expressions at every interval since they were last read, and those that were refused.
    async fn evaluate(
        &mut self,
        watch: &Watch,
        now_ms: i64,
    ) -> (Vec<Fetched>, Vec<(String, String)>) {
        let step = watch.interval.as_millis() as i64;
        let (mut found, mut refused) = (Vec::new(), Vec::new());
        for (index, (signal, expression, read_to)) in self.expressions.iter_mut().enumerate() {
            let place = self.uses.len() + index;
            let from = (*read_to + step).min(now_ms);
            match watch
                .prometheus
                .range(expression, from, now_ms, watch.interval)
                .await
            {
                Ok(answer) => {
                    *read_to = now_ms;
                    found.extend(
                        answer
                            .value
                            .into_iter()
                            .filter_map(|series| evaluated(watch, place, signal, series)),
                    );
                }
                Err(error) => refused.push((signal.clone(), error.to_string())),
            }
        }
        (found, refused)
    }

    fn answer(
        &self,
        watch: &Watch,
        tick: FeedTick,
        evaluated: Vec<Fetched>,
        failed: BTreeMap<String, String>,
    ) -> Look {
        let mut series = evaluated;
        let mut missing = Vec::new();
        let caught_up = tick.caught_up;
        for (place, (samples, uses)) in tick.selectors.into_iter().zip(&self.uses).enumerate() {
            if samples.outcome == Outcome::NoSeries {
                missing.extend(uses.iter().map(|(signal, _)| signal.clone()));
            }
            series.extend(
                samples
                    .series
                    .into_iter()
                    .filter_map(|raw| fetched(watch, place, raw, uses)),
            );
        }
        Look::Answer {
            series,
            missing,
            failed,
            caught_up,
        }
    }
}

fn failed_selectors(tick: &FeedTick) -> impl Iterator<Item = (usize, String)> {
    let places = tick.selectors.iter().enumerate();
    places.filter_map(|(place, samples)| match &samples.outcome {
        Outcome::Failed(error) => Some((place, error.to_string())),
        _ => None,
    })
}

/// The signals of which a query failed: one that lacks a part is not measured.
fn failures(
    tick: &FeedTick,
    uses: &[Vec<(String, Part)>],
    refused: &[(String, String)],
) -> BTreeMap<String, String> {
    let of_selectors = failed_selectors(tick).flat_map(|(place, error)| {
        let uses = uses.get(place).into_iter().flatten();
        uses.map(move |(signal, _)| (signal.clone(), error.clone()))
    });
    of_selectors.chain(refused.iter().cloned()).collect()
}

fn evaluated(watch: &Watch, place: usize, signal: &str, series: Series) -> Option<Fetched> {
    let instance = instance_of(watch, &series.labels)?;
    let samples = series
        .samples
        .into_iter()
        .map(|(ms, value)| (ms as f64 / 1000.0, value))
        .collect();
    Some(Fetched {
        id: (place, series.labels),
        instance,
        uses: vec![(signal.to_owned(), Use::Gauge)],
        samples,
    })
}

fn instance_of(watch: &Watch, labels: &BTreeMap<String, String>) -> Option<InstanceId> {
    let value = labels.get(&watch.instance_label)?;
    let named = watch
        .instance_names
        .iter()
        .find(|(label, _)| label == value)
        .map(|(_, instance)| instance.clone());
    named.or_else(|| InstanceId::new(value.clone()).ok())
}

fn fetched(
    watch: &Watch,
    place: usize,
    raw: RawSeries,
    uses: &[(String, Part)],
) -> Option<Fetched> {
    let instance = instance_of(watch, &raw.labels)?;
    let uses = uses
        .iter()
        .filter_map(|(signal, part)| Some((signal.clone(), use_of(*part, &raw)?)))
        .collect();
    let seconds = |(ms, value): (i64, f64)| (ms as f64 / 1000.0, value);
    let mut samples: Vec<(f64, f64)> = raw
        .late
        .into_iter()
        .chain(raw.samples)
        .map(seconds)
        .collect();
    samples.sort_by(|a, b| a.0.total_cmp(&b.0));
    Some(Fetched {
        id: (place, raw.labels),
        instance,
        uses,
        samples,
    })
}

fn use_of(part: Part, raw: &RawSeries) -> Option<Use> {
    match part {
        Part::Use(used) => Some(used),
        Part::Buckets => match raw.labels.get("le")?.as_str() {
            "+Inf" => Some(Use::Bucket { le: f64::INFINITY }),
            bound => bound.parse().ok().map(|le| Use::Bucket { le }),
        },
    }
}
