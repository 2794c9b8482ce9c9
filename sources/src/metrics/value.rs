//! The values of Prometheus' JSON, in the shape the rest of the house uses.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};

/// The labels of a series, `__name__` included.
pub type Labels = BTreeMap<String, String>;

/// Time in Unix milliseconds and value. `NaN` and infinities are kept as they
/// were exported. Prometheus' stale marker never gets here: the API leaves it
/// out, so a stale series shows as absence.
pub type Sample = (i64, f64);

/// The result of an instant or range query.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
pub enum QueryValue {
    /// One value per series.
    Vector(Vec<VectorSample>),
    /// Several values per series.
    Matrix(Vec<Series>),
    /// One number.
    Scalar(#[serde(deserialize_with = "sample")] Sample),
    /// Time in Unix milliseconds and text.
    String(#[serde(deserialize_with = "text_sample")] (i64, String)),
}

impl QueryValue {
    /// Whether the query matched nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Vector(series) => series.is_empty(),
            Self::Matrix(series) => series.is_empty(),
            Self::Scalar(_) | Self::String(_) => false,
        }
    }

    /// Prometheus' word for this kind of result.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Vector(_) => "vector",
            Self::Matrix(_) => "matrix",
            Self::Scalar(_) => "scalar",
            Self::String(_) => "string",
        }
    }
}

/// One series of an instant query: a number, or a native histogram.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct VectorSample {
    /// Labels of the series.
    #[serde(rename = "metric")]
    pub labels: Labels,
    /// The number, absent for a native histogram.
    #[serde(default, rename = "value", deserialize_with = "some_sample")]
    pub sample: Option<Sample>,
    /// The native histogram, absent for a number.
    #[serde(default, deserialize_with = "some_histogram")]
    pub histogram: Option<(i64, NativeHistogram)>,
}

/// One series with its samples in order of time.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub struct Series {
    /// Labels of the series.
    #[serde(rename = "metric")]
    pub labels: Labels,
    /// Numbers, each time once.
    #[serde(default, rename = "values", deserialize_with = "samples")]
    pub samples: Vec<Sample>,
    /// Native histograms, each time once.
    #[serde(default, deserialize_with = "histograms")]
    pub histograms: Vec<(i64, NativeHistogram)>,
}

/// A native (sparse) histogram as the API shows it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct NativeHistogram {
    /// Observations.
    #[serde(deserialize_with = "number")]
    pub count: f64,
    /// Sum of the observed values.
    #[serde(deserialize_with = "number")]
    pub sum: f64,
    /// Populated buckets, lowest first.
    #[serde(default)]
    pub buckets: Vec<HistogramBucket>,
}

/// One populated bucket; its count is its own, not cumulative.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(from = "BucketRow")]
pub struct HistogramBucket {
    /// Which ends belong to it: 0 right, 1 left, 2 none, 3 both.
    pub boundaries: u8,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Observations within.
    pub count: f64,
}

#[derive(Deserialize)]
struct BucketRow(u8, Number, Number, Number);

impl From<BucketRow> for HistogramBucket {
    fn from(BucketRow(boundaries, lower, upper, count): BucketRow) -> Self {
        Self {
            boundaries,
            lower: lower.0,
            upper: upper.0,
            count: count.0,
        }
    }
}

/// A number in quotes, as Prometheus writes sample values.
struct Number(f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Quoted<'a>(#[serde(borrow)] Cow<'a, str>);
        let Quoted(text) = Quoted::deserialize(deserializer)?;
        text.parse()
            .map(Number)
            .map_err(|_| D::Error::custom(format_args!("`{text}` is not a number")))
    }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Number::deserialize(deserializer).map(|n| n.0)
}

/// Seconds with a fraction, as the API writes times.
#[derive(Deserialize)]
struct Seconds(f64);

impl Seconds {
    // f64 seconds carry milliseconds exactly for some 285,000 years; the cast saturates.
    #[allow(clippy::cast_possible_truncation)]
    fn millis(&self) -> i64 {
        (self.0 * 1000.0).round() as i64
    }
}

#[derive(Deserialize)]
struct SampleRow(Seconds, Number);

impl SampleRow {
    fn sample(&self) -> Sample {
        (self.0.millis(), self.1.0)
    }
}

#[derive(Deserialize)]
struct HistogramRow(Seconds, NativeHistogram);

fn sample<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sample, D::Error> {
    SampleRow::deserialize(deserializer).map(|row| row.sample())
}

