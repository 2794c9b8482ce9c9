//! How a service is run on plain hosts, as configured.

use guard::ids::{Environment, InstanceId, ServiceName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// A service whose instances run as processes on this machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostsConfig {
    /// The service; an authority for another one is refused.
    pub service: ServiceName,
    /// The environment; an authority for another one is refused.
    pub environment: Environment,
    /// Where releases live, absolute: each instance gets a directory below it.
    #[serde(alias = "deployPath")]
    pub deploy_path: PathBuf,
    /// The configuration file that the process is told of in `TAWNY_CONFIG`. An absolute path stays
    /// outside the releases and is also linked as `<deploy_path>/<instance>/config`; a relative one is
    /// looked up inside the release.
    #[serde(default, alias = "configPath")]
    pub config_path: Option<PathBuf>,
    /// What `sh -c` runs in the release directory. It has to stay in the foreground: when it ends, the
    /// instance counts as ended.
    #[serde(alias = "startCmd")]
    pub start_cmd: String,
    /// What `sh -c` runs in the release directory to stop it (`TAWNY_PID` is set); SIGTERM to the
    /// process group when not said.
    #[serde(default, alias = "stopCmd")]
    pub stop_cmd: Option<String>,
    /// The running copies.
    #[serde(alias = "machines")]
    pub instances: Vec<HostInstance>,
    /// When an instance counts as up.
    #[serde(default, alias = "healthGate", alias = "health_gate")]
    pub health: HealthGate,
    /// Seconds to wait after asking a process to stop, before SIGKILL.
    #[serde(
        default = "ten_seconds",
        alias = "stop_timeout",
        alias = "stopTimeout",
        alias = "stopTimeoutS"
    )]
    pub stop_timeout_s: f64,
    /// How many releases to keep for each instance; the current and the previous one stay in any case.
    #[serde(default = "five", alias = "keepReleases")]
    pub keep_releases: u32,
    /// From where packages may come.
    #[serde(default)]
    pub packages: PackageSources,
}

/// One running copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostInstance {
    /// Its name, which is also the name of its directory.
    pub id: InstanceId,
    /// Where it answers, `http://127.0.0.1:8080`.
    #[serde(alias = "baseUrl")]
    pub base_url: String,
    /// Its own environment variables. Nothing is inherited from Tawny but `PATH`, `HOME` and `LANG`.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// When an instance counts as up: its health path answers as expected and its version path, where there is one, names
/// the version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HealthGate {
    /// Path that answers when the instance can serve.
    pub path: String,
    /// The status with which it answers then.
    #[serde(alias = "expectedStatus")]
    pub expected_status: u16,
    /// Path that answers the version, as JSON `{"version": …}` or as plain text. Without it, what was started is taken
    /// for what runs.
    #[serde(alias = "versionPath")]
    pub version_path: Option<String>,
    /// How often to ask before giving up.
    pub attempts: u32,
    /// Seconds to wait for one answer.
    #[serde(alias = "timeout", alias = "timeoutS")]
    pub timeout_s: f64,
    /// Seconds between two questions.
    #[serde(alias = "interval", alias = "intervalS")]
    pub interval_s: f64,
}

impl Default for HealthGate {
    fn default() -> Self {
        Self {
            path: "/healthz".to_owned(),
            expected_status: 200,
            version_path: Some("/version".to_owned()),
            attempts: 30,
            timeout_s: 2.0,
            interval_s: 1.0,
        }
    }
}

impl HealthGate {
    /// How long the gate waits at least before it gives up.
    pub(crate) fn patience(&self) -> Duration {
        seconds(self.interval_s * f64::from(self.attempts))
    }
}

/// From where packages may come. What is not allowed here is not fetched, whoever asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PackageSources {
    /// Allowed URL schemes, of `https`, `http`, `file`.
    pub schemes: Vec<String>,
    /// Allowed hosts: `artifacts.example.com`, `*.example.com`, `host:port`. Without a port any port is
    /// meant. Redirects are held to the same list.
    pub hosts: Vec<String>,
    /// Directories below which everything has to lie, `https://artifacts.example.com/shop/`: scheme, host and port are
    /// the same, and the path begins with the same segments. Without any, everything on an allowed host may come.
    /// Redirects are held to the same list.
    pub directories: Vec<String>,
    /// Whether a host may turn out to be this machine. Link-local addresses are refused in any case.
    #[serde(alias = "allowLoopback")]
    pub allow_loopback: bool,
    /// Directories below which `file` URLs may point.
    #[serde(alias = "fileRoots")]
    pub file_roots: Vec<PathBuf>,
    /// Whether a package that names neither MD5 nor SHA-256 is refused.
    #[serde(alias = "requireDigest")]
    pub require_digest: bool,
    /// Largest download, in bytes.
    #[serde(alias = "maxBytes")]
    pub max_bytes: u64,
    /// Largest unpacked release, in bytes.
    #[serde(alias = "maxUnpackedBytes")]
    pub max_unpacked_bytes: u64,
    /// Most entries in an archive.
    #[serde(alias = "maxEntries")]
    pub max_entries: u64,
    /// Seconds for one download.
    #[serde(alias = "timeout", alias = "timeoutS")]
    pub timeout_s: f64,
}

impl Default for PackageSources {
    fn default() -> Self {
        Self {
            schemes: vec!["https".to_owned()],
            hosts: Vec::new(),
            directories: Vec::new(),
            allow_loopback: false,
            file_roots: Vec::new(),
            require_digest: true,
            max_bytes: 1 << 30,
            max_unpacked_bytes: 4 << 30,
            max_entries: 100_000,
            timeout_s: 600.0,
        }
    }
}

/// A checked number of seconds as a duration.
pub(crate) fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or(Duration::ZERO)
}

fn ten_seconds() -> f64 {
    10.0
}

fn five() -> u32 {
    5
}
