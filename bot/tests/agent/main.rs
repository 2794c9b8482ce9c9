//! The analyst before a server that is as strict as OpenAI's, and a model that a test plays.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod double;
mod scene;
#[path = "../../../mcp-server/tests/it/story.rs"]
mod story;
mod strict;
#[allow(dead_code, reason = "the tests of the MCP server use all of it")]
#[path = "../../../mcp-server/tests/it/world.rs"]
mod world;

mod awry;
mod bounds;
mod hostile;
mod investigates;
mod played;
mod servers;
mod tried;
mod writes;
