//! Better thresholds for the alerts of a service, from thirty days of its metrics and of the record: read here, found by
//! [`guard::thresholds`].

use crate::error::ToolError;
use crate::metrics::promql::{Narrow, Query};
use crate::world::{Place, World};
use guard::at::At;
use guard::ids::{Environment, ServiceName};
use guard::thresholds::{
    Advised, Comparison, Condition, Course, Load, Looked, Period, RuleAdvised, Side, Threshold,
    firings, tune,
};
pub(crate) use history::{NoCourse, Span};
use jiff::SignedDuration;
use past::Past;
use rule::{Held, Whose};
use sources::metrics::{AlertingRule, Prometheus, Rule};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

mod file;
mod history;
mod past;
mod rule;

/// How far back is looked.
pub const DAYS: i64 = 30;
/// Seconds between two moments of a rule.
const STEP_S: i64 = 60;
/// Seconds between two moments of the load.
const LOAD_STEP_S: i64 = 900;
/// Rules of a service that are looked at.
const MOST_RULES: usize = 20;
/// How long sources may be asked in all; rules whose turn does not come in it are left out.
const MOST_TIME: Duration = Duration::from_secs(90);
/// Firings that people are asked about, of each rule.
const MOST_TO_JUDGE: usize = 5;
/// Conditions in which anything at all is beyond the threshold.
const ANY: Comparison = Comparison {
    side: Side::Above,
    or_equal: false,
};

/// What is advised, and the file that says it to Prometheus.
pub struct Advice {
    /// What is advised.
    pub advised: Advised,
    /// The rules that have a better threshold, as a rule file; none where there are none.
    pub file: Option<String>,
}

/// The alerts of a service in an environment: how they did, and how they could.
///
/// # Errors
/// The service or its metric source is not known, or the source does not tell its rules.
pub async fn of(
    world: &World,
    service: &ServiceName,
    environment: &Environment,
) -> Result<Advice, ToolError> {
    let settings = world.settings.get();
    let known = settings
        .service(service)
        .ok_or_else(|| ToolError::unknown_service(service.as_str()))?;
    let matchers = settings.matchers_of(known, environment).to_string();
    let narrow = Narrow::read(&matchers).map_err(|problem| {
        ToolError::Absent(format!(
            "the series of `{service}` cannot be picked: {problem}"
        ))
    })?;
    let outside = world.outside.get();
    let place = outside
        .services
        .get(&(service.clone(), environment.clone()));
    let place = place
        .ok_or_else(|| ToolError::argument("environment", "the service has no such environment"))?;
    let prometheus = outside.metrics.get(&place.source).ok_or_else(|| {
        ToolError::Absent(format!("there is no metric source `{}`", place.source))
    })?;
    let now = world.clock.now();
    let until_s = now.as_second() / LOAD_STEP_S * LOAD_STEP_S;
    let span = Span {
        from_s: until_s - DAYS * 86_400,
        until_s,
        step_s: STEP_S,
    };
    let since = now - SignedDuration::from_hours(DAYS * 24);
    let past = past::past(world, service, environment, since, now).await?;
    let (asked, left_out) = rules_of(prometheus, &narrow).await?;
    let mut advised = Advised {
        service: service.to_string(),
        environment: environment.to_string(),
        since: At(since),
        until: At(now),
        step_s: STEP_S,
        rules: Vec::new(),
        left_out,
        incidents: past.real.len(),
        unjudged: past.open.len(),
        labels: past.labels.len(),
        deployments: past.deployments.len(),
        load: None,
        missing: Vec::new(),
    };
    advised.load = load(prometheus, place, span, &mut advised.missing).await;
    let recorded = recorded(prometheus, &asked, span, &mut advised.missing).await;
    let deadline = Instant::now() + MOST_TIME;
    let mut rules = Vec::new();
    for one in asked {
        if Instant::now() >= deadline {
            advised.left_out += 1;
            continue;
        }
        let looked = look(prometheus, &one, span, &past).await;
        advised.rules.push(RuleAdvised {
            alert: one.rule.name.clone(),
            group: one.group.clone(),
            expr: one.rule.query.clone(),
            shared: one.shared,
            recorded: recorded.get(&one.rule.name).copied(),
            told: past.told.get(&one.rule.name).copied().unwrap_or_default(),
            looked,
        });
        rules.push(one.rule);
    }
    let file = file::file(&advised, &rules);
    Ok(Advice { advised, file })
}

/// A rule of the service.
struct Asked {
    rule: AlertingRule,
    group: String,
    /// What it alerts on, of this service alone.
    query: Query,
    shared: bool,
}

