//! The mock service as the outside sees it: real listeners, real HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "helpers of tests may fail by panicking"
)]

mod api;
mod crash;
mod metrics;
mod network;
mod resources;
mod support;
mod traffic;
