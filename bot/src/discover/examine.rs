//! One service in one environment: what each of its signals finds at its source.

use super::SPANS_S;
use super::ask::Asker;
use engine::Power;
use engine::services::{Service, Signal, Watch};
use serde::Serialize;
use sources::metrics::MetricsError;
use std::collections::BTreeMap;

mod probed;
mod series;

/// Whether a signal can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It has data.
    Good,
    /// It has data, and something about them is not as it should be.
    Doubtful,
    /// A watch would not see it.
    Blind,
}

/// One signal.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SignalReport {
    pub(crate) key: String,
    pub(crate) kind: String,
    pub(crate) unit: String,
    pub(crate) state: State,
    /// Why it is blind or doubtful.
    pub(crate) why: Option<String>,
    /// What is asked, by instance.
    pub(crate) query: String,
    pub(crate) series: usize,
    pub(crate) instances: usize,
    /// Seconds between two samples.
    pub(crate) resolution_s: Option<f64>,
    /// Seconds since the newest sample.
    pub(crate) age_s: Option<f64>,
    /// What is normal now, in `unit`.
    pub(crate) baseline: Option<f64>,
    /// The smallest effect that matters, in `unit`.
    pub(crate) tolerance: Option<f64>,
    /// The smallest effect that would pause a deployment, in `unit`, after so many seconds.
    pub(crate) visible: Vec<Visible>,
}

impl SignalReport {
    /// Of a signal of which nothing is known yet.
    fn of(signal: &Signal) -> Self {
        Self {
            key: signal.key.to_string(),
            kind: if signal.expression.is_some() {
                "expression".to_owned()
            } else {
                format!("{:?}", signal.spec.kind).to_lowercase()
            },
            unit: signal.spec.unit.clone(),
            state: State::Good,
            why: None,
            query: signal.query.clone(),
            series: 0,
            instances: 0,
            resolution_s: None,
            age_s: None,
            baseline: None,
            tolerance: None,
            visible: Vec::new(),
        }
    }
}

/// What would be seen after a while.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Visible {
    pub(crate) after_s: f64,
    pub(crate) effect: Option<f64>,
}

/// A service.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Examined {
    pub(crate) service: String,
    pub(crate) environment: String,
    pub(crate) source: String,
    /// Why nothing could be asked.
    pub(crate) error: Option<String>,
    /// Instances that the metrics show.
    pub(crate) instances: Vec<String>,
    /// Instances of the configuration of which the metrics know nothing.
    pub(crate) missing_instances: Vec<String>,
    /// Seconds of past that can be compared with.
    pub(crate) past_s: Option<f64>,
    /// How often Tawny looks.
    pub(crate) interval_s: f64,
    pub(crate) signals: Vec<SignalReport>,
    /// Signals of the presets that this service does not export; they are left out.
    pub(crate) absent: Vec<String>,
}

impl Examined {
    /// Signals that would be blind.
    pub(crate) fn blind(&self) -> usize {
        let blind = |signal: &&SignalReport| signal.state == State::Blind;
        self.signals.iter().filter(blind).count()
    }
}

/// Asks the source about everything that a watch of this service would read.
pub(crate) async fn examine(service: &Service, now_ms: i64) -> Examined {
    let mut examined = Examined {
        service: service.name.to_string(),
        environment: service.environment.to_string(),
        source: service.watch.source.name.clone(),
        error: None,
        instances: Vec::new(),
        missing_instances: Vec::new(),
        past_s: None,
        interval_s: service.watch.interval.as_secs_f64(),
        signals: Vec::new(),
        absent: Vec::new(),
    };
    if let Err(error) = fill(service, now_ms, &mut examined).await {
        examined.error = Some(error);
    }
    examined
}

