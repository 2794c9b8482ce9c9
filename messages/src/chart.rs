//! How a signal went, to be drawn: points, marks and all words, for whatever draws them.

use crate::context::Context;
use crate::layout::plain;
use crate::say;
use crate::spark::Spark;
use crate::text::Text;
use crate::words::{Words, amount, duration};

mod made;
mod marks;
mod readings;
mod trend;
mod window;

pub use made::{charts, signals};
pub use marks::Mark;
pub use readings::Reading;
pub use trend::{TrendChart, trends};

/// Signals that are drawn of one deployment in a chat.
pub const MOST: usize = 2;

/// Seconds since the deployment, and what was measured then.
pub type Points = Vec<(f64, Option<f64>)>;

/// What is drawn of one signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The signal.
    pub signal: String,
    /// What it shows.
    pub title: String,
    /// What is seen in it, for those who do not see it.
    pub alt: String,
    /// Before the deployment, on all instances.
    pub before: Points,
    /// Since the deployment, where it is.
    pub after: Points,
    /// Since the deployment, where it is not.
    pub beside: Points,
    /// From the deployment, at zero, to the estimated begin of what was found, in seconds; none where nothing was.
    pub onset: Option<f64>,
    /// Between these values nobody minds.
    pub band: Option<(f64, f64)>,
    /// A limit, and its words.
    pub limit: Option<(f64, String)>,
    /// What was done meanwhile, the oldest first.
    pub marks: Vec<Mark>,
    /// From when to when anything was measured of any signal: drawings beside each other have one axis.
    pub span: Option<(f64, f64)>,
    /// From when to when, where only a part is shown; see [`Chart::within`].
    pub window: Option<(f64, f64)>,
    /// The words for each of the lines.
    pub names: Names,
    pub(crate) unit: String,
    pub(crate) words: Words,
}

/// What the lines and marks are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// At the deployment.
    pub deployed: String,
    /// At the begin.
    pub began: String,
    /// The line before the deployment.
    pub before: String,
    /// The line where it is.
    pub after: String,
    /// The line where it is not.
    pub beside: String,
    /// What nobody minds.
    pub band: String,
}

impl Chart {
    /// A value in the unit of the signal.
    #[must_use]
    pub fn value(&self, value: f64) -> String {
        plain::text(&amount(self.words, value, &self.unit))
    }

    /// How long before (`−`) or after (`+`) the deployment.
    #[must_use]
    pub fn time(&self, seconds: f64) -> String {
        let length = plain::text(&duration(self.words, seconds.abs()));
        match seconds {
            at if at.abs() < 0.0005 => "0".to_owned(),
            at if at < 0.0 => format!("−{length}"),
            _ => format!("+{length}"),
        }
    }

    /// Its course as a small line.
    #[must_use]
    pub fn spark(&self) -> Text {
        let values = |points: &Points| points.iter().map(|one| one.1).collect::<Vec<_>>();
        let line = Spark::of(&values(&self.before), &values(&self.after));
        line.map_or_else(Text::default, Text::spark)
    }

    /// From what it was to what it is.
    #[must_use]
    pub fn now(&self, context: &Context) -> Text {
        let last = |points: &Points| points.iter().rev().find_map(|one| one.1);
        let value = |value: Option<f64>| amount(self.words, value.unwrap_or(f64::NAN), &self.unit);
        let from = value(last(&self.before));
        say!(
            context,
            "from-to",
            from = from,
            to = value(last(&self.after))
        )
    }

    /// All points, in the order in which the lines are named.
    pub fn points(&self) -> impl Iterator<Item = &(f64, Option<f64>)> {
        self.before.iter().chain(&self.after).chain(&self.beside)
    }

    /// From the first to the last moment at which something was measured.
    #[must_use]
    pub fn ends(&self) -> Option<(f64, f64)> {
        let known = self.points().filter(|(_, value)| value.is_some());
        known.fold(None, |ends, (at, _)| match ends {
            None => Some((*at, *at)),
            Some((from, to)) => Some((from.min(*at), to.max(*at))),
        })
    }
}