/// The alerting rules that are about the service, and how many more there are than are looked at.
async fn rules_of(
    prometheus: &Prometheus,
    narrow: &Narrow,
) -> Result<(Vec<Asked>, usize), ToolError> {
    let groups = prometheus.rules().await.map_err(|error| {
        ToolError::Unavailable(format!("the source does not tell its rules: {error}"))
    })?;
    let mut all = Vec::new();
    for group in groups.value {
        for rule in group.rules {
            let Rule::Alerting(rule) = rule else { continue };
            let Ok(query) = Query::read(&rule.query) else {
                continue;
            };
            let shared = match rule::whose(&query, narrow) {
                Whose::Own => false,
                Whose::Shared => true,
                Whose::Foreign => continue,
            };
            all.push(Asked {
                query: if shared {
                    query.narrowed(narrow)
                } else {
                    query
                },
                group: group.name.clone(),
                rule,
                shared,
            });
        }
    }
    let left_out = all.len().saturating_sub(MOST_RULES);
    all.truncate(MOST_RULES);
    Ok((all, left_out))
}

/// How often each alert fired, as the source itself recorded it.
async fn recorded(
    prometheus: &Prometheus,
    asked: &[Asked],
    span: Span,
    missing: &mut Vec<String>,
) -> BTreeMap<String, u32> {
    if asked.is_empty() {
        return BTreeMap::new();
    }
    let query = "max by (alertname) (ALERTS{alertstate=\"firing\"})";
    let names = asked.iter().map(|one| one.rule.name.as_str());
    let known: std::collections::BTreeSet<&str> = names.collect();
    let all = match span.series(prometheus, query).await {
        Ok(all) => all,
        Err(NoCourse::TooManySeries) => return BTreeMap::new(),
        Err(NoCourse::Failed(error)) => {
            missing.push(error.to_string());
            return BTreeMap::new();
        }
    };
    let mut counts = BTreeMap::new();
    for (mut labels, values) in all {
        let Some(name) = labels.remove("alertname") else {
            continue;
        };
        if known.contains(name.as_str()) {
            let always = Condition {
                threshold: 0.0,
                for_s: 0,
                at_hours: None,
            };
            let fired = firings(&span.of(vec![values]), ANY, &always).len();
            counts.insert(name, u32::try_from(fired).unwrap_or(u32::MAX));
        }
    }
    counts
}

/// A usual day of the service.
async fn load(
    prometheus: &Prometheus,
    place: &Place,
    span: Span,
    missing: &mut Vec<String>,
) -> Option<Load> {
    let query = (place.measures)().await.load?;
    let span = Span {
        step_s: LOAD_STEP_S,
        ..span
    };
    match span.course(prometheus, &query).await {
        Ok(course) => {
            let values = course.series.first()?;
            Load::of(course.start_s, course.step_s, values)
        }
        Err(NoCourse::TooManySeries) => None,
        Err(NoCourse::Failed(error)) => {
            missing.push(error.to_string());
            None
        }
    }
}

async fn look(prometheus: &Prometheus, asked: &Asked, span: Span, past: &Past) -> Looked {
    let Some(held) = Held::read(asked.query.expr()) else {
        return Looked::NoThreshold;
    };
    let course = match span.course(prometheus, &held.value).await {
        Ok(course) => course,
        Err(NoCourse::TooManySeries) => return Looked::TooManySeries,
        Err(NoCourse::Failed(error)) => {
            let why = error.to_string();
            return Looked::Failed { why };
        }
    };
    let measured = |values: &Vec<f64>| values.iter().any(|value| !value.is_nan());
    if !course.series.iter().any(measured) {
        return Looked::NoData;
    }
    let for_s = i64::try_from(asked.rule.duration.as_secs()).unwrap_or(i64::MAX / 4);
    let present = Condition {
        threshold: held.threshold,
        for_s,
        at_hours: None,
    };
    Looked::Tuned(Box::new(judged(
        &held,
        &course,
        present,
        past,
        &asked.rule.name,
    )))
}

fn judged(held: &Held, course: &Course, present: Condition, past: &Past, alert: &str) -> Threshold {
    let truth = past.truth(alert);
    let tuned = tune(course, held.comparison, present, &truth);
    let fired = firings(course, held.comparison, &present);
    let during = |firing: &&Period| past.deployments.iter().any(|one| one.meets(firing));
    let during = fired.iter().filter(during).count();
    let unknown = fired.iter().rev().filter(|one| !truth.is_judged(one));
    Threshold {
        value: held.value.clone(),
        comparison: held.comparison,
        present,
        during_deployments: u32::try_from(during).unwrap_or(u32::MAX),
        to_judge: unknown.take(MOST_TO_JUDGE).copied().collect(),
        proposed: tuned.best().map(|best| held.with(&best.condition)),
        tuned,
    }
}
