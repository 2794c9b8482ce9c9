//! The first lines of an episode: what is measured, and what it was a day before.

use std::collections::BTreeMap;

use guard::detect::{
    Comparison, Detector, Direction, Reference, Role, Sensitivity, SeriesId, SeriesSpec,
    SignalKind, SignalSpec, Use, WatchSpec,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct Header {
    mode: Mode,
    interval_s: f64,
    #[serde(default)]
    deploy_t: f64,
    canary_traffic_share: Option<f64>,
    signals: BTreeMap<String, SignalHead>,
    series: Vec<SeriesHead>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Canary,
    BeforeAfter,
}

#[derive(Debug, Deserialize)]
struct SignalHead {
    metric: Option<String>,
    bad: Option<String>,
    good: Option<String>,
    total: Option<String>,
    direction: Direction,
    per: Option<String>,
}

#[derive(Debug, Deserialize)]
struct SeriesHead {
    metric: String,
    #[serde(rename = "type")]
    kind: String,
    instance: String,
    role: Role,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

impl SignalHead {
    /// What the samples of this signal are, from the type of its series.
    fn kind(&self, series: &[SeriesHead]) -> Option<SignalKind> {
        if self.good.is_some() || self.bad.is_some() {
            return Some(SignalKind::Ratio);
        }
        let metric = self.metric.as_ref()?;
        let bucket = format!("{metric}_bucket");
        if series
            .iter()
            .any(|s| s.metric == bucket || s.metric == *metric && s.kind == "histogram")
        {
            return Some(SignalKind::Histogram);
        }
        let kind = &series.iter().find(|s| s.metric == *metric)?.kind;
        if kind == "up" {
            return Some(SignalKind::Availability);
        }
        let counter = kind == "counter";
        Some(match (counter, self.direction, &self.per) {
            (false, ..) => SignalKind::Gauge,
            (true, Direction::Down, None) => SignalKind::Throughput,
            (true, ..) => SignalKind::Rate,
        })
    }
}

/// Whether labels match a selector such as `code=~"5.."`: conditions of label, operator, value.
fn selected(selector: &str, labels: &BTreeMap<String, String>) -> bool {
    selector
        .trim_matches(['{', '}'])
        .split(',')
        .all(|condition| {
            let Some(at) = condition.find(['=', '!']) else {
                return false;
            };
            let (label, rest) = condition.split_at(at);
            let (operator, value) = rest.split_at(rest.find('"').unwrap_or(rest.len()));
            let value = value.trim_matches('"');
            let have = labels.get(label.trim()).map_or("", String::as_str);
            match operator.trim() {
                "=" => have == value,
                "!=" => have != value,
                "=~" => value
                    .split('|')
                    .any(|pattern| matches(pattern.as_bytes(), have.as_bytes())),
                "!~" => !value
                    .split('|')
                    .any(|pattern| matches(pattern.as_bytes(), have.as_bytes())),
                _ => false,
            }
        })
}

/// The small part of regular expressions that status codes are selected with: `.`, `.*`, `.+`,
/// `[0-9]`, `\d`, and plain characters.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (class, rest): (&dyn Fn(u8) -> bool, &[u8]) = match pattern {
        [] => return text.is_empty(),
        [b'(', inner @ .., b')'] => return inner.split(|c| *c == b'|').any(|p| matches(p, text)),
        [b'.', rest @ ..] => (&|_| true, rest),
        [b'\\', b'd', rest @ ..] | [b'[', b'0', b'-', b'9', b']', rest @ ..] => {
            (&|c: u8| c.is_ascii_digit(), rest)
        }
        [first, rest @ ..] => {
            let first = *first;
            return match (rest, text) {
                ([b'*' | b'+', ..], _) => false,
                (rest, [c, after @ ..]) => *c == first && matches(rest, after),
                _ => false,
            };
        }
    };
    match rest {
        [b'*', rest @ ..] => (0..=text.len())
            .any(|k| text[..k].iter().all(|c| class(*c)) && matches(rest, &text[k..])),
        [b'+', rest @ ..] => (1..=text.len())
            .any(|k| text[..k].iter().all(|c| class(*c)) && matches(rest, &text[k..])),
        rest => text.first().is_some_and(|c| class(*c)) && matches(rest, &text[1..]),
    }
}

impl Header {
    /// The series as the detector knows them, in the order of the columns.
    pub(super) fn declared(&self) -> Vec<SeriesSpec> {
        let kinds = self.kinds();
        self.series
            .iter()
            .map(|series| self.series_spec(series, &kinds))
            .collect()
    }

    fn kinds(&self) -> BTreeMap<&str, SignalKind> {
        self.signals
            .iter()
            .filter_map(|(key, head)| Some((key.as_str(), head.kind(&self.series)?)))
            .collect()
    }

