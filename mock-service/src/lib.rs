//! A small HTTP shop with a fault switch, and a gentle crowd of customers.
//!
//! [`run`] serves the shop on one address and its fault switch on another;
//! [`traffic::Traffic`] sends steady load through one or more shops. Together
//! they give any monitoring something real to look at: the metrics carry the
//! usual names, and a fault is one `POST` away.

mod diary;
mod dice;
mod disk;
mod downstream;
mod error;
mod faults;
mod metrics;
mod options;
mod orders;
mod pool;
mod route;
mod run;
mod serve;
mod shop;
pub mod traffic;
mod web;
mod wire;

pub use diary::{Vocabulary, Words};
pub use error::MockServiceError;
pub use faults::{Fault, Kind};
pub use options::Options;
pub use route::Route;
pub use run::{Bound, CRASH_EXIT_CODE, Ended, bind, run};
