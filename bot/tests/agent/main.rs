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
#[path = "../../../mcp-server/tests/it/stage.rs"]
mod stage;
#[path = "../../../mcp-server/tests/it/story.rs"]
mod story;
mod strict;

mod awry;
mod bounds;
mod hostile;
mod investigates;
mod played;
mod servers;
mod tried;
mod writes;
