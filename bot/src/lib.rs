//! The binary `tawny`: page, API, chat channels, CLI verbs, and the wiring of all rooms.

pub mod agent;
pub mod api;
mod approvals;
mod audit;
pub mod auth;
pub mod boot;
mod charts;
pub mod chat;
pub mod cli;
mod cursor;
pub mod demo;
mod digests;
mod discover;
mod figures;
mod fixes;
mod identity;
mod incidents;
pub mod live;
pub mod log;
mod mcp;
pub mod ops;
pub mod orders;
pub mod people;
mod prose;
pub mod reload;
pub mod replay;
mod reports;
pub mod root_cause;
pub mod scripted;
mod shutdown;
mod spending;
mod trust;
pub mod web;
pub mod webhooks;
pub mod wire;

pub use boot::run;
