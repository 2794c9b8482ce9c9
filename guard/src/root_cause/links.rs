//! Where a text leads.

use crate::links::{Hosts, inert};
use std::collections::BTreeSet;

/// Whether a text leads anywhere else than to these hosts, or calls somebody.
#[must_use]
pub fn leads_elsewhere(text: &str, hosts: &BTreeSet<String>) -> bool {
    let hosts = Hosts::new(hosts.iter().map(String::as_str));
    inert(text, &hosts).1 > 0
}
