//! The metrics page, under the names that dashboards already know.

mod page;
mod process;
mod ticket;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub(crate) use ticket::Ticket;

/// Content type of the page that [`Metrics::page`] makes.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper bounds in seconds of every latency histogram: the Prometheus default.
const BUCKETS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct RequestLabels {
    method: &'static str,
    route: &'static str,
    code: u16,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct RouteLabels {
    route: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub(crate) struct CodeLabels {
    pub(crate) code: String,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub(crate) struct StateLabels {
    pub(crate) state: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub(crate) struct LevelLabels {
    pub(crate) level: &'static str,
}

type Histograms = Family<RouteLabels, Histogram, fn() -> Histogram>;

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

/// Every instrument of the shop.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Histograms,
    in_flight: Gauge,
    pub(crate) pool_connections: Family<StateLabels, Gauge>,
    pub(crate) pool_wait: Histogram,
    pub(crate) checkout_attempts: Counter,
    pub(crate) checkout_success: Counter,
    pub(crate) queue_depth: Gauge,
    pub(crate) downstream_requests: Family<CodeLabels, Counter>,
    pub(crate) downstream_seconds: Histogram,
    pub(crate) disk_used: Gauge,
    pub(crate) disk_sync: Histogram,
    pub(crate) log_lines: Family<LevelLabels, Counter>,
}

impl Metrics {
    pub(crate) fn new(version: &str, disk_quota_bytes: u64) -> Self {
        let metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            seconds: Histograms::new_with_constructor(histogram),
            in_flight: Gauge::default(),
            pool_connections: Family::default(),
            pool_wait: histogram(),
            checkout_attempts: Counter::default(),
            checkout_success: Counter::default(),
            queue_depth: Gauge::default(),
            downstream_requests: Family::default(),
            downstream_seconds: histogram(),
            disk_used: Gauge::default(),
            disk_sync: histogram(),
            log_lines: Family::default(),
        };
        metrics.registered(version, disk_quota_bytes)
    }

    fn registered(mut self, version: &str, disk_quota_bytes: u64) -> Self {
        let quota = Gauge::<i64>::default();
        quota.set(i64::try_from(disk_quota_bytes).unwrap_or(i64::MAX));
        let build = Info::new(vec![("version".to_owned(), version.to_owned())]);
        let r = &mut self.registry;
        // The library adds `_total` to counters and `_info` to infos.
        r.register("app_build", "Version that runs", build);
        r.register("http_requests", "Requests served", self.requests.clone());
        r.register(
            "http_request_duration_seconds",
            "Seconds from the request to the end of its handler",
            self.seconds.clone(),
        );
        r.register(
            "http_requests_in_flight",
            "Requests being served",
            self.in_flight.clone(),
        );
        r.register(
            "db_pool_connections",
            "Database connections by state",
            self.pool_connections.clone(),
        );
        r.register(
            "db_pool_wait_seconds",
            "Seconds a request waited for a connection",
            self.pool_wait.clone(),
        );
        r.register(
            "checkout_attempts",
            "Checkouts begun",
            self.checkout_attempts.clone(),
        );
        r.register(
            "checkout_success",
            "Checkouts that became an order",
            self.checkout_success.clone(),
        );
        r.register(
            "work_queue_depth",
            "Orders waiting to be packed",
            self.queue_depth.clone(),
        );
        r.register(
            "downstream_requests",
            "Calls to the service below",
            self.downstream_requests.clone(),
        );
        r.register(
            "downstream_request_duration_seconds",
            "Seconds of a call to the service below",
            self.downstream_seconds.clone(),
        );
        r.register(
            "disk_used_bytes",
            "Bytes in the quota folder",
            self.disk_used.clone(),
        );
        r.register("disk_quota_bytes", "Bytes the folder may hold", quota);
        r.register(
            "disk_fsync_seconds",
            "Seconds until an order was on disk",
            self.disk_sync.clone(),
        );
        r.register("log_lines", "Log lines written", self.log_lines.clone());
        r.register_collector(Box::new(process::ProcessCollector));
        self
    }

    /// The page in the classic text format, version 0.0.4.
    pub(crate) fn page(&self) -> Result<String, std::fmt::Error> {
        let mut page = String::with_capacity(16 * 1024);
        encode(&mut page, &self.registry)?;
        Ok(page::classic(&page))
    }
}
