//! What a signal of a preset reads, as selectors in text.

use crate::signal::{ShareForm, SignalKind};
use crate::text::{MetricName, SeriesSelector};

/// A row of a dialect: which template it serves, and what it reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row(pub(crate) &'static str, pub(crate) Reads);

/// What is read. Where a number stands last, values are multiplied by it to come out in the template's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reads {
    /// Bad events, all events.
    Ratio(&'static str, &'static str),
    /// Bad events, good events.
    Parts(&'static str, &'static str),
    Histogram(&'static str, f64),
    Gauge(&'static str, f64),
    Rate(&'static str, f64),
    Throughput(&'static str),
    Availability(&'static str),
    /// Sum and count of a summary, of which only the mean can be had.
    Mean(&'static str, &'static str, f64),
    Share(Form, &'static str, &'static str),
}

/// How a share is made of two metrics.
pub(crate) type Form = ShareForm;

/// A selector of a row, and how sure it must be that its series are there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) selector: SeriesSelector,
    /// A failure that has not happened yet has no series: its labels are enough.
    pub(crate) labels_only: bool,
}

impl Reads {
    /// The kind, its quantile for histograms; none only if the table holds a selector that does not
    /// parse, which a test excludes.
    pub(crate) fn to_kind(self, quantile: f64) -> Option<SignalKind> {
        let parse = SeriesSelector::parse;
        Some(match self {
            Self::Ratio(bad, total) => SignalKind::Ratio {
                bad: parse(bad)?,
                total: parse(total)?,
            },
            Self::Parts(bad, good) => SignalKind::Parts {
                bad: parse(bad)?,
                good: parse(good)?,
            },
            Self::Histogram(text, _) => {
                let selector = parse(text)?;
                SignalKind::Histogram {
                    metric: MetricName::of(&selector),
                    matchers: selector.matchers().clone(),
                    quantile,
                }
            }
            Self::Gauge(text, _) => SignalKind::Gauge {
                selector: parse(text)?,
            },
            Self::Rate(text, _) => SignalKind::Rate {
                selector: parse(text)?,
            },
            Self::Throughput(text) => SignalKind::Throughput {
                selector: parse(text)?,
            },
            Self::Availability(text) => SignalKind::Availability {
                selector: parse(text)?,
            },
            Self::Mean(sum, count, _) => SignalKind::Mean {
                sum: parse(sum)?,
                count: parse(count)?,
            },
            Self::Share(form, part, whole) => SignalKind::Share {
                part: parse(part)?,
                whole: parse(whole)?,
                form,
            },
        })
    }

    /// By what values are multiplied.
    pub(crate) fn scale(self) -> f64 {
        match self {
            Self::Histogram(_, scale)
            | Self::Gauge(_, scale)
            | Self::Rate(_, scale)
            | Self::Mean(_, _, scale) => scale,
            _ => 1.0,
        }
    }

    /// The series without which it cannot be read.
    pub(crate) fn wants(self) -> Vec<Wanted> {
        let there = |text: &str| Wanted::of(text, false);
        let maybe = |text: &str| Wanted::of(text, true);
        let all = match self {
            Self::Ratio(bad, total) => vec![maybe(bad), there(total)],
            Self::Parts(bad, good) => vec![there(bad), there(good)],
            Self::Mean(sum, count, _) => vec![there(sum), there(count)],
            Self::Share(_, part, whole) => vec![there(part), there(whole)],
            Self::Histogram(text, _) => vec![SeriesSelector::parse(text).map(|selector| Wanted {
                selector: selector.with_suffix("_bucket"),
                labels_only: false,
            })],
            Self::Gauge(text, _)
            | Self::Rate(text, _)
            | Self::Throughput(text)
            | Self::Availability(text) => vec![there(text)],
        };
        all.into_iter().flatten().collect()
    }
}

impl Wanted {
    fn of(text: &str, labels_only: bool) -> Option<Self> {
        Some(Self {
            selector: SeriesSelector::parse(text)?,
            labels_only,
        })
    }
}
