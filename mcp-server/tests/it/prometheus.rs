//! A real Prometheus that scrapes pages which a test writes.

use crate::prometheus_server::{Job, PrometheusServer, Settings};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use jiff::Timestamp;
use mcp_server::world::Outside;
use sources::metrics::{Manners, Prometheus, PrometheusConfig, QueryValue};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Scraped every second, or as often as a test says.
pub(crate) struct Scraped {
    pub(crate) server: PrometheusServer,
    pub(crate) client: Prometheus,
    pages: Arc<Mutex<BTreeMap<String, String>>>,
    _dir: tempfile::TempDir,
}

impl Scraped {
    /// Begins to scrape these jobs' pages, in the text format, and waits until each was scraped once.
    pub(crate) async fn start(pages: &[(&str, String)]) -> Self {
        Self::every(Duration::from_secs(1), pages).await
    }

    /// The same, so often.
    pub(crate) async fn every(interval: Duration, pages: &[(&str, String)]) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let dir = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let owned = pages
            .iter()
            .map(|(job, page)| ((*job).to_owned(), page.clone()));
        let served: Arc<Mutex<BTreeMap<String, String>>> = Arc::new(Mutex::new(owned.collect()));
        let page = |State(pages): State<Arc<Mutex<BTreeMap<String, String>>>>,
                    Path(job): Path<String>| async move {
            pages.lock().unwrap().get(&job).cloned().unwrap_or_default()
        };
        let router = Router::new()
            .route("/{job}", get(page))
            .with_state(Arc::clone(&served));
        tokio::spawn(axum::serve(listener, router).into_future());
        let jobs = pages.iter().map(|(job, _)| {
            let path = ("__metrics_path__".to_owned(), format!("/{job}"));
            let instance = ("instance".to_owned(), format!("{job}-1"));
            Job {
                name: (*job).to_owned(),
                targets: vec![(address, BTreeMap::from([path, instance]))],
            }
        });
        let settings = Settings {
            program: "prometheus".into(),
            dir: dir.path().to_owned(),
            scrape_interval: interval,
            jobs: jobs.collect(),
            rules: Vec::new(),
            alertmanager: None,
            flags: Vec::new(),
        };
        let server = PrometheusServer::start(&settings).await;
        let server = server.unwrap_or_else(|error| panic!("{error}"));
        let client = Prometheus::new(PrometheusConfig::new(server.url())).unwrap();
        let scraped = Self {
            server,
            client,
            pages: served,
            _dir: dir,
        };
        scraped.seen("sum(up)", pages.len() as f64).await;
        scraped
    }

    /// From now on a job's page is this.
    pub(crate) fn write(&self, job: &str, page: String) {
        self.pages.lock().unwrap().insert(job.to_owned(), page);
    }

    /// Waits until a query gives this number, and says when that was.
    pub(crate) async fn seen(&self, query: &str, number: f64) -> Timestamp {
        for _ in 0..300 {
            let now = Timestamp::now();
            if let Ok(answer) = self.client.instant(query, now.as_millisecond()).await
                && let QueryValue::Vector(vector) = answer.value
                && vector
                    .first()
                    .and_then(|one| one.sample)
                    .is_some_and(|(_, value)| value == number)
            {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("`{query}` never gave {number}");
    }

    /// As tools meet it.
    pub(crate) fn outside(&self) -> Outside {
        let guest = self.client.for_guests(Manners::default());
        Outside {
            metrics: BTreeMap::from([("prometheus".to_owned(), guest)]),
            services: BTreeMap::new(),
        }
    }
}
