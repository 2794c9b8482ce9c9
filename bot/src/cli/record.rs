//! `tawny record --deployment ID`, `tawny record --service S --at TIME`

use super::{ConfigFile, Exit, output};
use config::Settings;
use engine::services::Service;
use engine::{Past, record_past};
use guard::ids::{DeploymentId, InstanceId};
use jiff::{SignedDuration, Timestamp};
use sources::metrics::{Gathering, Prometheus, PrometheusConfig};
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["deployment", "at"]))]
pub(super) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    /// A deployment that Tawny watched: what its watch was fed.
    #[arg(long, value_name = "ID", conflicts_with_all = ["service", "prometheus", "canary"])]
    deployment: Option<String>,
    /// A deployment of the past that nobody watched: when it began, such as 2026-11-21T12:00:00Z.
    #[arg(long, value_name = "TIME", requires = "service")]
    at: Option<Timestamp>,
    /// The service of `--at`, as configured.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Read from this Prometheus instead of the service's own.
    #[arg(long, value_name = "URL")]
    prometheus: Option<String>,
    /// An instance that got the new version while the others kept the old one; may be repeated.
    #[arg(long, value_name = "INSTANCE")]
    canary: Vec<String>,
    /// How long the deployment is followed.
    #[arg(long, value_name = "MINUTES", default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=1440))]
    minutes: i64,
    /// Where the recording goes; `-` is standard output.
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

pub(super) async fn run(arguments: Arguments) -> Exit {
    let path = &arguments.file.config;
    let settings = match config::load(path, &config::Lookup::system()) {
        Ok(settings) => settings,
        Err(errors) => {
            output::failed(&format!("the configuration cannot be used:\n{errors}"));
            return Exit::Usage;
        }
    };
    let recorded = match (&arguments.deployment, arguments.at) {
        (Some(id), _) => kept(&settings, id),
        (None, Some(at)) => past(&settings, &arguments, at).await,
        (None, None) => Err("say --deployment ID, or --service NAME --at TIME".to_owned()),
    };
    match recorded.and_then(|lines| write(&arguments.out, &lines)) {
        Ok(()) => Exit::Done,
        Err(error) => {
            output::failed(&error);
            Exit::Usage
        }
    }
}

/// What the watch of a deployment was fed.
fn kept(settings: &Settings, id: &str) -> Result<Vec<u8>, String> {
    let id = DeploymentId::new(id).map_err(|error| format!("--deployment {id}: {error}"))?;
    let path = crate::boot::recordings(settings).join(format!("{id}.jsonl"));
    std::fs::read(&path).map_err(|error| {
        format!(
            "{}: {error}: the newest deployments that Tawny watched have a recording; for another, say \
             --service NAME --at TIME",
            path.display()
        )
    })
}

async fn past(
    settings: &Settings,
    arguments: &Arguments,
    at: Timestamp,
) -> Result<Vec<u8>, String> {
    let name = arguments.service.as_deref().unwrap_or_default();
    let mut service = service(settings, name)?;
    if let Some(url) = &arguments.prometheus {
        let prometheus = Prometheus::new(PrometheusConfig::new(url.as_str()))
            .map_err(|error| format!("--prometheus: {error}"))?;
        service.watch.read_all_from(&Gathering::new(prometheus));
    }
    let canaries = arguments
        .canary
        .iter()
        .map(|canary| {
            InstanceId::new(canary.clone()).map_err(|e| format!("--canary {canary}: {e}"))
        })
        .collect::<Result<_, _>>()?;
    let until = at
        .checked_add(SignedDuration::from_mins(arguments.minutes))
        .map_err(|error| format!("--at {at}: {error}"))?
        .min(Timestamp::now());
    let begun = format!("{name}-{}", at.strftime("%Y%m%dT%H%M%SZ"));
    let past = Past {
        name: DeploymentId::new(begun).map_err(|error| error.to_string())?,
        at,
        until,
        canaries,
    };
    record_past(&service, &past)
        .await
        .map_err(|error| error.to_string())
}

fn service(settings: &Settings, name: &str) -> Result<Service, String> {
    let mut services = crate::wire::services(settings).map_err(|error| error.to_string())?;
    let at = services
        .iter()
        .position(|service| service.name.as_str() == name);
    match at {
        Some(at) => Ok(services.swap_remove(at)),
        None => {
            let known: Vec<&str> = services.iter().map(|s| s.name.as_str()).collect();
            Err(format!(
                "--service {name}: expected one of {}",
                known.join(", ")
            ))
        }
    }
}

fn write(out: &Path, lines: &[u8]) -> Result<(), String> {
    let written = if out.as_os_str() == "-" {
        std::io::stdout().write_all(lines)
    } else {
        std::fs::write(out, lines)
    };
    written.map_err(|error| format!("--out {}: {error}", out.display()))
}
