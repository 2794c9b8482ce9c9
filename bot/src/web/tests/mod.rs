//! The page as a browser meets it: over HTTP, on a real journal and engine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers may fail as loudly as tests

mod answers;
mod browser;
mod caused;
mod doors;
mod explained;
mod judged;
mod oidc;
mod places;
mod reported;
mod said;
mod shared;
mod shown;
pub(crate) mod story;
mod tidy;
mod world;
