//! The configuration as its users meet it: the example, the mistakes, the secrets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test may fail as loudly as the test"
)]

mod any_text;
mod code;
mod example;
mod imported;
mod journal;
mod mistakes;
mod presets;
mod probes;
mod secrets;
mod sources;
mod support;
mod yaml;
