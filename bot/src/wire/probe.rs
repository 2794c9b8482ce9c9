//! Probes: what Tawny asks itself, per instance or of the service as a whole.

use super::WireError;
use config::settings::{Expects, Platform, Probe as Configured, Service};
use config::text::InstanceVars;
use engine::services::{Signal, WatchedProbe};
use guard::detect;
use guard::ids::{Environment, InstanceId, SignalKey};
use guard::verdict::Tier;
use sources::metrics::SecretString;
use sources::probes::{Check, CommandCheck, HttpCheck, Probe, ProbeOptions, TcpCheck};
use std::time::Duration;

/// Wait before the second attempt; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The probes behind the signal `key`: one for each instance here, or one for the service as a whole.
pub(super) fn probes(
    service: &Service,
    environment: &Environment,
    key: &SignalKey,
    probe: &Configured,
) -> Result<Vec<WatchedProbe>, WireError> {
    let targets = if probe.per_instance() {
        instances(service, environment)
    } else {
        vec![Target::default()]
    };
    let one = |target: Target| {
        let unusable = |error: String| WireError::Probe {
            service: service.name.to_string(),
            signal: key.to_string(),
            error,
        };
        let check = check(probe, &target).map_err(unusable)?;
        let place = target.id.as_ref().map_or("", |id| id.as_str());
        let name = format!("{}/{environment}/{key}/{place}", service.name);
        Ok(WatchedProbe {
            signal: key.clone(),
            time: None,
            instance: target.id,
            probe: Probe::new(name, check, options(probe)),
        })
    };
    targets.into_iter().map(one).collect()
}

/// How long a probe takes, as a signal of its own that never does more than warn; none for a command,
/// whose time says little of the service.
pub(super) fn time(of: &Signal, probe: &Configured) -> Option<Signal> {
    if matches!(probe, Configured::Command(_)) {
        return None;
    }
    let key = SignalKey::new(format!("{}-time", of.key)).ok()?;
    let (kind, up) = (detect::SignalKind::Gauge, detect::Direction::Up);
    let mut spec = detect::SignalSpec::new(key.as_str(), kind, up).with_unit("seconds");
    spec.tolerance = detect::Tolerance {
        absolute: 0.1,
        relative: 0.5,
    };
    spec.every_s = of.spec.every_s;
    Some(Signal {
        key,
        spec,
        on_failure: Some(Tier::Warn),
        ..of.clone()
    })
}

/// The longest time between two findings of a probe, in seconds.
pub(super) fn every_s(probe: &Configured) -> f64 {
    let options = options(probe);
    let waits = 2_u32.saturating_pow(options.attempts.saturating_sub(1).min(8)) - 1;
    let longest = options.timeout * options.attempts + FIRST_WAIT * waits;
    (options.interval + longest.saturating_sub(options.interval)).as_secs_f64()
}

/// What a probe is aimed at.
#[derive(Default)]
struct Target {
    id: Option<InstanceId>,
    base_url: Option<String>,
    host: Option<String>,
    port: Option<u16>,
}

impl Target {
    fn vars(&self) -> InstanceVars<'_> {
        InstanceVars {
            instance: self.id.as_ref().map(InstanceId::as_str),
            base_url: self.base_url.as_deref(),
            host: self.host.as_deref(),
            port: self.port,
        }
    }
}

fn instances(service: &Service, environment: &Environment) -> Vec<Target> {
    let here = |own: &Option<Environment>| own.as_ref().is_none_or(|own| own == environment);
    match &service.platform {
        Platform::Hosts(hosts) => hosts
            .instances
            .iter()
            .filter(|instance| here(&instance.environment))
            .map(|instance| {
                let url = reqwest::Url::parse(instance.base_url.as_str()).ok();
                Target {
                    id: Some(instance.id.clone()),
                    base_url: Some(instance.base_url.as_str().to_owned()),
                    host: url.as_ref().and_then(|u| u.host_str().map(str::to_owned)),
                    port: url.as_ref().and_then(reqwest::Url::port_or_known_default),
                }
            })
            .collect(),
        Platform::Observed(observed) => observed
            .instances
            .iter()
            .filter(|instance| here(&instance.environment))
            .map(|instance| Target {
                id: Some(instance.id.clone()),
                ..Target::default()
            })
            .collect(),
    }
}

fn check(probe: &Configured, target: &Target) -> Result<Check, String> {
    let vars = target.vars();
    let secret = |value: &config::Secret| SecretString::from(value.expose().to_owned());
    match probe {
        Configured::Http(http) => {
            let headers = http.headers.iter();
            let headers: Vec<_> = headers.map(|(n, v)| (n.clone(), secret(v))).collect();
            let check =
                HttpCheck::new(&http.url.fill(&vars), http.expected_status.code(), &headers);
            check.map(Check::Http).map_err(|error| error.to_string())
        }
        Configured::Tcp(tcp) => {
            let port = tcp.port.fill(&vars);
            let port = port.ok_or("the port of the instance is not known; write it out")?;
            let host = tcp.host.fill(&vars);
            let host = host
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned();
            Ok(Check::Tcp(TcpCheck { host, port }))
        }
        Configured::Command(command) => {
            let own = command.env.iter().map(|(n, v)| (n.clone(), secret(v)));
            let known = [
                ("TAWNY_INSTANCE", vars.instance.map(str::to_owned)),
                ("TAWNY_BASE_URL", vars.base_url.map(str::to_owned)),
                ("TAWNY_HOST", vars.host.map(str::to_owned)),
                ("TAWNY_PORT", vars.port.map(|port| port.to_string())),
            ];
            let known = known.into_iter();
            let known = known.filter_map(|(n, v)| Some((n.to_owned(), SecretString::from(v?))));
            Ok(Check::Command(CommandCheck {
                program: vec!["sh".into(), "-c".into(), command.run.to_string()],
                env: own.chain(known).collect(),
                dir: command.dir.clone(),
                good_code: match &command.expects {
                    Expects::ExitCode(expected) => Some(expected.code.into()),
                    Expects::Number(_) => None,
                },
            }))
        }
    }
}

fn options(probe: &Configured) -> ProbeOptions {
    let (attempts, timeout) = match probe {
        Configured::Http(http) => (http.retries, http.timeout),
        Configured::Tcp(tcp) => (tcp.retries, tcp.timeout),
        Configured::Command(command) => (command.retries, command.timeout),
    };
    ProbeOptions {
        attempts: attempts.get(),
        first_wait: FIRST_WAIT,
        timeout,
        interval: probe.interval(),
    }
}
