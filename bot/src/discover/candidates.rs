//! Which services a source has metrics of: each scrape job, and each service that a mesh or a proxy counts for.

use super::ask::{Asker, begins_with, equals};
use super::versions;
use config::presets::Present;
use config::signal::PresetName;
use config::text::Matchers;
use guard::ids::ServiceName;
use sources::metrics::{Labels, MetricsError};
use std::collections::{BTreeMap, BTreeSet};

/// Jobs beyond this many are not looked into one by one.
const MOST_JOBS: usize = 100;
/// Services that one mesh counts for, at most.
const MOST_OF_A_MESH: usize = 50;

/// Who counts for others: one of its metrics, the label that names the service, and the one that names its copies.
const COUNTS_FOR_OTHERS: [(&str, &str, &str); 5] = [
    (
        "istio_requests_total{reporter=\"destination\"}",
        "destination_workload",
        "pod",
    ),
    ("response_total{direction=\"inbound\"}", "deployment", "pod"),
    ("traefik_service_requests_total", "service", "instance"),
    ("nginx_ingress_controller_requests", "ingress", "instance"),
    (
        "envoy_cluster_upstream_rq_xx",
        "envoy_cluster_name",
        "instance",
    ),
];

/// Presets that an exporter has of something else: beside them, what it says of its own process means nothing.
const OF_SOMETHING_ELSE: [&str; 17] = [
    "node_cpu_seconds_total",
    "windows_cpu_time_total",
    "pg_up",
    "pgbouncer_up",
    "mysql_up",
    "mongodb_up",
    "redis_up",
    "memcached_up",
    "elasticsearch_cluster_health_status",
    "kafka_brokers",
    "nginx_up",
    "apache_up",
    "haproxy_up",
    "varnish_up",
    "probe_success",
    "kube_pod_info",
    "container_cpu_usage_seconds_total",
];

/// A service that could be watched.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) name: ServiceName,
    /// Matchers of its series.
    pub(crate) selector: String,
    pub(crate) instance_label: String,
    pub(crate) instances: Vec<String>,
    /// How many of its scrapes are answered; none where nobody scrapes.
    pub(crate) up: Option<usize>,
    pub(crate) version_label: Option<String>,
    pub(crate) versions: Vec<String>,
    pub(crate) presets: Vec<Fitting>,
    /// Metrics of the usual form under names of the service's own: `shop_http_requests_total`.
    pub(crate) prefixed: Option<super::prefixed::Prefixed>,
}

/// A preset that fits.
#[derive(Debug, Clone)]
pub(crate) struct Fitting {
    pub(crate) preset: PresetName,
    /// Where its series are, if elsewhere: matchers and the label of instances.
    pub(crate) place: Option<(String, String)>,
}

/// Everything that could be watched, in the order of names.
pub(crate) async fn candidates(asker: &Asker) -> Result<Vec<Candidate>, MetricsError> {
    let mut found = BTreeMap::new();
    for (job, scraped) in jobs(asker).await? {
        let selector = equals("job", &job);
        if let Some(candidate) = look(asker, &job, selector, None, scraped).await? {
            found.insert(candidate.name.clone(), candidate);
        }
    }
    for (metric, label, copies) in COUNTS_FOR_OTHERS {
        let names = asker.values(label, metric).await?;
        for name in names
            .into_iter()
            .filter(|name| name != "unknown")
            .take(MOST_OF_A_MESH)
        {
            let selector = equals(label, &name);
            if let Some(candidate) = look(asker, &name, selector, Some(copies), false).await? {
                found.entry(candidate.name.clone()).or_insert(candidate);
            }
        }
    }
    Ok(found.into_values().collect())
}

/// The jobs, and whether they are scraped. Where nothing is scraped, those that push.
async fn jobs(asker: &Asker) -> Result<Vec<(String, bool)>, MetricsError> {
    let scraped = asker.values("job", "up").await?;
    let mut jobs: Vec<(String, bool)> = scraped.into_iter().map(|job| (job, true)).collect();
    let pushed = Present::query(
        &[PresetName::Http, PresetName::Grpc],
        &Matchers::default(),
        None,
    );
    let names = pushed
        .split_once("({")
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    if let Some(names) = names {
        for job in asker.values("job", &format!("{{{names}")).await? {
            if !jobs.iter().any(|(known, _)| *known == job) {
                jobs.push((job, false));
            }
        }
    }
    jobs.truncate(MOST_JOBS);
    Ok(jobs)
}

