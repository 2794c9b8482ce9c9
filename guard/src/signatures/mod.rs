//! Error signatures: what is logged since something hurts, and was not before, or not as often.
//!
//! Nothing here reads a log. [`Miner`] is given [`Record`]s, keeps kinds of them and their counts in bounded memory,
//! and says which kinds are new or come more often.

mod compare;
mod counts;
mod headline;
mod miner;
mod record;
#[cfg(test)]
mod tests;
mod tokens;

pub use compare::{Change, Signature, Spans};
pub use miner::Miner;
pub use record::{Level, Record};
