//! A private VictoriaMetrics with its defaults, latency offset included.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// Longest time until the server must answer.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A running server. Killed when dropped.
pub(crate) struct VictoriaServer {
    pub(crate) url: String,
    _child: Child,
}

impl VictoriaServer {
    /// Starts `program` in `dir`, scraping `exporter` every second.
    pub(crate) async fn start(program: &Path, dir: &Path, exporter: SocketAddr) -> Self {
        let scrape = dir.join("scrape.yml");
        let config = serde_json::json!({
            "global": { "scrape_interval": "1s", "scrape_timeout": "1s" },
            "scrape_configs": [{
                "job_name": "tiny",
                "static_configs": [{
                    "targets": [exporter.to_string()],
                    "labels": { "role": "canary" },
                }],
            }],
        });
        std::fs::write(&scrape, config.to_string()).unwrap();
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let log_path = dir.join("log");
        let log = std::fs::File::create(&log_path).unwrap();
        let mut child = Command::new(program)
            .arg(format!("-httpListenAddr={address}"))
            .arg(format!("-storageDataPath={}", dir.join("data").display()))
            .arg(format!("-promscrape.config={}", scrape.display()))
            .arg("-memory.allowedBytes=128MB")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let url = format!("http://{address}");
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            let answer = http.get(format!("{url}/health")).send().await;
            if answer.is_ok_and(|a| a.status().is_success()) {
                return Self { url, _child: child };
            }
            let ended = child.try_wait().unwrap();
            if ended.is_some() || Instant::now() > deadline {
                let log = std::fs::read_to_string(&log_path).unwrap_or_default();
                panic!("victoria-metrics is not there ({ended:?}): {log}");
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}