async fn look(
    asker: &Asker,
    name: &str,
    selector: String,
    copies: Option<&str>,
    scraped: bool,
) -> Result<Option<Candidate>, MetricsError> {
    let Some(name) = service_name(name) else {
        return Ok(None);
    };
    let present = present(asker, &selector).await?;
    let mut presets: Vec<Fitting> = fitting(&present)
        .into_iter()
        .map(|preset| Fitting {
            preset,
            place: None,
        })
        .collect();
    let has = |wanted: PresetName| presets.iter().any(|one| one.preset == wanted);
    let prefixed = if has(PresetName::Http) || has(PresetName::Host) {
        None
    } else {
        super::prefixed::look(asker, &selector).await?
    };
    let pods = if scraped {
        asker.values("pod", &format!("up{{{selector}}}")).await?
    } else {
        Vec::new()
    };
    let instance_label = match copies {
        Some(copies)
            if !asker
                .values(copies, &format!("{{{selector}}}"))
                .await?
                .is_empty() =>
        {
            copies
        }
        None if !pods.is_empty() => "pod",
        _ => "instance",
    };
    let everything = if scraped { "up" } else { "" };
    let instances = asker
        .values(instance_label, &format!("{everything}{{{selector}}}"))
        .await?;
    if !pods.is_empty() && !has(PresetName::Container) {
        presets.extend(of_pods(asker, &selector, &pods).await?);
    }
    if scraped && !presets.iter().any(|one| one.preset == PresetName::Http) {
        presets.push(Fitting {
            preset: PresetName::Up,
            place: None,
        });
    }
    let up = if scraped {
        let answered = asker
            .value(&format!("count(up{{{selector}}} == 1)"))
            .await?;
        Some(answered.unwrap_or(0.0) as usize)
    } else {
        None
    };
    let (version_label, versions) = versions::look(asker, &selector, scraped).await?;
    Ok(Some(Candidate {
        name,
        selector,
        instance_label: instance_label.to_owned(),
        instances,
        up,
        version_label,
        versions,
        presets,
        prefixed,
    }))
}

async fn present(asker: &Asker, selector: &str) -> Result<Present, MetricsError> {
    let matchers = Matchers::of(selector).unwrap_or_default();
    let mut all: Vec<Labels> = Vec::new();
    for preset in config::presets::ALL {
        let query = Present::query(&[preset], &matchers, None);
        all.extend(
            asker
                .rows(&query)
                .await?
                .into_iter()
                .map(|(labels, _)| labels),
        );
    }
    // What only exporters have is asked for by name, since no preset reads it.
    let marks = format!(
        "count by (__name__) ({{__name__=~\"{}\",{selector}}})",
        OF_SOMETHING_ELSE.join("|")
    );
    all.extend(
        asker
            .rows(&marks)
            .await?
            .into_iter()
            .map(|(labels, _)| labels),
    );
    Ok(Present::of(all))
}

fn fitting(present: &Present) -> Vec<PresetName> {
    let exporter = OF_SOMETHING_ELSE.iter().any(|mark| present.has(mark));
    let own_process = |preset: &PresetName| *preset != PresetName::Process || !exporter;
    present
        .fitting()
        .into_iter()
        .filter(|preset| *preset != PresetName::Up)
        .filter(own_process)
        .collect()
}

/// The containers behind a job whose targets bear the name of their pod.
async fn of_pods(
    asker: &Asker,
    selector: &str,
    pods: &[String],
) -> Result<Option<Fitting>, MetricsError> {
    let namespaces = asker
        .values("namespace", &format!("up{{{selector}}}"))
        .await?;
    let beginning = common_beginning(pods);
    if beginning.len() < 3 {
        return Ok(None);
    }
    let mut place = begins_with("pod", &beginning);
    if let [namespace] = &namespaces[..] {
        place = format!("{},{place}", equals("namespace", namespace));
    }
    let present = present(asker, &place).await?;
    Ok(present
        .fitting()
        .contains(&PresetName::Container)
        .then(|| Fitting {
            preset: PresetName::Container,
            place: Some((place, "pod".to_owned())),
        }))
}

/// What all names begin with, up to a dash: `shop-` of `shop-7c9f-x2` and `shop-7c9f-b8`. Of a single pod,
/// its name without the two parts that a replica set gives it.
fn common_beginning(names: &[String]) -> String {
    let Some(first) = names.first() else {
        return String::new();
    };
    let bases: BTreeSet<String> = names
        .iter()
        .map(|name| {
            let mut parts: Vec<&str> = name.split('-').collect();
            parts.truncate(parts.len().saturating_sub(2).max(1));
            format!("{}-", parts.join("-"))
        })
        .collect();
    if let [only] = &bases.iter().collect::<Vec<_>>()[..] {
        return (*only).clone();
    }
    let shared = first
        .char_indices()
        .take_while(|(at, c)| {
            names
                .iter()
                .all(|name| name.get(*at..).is_some_and(|rest| rest.starts_with(*c)))
        })
        .map(|(_, c)| c)
        .collect::<String>();
    shared
        .rfind('-')
        .map_or_else(String::new, |dash| shared[..=dash].to_owned())
}

/// A name that Tawny takes, made of what the source calls it: `shop@kubernetes` becomes `shop-kubernetes`.
fn service_name(text: &str) -> Option<ServiceName> {
    let tame = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
            c
        } else {
            '-'
        }
    };
    let name: String = text.chars().map(tame).take(63).collect();
    let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    ServiceName::new(name)
        .or_else(|_| ServiceName::new(name.to_lowercase()))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pods_of_a_service_are_known_by_what_their_names_begin_with() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            common_beginning(&names(&["shop-7c9f8d-x2abc", "shop-7c9f8d-b8xyz"])),
            "shop-"
        );
        assert_eq!(
            common_beginning(&names(&["shop-api-7c9f8d-x2abc"])),
            "shop-api-"
        );
        assert_eq!(common_beginning(&names(&["db-0", "db-1"])), "db-");
        assert_eq!(common_beginning(&names(&["shop-1", "cart-1"])), "");
    }

    #[test]
    fn what_the_source_calls_a_service_becomes_a_name() {
        assert_eq!(
            service_name("shop@kubernetes").unwrap().as_str(),
            "shop-kubernetes"
        );
        assert_eq!(service_name("team/shop").unwrap().as_str(), "team-shop");
        assert!(service_name("///").is_none());
    }
}
