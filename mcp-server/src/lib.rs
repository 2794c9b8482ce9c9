//! What models and IDE assistants may read, and what they may ask for: tools over MCP.
//!
//! A tool is a file in [`tools`]: its name, when to use it, typed arguments, a typed answer and what it does. It is given
//! a [`World`], which shows everything and can change nothing: it holds the journal's `Reader` and `Inbox`, and neither the
//! engine nor a platform can be named from here. What a tool may ask for goes into the inbox, where the domain decides.
//!
//! The way of a call: [`http`] or stdio → [`server`] knows the caller and the protocol's era → the tool reads
//! → [`answer`] bounds what it says.

pub mod answer;
pub mod call;
pub mod caller;
pub mod complete;
pub mod error;
pub mod health;
pub mod http;
mod kept;
pub mod local;
mod metrics;
pub mod prompts;
mod record;
pub mod resources;
pub mod runbook;
mod said;
mod schema;
pub mod server;
pub mod stdio;
mod tasks;
pub mod thresholds;
pub mod tools;
pub mod world;

pub use answer::Answer;
pub use call::Call;
pub use caller::Caller;
pub use error::ToolError;
pub use server::{Server, Surface};
pub use world::World;
