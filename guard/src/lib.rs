//! The domain: what Tawny knows and decides. No I/O, no clock, no randomness, nothing that waits or fails
//! for reasons of its own; time and random bits arrive in [`input::Input`].
//!
//! The way through: [`decide::decide`] turns an input into events, [`state::State::fold`] turns events
//! into what is, [`effects::effects`] and [`timer::timers`] say what has to follow,
//! [`authorise::authorise`] is the only source of the right to act, and [`detect`] judges metrics.

pub mod action;
pub mod actor;
pub mod alert;
pub mod apart;
pub mod approval;
pub mod at;
pub mod audit;
pub mod authorise;
pub mod blame;
pub mod cause;
pub mod configuration;
pub mod culprit;
pub mod daily;
pub mod decide;
pub mod detect;
pub mod digest;
pub mod duty;
pub mod effects;
pub mod event;
pub mod excess;
pub mod figures;
pub mod finding;
pub mod fix;
pub mod gate;
pub mod health;
pub mod hostile;
pub mod ids;
pub mod incident;
pub mod input;
pub mod judgement;
pub mod lane;
pub mod links;
pub mod measured;
pub mod order;
pub mod people;
pub mod plan;
pub mod policy;
pub mod queue;
pub mod redact;
pub mod report;
pub mod request;
pub mod root_cause;
pub mod runbook;
pub mod share;
pub mod signatures;
pub mod situation;
pub mod state;
pub mod summary;
pub mod suspects;
pub mod thresholds;
pub mod timer;
pub mod trust;
pub mod verdict;

#[cfg(test)]
mod testing;
