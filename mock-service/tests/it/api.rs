use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{OpenShop, options};

#[tokio::test]
async fn every_kind_begins_with_201_is_listed_and_can_be_ended() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = options();
    options.state_dir = Some(dir.path().to_owned());
    let shop = OpenShop::with(options).await.unwrap();
    let kinds = [
        ("cpu", 0.01),
        ("memory", 1.0),
        ("latency", 0.1),
        ("errors", 0.1),
        ("pool", 1.0),
        ("dependency", 0.1),
        ("network", 0.01),
        ("disk", 1.0),
        ("crash", 2.0),
        ("log-noise", 1.0),
    ];
    for (kind, intensity) in kinds {
        let body = json!({"kind": kind, "intensity": intensity, "seconds": 60});
        let (status, fault) = shop.post_fault(&body).await;
        assert_eq!(status, StatusCode::CREATED, "{fault}");
        assert_eq!(fault["kind"], kind);
        let times = ["started_at", "ends_at"].map(|field| {
            let text = fault[field].as_str().unwrap();
            assert!(
                text.ends_with('Z') && text.len() == 24,
                "milliseconds: {text}"
            );
            text.parse::<jiff::Timestamp>().unwrap()
        });
        assert_eq!(times[1].duration_since(times[0]).as_secs(), 60);
    }
    let listed = shop.list().await;
    let names: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["kind"])
        .collect();
    assert_eq!(
        names,
        kinds
            .map(|(kind, _)| json!(kind))
            .iter()
            .collect::<Vec<_>>()
    );
    let id = listed[0]["id"].as_str().unwrap();
    assert_eq!(shop.end(id).await, StatusCode::NO_CONTENT);
    assert_eq!(shop.end(id).await, StatusCode::NOT_FOUND);
    let all = shop.client.delete(&shop.switch).send().await.unwrap();
    assert_eq!(all.status(), StatusCode::NO_CONTENT);
    assert_eq!(shop.list().await, json!([]));
    assert_eq!(shop.status("/healthz").await, StatusCode::OK);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_field_value_and_what_is_possible() {
    let shop = OpenShop::new().await;
    let cases = [
        (
            json!({"kind": "gremlin", "intensity": 1, "seconds": 1}),
            "kind",
        ),
        (json!({"intensity": 1, "seconds": 1}), "kind"),
        (
            json!({"kind": "errors", "intensity": 1.5, "seconds": 1}),
            "intensity",
        ),
        (
            json!({"kind": "errors", "intensity": -0.1, "seconds": 1}),
            "intensity",
        ),
        (
            json!({"kind": "errors", "intensity": "much", "seconds": 1}),
            "intensity",
        ),
        (json!({"kind": "errors", "seconds": 1}), "intensity"),
        (
            json!({"kind": "cpu", "intensity": 0.31, "seconds": 1}),
            "intensity",
        ),
        (
            json!({"kind": "crash", "intensity": 1.5, "seconds": 1}),
            "intensity",
        ),
        (
            json!({"kind": "crash", "intensity": 3, "seconds": 1}),
            "intensity",
        ),
        (
            json!({"kind": "errors", "intensity": 1, "seconds": 0}),
            "seconds",
        ),
        (
            json!({"kind": "errors", "intensity": 1, "seconds": 1e9}),
            "seconds",
        ),
        (json!({"kind": "errors", "intensity": 1}), "seconds"),
        (
            json!({"kind": "errors", "intensity": 1, "seconds": 1, "colour": "red"}),
            "colour",
        ),
        (
            json!({"kind": "errors", "intensity": 1, "seconds": 1, "loss": 0.1}),
            "loss",
        ),
        (
            json!({"kind": "network", "intensity": 0, "seconds": 1, "loss": 2}),
            "loss",
        ),
        (
            json!({"kind": "errors", "intensity": 1, "seconds": 1, "routes": ["/nowhere"]}),
            "routes",
        ),
        (
            json!({"kind": "errors", "intensity": 1, "seconds": 1, "routes": []}),
            "routes",
        ),
        (
            json!({"kind": "errors", "intensity": 1, "seconds": 1, "routes": "/"}),
            "routes",
        ),
        (
            json!({"kind": "memory", "intensity": 1, "seconds": 1, "routes": ["/"]}),
            "routes",
        ),
        (
            json!({"kind": "dependency", "intensity": 1, "seconds": 1, "routes": ["/cart"]}),
            "routes",
        ),
        (json!([1]), "body"),
    ];
    for (body, field) in cases {
        let (status, answer) = shop.post_fault(&body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer["field"], field, "{body}: {answer}");
        assert!(!answer["expected"].as_str().unwrap().is_empty());
        let error = answer["error"].as_str().unwrap();
        assert!(error.starts_with(field) && error.contains(&answer["value"].to_string()));
        assert_eq!(answer["possible"]["kinds"].as_array().unwrap().len(), 10);
    }
    assert_eq!(shop.post_text("{").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(shop.list().await, json!([]), "nothing began");
}

#[tokio::test]
async fn an_unknown_kind_is_told_every_kind_there_is() {
    let shop = OpenShop::new().await;
    let body = json!({"kind": "gremlin", "intensity": 1, "seconds": 1});
    let (_, answer) = shop.post_fault(&body).await;
    assert_eq!(
        answer["expected"],
        "one of cpu, memory, latency, errors, pool, dependency, network, disk, crash, log-noise"
    );
}

#[tokio::test]
async fn the_version_is_in_the_page_the_header_and_the_build_info() {
    let mut options = options();
    options.version = "2.0.1".into();
    let shop = OpenShop::with(options).await.unwrap();
    let answer = shop.get("/version").await.unwrap();
    assert_eq!(answer.headers()["x-app-version"], "2.0.1");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["version"], "2.0.1");
    assert_eq!(body["pid"], std::process::id());
    assert!(
        shop.page()
            .await
            .contains("app_build_info{version=\"2.0.1\"} 1")
    );
}

#[tokio::test]
async fn every_page_of_the_shop_answers() {
    let shop = OpenShop::new().await;
    for path in [
        "/",
        "/products",
        "/products/7",
        "/cart",
        "/search?q=lamp",
        "/healthz",
    ] {
        assert_eq!(shop.status(path).await, StatusCode::OK, "{path}");
    }
    let order = shop.client.post(format!("{}/checkout", shop.base));
    let order: Value = order.send().await.unwrap().json().await.unwrap();
    assert_eq!(order["order"], 1);
    for path in ["/products/0", "/products/lamp", "/nowhere"] {
        assert_eq!(shop.status(path).await, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_bad_option_is_refused_by_name_before_anything_listens() {
    let mut options = options();
    options.error_baseline = 2.0;
    let error = OpenShop::with(options).await.err().unwrap().to_string();
    assert_eq!(
        error,
        "--error-baseline is \"2\", expected a share from 0 to 1"
    );
}

#[tokio::test]
async fn a_taken_address_is_named_with_its_option() {
    let first = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut options = options();
    options.fault_listen = first.local_addr().unwrap();
    let error = OpenShop::with(options).await.err().unwrap().to_string();
    assert!(error.contains("--fault-listen"), "{error}");
    assert!(error.contains(&first.local_addr().unwrap().to_string()));
}
