use crate::support::{EXAMPLE, read};

/// One of each kind of mistake that people make.
const TWELVE: &str = r#"locale: zh-CM
metrics:
  main:
    type: prometheus
    url: prometheus:9090
    timeout: 30
    auth: {type: basic, username: tawny, password: "${NO_SUCH_VARIABLE}"}
people:
  - name: ann
tokens:
  - {name: laptop, person: anne, secret: "0123456789abcdef"}
services:
  - name: shop
    platform:
      type: hosts
      deploy_path: /srv/shop
      start_cmd: ./shop
      instances:
        - {id: shop-1, base_url: "http://127.0.0.1:8081"}
        - {id: shop-2, base_url: "http://127.0.0.1:8082"}
    metrics: {source: mian, selector: job="shop"}
    signals:
      - preset: http
        adjust:
          errors: {warn_limit: 5%, hard_limit: 1%}
    polcy: {autonomy: pause}
    pacing:
      gray: shop-3
      batch: 0
      batch: 50%
  - name: shop
    platform: observed
    metrics: {source: main, selector: job="shop"}
"#;

#[test]
fn twelve_mistakes_get_twelve_errors_at_once_in_the_order_of_the_file() {
    let errors = read(TWELVE).unwrap_err();
    assert_eq!(errors.0.len(), 12);
    insta::assert_snapshot!(errors);
}

