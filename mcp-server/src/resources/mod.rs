//! Resources: what tools answer, under addresses of their own, which a client may keep open.

mod list;
mod place;
mod read;
mod watch;

pub use list::{list, templates};
pub use place::{Form, Place};
pub use read::read;
pub(crate) use watch::{Watches, follow, followed};

use crate::complete::Of;
use crate::prompts::Type;

/// How long a client may keep what a running deployment shows, and what does not change any more.
pub(crate) const LIVE_LASTS_MS: u64 = 1_000;
pub(crate) const OVER_LASTS_MS: u64 = 300_000;

/// What is completed in a template.
pub(crate) fn completes(template: &str, argument: &str) -> Option<Of> {
    let known = templates()
        .iter()
        .any(|known| known.uri_template == template);
    match argument {
        _ if !known => None,
        "service" => Some(Of::Type(Type::Service)),
        "deployment" => Some(Of::Type(Type::Deployment)),
        _ => None,
    }
}
