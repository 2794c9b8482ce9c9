//! Channels: where what is said goes. The page is always one; others are configured.

pub mod code_host;
pub mod page;
pub mod slack;
pub mod webhook;
