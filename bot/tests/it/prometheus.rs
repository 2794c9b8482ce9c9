//! A strict stand-in for Prometheus: raw samples of two counters per instance, and the one ratio that
//! shows a finding. Anything else is refused as Prometheus refuses what it cannot parse.
//!
//! A real Prometheus is what the demo runs with. Here the past has to be there at once, and the source
//! has to go away and come back when a test says so.

use crate::double::{Double, Reply, Request};
use crate::fleet::Place;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use sources::metrics::{MatchOp, Selector};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Requests per second of each instance.
const RPS: u32 = 100;
/// Share that fails on an ordinary day.
const USUAL: f64 = 0.002;
/// Share that fails on a bad version.
const BAD: f64 = 0.5;
/// Seconds of the past that are there from the start.
const PAST_S: i64 = 900;

pub(crate) struct Prometheus {
    metrics: Arc<Mutex<Metrics>>,
    pub(crate) double: Double,
    looks: Arc<Mutex<Vec<Look>>>,
}

/// A watch's look at the raw samples.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// Which server looked.
    pub(crate) server: String,
    pub(crate) at: Instant,
}

impl Prometheus {
    pub(crate) async fn start(address: SocketAddr, places: &[Place]) -> Self {
        // What the services call; asked for only where a service says so.
        let warehouse = Place {
            service: "warehouse".to_owned(),
            id: "warehouse-1".to_owned(),
            listen: SocketAddr::new(address.ip(), 18999),
            starts: std::path::PathBuf::from("/nowhere"),
        };
        let places = [places, &[warehouse]].concat();
        let metrics = Arc::new(Mutex::new(Metrics::new(&places)));
        let asked = Arc::clone(&metrics);
        let looks: Arc<Mutex<Vec<Look>>> = Arc::default();
        let noted = Arc::clone(&looks);
        let double = Double::start(address, move |request| {
            let server = request.headers.get("x-server").cloned().unwrap_or_default();
            let at = Instant::now();
            noted.lock().unwrap().push(Look { server, at });
            answer(&asked, request)
        })
        .await;
        Self {
            metrics,
            double,
            looks,
        }
    }

    /// Every look so far.
    pub(crate) fn looks(&self) -> Vec<Look> {
        self.looks.lock().unwrap().clone()
    }

    /// From now on a process that starts counts from zero, as processes do: without a control, that is how it is
    /// seen that one began.
    pub(crate) fn counts_from_zero(&self) {
        self.metrics.lock().unwrap().from_zero = true;
    }

    /// From now on half of the requests fail on this instance, whatever runs there.
    pub(crate) fn spoil_instance(&self, id: &str) {
        let mut metrics = self.metrics.lock().unwrap();
        metrics.grow();
        metrics.bad_places.insert(id.to_owned());
    }

    /// It was so for so many seconds already.
    pub(crate) fn was_spoilt(&self, id: &str, seconds: i64) {
        let mut metrics = self.metrics.lock().unwrap();
        metrics.bad_places.insert(id.to_owned());
        metrics.count_again(seconds);
    }

    /// From now on half of the requests fail on instances that run this version.
    pub(crate) fn spoil(&self, version: &str) {
        let mut metrics = self.metrics.lock().unwrap();
        metrics.grow();
        metrics.bad.insert(version.to_owned());
    }
}

impl Prometheus {
    /// From now on each answer says that this is missing; or no longer.
    pub(crate) fn warn(&self, warning: Option<&str>) {
        self.metrics.lock().unwrap().warning = warning.map(str::to_owned);
    }
}

struct Metrics {
    places: Vec<Counted>,
    bad: BTreeSet<String>,
    /// Instances that are bad, whatever runs there.
    bad_places: BTreeSet<String>,
    /// Whether a process that starts counts from zero.
    from_zero: bool,
    /// What each answer is said to lack.
    warning: Option<String>,
    /// The last second that is counted, since 1970.
    until: i64,
    random: StdRng,
}

/// An instance with its counters at each second.
struct Counted {
    place: Place,
    /// Second, requests that went well, requests that failed.
    counts: Vec<(i64, u64, u64)>,
    /// Processes that were started there.
    starts: usize,
}

impl Metrics {
    fn new(places: &[Place]) -> Self {
        let counted = places.iter().map(|place| Counted {
            place: place.clone(),
            counts: Vec::new(),
            starts: 0,
        });
        let mut metrics = Self {
            places: counted.collect(),
            bad: BTreeSet::new(),
            bad_places: BTreeSet::new(),
            from_zero: false,
            warning: None,
            until: now_ms() / 1000 - PAST_S,
            random: StdRng::seed_from_u64(7),
        };
        metrics.grow();
        metrics
    }

    /// Counts up to now. Instances fail by the version that was started there last.
    fn grow(&mut self) {
        let now = now_ms() / 1000;
        for counted in &mut self.places {
            let bad = counted
                .place
                .started()
                .last()
                .is_some_and(|version| self.bad.contains(version))
                || self.bad_places.contains(&counted.place.id);
            let (_, mut well, mut failed) = counted.counts.last().copied().unwrap_or_default();
            // Noticed with the next second that is counted, or it would be lost.
            if now > self.until {
                let starts = counted.place.started().len();
                if std::mem::replace(&mut counted.starts, starts) != starts && self.from_zero {
                    (well, failed) = (0, 0);
                }
            }
            for second in self.until + 1..=now {
                let share = if bad { BAD } else { USUAL };
                let requests = RPS - 10 + self.random.random_range(0..21);
                for _ in 0..requests {
                    if self.random.random_bool(share) {
                        failed += 1;
                    } else {
                        well += 1;
                    }
                }
                counted.counts.push((second, well, failed));
            }
        }
        self.until = now;
    }

