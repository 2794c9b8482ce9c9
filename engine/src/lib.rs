//! The loop that carries decisions out: leases, ticks, timers, inbox, outbox, recovery.
//!
//! It knows no chat: what is said goes to registered [`handler::Handler`]s. It decides nothing:
//! every input goes through [`guard::decide::decide`], every action through [`guard::authorise::authorise`].

mod alerts;
mod apart;
mod apply;
pub mod clock;
mod configuration;
mod crowd;
mod deploy;
mod engine;
mod error;
mod execute;
pub mod fix;
mod follow;
mod freeze;
mod gates;
pub mod handler;
mod inbox;
pub mod investigate;
mod lead;
pub mod ledger;
mod listing;
mod meters;
mod moves;
mod observe;
mod outbox;
mod patience;
mod people;
mod probes;
mod pulse;
mod quarantine;
mod queue;
mod restored;
mod run;
pub mod services;
mod span;
pub mod told;
mod watch;
mod waves;

pub use apart::Closing;
pub use deploy::DeployRequest;
pub use engine::{Engine, EngineOptions, News, Tick};
pub use error::EngineError;
pub use lead::{LEASE, Leadership};
pub use listing::Listing;
pub use meters::Meters;
pub use observe::Observed;
pub use pulse::Heartbeat;
pub use quarantine::{Quarantine, Remedy};
pub use watch::rehearse::{Power, Rehearsal, rehearse};
pub use watch::{Past, PastError, record_past};
