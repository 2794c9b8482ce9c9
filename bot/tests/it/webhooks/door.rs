//! What is taken at the door, and what is not.

use super::sent::{
    ALERTS, BEFORE, GENERIC, GITHUB, github, handled, listening, post, signed, slow, stamped,
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_prove_itself_is_not_read_and_what_does_is_kept_once() {
    let mut world = listening(&slow()).await;
    let body = json!({"zen": "Keep it logically awesome."}).to_string();
    let to_github = |signature: String| {
        [
            ("x-github-event", "ping".to_owned()),
            ("x-github-delivery", "one".to_owned()),
            ("x-hub-signature-256", signature),
        ]
    };
    let good = signed(GITHUB, &body);
    for wrong in [
        signed("another-secret-0123", &body),
        signed(GITHUB, "another body"),
        good.replace("sha256=", "sha1="),
        good[..good.len() - 2].to_owned(),
        String::new(),
        "sha256=".to_owned(),
        "sha256=zz".to_owned(),
    ] {
        let answered = post(&world, "github", &to_github(wrong.clone()), &body).await;
        assert_eq!(answered.unwrap().0, 401, "{wrong}");
    }
    assert_eq!(post(&world, "github", &[], &body).await.unwrap().0, 401);
    assert_eq!(
        post(&world, "nobody", &to_github(good.clone()), &body)
            .await
            .unwrap()
            .0,
        404
    );
    let get = world.server.page("/hooks/github").await.unwrap();
    assert_eq!(get.0, 405);

    // The first one is new, also with the secret before; repeated it is a duplicate.
    let (code, said) = post(&world, "github", &to_github(signed(BEFORE, &body)), &body)
        .await
        .unwrap();
    assert_eq!((code, &said["status"]), (202, &json!("accepted")));
    let (code, said) = post(&world, "github", &to_github(good), &body)
        .await
        .unwrap();
    assert_eq!((code, &said["status"]), (202, &json!("duplicate")));

    // Stamps: too old, too new, good, and the good one again.
    let now = jiff::Timestamp::now().as_second();
    let body = json!({"type": "deployment", "id": "b", "service": "nobody", "version": "v2", "state": "started"});
    let body = body.to_string();
    for (at, expected) in [
        (now - 400, 401),
        (now + 400, 401),
        (now - 60, 202),
        (now - 60, 202),
    ] {
        let answered = post(&world, "generic", &stamped("g-1", at, &body), &body).await;
        assert_eq!(answered.unwrap().0, expected, "{at}");
    }

    // Sizes: one MiB for all but GitHub, 25 for GitHub; judged before anything else.
    let large = "x".repeat(1024 * 1024 + 1);
    assert_eq!(
        post(&world, "generic", &stamped("g-2", now, &large), &large)
            .await
            .unwrap()
            .0,
        413
    );
    assert_eq!(
        post(&world, "github", &to_github(signed(GITHUB, &large)), &large)
            .await
            .unwrap()
            .0,
        202
    );

    let all = handled(&world).await;
    let shown: Vec<(&str, &str)> = all
        .iter()
        .map(|one| {
            (
                one["source"].as_str().unwrap(),
                one["status"].as_str().unwrap(),
            )
        })
        .collect();
    // The large one has the key of the first: it is a duplicate.
    assert_eq!(shown, [("generic", "done"), ("github", "done")]);
    let page = world.server.page("/metrics").await.unwrap().1;
    for line in [
        r#"tawny_webhooks_total{source="github",outcome="refused"} 8"#,
        r#"tawny_webhooks_total{source="github",outcome="accepted"} 1"#,
        r#"tawny_webhooks_total{source="github",outcome="duplicate"} 2"#,
        r#"tawny_webhooks_total{source="generic",outcome="too_large"} 1"#,
    ] {
        assert!(
            page.contains(line),
            "{line}\n{}",
            page.lines()
                .filter(|l| l.contains("webhooks"))
                .collect::<String>()
        );
    }
    let log = world.server.whole_log();
    for secret in [GITHUB, BEFORE, ALERTS, &GENERIC[6..]] {
        assert!(!log.contains(secret), "a secret is in the log");
    }
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_break_off_or_make_no_sense_are_answered_and_nothing_else_is_held_back() {
    let world = listening(&slow()).await;
    // A body that is shorter than was announced.
    let address = world.server.address();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = "POST /hooks/alerts HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\ncontent-length: 50\r\n\r\n{\"alerts\"";
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
        .await
        .unwrap();
    tokio::io::AsyncWriteExt::shutdown(&mut stream)
        .await
        .unwrap();
    drop(stream);

    for (n, body) in [
        "",
        "[",
        "null",
        "{}",
        "\u{0}",
        "{\"version\":\"4\"}",
        "[[[[[[[[",
        "\"\\ud800\"",
    ]
    .iter()
    .enumerate()
    {
        let headers = [("authorization", format!("Bearer {ALERTS}"))];
        assert_eq!(
            post(&world, "alerts", &headers, body).await.unwrap().0,
            202,
            "{body:?}"
        );
        let now = jiff::Timestamp::now().as_second();
        let key = format!("fuzz-{n}");
        assert_eq!(
            post(&world, "generic", &stamped(&key, now, body), body)
                .await
                .unwrap()
                .0,
            202,
            "{body:?}"
        );
    }
    let (code, _) = github(&world, "after", "ping", &json!({})).await.unwrap();
    assert_eq!(code, 202);
    let all = handled(&world).await;
    assert_eq!(all[0]["status"], "done", "{:#}", all[0]);
    assert_eq!(all.len(), 17);
    for one in &all[1..] {
        assert_eq!(one["status"], "quarantined", "{one:#}");
        assert!(
            one["error"].as_str().unwrap().contains("unknown form"),
            "{one:#}"
        );
    }
}
