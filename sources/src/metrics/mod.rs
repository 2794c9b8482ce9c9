//! The Prometheus source.
//!
//! | verb | file |
//! |---|---|
//! | [`Prometheus::instant`] | `instant.rs` |
//! | [`Prometheus::range`] | `range.rs` |
//! | [`Prometheus::raw`] | `raw.rs`: samples as they were scraped |
//! | [`Prometheus::series`] | `series.rs` |
//! | [`Prometheus::metadata`] | `metadata.rs` |
//! | [`Prometheus::label_values`] | `label_values.rs` |
//! | [`Prometheus::label_names`] | `label_names.rs` |
//! | [`Prometheus::targets`] | `targets.rs` |
//! | [`Prometheus::rules`] | `rules.rs` |
//! | [`Prometheus::alerts`] | `alerts.rs` |
//! | [`Prometheus::build_info`] | `build_info.rs` |
//! | [`Prometheus::healthy`] | `healthy.rs` |
//! | [`Prometheus::for_guests`] | `guest.rs`: the same source for whoever must not hurt it |
//! | [`native_to_buckets`] | `native.rs`: native histograms as cumulative counts |
//! | [`SampleFeed::fetch`] | `feed/`: what is new since the last tick, for many selectors at once |
//!
//! A request goes `verb → call (deadline, retries) → gate (budget, pauses the
//! server asked for) → token (OAuth2) → attempt (one HTTP exchange over
//! transport's client) → envelope (Prometheus' JSON)`. Times are Unix milliseconds, as Prometheus
//! keeps them. All text of a [`MetricsError`] is free of secrets; what the
//! server wrote is in it and is not to be trusted as markup.
//!
//! The client is our own because the published one drops warnings, rejects an
//! answer that holds a native histogram or an unknown error type, reads a body
//! of any size and prints the credentials of a URL in its errors.

mod alerts;
mod attempt;
mod build_info;
mod call;
pub(crate) mod client;
mod config;
mod envelope;
pub(crate) mod error;
mod feed;
mod gate;
mod guest;
mod healthy;
mod increases;
mod instant;
mod label_names;
mod label_values;
mod metadata;
mod meter;
mod native;
mod range;
mod raw;
mod retry;
mod rules;
mod selector;
mod series;
mod targets;
mod token;
pub(crate) mod transport;
mod value;

pub use alerts::{Alert, AlertState};
pub use build_info::BuildInfo;
pub use client::Prometheus;
pub use config::{Auth, PrometheusConfig, RetryPolicy};
pub use envelope::Answer;
pub use error::{MetricsError, Problem};
pub use feed::{
    FeedOptions, FeedTick, Gathering, Outcome, RawSeries, SampleFeed, SelectorSamples,
    SilentSeries, Window,
};
pub use gate::{QueryBudget, phase};
pub use guest::Manners;
pub use increases::{Increase, increases};
pub use metadata::MetricMetadata;
pub use meter::{SourceMeter, SourceMeters};
pub use native::{BucketSamples, NativeBounds, native_to_buckets};
pub use rules::{AlertingRule, RecordingRule, Rule, RuleGroup};
pub use selector::{MatchOp, Matcher, Selector, SelectorError};
pub use targets::{ScrapeHealth, ScrapeTarget};
pub use token::{ClientCredentials, CredentialsIn};
pub use transport::{ClientIdentity, Proxy, Tls, careful_client};
pub use value::{
    HistogramBucket, Labels, NativeHistogram, QueryValue, Sample, Series, VectorSample,
};

/// Secret text that prints as `[REDACTED]`; build one with `"…".into()`.
pub use secrecy::SecretString;
