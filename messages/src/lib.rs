//! What Tawny says, and how it is laid out. No I/O and no clock: the same state gives the same message.
//!
//! The way through: [`parent()`], [`reply()`], [`notice()`] and [`timeline()`] turn state and events into a
//! [`Message`](model::Message); a module of [`layout`] turns that into bytes for one surface. Words come
//! from `locales/` and from nowhere else; everything that is not from there is [`Foreign`] and only a
//! layout can read it.

pub mod apart;
pub mod cause;
pub mod chart;
pub mod chat;
pub mod configuration;
pub mod context;
pub mod dialog;
pub mod digest;
pub mod document;
pub mod figures;
pub mod fix;
pub mod foreign;
pub mod gate;
pub mod health;
pub mod home;
pub mod layout;
pub mod locale;
pub mod model;
pub mod orders;
pub mod postmortem;
pub mod prose;
pub mod queue;
pub mod rca;
pub mod report;
pub mod root_cause;
pub mod runbook;
pub mod spending;
pub mod suspects;
pub mod text;
pub mod thresholds;
pub mod trust;
pub mod words;

mod finding;
mod folded;
mod happened;
mod known;
mod notice;
mod opinions;
mod parent;
mod reply;
mod spark;
mod timeline;
mod together;

pub use context::{BadBaseUrl, BaseUrl, Context};
pub use folded::{Folded, folded};
pub use foreign::Foreign;
pub use happened::{loudest, severity};
pub use locale::Locale;
pub use notice::notice;
pub use parent::{headline_of, parent, severity_of};
pub use reply::reply;
pub use spark::Spark;
pub use text::{Piece, Text};
pub use timeline::{TimelineLine, timeline};
pub use together::together;
pub use words::Words;
