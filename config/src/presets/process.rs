//! What a process says about itself. CPU and memory have no limits here: a share needs a capacity, which
//! a process does not know.

use super::{DEFAULT_FLAVOUR, Flavour, PresetSignal, Reads};
use crate::signal::{Dimension, Direction, Unit};

pub(super) const FLAVOURS: &[Flavour] = &[Flavour {
    name: DEFAULT_FLAVOUR,
    signals: &[
        PresetSignal {
            key: "cpu",
            reads: Reads::Rate("process_cpu_seconds_total"),
            unit: Unit::Cores,
            ..OF_A_PROCESS
        },
        PresetSignal {
            key: "memory",
            reads: Reads::Gauge("process_resident_memory_bytes"),
            unit: Unit::Bytes,
            accumulates: true,
            ..OF_A_PROCESS
        },
        PresetSignal {
            key: "open-files",
            reads: Reads::Gauge("process_open_fds"),
            unit: Unit::Count,
            accumulates: true,
            ..OF_A_PROCESS
        },
    ],
}];

const OF_A_PROCESS: PresetSignal = PresetSignal {
    key: "",
    dimension: Dimension::Infrastructure,
    reads: Reads::Gauge("up"),
    direction: Direction::Up,
    unit: Unit::Count,
    warn: None,
    hard: None,
    accumulates: false,
    on_request: false,
};