async fn fill(service: &Service, now_ms: i64, examined: &mut Examined) -> Result<(), String> {
    let mut watch = service.watch.clone();
    let settling = watch.settle(now_ms).await;
    if let Some(error) = settling.silent.get(&watch.source.name) {
        return Err(error.to_string());
    }
    examined.absent = watch.absent.iter().map(ToString::to_string).collect();
    let mut instances = service.instances.clone();
    if instances.is_empty() {
        instances = watch
            .members_at(now_ms)
            .await
            .map_err(|error| error.to_string())?;
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut checked = probed::Checked::default();
    for signal in &watch.signals {
        let report = match checked.report(&watch, signal).await {
            Some(report) => report,
            None => signal_report(&asker(&watch, signal, now_ms), &watch, signal, &mut seen).await,
        };
        examined.signals.push(report);
    }
    examined.instances = seen.keys().cloned().collect();
    examined.missing_instances = service
        .instances
        .iter()
        .map(ToString::to_string)
        .filter(|instance| !seen.contains_key(instance))
        .collect();
    let rehearsal = engine::rehearse(&watch, &instances, &SPANS_S, now_ms).await?;
    examined.past_s = Some(rehearsal.past_s);
    let powers = watch.signals.iter().zip(&rehearsal.signals);
    for (report, (signal, power)) in examined.signals.iter_mut().zip(powers) {
        if report.kind == probed::KIND {
            continue;
        }
        take(report, power);
        if report.baseline.is_none() && report.state != State::Blind {
            let asker = asker(&watch, signal, now_ms);
            report.baseline = present(&asker, report).await;
        }
    }
    Ok(())
}

/// Asks where the signal is read.
fn asker(watch: &Watch, signal: &Signal, now_ms: i64) -> Asker {
    let source = watch.source_of(signal);
    Asker {
        prometheus: source.gathering.prometheus().clone(),
        now_ms,
    }
}

/// What is measured now, where there is too little past to say what is normal.
async fn present(asker: &Asker, report: &SignalReport) -> Option<f64> {
    let all = if report.kind == "throughput" {
        "sum"
    } else {
        "avg"
    };
    let query = format!("{all} ({})", report.query);
    let value = asker.value(&query).await.ok().flatten()?;
    value.is_finite().then_some(value)
}

fn take(report: &mut SignalReport, power: &Power) {
    report.baseline = power.baseline;
    report.tolerance = power.tolerance;
    report.visible = SPANS_S
        .iter()
        .zip(&power.visible)
        .map(|(after_s, effect)| Visible {
            after_s: *after_s,
            effect: *effect,
        })
        .collect();
    if let (State::Good, Some(why)) = (report.state, &power.no_data) {
        report.state = State::Doubtful;
        report.why = Some(match why.as_str() {
            "not_a_number" => "its values are no numbers at the moment (nothing happens to divide by)".to_owned(),
            "no_baseline" => "there is too little past to compare with".to_owned(),
            "no_series" => "none of its series belongs to an instance of the service: check `instance_label` and the instances' `label`".to_owned(),
            other => other.replace('_', " "),
        });
    }
}

async fn signal_report(
    asker: &Asker,
    watch: &Watch,
    signal: &Signal,
    seen: &mut BTreeMap<String, usize>,
) -> SignalReport {
    let mut report = SignalReport::of(signal);
    let label = watch.label_of(signal);
    let found = match &signal.expression {
        Some(expression) => {
            of_expression(
                asker,
                expression,
                watch.interval.as_secs_f64(),
                label,
                &mut report,
            )
            .await
        }
        None => series::of_series(asker, watch, signal, label, &mut report).await,
    };
    match found {
        Ok(instances) => {
            report.instances = instances.len();
            for instance in instances {
                let named = watch
                    .instance_names
                    .iter()
                    .find(|(value, _)| *value == instance);
                let name = named.map_or(instance, |(_, id)| id.to_string());
                *seen.entry(name).or_default() += 1;
            }
        }
        Err(error) => {
            report.state = State::Blind;
            report.why = Some(format!("its query fails: {}", error.problem));
        }
    }
    report
}

/// An expression is what its result is.
async fn of_expression(
    asker: &Asker,
    expression: &str,
    interval_s: f64,
    label: &str,
    report: &mut SignalReport,
) -> Result<Vec<String>, MetricsError> {
    let rows = asker.rows(expression).await?;
    report.series = rows.len();
    report.resolution_s = Some(interval_s);
    let instances: Vec<String> = rows
        .iter()
        .filter_map(|(labels, _)| labels.get(label).cloned())
        .collect();
    let why = if rows.is_empty() {
        Some((State::Blind, "its expression has no result now".to_owned()))
    } else if rows.iter().all(|(_, value)| value.is_nan()) {
        Some((
            State::Doubtful,
            "its values are no numbers at the moment (nothing happens to divide by)".to_owned(),
        ))
    } else {
        None
    };
    if let Some((state, why)) = why {
        report.state = state;
        report.why = Some(why);
    } else if instances.is_empty() {
        // No fault: it is compared with its own past, and blames no instance.
        report.why = Some(format!(
            "its result has no label `{label}`: it is judged as one, before and after"
        ));
    }
    Ok(instances)
}
