//! What is known of a service for whoever deploys it, gathered from the configuration, the record and the metrics.

use crate::error::ToolError;
use crate::thresholds::{NoCourse, Span};
use crate::world::{SignalMeasured, World};
use config::Settings;
use config::settings::{Platform, Service};
use config::signal::SignalKind;
use guard::detect::{self, Direction};
use guard::ids::{Environment, ServiceName};
use guard::report::{Earlier, Report};
use guard::runbook::{OnHosts, Runbook, Watched};
use guard::thresholds::Load;
use journal::{ledger, reports};
use sources::metrics::Prometheus;

/// Deployments of the past that are told.
const MOST_PAST: usize = 10;
/// Failures that are told.
const MOST_MISSING: usize = 3;
/// Commands to try it out.
const MOST_SMOKE: usize = 12;
/// What is usual of a signal is read over a day, every five minutes; of the load over a week, every quarter of an hour.
const DAY_S: i64 = 86_400;
const STEP_S: i64 = 300;
const LOAD_STEP_S: i64 = 900;

/// The runbook of a service in an environment.
///
/// # Errors
/// The service is not configured, or the record cannot be read.
pub async fn of(
    world: &World,
    service: &ServiceName,
    environment: &Environment,
) -> Result<Runbook, ToolError> {
    let settings = world.settings.get();
    let known = settings
        .service(service)
        .ok_or_else(|| ToolError::unknown_service(service.as_str()))?;
    let lane = ledger::lane(&world.reader, service, environment).await?;
    let mut runbook = Runbook {
        service: service.to_string(),
        environment: environment.to_string(),
        hosts: hosts(known),
        instances: known
            .instances_in(environment)
            .iter()
            .map(ToString::to_string)
            .collect(),
        repository: known.repo.as_ref().map(ToString::to_string),
        owners: known.answerable(),
        on_call: settings
            .on_call_of(known)
            .map(|list| list.name.to_string())
            .collect(),
        channels: channels(&settings, service, environment),
        calls: settings
            .callees_of(known)
            .iter()
            .map(ToString::to_string)
            .collect(),
        called_by: settings
            .callers_of(known)
            .iter()
            .map(ToString::to_string)
            .collect(),
        version: lane.current().map(|(version, _)| version.to_string()),
        known_good: lane.current().is_some_and(|(_, good)| good),
        last_good: lane.last_good().map(ToString::to_string),
        under_way: lane.holder().map(ToString::to_string),
        frozen_by: lane.frozen().map(|(by, _)| by.to_owned()),
        irreversible: irreversible(known),
        pacing: known.pacing(),
        policy: known.policy(),
        watched: Vec::new(),
        smoke: smoke(known, environment),
        requests: None,
        load: None,
        past: Vec::new(),
        risks: Vec::new(),
        mitigations: Vec::new(),
        missing: Vec::new(),
    };
    remember(world, service, environment, &mut runbook).await?;
    measure(world, service, environment, &mut runbook).await;
    Ok(runbook)
}

fn hosts(service: &Service) -> Option<OnHosts> {
    let Platform::Hosts(hosts) = &service.platform else {
        return None;
    };
    Some(OnHosts {
        stop_s: hosts.stop_timeout.as_secs(),
        own_stop: hosts.stop_cmd.is_some(),
        kept: hosts.keep_releases.get(),
        attempts: hosts.health.attempts.get(),
        interval_s: hosts.health.interval.as_secs().max(1),
        status: hosts.health.expected_status.code(),
    })
}

/// Where its deployments are told: channels by their ids, addresses by their names.
fn channels(settings: &Settings, service: &ServiceName, environment: &Environment) -> Vec<String> {
    let slack = settings.chat.slack.iter();
    let channels = slack.flat_map(|slack| slack.channels_about(service, Some(environment)));
    let channels = channels.map(|channel| format!("Slack {}", channel.channel));
    let addresses = settings.notify.webhooks.iter();
    channels
        .chain(addresses.map(|address| address.name.to_string()))
        .collect()
}

fn irreversible(service: &Service) -> Vec<String> {
    let known = service.versions.iter();
    let known = known.filter(|entry| entry.irreversible);
    known.map(|entry| entry.version.to_string()).collect()
}

/// What can be asked by hand: each instance where it should answer, and what probes ask anyway.
fn smoke(service: &Service, environment: &Environment) -> Vec<String> {
    let mut all = Vec::new();
    if let Platform::Hosts(hosts) = &service.platform {
        let here = |own: &Option<Environment>| own.as_ref().is_none_or(|own| own == environment);
        for instance in hosts.instances.iter().filter(|one| here(&one.environment)) {
            let base = instance.base_url.as_str();
            all.push(format!("curl -fsS {base}{}", hosts.health.path.as_str()));
            if let Some(path) = &hosts.health.version_path {
                all.push(format!("curl -fsS {base}{}", path.as_str()));
            }
        }
    }
    for signal in service.signals() {
        if let SignalKind::Probe { probe } = &signal.kind {
            all.push(probe.told(&config::text::InstanceVars::default()));
        }
    }
    all.truncate(MOST_SMOKE);
    all
}

