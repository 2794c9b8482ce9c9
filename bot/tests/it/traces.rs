//! Traces reach a receiver of OTLP, as its protobuf.

use crate::double::{Double, Reply};
use crate::packages::SERVES;
use crate::server::Life;
use crate::wait::until;
use crate::world::World;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use std::sync::{Arc, Mutex};

fn attribute(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|pair| pair.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_leaves_spans_of_ticks_queries_decisions_actions_and_posts() {
    let mut world = World::small().await;
    let exports: Arc<Mutex<Vec<ExportTraceServiceRequest>>> = Arc::default();
    let heard = Arc::clone(&exports);
    let address = std::net::SocketAddr::new(world.server.address().ip(), 14318);
    let _receiver = Double::start(address, move |request| {
        assert_eq!(request.path, "/v1/traces");
        assert_eq!(request.headers["content-type"], "application/x-protobuf");
        assert_eq!(
            request.headers["authorization"],
            "Bearer secret-of-the-receiver"
        );
        let export = ExportTraceServiceRequest::decode(&request.body[..]).unwrap();
        heard.lock().unwrap().push(export);
        Reply::Http {
            status: 200,
            body: Vec::new(),
        }
    })
    .await;
    let config = world.dir.path().join("main/tawny.yaml");
    let text = std::fs::read_to_string(&config).unwrap();
    let traces = format!(
        "traces: {{otlp_url: \"http://{address}/v1/traces\", headers: {{Authorization: \"Bearer secret-of-the-receiver\"}}}}\n{text}"
    );
    std::fs::write(&config, traces).unwrap();
    world.server.begin(&Life::default());
    world.server.ready().await;
    let package = world.put("shop", "v1", SERVES);
    let id = world.deploy("shop", "v1", &package).await;
    world.over(&id, "promoted").await;
    // What is left is sent at the end.
    world.server.stop().await;

    let exports = until("something was sent", async || {
        let exports = exports.lock().unwrap().clone();
        (!exports.is_empty()).then_some(exports)
    })
    .await;
    let resources = exports.iter().flat_map(|export| &export.resource_spans);
    let spans: Vec<Span> = resources
        .inspect(|resource| {
            let about = resource.resource.as_ref().unwrap();
            assert!(
                about
                    .attributes
                    .iter()
                    .any(|pair| pair.key == "service.name")
            );
        })
        .flat_map(|resource| &resource.scope_spans)
        .flat_map(|scope| scope.spans.clone())
        .collect();
    for name in [
        "tick", "gather", "query", "decide", "deploy", "action", "post", "input",
    ] {
        let of_name: Vec<&Span> = spans.iter().filter(|span| span.name == name).collect();
        assert!(!of_name.is_empty(), "no {name} among {} spans", spans.len());
        for span in &of_name {
            assert!(
                span.end_time_unix_nano >= span.start_time_unix_nano,
                "{span:?}"
            );
        }
        if !["gather", "query"].contains(&name) {
            let named = |span: &&&Span| {
                attribute(span, "deployment").as_deref() == Some(id.as_str())
                    && attribute(span, "service").as_deref() == Some("shop")
                    && attribute(span, "environment").as_deref() == Some("test")
            };
            assert!(
                of_name.iter().any(|span| named(&span)),
                "{name}: {of_name:?}"
            );
        }
    }
    // A query belongs to what was asked together, and that to the tick that asked first.
    let within = |name: &str, span: &Span| {
        let parent = spans.iter().find(|s| s.span_id == span.parent_span_id);
        parent.is_some_and(|parent| parent.name == name)
    };
    for (inner, outer) in [("gather", "tick"), ("query", "gather")] {
        let mut of_name = spans.iter().filter(|span| span.name == inner);
        assert!(of_name.any(|span| within(outer, span)), "{inner}");
    }
    let log = world.server.whole_log();
    assert!(
        !log.contains("secret-of-the-receiver") && !log.contains("traces are not taken"),
        "{log}"
    );
}
