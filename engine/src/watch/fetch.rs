//! Fetching: raw samples since the last look, of all signals at once, from all that answers.

use super::expression::{self, Expression, expressions};
use super::probed::Probed;
use crate::services::{Part, Signal, Source, Watch};
use futures_util::future::join_all;
use guard::detect::Use;
use guard::ids::InstanceId;
use sources::metrics::{FeedOptions, FeedTick, Outcome, RawSeries, SampleFeed, Selector};
use std::collections::{BTreeMap, BTreeSet};

/// Remarks of a source that are remembered, lest one with a number in it fills the log.
const MOST_REMARKS: usize = 50;

/// One series with what it contributes, and its new samples.
#[derive(Clone)]
pub(super) struct Fetched {
    /// Its labels and the place of its selector: a series may be read by several, each for uses of its own.
    pub(super) id: (usize, BTreeMap<String, String>),
    /// Whose it is; none for what is said of the service as a whole.
    pub(super) instance: Option<InstanceId>,
    pub(super) uses: Vec<(String, Use)>,
    /// Seconds since 1970, value.
    pub(super) samples: Vec<(f64, f64)>,
}

/// What was said at a look.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) series: Vec<Fetched>,
    /// Signals for which there is nothing at all.
    pub(super) missing: BTreeSet<String>,
    /// Signals of which a query failed.
    pub(super) failed: BTreeSet<String>,
    /// Sources that answered.
    pub(super) answered: BTreeSet<String>,
    /// Sources of which every query failed, with the first reason.
    pub(super) silent: BTreeMap<String, String>,
    /// Why the answers of a source may be incomplete, in its own words.
    pub(super) warnings: BTreeMap<String, String>,
    /// Whether something of it came from elsewhere than a source: a probe.
    pub(super) probed: bool,
    /// Whether everything up to now has been read.
    pub(super) caught_up: bool,
}

/// Follows all that a watch measures.
pub(super) struct Fetcher {
    readings: Vec<Reading>,
    probed: Vec<Probed>,
    /// Remarks of the sources that were logged.
    remarked: BTreeSet<String>,
}

/// What is read from one source.
struct Reading {
    source: Source,
    feed: SampleFeed,
    /// What each selector's series are read for; one selector may serve several signals.
    reads: Vec<Read>,
    expressions: Vec<Expression>,
    /// The place of the first selector among all that the watch reads.
    first: usize,
}

/// What the series of a selector are read for, and how.
struct Read {
    uses: Vec<(String, Part)>,
    scale: f64,
    instance_label: String,
    together: bool,
}

impl Fetcher {
    pub(super) fn new(watch: &Watch, since_ms: i64) -> Self {
        let mut names: BTreeMap<&str, &Source> = BTreeMap::new();
        for signal in &watch.signals {
            let source = watch.source_of(signal);
            if !signal.series.is_empty() || signal.expression.is_some() {
                names.insert(&source.name, source);
            }
        }
        let mut readings = Vec::new();
        let mut first = 0;
        for source in names.into_values() {
            let reading = Reading::new(watch, source, first, since_ms);
            first += reading.reads.len() + reading.expressions.len();
            readings.push(reading);
        }
        let probed = watch.probes.iter().enumerate();
        Self {
            readings,
            probed: probed
                .map(|(index, probe)| Probed::new(probe, first + index, since_ms))
                .collect(),
            remarked: BTreeSet::new(),
        }
    }

    /// Reads on from the sources of the same names as the watch has them now.
    pub(super) fn renew(&mut self, watch: &Watch) {
        for reading in &mut self.readings {
            if let Some(now) = watch.sources().find(|now| now.name == reading.source.name) {
                reading.source = now.clone();
            }
        }
    }

    /// Everything new up to `now_ms`. All sources are asked at once, each within its own limits.
    pub(super) async fn look(&mut self, watch: &Watch, now_ms: i64) -> Heard {
        let mut heard = Heard {
            caught_up: true,
            ..Heard::default()
        };
        let looks = self.readings.iter_mut().map(|r| r.look(watch, now_ms));
        let mut remarks = BTreeSet::new();
        for (own, said) in join_all(looks).await {
            remarks.extend(said);
            heard.join(own);
        }
        for probed in &mut self.probed {
            heard.probed = true;
            heard.series.extend(probed.look());
        }
        for remark in remarks {
            self.remark(remark);
        }
        heard
    }

    /// Logs what a source remarked, once.
    fn remark(&mut self, (source, remark): (String, String)) {
        if self.remarked.len() < MOST_REMARKS && !self.remarked.contains(&remark) {
            tracing::warn!(source, remark, "a metrics source remarked");
            self.remarked.insert(remark);
        }
    }
}

impl Heard {
    /// Takes in what another source, or a later look, said.
    pub(super) fn join(&mut self, other: Self) {
        self.series.extend(other.series);
        self.missing.extend(other.missing);
        self.failed.extend(other.failed);
        self.answered.extend(other.answered);
        self.silent.extend(other.silent);
        self.warnings.extend(other.warnings);
        self.probed |= other.probed;
        self.caught_up &= other.caught_up;
    }

    /// The signals of the service as a whole that were heard.
    pub(super) fn whole(&self) -> BTreeSet<String> {
        let whole = self.series.iter().filter(|one| one.instance.is_none());
        whole
            .flat_map(|series| series.uses.iter().map(|(signal, _)| signal.clone()))
            .collect()
    }

