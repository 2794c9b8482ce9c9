//! The whole server as a process of its own: killed, stopped, lied to, and asked.
//!
//! Everything outside Tawny is real or strict: instances are processes, packages come over HTTP, the
//! receiver of messages checks their signatures, and the metrics source answers only what Prometheus
//! would be asked.

// A helper of a test may fail by panicking, as the test itself may.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod double;
mod examine;
mod fleet;
#[path = "../../../sources/tests/it/git.rs"]
mod git;
mod hub;
mod model;
mod packages;
#[path = "../../../journal/tests/it/support/server.rs"]
#[allow(dead_code, reason = "the tests of the journal use all of it")]
mod postgres;
mod pressed_at_once;
mod prometheus;
mod receiver;
mod server;
mod settings;
#[path = "../../../mcp-server/tests/it/stage.rs"]
mod stage;
#[path = "../../../mcp-server/tests/it/story.rs"]
mod story;
mod strict;
mod visit;
mod wait;
mod why;
mod wire;
mod world;
mod written;

mod analyst;
mod audited;
mod blamed;
mod broken_packages;
mod chat;
mod commands;
mod crash_points;
mod down;
mod gate;
mod init;
mod integrations;
mod judged;
mod kills;
mod lease;
mod models;
mod moved;
mod operate;
mod ops;
mod overlaps;
mod people;
mod planted;
mod probes;
mod proposed;
mod rejudged;
mod reload;
mod replicas;
mod reported;
mod said;
mod shared;
mod silence;
mod slack;
mod source_options;
mod suspected;
mod thresholds;
mod traces;
mod webhooks;
