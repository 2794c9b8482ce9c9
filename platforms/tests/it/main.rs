//! Real processes, real packages over HTTP, real kills.

// A helper of a test may fail by panicking, as the test itself may.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod authority;
mod bringing;
mod crashing;
mod observing;
mod packages;
mod processes;
mod release;
mod rig;
mod server;
mod service;
