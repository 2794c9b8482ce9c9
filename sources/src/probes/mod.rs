//! Probes: what Tawny asks itself, beside what metrics say.
//!
//! | file | what it does |
//! |---|---|
//! | `http.rs` | asks a web address for a status |
//! | `tcp.rs` | opens a connection |
//! | `command.rs` | runs a command: its exit code, or the number that it prints |
//! | `probe.rs` | one check with its attempts, again and again |
//! | `record.rs` | what the last checks found |
//!
//! A probe asks only what the configuration names: redirects are not followed, proxies of the
//! environment are not used, and nothing of an answer is kept but its status or its number. Which
//! hosts these are is the operator's word, so a private or loopback address is as good as any.

mod command;
mod http;
mod probe;
mod record;
mod tcp;

pub use command::CommandCheck;
pub use http::HttpCheck;
pub use probe::{Check, Probe, ProbeError, ProbeOptions};
pub use record::{Checked, Outcome};
pub use tcp::TcpCheck;

/// What one attempt found: good, a number, or why neither.
type Found = Result<record::Outcome, String>;
