//! The hosts of a service.

use super::WireError;
use config::settings::Packages;
use guard::ids::Environment;
use platforms::hosts::{HealthGate, HostInstance, Hosts, HostsConfig, PackageSources};

pub(super) fn hosts(
    service: &config::settings::Service,
    hosts: &config::settings::Hosts,
    environment: &Environment,
) -> Result<Hosts, WireError> {
    let instances = hosts
        .instances
        .iter()
        .filter(|instance| {
            instance
                .environment
                .as_ref()
                .is_none_or(|own| own == environment)
        })
        .map(|instance| HostInstance {
            id: instance.id.clone(),
            base_url: instance.base_url.as_str().to_owned(),
            env: instance
                .env
                .iter()
                .map(|(name, value)| (name.clone(), value.expose().to_owned()))
                .collect(),
        })
        .collect();
    let config = HostsConfig {
        service: service.name.clone(),
        environment: environment.clone(),
        deploy_path: hosts.deploy_path.clone(),
        config_path: hosts.config_path.clone(),
        start_cmd: hosts.start_cmd.to_string(),
        stop_cmd: hosts.stop_cmd.as_ref().map(ToString::to_string),
        instances,
        health: HealthGate {
            path: hosts.health.path.as_str().to_owned(),
            expected_status: hosts.health.expected_status.code(),
            version_path: hosts
                .health
                .version_path
                .as_ref()
                .map(|path| path.as_str().to_owned()),
            attempts: hosts.health.attempts.get(),
            timeout_s: hosts.health.timeout.as_secs_f64(),
            interval_s: hosts.health.interval.as_secs_f64(),
        },
        stop_timeout_s: hosts.stop_timeout.as_secs_f64(),
        keep_releases: hosts.keep_releases.get(),
        packages: service.packages.as_ref().map(sources).unwrap_or_default(),
    };
    Hosts::new(config).map_err(|error| WireError::Hosts {
        service: service.name.to_string(),
        error: error.to_string(),
    })
}

/// What may be fetched: only what lies under an allowed prefix, or beside the template.
fn sources(packages: &Packages) -> PackageSources {
    let own = packages.url.prefix();
    let prefixes = if packages.allow.is_empty() {
        own.as_slice()
    } else {
        packages.allow.as_slice()
    };
    let mut sources = PackageSources {
        max_bytes: packages.max_size.bytes(),
        ..PackageSources::default()
    };
    sources.schemes.clear();
    for url in prefixes
        .iter()
        .filter_map(|prefix| reqwest::Url::parse(prefix.as_str()).ok())
    {
        if !sources.schemes.iter().any(|scheme| scheme == url.scheme()) {
            sources.schemes.push(url.scheme().to_owned());
        }
        match url.host_str() {
            Some(host) => {
                sources.hosts.push(host.to_owned());
                sources.directories.push(url.to_string());
                sources.allow_loopback |= is_loopback(&url);
            }
            None => sources.file_roots.push(url.path().into()),
        }
    }
    sources
}

fn is_loopback(url: &reqwest::Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
