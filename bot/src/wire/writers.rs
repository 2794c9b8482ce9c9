//! Code hosts that are written to, as configured.

use super::WireError;
use super::code::github;
use config::Settings;
use config::settings::{CodeHost, GitHubHost, Redelivery, Service, WriteBack};
use futures_util::FutureExt;
use platforms::code_host::{Credentials, GitHub, Way};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A GitHub that is written to.
pub(crate) struct Writer {
    /// With the token, or as the app's installation.
    pub(crate) github: GitHub,
    /// As the app itself.
    pub(crate) app: GitHub,
    pub(crate) write_back: Vec<WriteBack>,
    pub(crate) redeliver: Vec<Redelivery>,
    pub(crate) every: Duration,
}

/// All that are configured, by name.
#[derive(Clone, Default)]
pub(crate) struct Writers(BTreeMap<String, Arc<Writer>>);

impl Writers {
    /// Those to which something is to be written.
    pub(crate) fn new(settings: &Settings) -> Result<Self, WireError> {
        let mut all = BTreeMap::new();
        for (name, configured) in &settings.code {
            let CodeHost::GitHub(host) = configured else {
                continue;
            };
            if host.write_back.is_empty() && host.redeliver.is_empty() {
                continue;
            }
            let writer = writer(host).map_err(|error| WireError::Code {
                host: name.as_str().to_owned(),
                error,
            })?;
            all.insert(name.as_str().to_owned(), Arc::new(writer));
        }
        Ok(Self(all))
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &Arc<Writer>)> {
        self.0.iter()
    }

    /// Whether deployments are written back anywhere.
    pub(crate) fn write_back(&self) -> bool {
        self.all().any(|(_, one)| !one.write_back.is_empty())
    }

    /// The host of a service's deployments: that of its repository, or the only one.
    pub(crate) fn of(&self, settings: &Settings, service: Option<&Service>) -> Option<Arc<Writer>> {
        let own = service.and_then(|service| settings.code_host_of(service));
        if let Some((name, _, _)) = own {
            return self.0.get(name.as_str()).map(Arc::clone);
        }
        let mut writing = self.0.values().filter(|one| !one.write_back.is_empty());
        let only = writing.next()?;
        writing.next().is_none().then(|| Arc::clone(only))
    }
}

fn writer(host: &GitHubHost) -> Result<Writer, String> {
    let known = github(host)?;
    let way = |credentials| {
        GitHub::new(Way {
            http: known.http(),
            api: known.api(),
            credentials,
        })
    };
    let (installed, own) = (known.clone(), known.clone());
    let as_installed: Credentials = Arc::new(move || {
        let known = installed.clone();
        async move { known.credentials().await }.boxed()
    });
    let as_app: Credentials = Arc::new(move || {
        let credentials = own.own_credentials();
        async move { credentials }.boxed()
    });
    Ok(Writer {
        github: way(as_installed),
        app: way(as_app),
        write_back: host.write_back.clone(),
        redeliver: host.redeliver.clone(),
        every: host.redeliver_every,
    })
}