    /// Whether anybody said anything.
    pub(super) fn anything(&self) -> bool {
        self.probed || !self.answered.is_empty()
    }
}

impl Reading {
    fn new(watch: &Watch, source: &Source, first: usize, since_ms: i64) -> Self {
        let here = |signal: &&Signal| watch.source_of(signal).name == source.name;
        let mut selectors: Vec<Selector> = Vec::new();
        let mut reads: Vec<Read> = Vec::new();
        for signal in watch.signals.iter().filter(here) {
            for (selector, part) in &signal.series {
                let used = (signal.key.to_string(), *part);
                let (scale, instance_label) = (signal.scale, watch.label_of(signal));
                let known = selectors.iter().zip(&reads).position(|(known, read)| {
                    known == selector
                        && read.scale.to_bits() == scale.to_bits()
                        && read.instance_label == instance_label
                        && read.together == signal.together
                });
                match known {
                    Some(at) => reads[at].uses.push(used),
                    None => {
                        selectors.push(selector.clone());
                        reads.push(Read {
                            uses: vec![used],
                            scale,
                            instance_label: instance_label.to_owned(),
                            together: signal.together,
                        });
                    }
                }
            }
        }
        let options = FeedOptions::for_scrape_interval(watch.interval);
        Self {
            source: source.clone(),
            feed: SampleFeed::new(selectors, since_ms, options),
            reads,
            expressions: expressions(watch, watch.signals.iter().filter(here), since_ms),
            first,
        }
    }

    /// The series and the expressions, at once; and what is worth a line in the log.
    async fn look(&mut self, watch: &Watch, now_ms: i64) -> (Heard, Vec<(String, String)>) {
        let place = self.first + self.reads.len();
        let gathering = &self.source.gathering;
        let (tick, evaluated) = tokio::join!(
            self.feed.fetch_together(gathering, now_ms),
            expression::evaluate(watch, gathering, &mut self.expressions, place, now_ms)
        );
        let mut errors: Vec<String> = Vec::new();
        let asked = tick.selectors.len() + evaluated.asked;
        let mut heard = Heard {
            series: evaluated.series,
            missing: evaluated.missing,
            caught_up: tick.caught_up,
            ..Heard::default()
        };
        for (signal, error) in evaluated.failed {
            heard.failed.insert(signal);
            errors.push(error);
        }
        let mut warnings = evaluated.warnings;
        let mut infos = evaluated.infos;
        self.take(
            watch,
            tick,
            &mut heard,
            &mut errors,
            &mut warnings,
            &mut infos,
        );
        let name = &self.source.name;
        match errors.first() {
            Some(error) if errors.len() >= asked => {
                heard.silent.insert(name.clone(), error.clone());
            }
            _ => {
                heard.answered.insert(name.clone());
                infos.extend(errors);
            }
        }
        if let Some(warning) = warnings.first() {
            heard.warnings.insert(name.clone(), warning.clone());
        }
        infos.extend(warnings);
        let remarks = infos.into_iter().map(|remark| (name.clone(), remark));
        (heard, remarks.collect())
    }

    fn take(
        &self,
        watch: &Watch,
        tick: FeedTick,
        heard: &mut Heard,
        errors: &mut Vec<String>,
        warnings: &mut BTreeSet<String>,
        infos: &mut BTreeSet<String>,
    ) {
        for (index, (samples, read)) in tick.selectors.into_iter().zip(&self.reads).enumerate() {
            let signals = read.uses.iter().map(|(signal, _)| signal.clone());
            match samples.outcome {
                Outcome::NoSeries => heard.missing.extend(signals),
                Outcome::Failed(error) => {
                    errors.push(error.to_string());
                    heard.failed.extend(signals);
                }
                Outcome::Fresh | Outcome::NothingNew => {}
            }
            warnings.extend(samples.warnings);
            infos.extend(samples.infos);
            let place = self.first + index;
            let series = samples.series.into_iter();
            heard
                .series
                .extend(series.filter_map(|raw| fetched(watch, place, raw, read)));
        }
    }
}

fn fetched(watch: &Watch, place: usize, raw: RawSeries, read: &Read) -> Option<Fetched> {
    let instance = if read.together {
        None
    } else {
        Some(watch.instance_of(&raw.labels, &read.instance_label)?)
    };
    let uses: Vec<(String, Use)> = read
        .uses
        .iter()
        .filter_map(|(signal, part)| Some((signal.clone(), use_of(*part, &raw, read.scale)?)))
        .collect();
    // Of a histogram the bounds are in another unit; how many there are is not.
    let counted = uses
        .iter()
        .all(|(_, used)| matches!(used, Use::Bucket { .. }));
    let scale = if counted { 1.0 } else { read.scale };
    let seconds = |(ms, value): (i64, f64)| (ms as f64 / 1000.0, value * scale);
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

fn use_of(part: Part, raw: &RawSeries, scale: f64) -> Option<Use> {
    match part {
        Part::Use(used) => Some(used),
        Part::Buckets => match raw.labels.get("le")?.as_str() {
            "+Inf" => Some(Use::Bucket { le: f64::INFINITY }),
            bound => bound
                .parse()
                .ok()
                .map(|le: f64| Use::Bucket { le: le * scale }),
        },
    }
}
