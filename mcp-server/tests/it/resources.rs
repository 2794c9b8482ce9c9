//! Resources: listed in pages, read in two forms, and followed while they change.

use crate::client::client;
use crate::protocol::{answered, served};
use crate::story;
use crate::world::{Stage, only, reader};
use journal::{StreamId, Transaction};
use mcp_server::http::PATH;
use mcp_server::resources::templates;
use rmcp::model::{
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResult, ResourceContents,
    SubscribeRequestParams, UnsubscribeRequestParams,
};
use serde_json::{Value, json};
use std::time::Duration;

fn only_text(read: &ReadResourceResult) -> (&str, &str) {
    let [
        ResourceContents::TextResourceContents {
            mime_type: Some(mime),
            text,
            ..
        },
    ] = &read.contents[..]
    else {
        panic!("{read:?}");
    };
    (mime, text)
}

#[test]
fn the_templates_as_clients_see_them() {
    insta::assert_snapshot!(serde_json::to_string_pretty(templates()).unwrap());
}

#[tokio::test]
async fn resources_are_listed_page_by_page_and_those_of_others_are_not() {
    let stage = Stage::new().await;
    for n in 0..23 {
        let id = format!("dep_{n:02}");
        stage.add(&id, &story::running(&id)).await;
    }
    let (all, _) = client(&stage, reader()).await;
    let first = all.list_resources(None).await.unwrap();
    assert_eq!(first.resources[0].uri, "tawny://services");
    assert_eq!(first.resources.len(), 3 + 20 * 3);
    let page = PaginatedRequestParams::default().with_cursor(first.next_cursor);
    let second = all.list_resources(Some(page)).await.unwrap();
    assert_eq!((second.resources.len(), second.next_cursor), (3 * 3, None));
    let whole = all.list_all_resources().await.unwrap();
    let uris: std::collections::BTreeSet<&str> = whole.iter().map(|one| &*one.uri).collect();
    assert_eq!(uris.len(), 3 + 23 * 3, "each once");
    for one in &whole {
        let read = ReadResourceRequestParams::new(&one.uri);
        let read = all.read_resource(read).await.unwrap();
        let (mime, text) = only_text(&read);
        assert_eq!(Some(mime), one.mime_type.as_deref(), "{}", one.uri);
        assert!(!text.is_empty(), "{}", one.uri);
    }
    let wrong = PaginatedRequestParams::default().with_cursor(Some("dep_99".to_owned()));
    let wrong = all.list_resources(Some(wrong)).await.unwrap_err();
    assert!(
        wrong.to_string().contains("list from the beginning"),
        "{wrong}"
    );
    let (pay, _) = client(&stage, only(&["pay"])).await;
    let theirs = pay.list_all_resources().await.unwrap();
    let theirs: Vec<&str> = theirs.iter().map(|one| &*one.uri).collect();
    assert_eq!(theirs, ["tawny://services", "tawny://services/pay"]);
}

#[tokio::test]
async fn a_resource_is_read_as_words_or_as_a_document_and_nobody_reads_what_is_not_theirs() {
    let stage = Stage::paused().await;
    let (all, _) = client(&stage, reader()).await;
    let (pay, _) = client(&stage, only(&["pay"])).await;
    for (uri, mime, part) in [
        ("tawny://services/shop", "application/json", "\"owners\""),
        (
            "tawny://deployments/dep_1",
            "application/json",
            "\"status\":\"paused\"",
        ),
        ("tawny://deployments/dep_1/report", "text/markdown", "## "),
        (
            "tawny://deployments/dep_1/report?format=json",
            "application/json",
            "\"parts\"",
        ),
        (
            "tawny://deployments/dep_1/timeline",
            "text/markdown",
            "- 2026-11-21T03:12:00.000Z **",
        ),
        (
            "tawny://deployments/dep_1/timeline?format=json",
            "application/json",
            "\"events\"",
        ),
    ] {
        let read = all.read_resource(ReadResourceRequestParams::new(uri)).await;
        let read = read.unwrap();
        let (said, text) = only_text(&read);
        assert_eq!(said, mime, "{uri}");
        assert!(text.contains(part), "{uri}: {text}");
    }
    let uri = "tawny://deployments/dep_1/report";
    for (client, uri) in [
        (&pay, uri),
        (&pay, "tawny://services/shop"),
        (&all, "tawny://deployments/dep_9"),
        (&all, "file:///etc/passwd"),
    ] {
        let refused = client.read_resource(ReadResourceRequestParams::new(uri));
        let refused = refused.await.unwrap_err().to_string();
        assert!(
            refused.contains("does not exist or is outside"),
            "{refused}"
        );
    }
}

