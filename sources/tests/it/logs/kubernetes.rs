//! A double of the API of Kubernetes, with its answers where a container is not there.

use super::{TOKEN, at, read, texts, web, window};
use crate::double::{Double, Reply, Seen};
use sources::logs::{Bounds, Kubernetes, LogReader, Pods};

const PODS: &str = r#"{"kind":"PodList","items":[
  {"metadata":{"name":"shop-a"},"spec":{"containers":[{"name":"shop"},{"name":"proxy"}]},
   "status":{"containerStatuses":[{"name":"shop","restartCount":2},{"name":"proxy","restartCount":0}]}},
  {"metadata":{"name":"shop-b"},"spec":{"containers":[{"name":"shop"}]},"status":{}}]}"#;

fn status(code: u16, message: &str) -> Reply {
    let body = serde_json::json!({"kind": "Status", "status": "Failure", "message": message, "code": code});
    Reply::json(code, body.to_string())
}

fn answer(seen: &Seen) -> Reply {
    let token = seen
        .headers
        .iter()
        .any(|line| line.eq_ignore_ascii_case(&format!("authorization: Bearer {TOKEN}")));
    if !token {
        return status(401, "Unauthorized");
    }
    let pods = "/api/v1/namespaces/shops/pods";
    if seen.path == pods {
        return match seen.param("labelSelector") {
            "app=shop" => Reply::json(200, PODS),
            other => status(400, &format!("unable to parse requirement: {other}")),
        };
    }
    let Some(pod) = seen
        .path
        .strip_prefix(pods)
        .and_then(|rest| rest.strip_suffix("/log"))
    else {
        return status(404, "not found");
    };
    let number = |name: &str| seen.param(name).parse::<u64>().ok().filter(|n| *n > 0);
    if seen.param("timestamps") != "true"
        || number("sinceSeconds").is_none()
        || number("limitBytes").is_none()
    {
        return status(400, "sinceSeconds must be greater than 0");
    }
    match (pod, seen.param("container"), seen.param("previous")) {
        ("/shop-a", "shop", "false") => Reply::html(
            200,
            format!(
                "{} WARN late\n{} ERROR boom\n{}   at x\n",
                at(-5),
                at(5),
                at(5)
            ),
        ),
        ("/shop-a", "shop", "true") => Reply::html(200, format!("{} panic: gone\n", at(3))),
        ("/shop-b", "shop", "false") => status(
            400,
            "container \"shop\" in pod \"shop-b\" is waiting to start: ContainerCreating",
        ),
        (_, _, "true") => status(
            400,
            "previous terminated container \"shop\" in pod not found",
        ),
        (_, container, _) => status(400, &format!("container {container} is not valid for pod")),
    }
}

fn reader(double: &Double, container: Option<&str>) -> LogReader {
    let pods = Pods {
        namespace: "shops".to_owned(),
        selector: "app=shop".to_owned(),
        container: container.map(str::to_owned),
    };
    LogReader::Kubernetes(Kubernetes::new(web(&double.url), pods))
}

#[tokio::test]
async fn pods_are_read_with_what_they_said_before_they_died_and_who_says_nothing_yet_is_no_failure()
{
    let double = Double::start(|seen, _| answer(seen)).await;
    let (came, records) = read(
        &mut reader(&double, Some("shop")),
        &window(),
        &Bounds::default(),
    )
    .await;
    came.unwrap();
    assert_eq!(texts(&records), ["panic: gone", "boom\n  at x"]);
    assert_eq!(
        (records[0].place.as_str(), records[1].at),
        ("shop-a", Some(at(5)))
    );
    let asked: Vec<(String, String)> = double
        .seen()
        .iter()
        .map(|s| (s.path.clone(), s.param("previous").to_owned()))
        .collect();
    let log = |pod: &str| format!("/api/v1/namespaces/shops/pods/{pod}/log");
    assert_eq!(
        asked[1..],
        [
            (log("shop-a"), "true".to_owned()),
            (log("shop-a"), "false".to_owned()),
            (log("shop-b"), "false".to_owned()),
        ]
    );
}

#[tokio::test]
async fn without_a_container_all_of_them_are_read_within_the_bounds() {
    let double = Double::start(|seen, _| answer(seen)).await;
    let bounds = Bounds {
        bytes: 400,
        ..Bounds::default()
    };
    let (came, _) = read(&mut reader(&double, None), &window(), &bounds).await;
    came.unwrap();
    let seen = double.seen();
    let logs: Vec<&Seen> = seen.iter().filter(|s| s.path.ends_with("/log")).collect();
    assert_eq!(logs.len(), 4);
    assert!(logs.iter().all(|s| s.param("limitBytes") == "100"));
}

#[tokio::test]
async fn who_may_not_list_pods_is_told_so() {
    let double = Double::script(vec![status(
        403,
        "pods is forbidden: User \"tawny\" cannot list resource",
    )])
    .await;
    let (came, _) = read(&mut reader(&double, None), &window(), &Bounds::default()).await;
    let error = came.unwrap_err().to_string();
    assert!(
        error.contains("status 403") && error.contains("forbidden"),
        "{error}"
    );
}
