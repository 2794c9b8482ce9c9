//! The rules of the whole house, as tests: who may know whom, and how its files look.
//!
//! They read manifests, `Cargo.lock` and sources, and start nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod architecture;
mod cases;
mod files;
mod house;
mod lock;
mod rooms;
