//! Logs go to standard error: standard output belongs to what was asked for.
//!
//! A line bears the fields of the spans it was written in: which deployment, of what, where. Text for
//! people, JSON for machines; foreign text cannot begin a line of its own.

use config::settings::{Log, LogFormat};
use std::io::IsTerminal;
use std::str::FromStr;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

mod json;
mod layer;
mod text;

use layer::{Lines, Render};

/// The environment variable that filters, as in `info,engine=debug`.
const FILTER: &str = "TAWNY_LOG";

/// The form of the lines, by the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl From<LogFormat> for Format {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Text => Self::Text,
            LogFormat::Json => Self::Json,
        }
    }
}

/// What else listens to spans and lines.
pub(crate) type Extra = Box<dyn Layer<Registry> + Send + Sync>;

/// How to log: what the command line says goes before the environment, and that before the configuration.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// `--log-format`.
    pub format: Option<Format>,
    /// `--log-level`: a level or a filter.
    pub level: Option<String>,
}

/// A filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "{from}: `{value}`: {error}: expected a level (error, warn, info, debug, trace) or a filter such as `info,engine=debug`"
)]
pub struct BadFilter {
    from: &'static str,
    value: String,
    error: String,
}

impl Wishes {
    /// Logs of a verb that has no configuration of its own: warnings.
    pub fn begin(&self) -> Result<(), BadFilter> {
        self.start(Format::Text, "warn", Vec::new())
    }

    /// Logs of the server. `extra` sees every span and line too.
    pub(crate) fn begin_serving(&self, log: &Log, extra: Vec<Extra>) -> Result<(), BadFilter> {
        self.start(log.format.into(), log.level.as_str(), extra)
    }

    fn start(&self, format: Format, level: &str, mut layers: Vec<Extra>) -> Result<(), BadFilter> {
        let filter = self.filter(level)?;
        let colours = std::io::stderr().is_terminal()
            && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        let render = match self.format.unwrap_or(format) {
            Format::Text => Render::Text { colours },
            Format::Json => Render::Json,
        };
        layers.push(
            Lines::new(render, std::io::stderr)
                .with_filter(filter)
                .boxed(),
        );
        // A second call, as of a test that runs a verb within another, changes nothing.
        let _ = tracing_subscriber::registry().with(layers).try_init();
        Ok(())
    }

    fn filter(&self, usual: &str) -> Result<EnvFilter, BadFilter> {
        let environment = std::env::var(FILTER).ok().filter(|value| !value.is_empty());
        let (from, value) = match (&self.level, environment) {
            (Some(level), _) => ("--log-level", level.clone()),
            (None, Some(value)) => (FILTER, value),
            (None, None) => ("log.level", usual.to_owned()),
        };
        parsed(&value).map_err(|error| BadFilter { from, value, error })
    }
}

/// Who watches files would write a line about each line, where logs are kept beside the configuration.
const NO_ECHO: &str = "notify=warn,inotify=warn";

/// Libraries below are quiet unless they are named: their `info` is not what happens to deployments.
fn parsed(value: &str) -> Result<EnvFilter, String> {
    let level = tracing_subscriber::filter::LevelFilter::from_str(value.trim());
    let directives = match level {
        Ok(level) if level >= tracing_subscriber::filter::LevelFilter::INFO => {
            let quiet = [
                "sqlx",
                "hyper",
                "h2",
                "reqwest",
                "rustls",
                "sea_orm",
                "opentelemetry",
            ];
            let quiet: Vec<String> = quiet.iter().map(|room| format!("{room}=warn")).collect();
            format!("{NO_ECHO},{level},{}", quiet.join(","))
        }
        _ => format!("{NO_ECHO},{value}"),
    };
    EnvFilter::try_new(directives).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
