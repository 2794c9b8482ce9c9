//! What a watch was fed, as lines of JSON: enough to judge it again exactly.
//!
//! A recording is one [`Head`] per comparison, each followed by its [`Step`]s. Several comparisons may be
//! judged side by side, as parts: instance by instance, and the service as a whole. Times are seconds
//! since the Unix epoch.

use serde::{Deserialize, Serialize};

use super::detector::Detector;
use super::spec::{Role, Sample, SeriesId, SeriesSpec, WatchSpec};
use super::statement::Statement;

/// Version of the format.
pub const RECORDING: u32 = 1;

/// The line a comparison begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// [`RECORDING`].
    pub recording: u32,
    /// Which deployment, or what else was recorded.
    pub episode: String,
    /// The service, if known.
    #[serde(default)]
    pub service: String,
    /// Which of the comparisons that are judged side by side, from zero; with zero all begin anew.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub part: usize,
    /// What the detector was told.
    pub watch: WatchSpec,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(part: &usize) -> bool {
    *part == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Everything the detector was given up to a moment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Step {
    /// The present on the clock of the samples.
    pub now: f64,
    /// Of which comparison it is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub part: usize,
    /// The signals that cannot be asked for from now on, where they changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Vec<String>>,
    /// Series that became known, numbered in their order from zero.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declare: Vec<SeriesSpec>,
    /// Instances whose restart was begun on purpose, and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restarting: Vec<(String, f64)>,
    /// Instances on which a process of the new version began, and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub started: Vec<(String, f64)>,
    /// Instances whose change was finished, and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<(String, f64)>,
    /// Instances whose part changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<(String, Role)>,
    /// A roll-back to be verified: since when, on which instances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<(f64, Vec<String>)>,
    /// Number of the series, time, value; no value is the exporter's NaN.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<(usize, f64, Option<f64>)>,
    /// Whether it was judged then.
    #[serde(default)]
    pub judged: bool,
    /// Whether `now` was over already when it was judged: a watch that begins catches up with what it missed,
    /// and says at its first look what still stands then.
    #[serde(default, skip_serializing_if = "is_false")]
    pub past: bool,
}

impl Step {
    /// Whether nothing was given and nothing judged.
    pub fn is_empty(&self) -> bool {
        *self
            == Step {
                now: self.now,
                part: self.part,
                ..Step::default()
            }
    }

    /// Gives all of it to a detector that was fed the steps before, and says what it says.
    pub fn feed(&self, detector: &mut Detector) -> Vec<Statement> {
        for series in &self.declare {
            detector.declare(series);
        }
        for (instance, role) in &self.roles {
            detector.set_role(instance, *role);
        }
        for (instance, t) in &self.restarting {
            detector.instance_restarting(instance, *t);
        }
        for (instance, t) in &self.started {
            detector.instance_started(instance, *t);
        }
        for (instance, t) in &self.changed {
            detector.instance_changed(instance, *t);
        }
        if let Some(failed) = &self.failed {
            let signals = detector.spec().signals.iter();
            let keys: Vec<String> = signals.map(|signal| signal.key.clone()).collect();
            for key in keys {
                detector.query_result(&key, !failed.contains(&key));
            }
        }
        for (series, t, value) in &self.samples {
            let sample = value.map_or(Sample::Nan, Sample::Value);
            detector.push(SeriesId(*series), *t, sample);
        }
        if let Some((since, instances)) = &self.verify {
            let names: Vec<&str> = instances.iter().map(String::as_str).collect();
            detector.begin_verification(*since, &names);
        }
        if self.judged {
            detector.tick(self.now)
        } else {
            Vec::new()
        }
    }

    /// Adds a sample of a declared series.
    pub fn push(&mut self, series: SeriesId, t: f64, sample: Sample) {
        let value = match sample {
            Sample::Value(value) if value.is_finite() => Some(value),
            _ => None,
        };
        self.samples.push((series.0, t, value));
    }
}

/// Bounds of buckets in JSON, which knows no infinity.
pub(crate) mod bound {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Bound {
        Number(f64),
        Text(String),
    }

    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(crate) fn serialize<S: Serializer>(le: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if le.is_finite() {
            Bound::Number(*le).serialize(serializer)
        } else {
            Bound::Text("+Inf".to_owned()).serialize(serializer)
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        match Bound::deserialize(deserializer)? {
            Bound::Number(number) => Ok(number),
            Bound::Text(text) if text == "+Inf" => Ok(f64::INFINITY),
            Bound::Text(text) => Err(D::Error::custom(format!(
                "`le` is {text:?}, expected a number or \"+Inf\""
            ))),
        }
    }
}
