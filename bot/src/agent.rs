//! The analyst: a model that looks into what hurts, by Tawny's own reading tools, and writes down what it thinks.
//!
//! It decides nothing and can do nothing: its tools are those of the read-only MCP server, for a caller that sees one
//! service; what it writes is a draft, of which [`guard::root_cause::check`] leaves what is true. Who watches does not wait
//! for it: with the model down, over its budget or not configured, [`Investigation::draft`] is none, and says why.
//!
//! The way of a request: [`investigate`](Agent::investigate) or [`write`](Agent::write) keeps the dialogue →
//! [`Models`] keeps the bounds and the accounts, and turns to the next endpoint where one fails → [`endpoint`] speaks to one
//! server. What others wrote passes [`hostile`](guard::hostile) on its way to the model.

mod asked;
mod data;
mod draft;
pub mod endpoint;
mod inquiry;
mod investigate;
mod ledger;
mod mend;
mod meters;
mod models;
mod question;
mod schema;
mod tools;
pub mod trial;
mod write;

pub use asked::Asked;
pub use investigate::{Investigation, Looking};
pub use ledger::{Account, Charge};
pub(crate) use mend::{FileDiff, Mending};
pub use meters::AgentMeters;
pub use models::{Models, Stop};
pub use question::{Question, Turn};
pub use tools::ToolAnswer;
pub use write::{Prose, Writing};

use mcp_server::World;

/// The analyst. Clones share its endpoints and accounts.
#[derive(Clone)]
pub struct Agent {
    world: World,
    models: Models,
}

impl Agent {
    /// The analyst of this world: what its tools may see is this, narrowed to the service that a question is about.
    #[must_use]
    pub fn new(world: World, models: Models) -> Self {
        Self { world, models }
    }

    /// Whether a model is asked at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.models.are_there()
    }
}