/// Something more happens to a deployment.
async fn goes_on(stage: &Stage) {
    let mut records = story::paused("dep_1");
    let before = i64::try_from(records.len()).unwrap();
    let said = guard::input::Happened::Commanded {
        by: story::mei(),
        duty: guard::duty::Duty::default(),
        command: guard::input::Command::Hold,
        reason: None,
    };
    story::tell(&mut records, 60, said);
    let stream = StreamId::deployment("dep_1").unwrap();
    let new = records.split_off(usize::try_from(before).unwrap());
    assert!(!new.is_empty());
    let events = new.iter().map(|one| journal::codec::encode(&one.event));
    let events = events.collect::<Result<Vec<_>, _>>().unwrap();
    let transaction = Transaction::at(new[0].at).append(&stream, before, events);
    let writer = stage.journal.writer().unwrap();
    writer.append(transaction).await.unwrap();
}

const SOON: Duration = Duration::from_secs(30);

#[allow(deprecated, reason = "clients up to 2025-11-25 know no other way")]
#[tokio::test]
async fn a_client_that_shakes_hands_is_told_of_the_deployments_that_it_follows() {
    let stage = Stage::paused().await;
    let (all, mut told) = client(&stage, reader()).await;
    let uri = "tawny://deployments/dep_1";
    let timeline = "tawny://deployments/dep_1/timeline";
    for uri in [uri, timeline] {
        all.subscribe(SubscribeRequestParams::new(uri))
            .await
            .unwrap();
    }
    all.unsubscribe(UnsubscribeRequestParams::new(timeline))
        .await
        .unwrap();
    let other = all.subscribe(SubscribeRequestParams::new("tawny://services"));
    assert!(
        other
            .await
            .unwrap_err()
            .to_string()
            .contains("cannot be followed")
    );
    // What was there before is no news: the first look is over by then.
    tokio::time::timeout(Duration::from_millis(1500), told.recv())
        .await
        .unwrap_err();
    goes_on(&stage).await;
    let heard = tokio::time::timeout(SOON, told.recv()).await.unwrap();
    assert_eq!(heard.as_deref(), Some(uri));
    assert!(told.try_recv().is_err(), "once");
}

#[tokio::test]
async fn a_stream_tells_of_the_deployments_that_it_was_opened_for() {
    let stage = Stage::paused().await;
    let served = served(&stage).await;
    let uri = "tawny://deployments/dep_1";
    let wanted = json!({"notifications": {"resourceSubscriptions": [uri, "tawny://services"]}});
    let listen = served.modern(PATH, "subscriptions/listen", wanted);
    let mut stream = listen.send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let mut heard = String::new();
    let mut until = async |part: &str, times: usize| {
        let reading = async {
            while heard.matches(part).count() < times {
                let chunk = stream.chunk().await.unwrap().expect(part);
                heard.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        let read = tokio::time::timeout(SOON, reading).await;
        read.unwrap_or_else(|_| panic!("no {part}"));
    };
    until("notifications/subscriptions/acknowledged", 1).await;
    // Once at once, for what nobody looked at while it was opened; then for what happens.
    until("notifications/resources/updated", 1).await;
    goes_on(&stage).await;
    until("notifications/resources/updated", 2).await;
    drop(stream);
    assert!(heard.contains(uri), "{heard}");
    assert!(!heard.contains("tawny://services"), "{heard}");

    // Nothing is kept between requests, so who shakes hands over HTTP is told another way.
    let old =
        json!({"jsonrpc": "2.0", "id": 2, "method": "resources/subscribe", "params": {"uri": uri}});
    let old = served
        .post(PATH, &old)
        .header("mcp-protocol-version", "2025-11-25");
    let refused: Value = old.send().await.unwrap().json().await.unwrap();
    let why = refused["error"]["message"].as_str().unwrap();
    assert!(why.contains("subscriptions/listen"), "{refused}");
}

#[tokio::test]
async fn lists_and_reads_say_how_long_they_may_be_kept() {
    let stage = Stage::paused().await;
    let served = served(&stage).await;
    for (method, params) in [
        ("prompts/list", json!({})),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        (
            "resources/read",
            json!({"uri": "tawny://deployments/dep_1"}),
        ),
    ] {
        let mut request = served.modern(PATH, method, params.clone());
        if let Some(uri) = params["uri"].as_str() {
            request = request.header("mcp-name", uri);
        }
        let answer = answered(request).await;
        assert!(
            answer["result"]["ttlMs"].as_u64().is_some(),
            "{method}: {answer}"
        );
        assert_eq!(answer["result"]["cacheScope"], "private", "{method}");
    }
}
