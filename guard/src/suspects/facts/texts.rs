//! Names of metrics and texts that are logged or raised.

use super::super::patch::Hunk;
use super::Fact;

const METRICS: [&str; 16] = [
    "counter",
    "Counter",
    "histogram",
    "Histogram",
    "gauge",
    "Gauge",
    "Summary(",
    "metrics.",
    "statsd",
    "meter.",
    "increment(",
    "register_",
    "prometheus.",
    "timing(",
    "observe(",
    "incr(",
];
const LOGS: [&str; 24] = [
    "log.",
    "logger.",
    "Log.",
    "logging.",
    "info!(",
    "warn!(",
    "error!(",
    "debug!(",
    "console.",
    "panic!(",
    "bail!(",
    "raise ",
    "throw ",
    "Errorf(",
    "errors.New(",
    "Logger",
    "slog.",
    "anyhow!(",
    "expect(",
    "fmt.Errorf",
    "Exception(",
    "Error(",
    "log(",
    "#[error(",
];

pub(super) fn texts(hunk: &Hunk<'_>) -> Vec<(u32, Fact)> {
    let mut found = Vec::new();
    for line in hunk.changed() {
        let Some(text) = quoted(line.text) else {
            continue;
        };
        let name = text.len() >= 4
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_.:".contains(&b))
            && text.contains(['_', '.']);
        let is = |marks: &[&str]| marks.iter().any(|mark| line.text.contains(mark));
        let fact = if name && is(&METRICS) {
            Fact::Metric {
                name: text.to_owned(),
            }
        } else if text.contains(' ') && text.len() >= 8 && is(&LOGS) {
            Fact::Log {
                text: text.chars().take(120).collect(),
            }
        } else {
            continue;
        };
        if !found.iter().any(|(_, known)| *known == fact) {
            found.push((line.number, fact));
        }
    }
    found
}

/// What stands between the first pair of quotes.
fn quoted(text: &str) -> Option<&str> {
    let at = text.find(['"', '\'', '`'])?;
    let mark = text[at..].chars().next()?;
    let rest = text.get(at + 1..)?;
    rest.get(..rest.find(mark)?)
}