/// What became of the deployments before.
async fn remember(
    world: &World,
    service: &ServiceName,
    environment: &Environment,
    runbook: &mut Runbook,
) -> Result<(), ToolError> {
    let all = ledger::deployments_of(&world.reader, service, environment).await?;
    let Some((newest, _)) = all.first() else {
        return Ok(());
    };
    let told = match reports::of(&world.reader, &world.histories, newest).await {
        Ok(told) => told,
        Err(error) if error.is_erased() || error.is_damage() => None,
        Err(error) => return Err(error.into()),
    };
    let Some(Report {
        earlier,
        risk,
        suggestions,
        ..
    }) = told.as_ref().map(|told| told.report.clone())
    else {
        return Ok(());
    };
    let own = told.as_ref().map(|told| Earlier::of(&told.report));
    runbook.past = own.into_iter().chain(earlier).take(MOST_PAST).collect();
    runbook.risks = risk.factors;
    runbook.mitigations = suggestions;
    Ok(())
}

/// What is usual of what is watched.
async fn measure(
    world: &World,
    service: &ServiceName,
    environment: &Environment,
    runbook: &mut Runbook,
) {
    let outside = world.outside.get();
    let key = (service.clone(), environment.clone());
    let Some(place) = outside.services.get(&key) else {
        return;
    };
    let Some(prometheus) = outside.metrics.get(&place.source) else {
        return;
    };
    let measured = (place.measures)().await;
    let now = world.clock.now().as_second();
    let span = |seconds: i64, step_s: i64| Span {
        from_s: now / step_s * step_s - seconds,
        until_s: now / step_s * step_s,
        step_s,
    };
    for signal in measured.signals {
        let query = format!("avg({})", signal.query);
        let values = values(prometheus, span(DAY_S, STEP_S), &query).await;
        let values = values.unwrap_or_else(|why| missed(runbook, why));
        runbook.watched.push(watched(signal, values));
    }
    let Some(query) = measured.load else { return };
    let week = span(7 * DAY_S, LOAD_STEP_S);
    let values = values(prometheus, week, &query).await;
    let values = values.unwrap_or_else(|why| missed(runbook, why));
    runbook.requests = values.iter().rev().find(|value| value.is_finite()).copied();
    runbook.load = Load::of(week.from_s, LOAD_STEP_S, &values);
}

fn missed(runbook: &mut Runbook, why: String) -> Vec<f64> {
    if runbook.missing.len() < MOST_MISSING {
        runbook.missing.push(why);
    }
    Vec::new()
}

async fn values(prometheus: &Prometheus, span: Span, query: &str) -> Result<Vec<f64>, String> {
    match span.course(prometheus, query).await {
        Ok(course) => Ok(course.series.into_iter().next().unwrap_or_default()),
        Err(NoCourse::TooManySeries) => Ok(Vec::new()),
        Err(NoCourse::Failed(error)) => Err(error.to_string()),
    }
}

fn watched(signal: SignalMeasured, mut values: Vec<f64>) -> Watched {
    let spec = signal.spec;
    let tolerance = spec.tolerance;
    // The detector reads availability as the share that fails; its query answers with the share that does not.
    let answering =
        spec.kind == detect::SignalKind::Availability && spec.direction == Direction::Up;
    let as_read = |share: f64| if answering { 1.0 - share } else { share };
    let row = Watched {
        signal: spec.key,
        unit: spec.unit,
        worse: if answering {
            Direction::Down
        } else {
            spec.direction
        },
        of_dependency: signal.of_dependency,
        usual: None,
        spread: None,
        tolerated: None,
        speaks_from: None,
        warn_limit: spec.limits.warn.map(as_read),
        hard_limit: spec.limits.hard.map(as_read),
        query: signal.query,
    };
    row.known(&mut values, |usual| tolerance.at(as_read(usual)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use guard::detect::SignalSpec;

    #[test]
    fn availability_is_told_as_the_share_that_answers_and_so_are_its_thresholds() {
        let spec = SignalSpec::new("up", detect::SignalKind::Availability, Direction::Up)
            .with_unit("ratio")
            .with_limits(Some(0.01), Some(0.05), 0.5);
        let signal = SignalMeasured {
            spec,
            query: "up".to_owned(),
            of_dependency: false,
        };
        let row = watched(signal, vec![1.0, 1.0, 0.99]);
        assert_eq!(row.worse, Direction::Down);
        let near = |value: Option<f64>, wanted: f64| {
            assert!((value.unwrap() - wanted).abs() < 1e-9, "{value:?} {wanted}");
        };
        near(row.usual, 1.0);
        near(row.warn_limit, 0.99);
        near(row.hard_limit, 0.95);
        near(row.speaks_from, 0.98);
    }
}
