//! Whether the scrape is answered; the least that any scraped service has.

use super::{AVAILABILITY, Dialect, Preset, Reads::*, Row};

pub(super) const PRESET: Preset = Preset {
    signals: &[AVAILABILITY],
    dialects: &[
        Dialect {
            name: "prometheus",
            about: "`up`, which Prometheus writes for every target",
            rows: &[Row("availability", Availability("up"))],
        },
        Dialect {
            name: "blackbox",
            about: "probes of blackbox_exporter",
            rows: &[Row("availability", Availability("probe_success"))],
        },
    ],
};
