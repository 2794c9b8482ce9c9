//! Incidents apart: alerts that belong to no deployment. One incident is one stream.
//!
//! [`Board::hear`] says what follows from an alert, [`Apart::fold`] what an incident is, [`effects`] what is said
//! of it, [`likely`] which deployments may have to do with it.

mod board;
mod event;
mod likely;
mod said;
mod state;
#[cfg(test)]
mod tests;

pub use board::{Board, Heard, Verdict};
pub use event::{ApartEvent, RecordedApart};
pub use likely::{Deployed, Recent, likely};
pub use said::{ApartEffect, effects};
pub use state::{Apart, Closed};