    /// A detector for this episode, and the series in the order of the columns.
    pub(super) fn detector(
        &self,
        sensitivity: Sensitivity,
    ) -> Result<(Detector, Vec<SeriesId>), String> {
        if !(self.interval_s > 0.0 && self.interval_s.is_finite()) {
            return Err(format!(
                "`interval_s` is {}, expected a positive number of seconds",
                self.interval_s
            ));
        }
        let kinds = self.kinds();
        let signals: Vec<SignalSpec> = kinds
            .iter()
            .map(|(key, kind)| spec_of(key, *kind, self.signals[*key].direction))
            .collect();
        if signals.is_empty() {
            return Err("no signal has a series".to_owned());
        }
        let comparison = match self.mode {
            Mode::Canary => Comparison::CanaryVsStable {
                canary_share: self.canary_traffic_share,
            },
            Mode::BeforeAfter => Comparison::BeforeVsAfter,
        };
        let mut watch = WatchSpec::new(comparison, self.deploy_t, self.interval_s, signals);
        watch.sensitivity = sensitivity;
        // The load is the demand; without it, whatever counts all requests.
        let of = |wanted: SignalKind| {
            kinds
                .iter()
                .find(|(_, kind)| **kind == wanted)
                .map(|(key, _)| (*key).to_owned())
        };
        watch.load = of(SignalKind::Throughput).or_else(|| {
            self.signals
                .iter()
                .find(|(key, head)| head.bad.is_some() && kinds.contains_key(key.as_str()))
                .map(|(key, _)| key.clone())
        });
        let mut detector = Detector::new(watch);
        let ids = self
            .series
            .iter()
            .map(|series| detector.declare(&self.series_spec(series, &kinds)))
            .collect();
        Ok((detector, ids))
    }

    fn series_spec(&self, series: &SeriesHead, kinds: &BTreeMap<&str, SignalKind>) -> SeriesSpec {
        let mut uses = Vec::new();
        for (key, head) in &self.signals {
            let Some(kind) = kinds.get(key.as_str()) else {
                continue;
            };
            let metric = head.metric.as_deref() == Some(series.metric.as_str());
            match kind {
                SignalKind::Ratio => {
                    if let Some(bad) = head.bad.as_ref().filter(|_| metric) {
                        uses.push((key.clone(), Use::Total));
                        if selected(bad, &series.labels) {
                            uses.push((key.clone(), Use::Bad));
                        }
                    }
                    if head.total.as_deref() == Some(series.metric.as_str()) {
                        uses.push((key.clone(), Use::Total));
                    }
                    if head.good.as_deref() == Some(series.metric.as_str()) {
                        uses.push((key.clone(), Use::Good));
                    }
                }
                SignalKind::Histogram => {
                    let bucket = head
                        .metric
                        .as_ref()
                        .is_some_and(|m| series.metric == format!("{m}_bucket"))
                        || metric;
                    if let Some(le) = series
                        .labels
                        .get("le")
                        .filter(|_| bucket)
                        .and_then(|le| bound(le))
                    {
                        uses.push((key.clone(), Use::Bucket { le }));
                    }
                }
                SignalKind::Throughput | SignalKind::Rate if metric => {
                    uses.push((key.clone(), Use::Counter));
                }
                SignalKind::Gauge if metric => uses.push((key.clone(), Use::Gauge)),
                SignalKind::Availability if metric => uses.push((key.clone(), Use::Up)),
                _ => {}
            }
        }
        SeriesSpec {
            uses,
            instance: series.instance.clone(),
            role: series.role,
        }
    }

    /// The line `{"ref":"offset_1d",…}`: totals of the service on a grid of its own.
    pub(super) fn reference(&self, text: &[u8]) -> Result<Reference, String> {
        let line: BTreeMap<String, Value> =
            serde_json::from_slice(text).map_err(|e| e.to_string())?;
        let numbers = |key: &str| -> Option<Vec<f64>> {
            line.get(key)?
                .as_array()
                .map(|a| a.iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect())
        };
        let t = numbers("t").ok_or("expected an array `t` in the reference")?;
        let load = numbers("requests_per_min")
            .map(|v| v.iter().map(|x| x / 60.0).collect())
            .unwrap_or_default();
        let signals = [
            ("latency", "mean_latency_s"),
            ("cpu", "cpu_cores"),
            ("queue", "queue"),
            ("memory", "memory_bytes"),
        ]
        .into_iter()
        .filter_map(|(key, column)| numbers(column).map(|v| (key.to_owned(), v)))
        .collect();
        Ok(Reference { t, load, signals })
    }
}

fn bound(le: &str) -> Option<f64> {
    match le {
        "+Inf" | "Inf" | "inf" => Some(f64::INFINITY),
        number => number.parse().ok(),
    }
}

/// The limits are the defaults of the design; an episode states none.
fn spec_of(key: &str, kind: SignalKind, direction: Direction) -> SignalSpec {
    let spec = SignalSpec::new(key, kind, direction);
    match (key, kind) {
        (_, SignalKind::Ratio) if direction == Direction::Up => {
            spec.with_limits(Some(0.01), Some(0.05), 0.99)
        }
        (_, SignalKind::Histogram) => spec.with_limits(Some(1.0), Some(10.0), 0.99),
        ("cpu", _) => spec.with_unit("cores"),
        ("memory" | "heap" | "disk" | "connections" | "threads", SignalKind::Gauge) => {
            spec.accumulating().with_unit("bytes")
        }
        _ => spec,
    }
}
