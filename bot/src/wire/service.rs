//! One service in one environment.

use super::code::CodeHosts;
use super::laid::Laid;
use super::proposers;
use super::source::Sources;
use super::{WireError, hosts, logs};
use config::Settings;
use config::settings::{MetricsSource, Platform};
use engine::services::{Packages, Service, Watch};
use guard::ids::{Environment, InstanceId, ServiceName};
use guard::plan::Pacing;
use guard::policy::Policy;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How often Tawny looks when the source's scrape interval is not configured.
const USUAL_INTERVAL: Duration = Duration::from_secs(15);
/// How far back a baseline goes.
const BASELINE: Duration = Duration::from_secs(3600);

pub(super) fn service(
    settings: &Settings,
    sources: &Sources,
    code: &CodeHosts,
    configured: &config::settings::Service,
    environment: &Environment,
) -> Result<Service, WireError> {
    let platform = match &configured.platform {
        Platform::Hosts(own) => Some(Arc::new(hosts::hosts(configured, own, environment)?)),
        Platform::Observed(_) => None,
    };
    let of_versions = |wanted: fn(&config::settings::VersionEntry) -> bool| {
        configured
            .versions
            .iter()
            .filter(|entry| wanted(entry))
            .map(|entry| entry.version.clone())
            .collect()
    };
    Ok(Service {
        name: configured.name.clone(),
        environment: environment.clone(),
        instances: configured.instances_in(environment),
        platform,
        policy: Policy {
            fixes: proposers::offered(settings, configured),
            ..configured.policy()
        },
        pacing: here(configured.pacing(), &configured.instances_in(environment)),
        known_good: of_versions(|entry| entry.known_good),
        irreversible: of_versions(|entry| entry.irreversible),
        packages: configured.packages.as_ref().map(|packages| Packages {
            template: packages.url.as_str().to_owned(),
            known: configured
                .versions
                .iter()
                .map(|entry| {
                    (
                        entry.version.clone(),
                        packages.package_of(&entry.version, &configured.versions),
                    )
                })
                .collect(),
        }),
        neighbours: neighbours(settings, configured),
        code: code.of(settings, configured),
        logs: logs::logs(configured, environment)?,
        watch: watch(settings, sources, configured, environment)?,
    })
}

/// Whom it calls, which is true, and who calls it.
fn neighbours(
    settings: &Settings,
    configured: &config::settings::Service,
) -> Vec<(ServiceName, bool)> {
    let called = settings.callees_of(configured).into_iter();
    let callers = settings.callers_of(configured).into_iter();
    let called = called.map(|other| (other, true));
    let all: BTreeSet<_> = called.chain(callers.map(|other| (other, false))).collect();
    all.into_iter().collect()
}

/// A gray instance that belongs to another environment does not count here.
fn here(pacing: Pacing, instances: &[InstanceId]) -> Pacing {
    let gray = pacing.gray.filter(|gray| instances.contains(gray));
    Pacing { gray, ..pacing }
}

fn watch(
    settings: &Settings,
    sources: &Sources,
    configured: &config::settings::Service,
    environment: &Environment,
) -> Result<Watch, WireError> {
    let Some((name, MetricsSource::Prometheus(source))) = settings.source_of(configured) else {
        let error = "no metric source: name one in `metrics.source`".to_owned();
        return Err(WireError::Source {
            source_name: configured.name.to_string(),
            error,
        });
    };
    let interval = source.scrape_interval.unwrap_or(USUAL_INTERVAL);
    let matchers = settings.matchers_of(configured, environment);
    let label = &configured.metrics.instance_label;
    let laid = Laid {
        service: configured.clone(),
        environment: settings.matchers_of_environment(environment),
        sources: sources.clone(),
        interval,
    };
    let signals = laid.out(configured.signals())?;
    let found_by_label = match &configured.platform {
        Platform::Observed(observed) => observed.instances.is_empty(),
        Platform::Hosts(_) => false,
    };
    let one_each = |label: &str| format!("count by ({label}) ({{{matchers}}})");
    Ok(Watch {
        source: sources.of(name.as_str())?,
        interval,
        instance_label: label.clone(),
        instance_names: instance_names(configured, environment, label),
        load: engine::services::load(&signals),
        signals,
        probes: laid.probes(environment)?,
        members: found_by_label.then(|| one_each(label)),
        versions: configured
            .metrics
            .version_label
            .as_ref()
            .map(|label| (label.clone(), one_each(label))),
        absent: Vec::new(),
        open: laid.open()?,
        baseline: BASELINE,
        sensitivity: match configured.policy.sensitivity {
            config::settings::Sensitivity::Careful => guard::detect::Sensitivity::Careful,
            config::settings::Sensitivity::Balanced => guard::detect::Sensitivity::Balanced,
            config::settings::Sensitivity::Eager => guard::detect::Sensitivity::Eager,
        },
    })
}

fn instance_names(
    configured: &config::settings::Service,
    environment: &Environment,
    label: &str,
) -> Vec<(String, InstanceId)> {
    let here = |own: &Option<Environment>| own.as_ref().is_none_or(|own| own == environment);
    match &configured.platform {
        Platform::Hosts(hosts) => hosts
            .instances
            .iter()
            .filter(|instance| here(&instance.environment))
            .map(|instance| (instance.label_value(label), instance.id.clone()))
            .collect(),
        Platform::Observed(observed) => observed
            .instances
            .iter()
            .filter(|instance| here(&instance.environment))
            .map(|instance| (instance.label_value(), instance.id.clone()))
            .collect(),
    }
}
