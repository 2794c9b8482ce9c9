//! What the journal promises, seen from outside. The crash tests are in `src/crash_tests.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking too"
)]

mod appending;
mod golden;
mod hash_chain;
mod inputs;
mod kept_beside;
mod killed;
mod leases;
mod opening;
mod outbox;
mod support;
mod timers;
