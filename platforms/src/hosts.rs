//! Releases on plain hosts: instances that are processes on this machine.
//!
//! [`Hosts::bring`] sets one instance to one version and can be called again at any point of its own
//! way, by this process or by the next one after a crash: what was started is found again, and nothing
//! is started twice. [`Hosts::observe`] says what is.
//!
//! The process runs as `setsid sh -c <start_cmd>`: in a session of its own it survives Tawny and the
//! terminal. (`setsid` is a program, of util-linux, because calling the function between fork and exec
//! would be unsafe code.) It sees `PATH`, `HOME` and `LANG` of Tawny, its configured variables,
//! `TAWNY_SERVICE`, `TAWNY_ENVIRONMENT`, `TAWNY_INSTANCE`, `TAWNY_VERSION`, `TAWNY_RELEASE_DIR`,
//! `TAWNY_CONFIG` where there is a configuration file, and `TAWNY_NONCE`, by which it is known.

mod adopt;
mod allowed;
mod bring;
mod change;
mod check;
mod config;
mod download;
mod error;
mod gate;
mod install;
mod layout;
mod observe;
mod package_error;
mod probe;
mod process;
mod prune;
mod record;
mod sink;
mod stage;
mod start;
mod stop;
pub mod unpack;
mod work;

pub use adopt::Adopted;
pub use bring::Brought;
pub use check::BadSetting;
pub use config::{HealthGate, HostInstance, HostsConfig, PackageSources};
pub use error::{HostsError, NotUp, PutBack};
pub use install::Prepared;
pub use observe::{InstanceState, InstanceView, Observation};
pub use package_error::PackageError;
pub use stage::{Stage, Watcher};
pub use unpack::ArchiveError;

use config::seconds;
use guard::authorise::Authority;
use guard::ids::InstanceId;
use guard::plan::Package;
use reqwest::Client;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::process::Child;

/// A service on plain hosts.
#[derive(Debug)]
pub struct Hosts {
    config: Arc<HostsConfig>,
    /// Asks instances.
    asker: Client,
    /// Fetches packages.
    fetcher: Client,
    /// One at a time works on an instance.
    turns: BTreeMap<InstanceId, Arc<tokio::sync::Mutex<()>>>,
    children: Children,
}

/// The processes started by this very process, by nonce: only their parent learns how they ended.
type Children = Arc<Mutex<BTreeMap<String, Child>>>;

impl Hosts {
    /// Checks the configuration and takes it. The process must have installed a TLS provider.
    pub fn new(config: HostsConfig) -> Result<Self, HostsError> {
        let faults = config.faults();
        if !faults.is_empty() {
            return Err(HostsError::Config(faults));
        }
        // Without one the client's constructor panics.
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(HostsError::NoTls);
        }
        let failed = |error: reqwest::Error| HostsError::Client(download::chain(&error));
        let asker = Client::builder()
            .timeout(seconds(config.health.timeout_s))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // An idle connection could be taken for an answer of the next process on the port.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(failed)?;
        let fetcher = download::client(&config.packages).map_err(failed)?;
        let turns = config
            .instances
            .iter()
            .map(|instance| (instance.id.clone(), Arc::default()))
            .collect();
        Ok(Self {
            config: Arc::new(config),
            asker,
            fetcher,
            turns,
            children: Arc::default(),
        })
    }

    /// The configuration as taken.
    #[must_use]
    pub fn config(&self) -> &HostsConfig {
        &self.config
    }

    /// Whether a package could be taken at all: where it is, what is promised of it. Nothing is fetched.
    ///
    /// # Errors
    /// Why not: a place that is not allowed, no digest or a bad one, a size that is too large.
    pub fn acceptable(&self, package: &Package) -> Result<(), PackageError> {
        download::acceptable(package, &self.config.packages)
    }

    /// The instance, if it is configured.
    fn instance(&self, id: &InstanceId) -> Result<&HostInstance, HostsError> {
        self.config
            .instances
            .iter()
            .find(|instance| instance.id == *id)
            .ok_or_else(|| HostsError::UnknownInstance(id.clone()))
    }

    /// Whether an authority is for this service in this environment.
    fn covers(&self, authority: &Authority) -> Result<(), HostsError> {
        if *authority.service() == self.config.service
            && *authority.environment() == self.config.environment
        {
            return Ok(());
        }
        Err(HostsError::WrongTarget {
            action: authority.action().id.clone(),
            found_service: authority.service().clone(),
            found_environment: authority.environment().clone(),
            service: self.config.service.clone(),
            environment: self.config.environment.clone(),
        })
    }
}
