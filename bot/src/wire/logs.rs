//! Where the errors of a service are read, as configured.

use super::WireError;
use super::prometheus::{secret, tls};
use config::settings::{
    KubernetesPods, LogAuth, LogFiles, Logs as Configured, LokiQuery, Platform, SentryProject,
    Service,
};
use engine::services::Logs;
use guard::ids::{Environment, Version};
use sources::logs::{
    Bounds, Files, Journald, Kubernetes, LogError, LogReader, Loki, Pods, Sentry, Web,
};
use sources::metrics::Auth;
use std::sync::Arc;
use std::time::Duration;

type Open = Arc<dyn Fn(&Version) -> LogReader + Send + Sync>;

pub(super) fn logs(service: &Service, environment: &Environment) -> Result<Vec<Logs>, WireError> {
    let all = service.logs.iter().enumerate();
    all.map(|(index, configured)| {
        one(service, environment, configured).map_err(|error| WireError::Logs {
            service: service.name.to_string(),
            index,
            error: error.to_string(),
        })
    })
    .collect()
}

fn one(
    service: &Service,
    environment: &Environment,
    configured: &Configured,
) -> Result<Logs, LogError> {
    let usual = Bounds::default();
    Ok(match configured {
        Configured::Instances(_) => Logs {
            open: same(LogReader::Files(printed(service, environment)?)),
            bounds: usual,
        },
        Configured::Files(files) => Logs {
            open: same(LogReader::Files(named(service, files)?)),
            bounds: usual,
        },
        Configured::Journald(journald) => Logs {
            open: same(LogReader::Journald(Journald::new(&journald.unit)?)),
            bounds: usual,
        },
        Configured::Loki(loki) => Logs {
            open: same(LogReader::Loki(self::loki(loki)?)),
            bounds: bounds(loki.timeout, loki.max_size.bytes()),
        },
        Configured::Kubernetes(pods) => Logs {
            open: same(LogReader::Kubernetes(kubernetes(pods)?)),
            bounds: bounds(pods.timeout, pods.max_size.bytes()),
        },
        Configured::Sentry(sentry) => Logs {
            open: self::sentry(service, sentry)?,
            bounds: bounds(sentry.timeout, usual.bytes),
        },
    })
}

fn bounds(time: Duration, bytes: u64) -> Bounds {
    Bounds {
        time,
        bytes,
        ..Bounds::default()
    }
}

/// Whatever the version.
fn same(reader: LogReader) -> Open {
    Arc::new(move |_| reader.clone())
}

/// What the instances print lies beside their releases, in a file for each version.
fn printed(service: &Service, environment: &Environment) -> Result<Files, LogError> {
    let Platform::Hosts(hosts) = &service.platform else {
        return Files::new(Vec::new());
    };
    let instances = service.instances_in(environment).into_iter();
    let path = glob_escaped(&hosts.deploy_path.display().to_string());
    Files::new(
        instances
            .map(|id| (format!("{path}/{id}/log/*.log"), Some(id.to_string())))
            .collect(),
    )
}

/// A folder may have signs in its name that mean something in a pattern.
fn glob_escaped(path: &str) -> String {
    let escaped = path.chars().map(|c| match c {
        '*' | '?' | '[' | ']' => format!("[{c}]"),
        c => c.to_string(),
    });
    escaped.collect()
}

fn named(service: &Service, files: &LogFiles) -> Result<Files, LogError> {
    let paths = files.paths.iter().map(|path| {
        let path = path.display().to_string();
        (path.replace("{service}", service.name.as_str()), None)
    });
    Files::new(paths.collect())
}

fn loki(loki: &LokiQuery) -> Result<Loki, LogError> {
    let auth = match &loki.auth {
        LogAuth::None(_) => Auth::None,
        LogAuth::Basic(basic) => Auth::Basic {
            user: basic.username.clone(),
            password: secret(&basic.password),
        },
        LogAuth::Bearer(bearer) => Auth::Bearer(secret(&bearer.token)),
    };
    let headers: Vec<_> = loki
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), secret(value)))
        .collect();
    let web = Web::new(
        loki.url.as_str(),
        auth,
        &headers,
        tls(&loki.tls),
        loki.timeout,
    )?;
    Ok(Loki::new(web, &loki.query))
}

fn kubernetes(pods: &KubernetesPods) -> Result<Kubernetes, LogError> {
    let auth = pods
        .token
        .as_ref()
        .map(secret)
        .map_or(Auth::None, Auth::Bearer);
    let web = Web::new(pods.url.as_str(), auth, &[], tls(&pods.tls), pods.timeout)?;
    let which = Pods {
        namespace: pods.namespace.clone(),
        selector: pods.selector.clone(),
        container: pods.container.clone(),
    };
    Ok(Kubernetes::new(web, which))
}

fn sentry(service: &Service, sentry: &SentryProject) -> Result<Open, LogError> {
    let auth = Auth::Bearer(secret(&sentry.token));
    let web = Web::new(
        sentry.url.as_str(),
        auth,
        &[],
        tls(&sentry.tls),
        sentry.timeout,
    )?;
    let release = sentry.release.replace("{service}", service.name.as_str());
    let (organization, project) = (sentry.organization.clone(), sentry.project.clone());
    Ok(Arc::new(move |version| {
        let release = release.replace("{version}", version.as_str());
        LogReader::Sentry(Sentry::new(web.clone(), &organization, &project, release))
    }))
}
