//! How a mock service is started.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::{Kind, MockServiceError};

/// A small HTTP shop with a fault switch: a safe way to try any monitoring.
///
/// It answers like a shop on --listen (pages, /healthz, /version, /metrics for
/// Prometheus) and is broken and mended through --fault-listen.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(after_help = Kind::help())]
pub struct Options {
    /// Where the shop listens; port 0 takes a free one.
    #[arg(long, env = "MOCK_SERVICE_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Where the fault switch listens. Whoever reaches it can break the shop: keep it on loopback.
    #[arg(
        long,
        env = "MOCK_SERVICE_FAULT_LISTEN",
        default_value = "127.0.0.1:8081"
    )]
    pub fault_listen: SocketAddr,

    /// The version the shop says it is: in /version, app_build_info and the header x-app-version.
    #[arg(
        long,
        id = "version",
        value_name = "VERSION",
        env = "MOCK_SERVICE_VERSION",
        default_value = "1.0.0"
    )]
    pub version: String,

    /// Makes latencies and natural errors repeatable; random if not said.
    #[arg(long, env = "MOCK_SERVICE_SEED")]
    pub seed: Option<u64>,

    /// Share of requests that fail on an ordinary day, 0 to 1.
    #[arg(long, env = "MOCK_SERVICE_ERROR_BASELINE", default_value_t = 0.002)]
    pub error_baseline: f64,

    /// Base URL of a second mock service, called by /products/{id} and /checkout;
    /// if not said, a payment partner is simulated inside the process.
    #[arg(long, env = "MOCK_SERVICE_DOWNSTREAM", value_name = "URL")]
    pub downstream: Option<String>,

    /// Folder of this one instance: its quota folder, and the marker that lets a crash
    /// loop outlive the process. Without it, a temporary quota folder and no crash loops.
    #[arg(long, env = "MOCK_SERVICE_STATE_DIR", value_name = "DIR")]
    pub state_dir: Option<PathBuf>,

    /// What the shop logs where a fault shows, in JSON, by kind of fault: {"errors": {"text": "…", "routes": ["/cart"]}}.
    #[arg(long, env = "MOCK_SERVICE_WORDS", value_name = "FILE")]
    pub words: Option<PathBuf>,

    /// Database connections in the pool.
    #[arg(
        long,
        env = "MOCK_SERVICE_POOL_SIZE",
        default_value_t = 10,
        value_name = "N"
    )]
    pub pool_size: usize,

    /// Megabytes the quota folder may hold; the fault `disk` never writes more.
    #[arg(
        long,
        env = "MOCK_SERVICE_DISK_QUOTA_MB",
        default_value_t = 1000,
        value_name = "MB"
    )]
    pub disk_quota_mb: u64,

    /// Megabytes at which the fault `memory` stops to leak.
    #[arg(
        long,
        env = "MOCK_SERVICE_MEMORY_CAP_MB",
        default_value_t = 1000,
        value_name = "MB"
    )]
    pub memory_cap_mb: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            fault_listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            version: "1.0.0".to_owned(),
            seed: None,
            error_baseline: 0.002,
            downstream: None,
            state_dir: None,
            words: None,
            pool_size: 10,
            disk_quota_mb: 1000,
            memory_cap_mb: 1000,
        }
    }
}

impl Options {
    /// Refuses what the types allow and the shop cannot do.
    ///
    /// # Errors
    /// [`MockServiceError::Option`] for the first bad value.
    pub fn check(&self) -> Result<(), MockServiceError> {
        let refuse = |name, value: String, expected| {
            Err(MockServiceError::Option {
                name,
                value,
                expected,
            })
        };
        if !(0.0..=1.0).contains(&self.error_baseline) {
            let value = self.error_baseline.to_string();
            return refuse("--error-baseline", value, "a share from 0 to 1");
        }
        if !(1..=1000).contains(&self.pool_size) {
            let value = self.pool_size.to_string();
            return refuse("--pool-size", value, "1 to 1000 connections");
        }
        if self.version.is_empty() || self.version.chars().any(|c| !c.is_ascii_graphic()) {
            let expected = "visible ASCII without spaces, such as 1.4.2";
            return refuse("--version", self.version.clone(), expected);
        }
        if let Some(url) = &self.downstream
            && !reqwest::Url::parse(url).is_ok_and(|u| matches!(u.scheme(), "http" | "https"))
        {
            let expected = "a base URL such as http://127.0.0.1:8090";
            return refuse("--downstream", url.clone(), expected);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn no_arguments_are_the_defaults() {
        let options = Cli::parse_from(["mock-service"]).options;
        assert_eq!(options, Options::default());
    }

    #[test]
    fn a_downstream_that_is_no_url_is_refused_by_name() {
        let options = Options {
            downstream: Some("payments:80".into()),
            ..Options::default()
        };
        let error = options.check().unwrap_err().to_string();
        assert!(
            error.starts_with("--downstream is \"payments:80\""),
            "{error}"
        );
    }

    #[test]
    fn the_help_names_every_fault_and_its_range() {
        use clap::CommandFactory;
        let help = Cli::command().render_help().to_string();
        for kind in Kind::ALL {
            let lines = help.lines().map(str::trim_start);
            let mut described = lines.filter(|l| l.starts_with(kind.name()));
            let range = format!("{} to {}", kind.range().start(), kind.range().end());
            assert!(
                described.any(|l| l.contains(&range)),
                "{}: {help}",
                kind.name()
            );
        }
    }
}
