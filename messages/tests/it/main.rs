//! What Tawny says, held to its rules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests may fail by panicking

mod advised;
mod agrees;
mod apart;
mod blamed;
mod charted;
mod digests;
mod event_parts;
mod every_event;
mod fixes;
mod folded;
mod hostile;
mod hostile_documents;
mod locales;
mod measured;
mod orders;
mod page;
mod reports;
mod says;
mod scenarios;
mod slack;
mod slack_rules;
mod slack_views;
mod stories;
mod story;
mod suspects;
mod thresholds;
mod tidy;
mod trust;
