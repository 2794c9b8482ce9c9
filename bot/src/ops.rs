//! What those who run Tawny see of it: its metrics, its health, its traces.

mod exposition;
mod gauges;
mod health;
mod http;
mod listen;
mod page;
mod process;
mod registry;
mod traces;

pub(crate) use health::Health;
pub(crate) use http::counted;
pub use listen::MetricsListenError;
pub(crate) use listen::Page;
pub use registry::Meters;
pub(crate) use traces::Traces;
