//! The servers, each with a private folder and port.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use sources::metrics::{Prometheus, PrometheusConfig};
use tempfile::TempDir;

use crate::prometheus_server::{Job, PrometheusServer, Settings};
use crate::victoria_server::VictoriaServer;

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Make {
    /// 2.42, of this Debian.
    Prometheus2,
    /// 3.5, of Debian's newest suite.
    Prometheus3,
    /// 1.79, of this Debian.
    OldVictoria,
    /// 1.145, of Debian's newest suite.
    NewVictoria,
}

impl Make {
    fn program(self) -> PathBuf {
        let brought = |path: &str| {
            let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/peers");
            let folder = std::env::var_os("TAWNY_PEERS").unwrap_or_else(|| default.into());
            PathBuf::from(folder).join(path)
        };
        let (program, how) = match self {
            Self::Prometheus2 => ("/usr/bin/prometheus".into(), "apt-get install prometheus"),
            Self::Prometheus3 => (
                brought("sid/usr/bin/prometheus"),
                "sources/tests/peers/get.sh",
            ),
            Self::OldVictoria => (
                brought("stable/usr/bin/victoria-metrics"),
                "sources/tests/peers/get.sh",
            ),
            Self::NewVictoria => (
                brought("sid/usr/bin/victoria-metrics"),
                "sources/tests/peers/get.sh",
            ),
        };
        assert!(
            program.exists(),
            "{} is missing; run: {how}",
            program.display()
        );
        program
    }

    pub(crate) fn is_victoria(self) -> bool {
        matches!(self, Self::OldVictoria | Self::NewVictoria)
    }
}

/// A running server that scrapes one exporter every second. Killed when dropped.
pub(crate) struct Peer {
    pub(crate) client: Prometheus,
    pub(crate) url: String,
    /// Kept for their ends.
    _server: Server,
    _dir: TempDir,
}

#[expect(dead_code, reason = "held to be stopped when dropped")]
enum Server {
    Prometheus(PrometheusServer),
    Victoria(VictoriaServer),
}

impl Peer {
    /// Starts `make`, scraping `exporter` as the job `tiny`.
    pub(crate) async fn start(make: Make, exporter: SocketAddr) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let program = make.program();
        let dir = tempfile::tempdir().unwrap();
        let (url, server) = if make.is_victoria() {
            let server = VictoriaServer::start(&program, dir.path(), exporter).await;
            (server.url.clone(), Server::Victoria(server))
        } else {
            let settings = Settings {
                program,
                dir: dir.path().to_owned(),
                scrape_interval: Duration::from_secs(1),
                jobs: vec![Job {
                    name: "tiny".into(),
                    targets: vec![(exporter, BTreeMap::from([("role".into(), "canary".into())]))],
                }],
                rules: vec![rules()],
                alertmanager: None,
                flags: vec!["--enable-feature=native-histograms".into()],
            };
            match PrometheusServer::start(&settings).await {
                Ok(server) => (server.url().to_owned(), Server::Prometheus(server)),
                Err(error) => panic!("{error}"),
            }
        };
        let client = Prometheus::new(PrometheusConfig::new(&url)).unwrap();
        Self {
            client,
            url,
            _server: server,
            _dir: dir,
        }
    }
}

/// A rule of each kind; the alert fires at once.
fn rules() -> serde_json::Value {
    serde_json::json!({
        "name": "tiny",
        "rules": [
            { "record": "job:up:sum", "expr": "sum by (job) (up)" },
            {
                "alert": "TinyIsThere",
                "expr": "up{job=\"tiny\"} >= 0",
                "labels": { "severity": "page" },
                "annotations": { "summary": "{{ $labels.job }} is there" },
            },
        ],
    })
}
