//! The tools and the server, over a journal of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bounds;
mod cancelled;
mod client;
mod compared;
mod metrics;
mod prometheus;
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "the demo's own, so that there is one"
)]
#[path = "../../../bot/src/demo/prometheus_server.rs"]
mod prometheus_server;
mod prompts;
mod protocol;
mod reading;
mod resources;
mod schemas;
mod stage;
mod story;
mod world;
