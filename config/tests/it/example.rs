use crate::support::{EXAMPLE, read};
use config::settings::{Auth, Locale, MetricsSource, Platform};
use config::signal::{Dimension, Direction, SignalKind, Unit};
use guard::ids::{Environment, ServiceName, Version};
use guard::plan::Batch;
use guard::policy::Autonomy;
use std::path::Path;
use std::time::Duration;

fn service(name: &str) -> config::settings::Service {
    let settings = read(EXAMPLE).unwrap_or_else(|errors| panic!("{errors}"));
    settings
        .service(&ServiceName::new(name).unwrap())
        .unwrap()
        .clone()
}

#[test]
fn the_example_parses_and_means_what_it_says() {
    let settings = read(EXAMPLE).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:7700");
    assert_eq!(settings.server.data_dir, Path::new("/etc/tawny/tawny-data"));
    assert_eq!(settings.locale, Locale::En);
    assert_eq!(settings.services.len(), 3);
    assert_eq!(
        settings.retention.evidence,
        Duration::from_secs(400 * 86_400)
    );
    let MetricsSource::Prometheus(edge) = settings
        .metrics
        .iter()
        .find(|(name, _)| name.as_str() == "edge")
        .unwrap()
        .1;
    let Auth::Bearer(bearer) = &edge.auth else {
        panic!("{:?}", edge.auth);
    };
    assert_eq!(bearer.token.expose(), "metrics-token-from-file");
    assert_eq!(edge.url.as_str(), "https://metrics.example.com/prometheus");
}

#[test]
fn a_hosts_service_has_its_commands_instances_policy_and_pacing() {
    let shop = service("shop");
    let Platform::Hosts(hosts) = &shop.platform else {
        panic!("{:?}", shop.platform);
    };
    assert_eq!(
        hosts.start_cmd.as_str(),
        "./shop --listen 127.0.0.1:${PORT}"
    );
    assert_eq!(
        hosts.instances[1].env["DB_PASSWORD"].expose(),
        "SHOP_DB_PASSWORD-0123456789abcdef"
    );
    assert_eq!(hosts.instances[1].label_value("instance"), "127.0.0.1:8082");
    assert_eq!(hosts.instances[1].label_value("pod"), "shop-2");
    assert_eq!(shop.policy().autonomy, Autonomy::Rollback);
    assert_eq!(shop.pacing().batch, Batch::Percent(25.0));
    assert!(shop.is_known_good(&Version::new("v1.41.0").unwrap()));
    assert!(shop.is_irreversible(&Version::new("v1.42.0").unwrap()));
    assert_eq!(
        shop.instances_in(&Environment::new("production").unwrap())
            .len(),
        3
    );
}

#[test]
fn a_version_without_an_entry_comes_from_the_template() {
    let shop = service("shop");
    let packages = shop.packages.as_ref().unwrap();
    let plain = packages.package_of(&Version::new("v9").unwrap(), &shop.versions);
    assert_eq!(plain.url, "https://packages.example.com/shop/v9.tar.gz");
    assert_eq!(plain.sha256, None);
    let known = packages.package_of(&Version::new("v1.42.0").unwrap(), &shop.versions);
    assert_eq!(known.size, Some(18_000_000));
    assert!(known.md5.is_some() && known.sha256.is_some());
    assert!(packages.allows(&known.url));
    assert!(!packages.allows("https://elsewhere.example.com/shop/v9.tar.gz"));
}

#[test]
fn a_preset_brings_its_signals_with_the_default_limits() {
    let gateway = service("gateway");
    let keys: Vec<&str> = gateway
        .signals()
        .iter()
        .map(|signal| signal.key.as_str())
        .collect();
    assert_eq!(keys, ["errors", "latency", "throughput", "availability"]);
    let errors = &gateway.signals()[0];
    assert_eq!(
        (errors.warn_limit, errors.hard_limit),
        (Some(0.01), Some(0.05))
    );
    let latency = &gateway.signals()[1];
    assert_eq!(
        (latency.warn_limit, latency.hard_limit),
        (Some(1.0), Some(2.0))
    );
    let availability = &gateway.signals()[3];
    assert_eq!(
        (availability.warn_limit, availability.hard_limit),
        (Some(0.99), Some(0.95))
    );
    assert_eq!(availability.direction, Direction::Down);
}