    /// Counts the last seconds anew, as if what is bad now had been so then.
    fn count_again(&mut self, seconds: i64) {
        self.until -= seconds;
        let until = self.until;
        for counted in &mut self.places {
            counted.counts.retain(|(second, ..)| *second <= until);
        }
        self.grow();
    }
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn answer(metrics: &Mutex<Metrics>, request: &Request) -> Reply {
    let Some(parameters) = parameters(request) else {
        return refused(404, "not_found", "only /api/v1/query is here");
    };
    let (Some(query), Some(time)) = (parameters.get("query"), parameters.get("time")) else {
        return refused(400, "bad_data", "query and time are needed");
    };
    let Ok(time) = time.parse::<f64>() else {
        return refused(400, "bad_data", "cannot parse time");
    };
    let end_ms = (time * 1000.0).round() as i64;
    let mut metrics = metrics.lock().unwrap();
    metrics.grow();
    match raw(&metrics, query, end_ms).or_else(|| ratio(&metrics, query, end_ms)) {
        Some(data) => {
            let warnings: Vec<&String> = metrics.warning.iter().collect();
            let body = json!({ "status": "success", "data": data, "warnings": warnings });
            Reply::json(200, &body)
        }
        None => refused(
            400,
            "bad_data",
            &format!("this double does not know: {query}"),
        ),
    }
}

fn refused(status: u16, kind: &str, why: &str) -> Reply {
    let body = json!({ "status": "error", "errorType": kind, "error": why });
    Reply::json(status, &body)
}

fn parameters(request: &Request) -> Option<BTreeMap<String, String>> {
    let text = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/api/v1/query") => request.query.clone(),
        ("POST", "/api/v1/query") => String::from_utf8(request.body.clone()).ok()?,
        _ => return None,
    };
    let plain = |text: &str| {
        let spaced = text.replace('+', " ");
        let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8();
        decoded.map(std::borrow::Cow::into_owned).ok()
    };
    text.split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((plain(name)?, plain(value)?))
        })
        .collect()
}

/// `SELECTOR[Nms]`: every sample of the window, as scraped.
fn raw(metrics: &Metrics, query: &str, end_ms: i64) -> Option<Value> {
    let (selector, window) = query.strip_suffix("ms]")?.rsplit_once('[')?;
    let from_ms = end_ms - window.parse::<i64>().ok()?;
    let selector: Selector = selector.parse().ok()?;
    let mut found = Vec::new();
    for counted in &metrics.places {
        for result in ["ok", "failed"] {
            let labels = BTreeMap::from([
                ("__name__", "requests_total".to_owned()),
                ("job", counted.place.service.clone()),
                ("instance", counted.place.listen.to_string()),
                ("result", result.to_owned()),
            ]);
            if !matches(&selector, &labels)? {
                continue;
            }
            let values: Vec<Value> = counted
                .counts
                .iter()
                .filter(|(second, ..)| (from_ms..=end_ms).contains(&(second * 1000)))
                .map(|(second, well, failed)| {
                    let count = if result == "ok" { well } else { failed };
                    json!([second, count.to_string()])
                })
                .collect();
            if !values.is_empty() {
                found.push(json!({ "metric": labels, "values": values }));
            }
        }
    }
    Some(json!({ "resultType": "matrix", "result": found }))
}

/// None for a pattern that is more than names side by side.
fn matches(selector: &Selector, labels: &BTreeMap<&str, String>) -> Option<bool> {
    let mut all = true;
    for matcher in selector.matchers() {
        let value = labels
            .get(matcher.label.as_str())
            .map_or("", String::as_str);
        all &= match matcher.op {
            MatchOp::Equal => value == matcher.value,
            MatchOp::NotEqual => value != matcher.value,
            MatchOp::Matches if !matcher.value.contains(['(', '[', '*', '+', '?', '\\']) => {
                matcher.value.split('|').any(|name| name == value)
            }
            _ => return None,
        };
    }
    Some(all)
}

/// The share of failures by instance over the last half minute, as a finding's query asks for it.
fn ratio(metrics: &Metrics, query: &str, end_ms: i64) -> Option<Value> {
    let asked = query.strip_prefix("sum by (instance) (rate(requests_total{")?;
    let job = asked.split("job=\"").nth(1)?.split('"').next()?;
    let by_instance = metrics
        .places
        .iter()
        .filter(|counted| counted.place.service == job);
    let found: Vec<Value> = by_instance
        .filter_map(|counted| {
            let at = |second: i64| counted.counts.iter().rev().find(|(s, ..)| *s <= second);
            let (_, well, failed) = at(end_ms / 1000)?;
            let (_, well_before, failed_before) = at(end_ms / 1000 - 30)?;
            let (well, failed) = (
                well.saturating_sub(*well_before),
                failed.saturating_sub(*failed_before),
            );
            let share = failed as f64 / (well + failed).max(1) as f64;
            let metric = json!({ "instance": counted.place.listen.to_string() });
            Some(json!({ "metric": metric, "value": [end_ms as f64 / 1000.0, share.to_string()] }))
        })
        .collect();
    Some(json!({ "resultType": "vector", "result": found }))
}
