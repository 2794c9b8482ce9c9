//! The tools and the server, over a journal of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod protocol;
mod reading;
mod schemas;
mod story;
mod world;