#[test]
fn a_preset_can_be_adjusted_extended_and_cut() {
    let shop = service("shop");
    let find = |key: &str| {
        shop.signals()
            .iter()
            .find(|signal| signal.key.as_str() == key)
    };
    assert_eq!(find("errors").unwrap().hard_limit, Some(0.1));
    assert!(find("latency-p99").is_some());
    assert!(find("throughput").is_none());
    let failures = find("payment-failures").unwrap();
    assert_eq!(failures.dimension, Dimension::Business);
    let SignalKind::Ratio { bad, total } = &failures.kind else {
        panic!("{:?}", failures.kind);
    };
    assert_eq!(bad.to_string(), "shop_payments_total{result=\"failed\"}");
    assert_eq!(total.to_string(), "shop_payments_total");
    assert_eq!(find("queue-age").unwrap().warn_limit, Some(60.0));
    assert_eq!(find("db-time").unwrap().unit, Unit::Seconds);
}

#[test]
fn a_services_matchers_include_those_of_its_environment() {
    let settings = read(EXAMPLE).unwrap();
    let payments = settings
        .service(&ServiceName::new("payments").unwrap())
        .unwrap();
    let matchers = settings.matchers_of(payments, &Environment::new("staging").unwrap());
    assert_eq!(matchers.to_string(), "job=\"payments\",env=\"staging\"");
    assert_eq!(payments.policy().autonomy, Autonomy::Observe);
    assert_eq!(settings.source_of(payments).unwrap().0.as_str(), "edge");
}

#[test]
fn every_relative_path_is_relative_to_the_file() {
    let text = EXAMPLE
        .replacen("deploy_path: /srv/shop", "deploy_path: srv/shop", 1)
        .replacen(
            "config_path: /etc/shop/shop.toml",
            "config_path: shop.toml",
            1,
        );
    let settings = read(&text).unwrap_or_else(|errors| panic!("{errors}"));
    let Platform::Hosts(hosts) = &settings.services[0].platform else {
        panic!("{:?}", settings.services[0].platform);
    };
    assert_eq!(hosts.deploy_path, Path::new("/etc/tawny/srv/shop"));
    assert_eq!(
        hosts.config_path.as_deref(),
        Some(Path::new("/etc/tawny/shop.toml"))
    );
    let (before, rest) = text.split_once("\njournal:\n").unwrap();
    let (_, after) = rest.split_once("\nlocale:").unwrap();
    for (written, meant) in [
        (
            "sqlite:tawny-data/journal.db",
            "sqlite:/etc/tawny/tawny-data/journal.db",
        ),
        (
            "postgres://t@db/tawny?sslmode=verify-full&sslrootcert=ca.pem",
            "postgres://t@db/tawny?sslmode=verify-full&sslrootcert=%2Fetc%2Ftawny%2Fca.pem",
        ),
    ] {
        let text = format!("{before}\njournal: {{url: \"{written}\"}}\n\nlocale:{after}");
        let settings = read(&text).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(settings.journal.url.unwrap().expose(), meant);
    }
}

#[test]
fn a_file_that_is_named_without_its_directory_has_absolute_paths_too() {
    let lookup = config::Lookup::new(
        |_| None,
        |_| {
            Ok("metrics: {main: {type: prometheus, url: 'http://127.0.0.1:9090'}}
services:
  - name: shop
    platform: {type: hosts, deploy_path: releases, start_cmd: ./shop, instances: [{id: a, base_url: 'http://127.0.0.1:1'}]}
    metrics: {selector: 'job=\"shop\"'}
"
            .to_owned())
        },
    );
    let settings = config::load(Path::new("tawny.yaml"), &lookup).unwrap();
    let Platform::Hosts(hosts) = &settings.services[0].platform else {
        panic!("{:?}", settings.services[0].platform);
    };
    let here = std::env::current_dir().unwrap();
    assert_eq!(hosts.deploy_path, here.join("releases"));
    assert_eq!(settings.server.data_dir, here.join("tawny-data"));
}
