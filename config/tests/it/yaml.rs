use crate::support::{EXAMPLE, read};
use config::settings::Platform;
use guard::policy::Autonomy;

const SHORT: &str = "metrics: {main: {type: prometheus, url: 'http://127.0.0.1:9090/'}}
services:
  - name: shop
    platform: observed
    metrics: {selector: job=\"shop\"}
";

#[test]
fn five_lines_are_enough_and_the_rest_is_default() {
    let settings = read(SHORT).unwrap_or_else(|errors| panic!("{errors}"));
    let shop = &settings.services[0];
    assert_eq!(shop.signals().len(), 4);
    assert_eq!(shop.policy().autonomy, Autonomy::Observe);
    assert_eq!(settings.environments_of(shop)[0].as_str(), "production");
    assert_eq!(settings.source_of(shop).unwrap().0.as_str(), "main");
}

#[test]
fn an_alias_is_checked_like_what_it_stands_for() {
    let text = format!("x-policy: &p {{autonomy: paus}}\n{SHORT}    policy: *p\n");
    let errors = read(&text).unwrap_err();
    insta::assert_snapshot!(errors, @"tawny.yaml:1:25: services[0].policy.autonomy: `paus`: expected one of `observe`, `pause`, `rollback`; did you mean `pause`?");
}

#[test]
fn what_differs_is_said_by_its_path() {
    let old = read(EXAMPLE).unwrap();
    assert_eq!(config::diff(&old, &old), Vec::<String>::new());
    for (from, to, path) in [
        (
            "gray_bake: 5m",
            "gray_bake: 6m",
            "services[0].pacing.gray_bake",
        ),
        (
            "warn_limit: 1m",
            "warn_limit: 2m",
            "services[0].signals.queue-age",
        ),
        ("- name: bo", "- name: cy", "people[1].name"),
        ("timeout: 5s", "timeout: 6s", "metrics.main.timeout"),
        ("locale: en", "locale: zh-CN", "locale"),
    ] {
        let new = read(&EXAMPLE.replacen(from, to, 1)).unwrap();
        assert_eq!(config::diff(&old, &new), [path], "{from}");
    }
}

#[test]
fn an_exported_application_is_a_service_under_its_other_names() {
    let text = r#"
metrics: {main: {type: prometheus, url: "http://127.0.0.1:9090"}}
services:
  - {"id": "65f0", "name": "shop", "repo": "https://git.example.com/shop", "deployment_platform": "hosts",
     "deploy_path": "/srv/shop", "config_path": "/etc/shop.toml", "start_cmd": "./shop", "stop_cmd": "./stop",
     "currentVersion": "v3", "prev_version": "v2", "machine_count": 1, "health_count": 1, "error_count": 0,
     "alert_count": 0, "machines": [{"id": "shop-1", "base_url": "http://127.0.0.1:8081"}],
     "up_stream_ids": [], "down_stream_ids": [], "pacer": {"batch": 1}, "rollback_policy": {"autonomy": "pause"},
     "createdTime": "2026-01-01T00:00:00Z", "updatedTime": "2026-01-01T00:00:00Z",
     "metrics": {"selector": "job=\"shop\""}}
"#;
    let settings = read(text).unwrap_or_else(|errors| panic!("{errors}"));
    let shop = &settings.services[0];
    let Platform::Hosts(hosts) = &shop.platform else {
        panic!("{:?}", shop.platform);
    };
    assert_eq!(hosts.start_cmd.as_str(), "./shop");
    assert_eq!(hosts.instances[0].id.as_str(), "shop-1");
    assert_eq!(shop.policy().autonomy, Autonomy::Pause);
    assert!(shop.is_known_good(&"v2".parse().unwrap()));
    assert!(!shop.is_known_good(&"v3".parse().unwrap()));
}

#[test]
fn a_dollar_and_brace_can_be_said_and_commands_keep_theirs() {
    let text = SHORT.replace("name: shop\n", "name: shop\n    owner: a$${b}\n");
    let settings = read(&text).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(settings.services[0].owner.as_deref(), Some("a${b}"));
}