fn some_sample<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Sample>, D::Error> {
    sample(deserializer).map(Some)
}

fn samples<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Sample>, D::Error> {
    let rows = Vec::<SampleRow>::deserialize(deserializer)?;
    Ok(rows.iter().map(SampleRow::sample).collect())
}

fn some_histogram<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<(i64, NativeHistogram)>, D::Error> {
    HistogramRow::deserialize(deserializer).map(|row| Some((row.0.millis(), row.1)))
}

fn histograms<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(i64, NativeHistogram)>, D::Error> {
    let rows = Vec::<HistogramRow>::deserialize(deserializer)?;
    Ok(rows.into_iter().map(|r| (r.0.millis(), r.1)).collect())
}

/// A number as Go's `%e` writes it, in quotes.
pub(super) fn go_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer)
}

/// Seconds as a plain number.
pub(super) fn seconds_duration<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds).map_err(D::Error::custom)
}

/// An RFC 3339 time as Unix milliseconds; Go's zero time is none.
pub(super) fn timestamp<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let at: jiff::Timestamp = text.parse().map_err(D::Error::custom)?;
    Ok(Some(at.as_millisecond()).filter(|_| !text.starts_with("0001-")))
}

fn text_sample<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(i64, String), D::Error> {
    #[derive(Deserialize)]
    struct Row(Seconds, String);
    Row::deserialize(deserializer).map(|row| (row.0.millis(), row.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> QueryValue {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_matrix_keeps_milliseconds_nan_and_infinities() {
        let QueryValue::Matrix(series) = parse(
            r#"{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},
               "values":[[1700000000.001,"1"],[1700000000.999,"NaN"],[1700000002,"+Inf"],[1700000003.5,"-Inf"],[1700000004,"1e-7"]]}]}"#,
        ) else {
            panic!("not a matrix")
        };
        assert_eq!(series[0].labels["job"], "a");
        assert_eq!(series[0].samples[0], (1_700_000_000_001, 1.0));
        assert_eq!(series[0].samples[1].0, 1_700_000_000_999);
        assert!(series[0].samples[1].1.is_nan());
        assert_eq!(series[0].samples[2].1, f64::INFINITY);
        assert_eq!(series[0].samples[3], (1_700_000_003_500, f64::NEG_INFINITY));
        assert_eq!(series[0].samples[4].1, 1e-7);
    }

    #[test]
    fn a_native_histogram_is_read_beside_numbers() {
        let histogram =
            r#"{"count":"3","sum":"4.5","buckets":[[0,"0.5","1","2"],[3,"-0.1","0.1","1"]]}"#;
        let QueryValue::Vector(vector) = parse(&format!(
            r#"{{"resultType":"vector","result":[{{"metric":{{}},"histogram":[1700000000.5,{histogram}]}},
                {{"metric":{{}},"value":[1700000000.5,"2"]}}]}}"#
        )) else {
            panic!("not a vector")
        };
        let (at_ms, read) = vector[0].histogram.clone().unwrap();
        assert_eq!((at_ms, read.count, read.sum), (1_700_000_000_500, 3.0, 4.5));
        assert_eq!(read.buckets[1].boundaries, 3);
        assert_eq!(read.buckets[1].lower, -0.1);
        assert_eq!(vector[0].sample, None);
        assert_eq!(vector[1].sample, Some((1_700_000_000_500, 2.0)));

        let QueryValue::Matrix(matrix) = parse(&format!(
            r#"{{"resultType":"matrix","result":[{{"metric":{{}},"histograms":[[1,{histogram}],[2,{histogram}]]}}]}}"#
        )) else {
            panic!("not a matrix")
        };
        assert_eq!(matrix[0].samples, vec![]);
        assert_eq!(matrix[0].histograms.len(), 2);
    }

    #[test]
    fn scalars_and_strings_are_read() {
        assert_eq!(
            parse(r#"{"resultType":"scalar","result":[1.5,"2"]}"#),
            QueryValue::Scalar((1500, 2.0))
        );
        assert_eq!(
            parse(r#"{"resultType":"string","result":[1,"x\"y"]}"#),
            QueryValue::String((1000, "x\"y".into()))
        );
    }

    #[test]
    fn a_value_that_is_no_number_is_an_error_and_not_a_zero() {
        let error =
            serde_json::from_str::<QueryValue>(r#"{"resultType":"scalar","result":[1.5,"many"]}"#)
                .unwrap_err();
        assert!(
            error.to_string().contains("`many` is not a number"),
            "{error}"
        );
    }
}
