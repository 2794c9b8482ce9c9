//! What others tell: deliveries at `/hooks/NAME`, checked as bytes, kept in the inbox, answered; read and acted on
//! afterwards, once.

mod alertmanager;
pub(crate) mod body;
pub mod docs;
mod event;
mod generic;
mod github;
mod mapping;
mod meters;
mod redeliver;
mod sample;
mod stored;
mod take;
#[cfg(test)]
mod tests;
mod try_out;
mod understand;
mod verify;

pub(crate) use meters::HookMeters;
pub(crate) use redeliver::Redeliverer;
pub(crate) use sample::{Sample, sample};
pub(crate) use stored::Stored;
pub(crate) use take::{Hooks, TRY_HEADER};
pub(crate) use try_out::tried;
pub(crate) use understand::{lines, reader};
pub(crate) use verify::github_signature;

use config::Settings;
use config::settings::WebhookSource;
use engine::told::SOURCE_PREFIX;

/// The configured source of this name.
pub(crate) fn source<'s>(settings: &'s Settings, name: &str) -> Option<&'s WebhookSource> {
    let mut sources = settings.webhooks.iter();
    sources.find(|source| source.name.as_str() == name)
}

/// What the inbox calls a source.
pub(crate) fn inbox_name(name: &str) -> String {
    format!("{SOURCE_PREFIX}{name}")
}