fn complaint(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn an_empty_file_is_told_what_it_needs() {
    insta::assert_snapshot!(complaint(""), @r#"
    tawny.yaml:1:1: metrics: missing: expected mapping by name (where metrics are read, by name)
    tawny.yaml:1:1: services: missing: expected list (what is deployed and guarded)
    "#);
}

#[test]
fn broken_yaml_is_one_error_with_its_line() {
    insta::assert_snapshot!(complaint("metrics:\n  main: [\n"), @"tawny.yaml:3:1: metrics.main: not valid YAML (while parsing a node, did not find expected node content): expected YAML");
}

#[test]
fn a_misspelt_required_field_is_one_mistake() {
    let text = "metrics: {main: {type: prometheus, ulr: 'http://127.0.0.1:9090'}}\nservices: [{name: a, platform: observed, metrics: {selector: 'job=\"a\"'}}]\n";
    insta::assert_snapshot!(complaint(text), @"tawny.yaml:1:36: metrics.main.ulr: unknown field `ulr`: expected one of url, browse_url, grafana, auth, headers, tls, proxy, timeout, retry, scrape_interval, max_concurrency, budget, max_answer, dedup, partial_response, params, gzip; did you mean `url`?");
}

/// A service in an otherwise sound configuration.
fn with_service(lines: &str) -> String {
    format!(
        "metrics: {{main: {{type: prometheus, url: 'http://127.0.0.1:9090'}}}}\nservices:\n  - name: shop\n    metrics: {{selector: 'job=\"shop\"'}}\n{lines}"
    )
}

#[test]
fn a_signal_must_have_the_fields_of_its_kind_and_limits_in_its_unit() {
    let text = with_service(
        "    platform: observed
    signals:
      - {key: a, kind: ratio, bad: 'x{code=\"500\"}', selector: x}
      - {key: b, kind: histogram, metric: 'h{a=\"b\"}'}
      - {key: c, kind: gauge, selector: 'rate(x[5m])'}
      - {key: d, kind: rate, selector: x, hard_limit: 5%}
      - {key: e, kind: histogram, metric: h, quantile: 95}
      - {key: f, kind: gage, selector: x}
      - {key: g, kind: promql, query: x, tolerance: 5%}
      - {preset: http, omit: [erors], flavour: micrometre}
      - {}
",
    );
    insta::assert_snapshot!(complaint(&text), @r#"
    tawny.yaml:7:9: services[0].signals[0].total: missing: expected bad, total for this kind
    tawny.yaml:7:63: services[0].signals[0].selector: a field of another kind: expected bad, total for this kind
    tawny.yaml:8:43: services[0].signals[1].metric: `h{a="b"}`: expected the name of a metric, such as `http_request_duration_seconds`, without labels or functions
    tawny.yaml:9:41: services[0].signals[2].selector: `rate(x[5m])`: expected a metric with label matchers, such as `http_requests_total{code=~"5.."}`; for an expression use `kind: promql`
    tawny.yaml:10:55: services[0].signals[3].hard_limit: `5%`: expected an amount in the signal's unit, per_second
    tawny.yaml:11:56: services[0].signals[4].quantile: `95`: expected a quantile above 0 and below 1, such as 0.99
    tawny.yaml:12:24: services[0].signals[5].kind: `gage`: expected one of `ratio`, `histogram`, `gauge`, `rate`, `throughput`, `availability`, `promql`, `probe`; did you mean `gauge`?
    tawny.yaml:13:53: services[0].signals[6].tolerance: `5%`: expected a mapping of fields
    tawny.yaml:14:48: services[0].signals[7].flavour: `micrometre`: expected a dialect of docs/presets.md: prometheus, prometheus-status, opentelemetry, opentelemetry-old, micrometer, …; did you mean `micrometer`?
    tawny.yaml:15:9: services[0].signals[8]: a mapping: expected `preset`, or `key` and `kind`
    "#);
}

#[test]
fn a_key_that_two_entries_bring_is_refused() {
    let text = with_service(
        "    platform: observed\n    signals:\n      - preset: http\n      - preset: up\n",
    );
    insta::assert_snapshot!(complaint(&text), @"tawny.yaml:8:9: services[0].signals[1]: a second signal `availability`: expected each key once; `omit` or `adjust` changes a preset's signal");
}

#[test]
fn an_observed_service_cannot_be_rolled_back() {
    let text = with_service("    platform: observed\n    policy: {autonomy: rollback}\n");
    insta::assert_snapshot!(complaint(&text), @"tawny.yaml:6:24: services[0].policy.autonomy: `rollback`: expected `observe`, since the platform `observed` gives tawny nothing to act on");
}

#[test]
fn a_version_from_a_place_that_is_not_allowed_is_refused() {
    let text = with_service(
        "    platform: observed
    packages: {url: 'https://packages.example.com/shop/{version}.tgz'}
    versions:
      - {version: v1, url: 'https://packages.example.com/shop/v1-fixed.tgz'}
      - {version: v2, url: 'https://elsewhere.example.com/shop/v2.tgz'}
",
    );
    insta::assert_snapshot!(complaint(&text), @"tawny.yaml:9:28: services[0].versions[1].url: `https://elsewhere.example.com/shop/v2.tgz`: expected a URL below one of `packages.allow`, or below the directory of `packages.url`");
}

#[test]
fn people_tokens_and_instances_must_be_told_apart() {
    let text = with_service(
        "    platform:
      type: hosts
      deploy_path: /srv/shop
      start_cmd: ./shop
      instances:
        - {id: a, base_url: 'http://127.0.0.1:8081'}
        - {id: b, base_url: 'http://127.0.0.1:8081'}
people:
  - {name: ann, slack: U1}
  - {name: bo, slack: U1}
tokens:
  - {name: one, machine: ci, secret: 0123456789abcdef}
  - {name: two, machine: cd, secret: 0123456789abcdef}
  - {name: three, machine: cd, person: ann, secret: 0123456789abcdeF}
  - {name: four, secret: short}
",
    );
    insta::assert_snapshot!(complaint(&text), @r#"
    tawny.yaml:11:29: services[0].platform.instances[1].base_url: `http://127.0.0.1:8081`: expected each once; line 10 has it already
    tawny.yaml:14:23: people[1].slack: `U1`: expected each once; line 13 has it already
    tawny.yaml:18:5: tokens[2]: both `person` and `machine`: expected one of them
    tawny.yaml:19:5: tokens[3]: neither `person` nor `machine`: expected one of them
    "#);
}

#[test]
fn a_secret_that_two_tokens_share_is_refused_and_not_shown() {
    let text = with_service("    platform: observed\n")
        + "tokens:
  - {name: one, machine: ci, secret: 0123456789abcdef}
  - {name: two, machine: cd, secret: 0123456789abcdef}
";
    insta::assert_snapshot!(complaint(&text), @"tawny.yaml:8:38: tokens[1].secret: the secret of `one`: expected a secret of its own");
}

#[test]
fn empty_lists_are_told_what_they_need() {
    insta::assert_snapshot!(complaint("metrics: {}\nservices: []\nenvironments: []\n"), @r#"
    tawny.yaml:1:10: metrics: nothing in it: expected at least one entry
    tawny.yaml:2:11: services: nothing in it: expected at least one entry
    tawny.yaml:3:15: environments: nothing in it: expected at least one entry
    "#);
}

#[test]
fn a_service_without_matchers_would_measure_everything_and_is_refused() {
    let text = with_service("    platform: observed\n").replace("'job=\"shop\"'", "''");
    insta::assert_snapshot!(complaint(&text), @r#"tawny.yaml:4:25: services[0].metrics.selector: no matcher: expected at least one, such as `job="shop"`"#);
}

#[test]
fn instances_need_their_environment_when_there_are_several() {
    let text = with_service(
        "    platform: {type: observed, instances: [{id: a}, {id: b, environment: prd}]}\n",
    ) + "environments: [{name: prod}, {name: test}]\n";
    insta::assert_snapshot!(complaint(&text), @r#"
    tawny.yaml:5:44: services[0].platform.instances[0].environment: missing: expected one of prod, test, since the service has several
    tawny.yaml:5:74: services[0].platform.instances[1].environment: `prd`: expected one of the service's environments: prod, test; did you mean `prod`?
    "#);
}

#[test]
fn several_sources_must_be_named_by_the_service() {
    let text = with_service("    platform: observed\n").replace(
        "metrics: {main:",
        "metrics: {other: {type: prometheus, url: 'http://127.0.0.1:9091'}, main:",
    );
    insta::assert_snapshot!(complaint(&text), @"tawny.yaml:4:14: services[0].metrics.source: missing: expected one of other, main, since there are several");
}

#[test]
fn a_missing_file_is_an_error_that_says_how_to_make_one() {
    let error = config::load(
        std::path::Path::new("/nowhere/tawny.yaml"),
        &crate::support::world(),
    )
    .unwrap_err();
    insta::assert_snapshot!(error, @"/nowhere/tawny.yaml: cannot be read (entity not found): expected a readable file; `tawny init` writes a first one");
}

#[test]
fn what_a_server_would_refuse_when_it_starts_is_found_with_its_line() {
    let text = format!(
        "server: {{public_url: 'https://tawny.example.com/?team=1'}}\n{}",
        "notify:\n  webhooks:\n    - {name: one, url: 'hooks', secret: 'c2VjcmV0'}\n    - {name: two, url: 'https://hooks', secret: 'whsec_canary!'}\n    - {name: three, url: 'https://hooks', secret: 'whsec_'}\n    - {name: four, url: 'https://hooks', secret: 'c2VjcmV0LQ'}\n"
    );
    let errors = read(&text).unwrap_err().to_string();
    for (line, path) in [
        (1, "server.public_url"),
        (4, "notify.webhooks[0].url"),
        (5, "notify.webhooks[1].secret"),
        (6, "notify.webhooks[2].secret"),
        (7, "notify.webhooks[3].secret"),
    ] {
        let place = errors
            .lines()
            .any(|shown| shown.contains(&format!(":{line}:")) && shown.contains(path));
        assert!(place, "{path}: {errors}");
    }
    assert!(!errors.contains("canary"), "{errors}");
}

#[test]
fn what_slack_would_refuse_is_found_with_its_line_and_shows_no_token() {
    let slack = |fields: &str| {
        let text = EXAMPLE.split("\n  slack:\n").next().unwrap();
        let rest = EXAMPLE.split("# Who tells Tawny of").nth(1).unwrap();
        read(&format!("{text}\n  slack: {fields}\n#{rest}"))
    };
    let channels = "channels: [{channel: C024BE91L}]";
    for (fields, path, said) in [
        (
            format!("{{bot_token: xoxb-canary, {channels}}}"),
            "chat.slack.signing_secret",
            "neither `signing_secret` nor `app_token`",
        ),
        (
            format!("{{bot_token: xoxp-canary, app_token: xapp-canary, {channels}}}"),
            "chat.slack.bot_token",
            "one that begins with `xoxb-`",
        ),
        (
            format!("{{bot_token: xoxb-canary, app_token: xoxb-canary, {channels}}}"),
            "chat.slack.app_token",
            "one that begins with `xapp-`",
        ),
        (
            format!("{{bot_token: xoxb-canary, signing_secret: canary, {channels}}}"),
            "chat.slack.signing_secret",
            "a short secret",
        ),
        (
            "{bot_token: xoxb-canary, app_token: xapp-canary, channels: []}".to_owned(),
            "chat.slack.channels",
            "at least one channel",
        ),
        (
            "{bot_token: xoxb-canary, app_token: xapp-canary, channels: [{channel: '#deploys'}]}"
                .to_owned(),
            "chat.slack.channels[0].channel",
            "the id of a channel",
        ),
        (
            "{bot_token: xoxb-canary, app_token: xapp-canary, channels: [{channel: C1, services: [nobody]}]}"
                .to_owned(),
            "chat.slack.channels[0].services[0]",
            "a service under `services`",
        ),
        (
            "{bot_token: xoxb-canary, app_token: xapp-canary, channels: [{channel: C1, time_zone: Mars/Base}]}"
                .to_owned(),
            "chat.slack.channels[0].time_zone",
            "`Europe/Berlin`",
        ),
        (
            "{bot_token: xoxb-canary, app_token: xapp-canary, channels: [{channel: C1, min_severity: alarming}]}"
                .to_owned(),
            "chat.slack.channels[0].min_severity",
            "did you mean `alarm`",
        ),
        (
            "{bot_token: xoxb-canary, app_token: xapp-canary, channels: [{channel: C1, quiet_hours: [{from: 9, until: '24:00', days: [caturday]}]}]}"
                .to_owned(),
            "chat.slack.channels[0].quiet_hours[0].until",
            "a time of the day, such as `09:00`",
        ),
    ] {
        let errors = slack(&fields).unwrap_err().to_string();
        assert!(errors.contains(path) && errors.contains(said), "{fields}: {errors}");
        assert!(!errors.contains("canary"), "{errors}");
    }
}

#[test]
fn the_first_channel_of_slack_that_fits_a_deployment_counts() {
    let settings = read(EXAMPLE).unwrap();
    let slack = settings.chat.slack.unwrap();
    let channel = |service: &str, environment: &str| {
        let service = guard::ids::ServiceName::new(service).unwrap();
        let environment = guard::ids::Environment::new(environment).unwrap();
        slack
            .channel_of(&service, &environment)
            .unwrap()
            .channel
            .clone()
    };
    assert_eq!(channel("payments", "production"), "C024BE91L");
    assert_eq!(channel("payments", "staging"), "C061EG9SL");
    assert_eq!(channel("shop", "production"), "C061EG9SL");
}

#[test]
fn an_entry_with_a_minimum_severity_listens_beside_the_usual_channel_once() {
    let settings = read(EXAMPLE).unwrap();
    let mut slack = settings.chat.slack.unwrap();
    let service = guard::ids::ServiceName::new("payments").unwrap();
    let environment = guard::ids::Environment::new("production").unwrap();
    let listeners = |slack: &config::settings::Slack| {
        let found = slack.listeners(&service, &environment);
        let ids = found.iter().map(|channel| channel.channel.clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(listeners(&slack), ["C0INCIDENTS"]);
    // Neither twice, nor where everything is told anyway, nor what does not fit.
    let mut more = slack.channels.clone();
    more[0].min_severity = more[2].min_severity;
    more[1].min_severity = more[2].min_severity;
    more[1].services = vec![guard::ids::ServiceName::new("shop").unwrap()];
    more.extend(more.clone());
    slack.channels.extend(more);
    assert_eq!(listeners(&slack), ["C0INCIDENTS"]);
    let usual = slack.channel_of(&service, &environment).unwrap();
    assert_eq!(usual.channel, "C024BE91L");
    assert!(usual.digest().daily && usual.digest().hourly);
    let digest = slack.channels[2].digest();
    assert!(!digest.daily && digest.hourly);
    slack.channels[2].digest = None;
    assert!(!slack.channels[2].digest().hourly);
}
