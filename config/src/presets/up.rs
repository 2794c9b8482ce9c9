//! Whether the scrape is answered; the least that any scraped service has.

use super::{AVAILABILITY, DEFAULT_FLAVOUR, Flavour};

pub(super) const FLAVOURS: &[Flavour] = &[Flavour {
    name: DEFAULT_FLAVOUR,
    signals: &[AVAILABILITY],
}];
