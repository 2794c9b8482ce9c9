//! The engine on a real journal, with fakes at its other ports, under clocks that are moved by hand.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what went wrong by failing"
)]

mod deploying;
mod history;
mod inputs;
mod inquiring;
mod listing;
mod native;
mod queueing;
mod starting;
mod talking;
mod world;
