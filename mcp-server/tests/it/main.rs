//! The tools and the server, over a journal of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;
mod prompts;
mod protocol;
mod reading;
mod resources;
mod story;
mod world;
