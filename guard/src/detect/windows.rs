//! Sums over trailing windows of many lengths in one backward pass.

use super::track::{COARSE_SLOTS, FINE_CELLS, Track, WEIGHT, coarse_step};

/// Window lengths in seconds; those shorter than the interval fall away.
const SECONDS: [f64; 20] = [
    1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0,
    450.0, 600.0, 900.0, 1350.0,
];

/// A window is looked at about so often while it passes.
const LOOKS_PER_WINDOW: i64 = 12;

/// Time constants of restart transients, seconds.
pub(crate) const TAUS: [f64; 5] = [7.0, 12.0, 19.0, 29.0, 40.0];
/// A transient is over after this many seconds.
pub(crate) const TRANSIENT_S: f64 = 320.0;

/// One window length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Window {
    /// Nominal length in seconds.
    pub(crate) seconds: f64,
    pub(crate) slots: i64,
    pub(crate) fine: bool,
}

/// All window lengths of a watch, ascending, and the decay of transients per cell.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) windows: Vec<Window>,
    interval_s: f64,
    decay: Vec<[f64; TAUS.len()]>,
    /// Cells between two looks at each window, a power of two: never decreasing.
    stride: Vec<i64>,
}

impl Plan {
    pub(crate) fn new(interval_s: f64) -> Self {
        let mut windows: Vec<Window> = Vec::new();
        let coarse = coarse_step(interval_s);
        for seconds in SECONDS {
            let cells = (seconds / interval_s).round() as i64;
            if cells < 1 {
                continue;
            }
            let fine = cells <= FINE_CELLS;
            let slots = if fine { cells } else { cells / coarse };
            let length = slots as f64 * interval_s * if fine { 1.0 } else { coarse as f64 };
            let repeated = windows
                .last()
                .is_some_and(|last: &Window| last.seconds >= length);
            if !repeated && (fine || slots <= COARSE_SLOTS) {
                windows.push(Window {
                    seconds: length,
                    slots,
                    fine,
                });
            }
        }
        let cells = (TRANSIENT_S / interval_s) as usize + 1;
        let decay = (0..cells)
            .map(|k| TAUS.map(|tau| (-(k as f64 + 0.5) * interval_s / tau).exp()))
            .collect();
        let stride = windows
            .iter()
            .map(|w: &Window| {
                let cells = w.slots * if w.fine { 1 } else { coarse };
                let tenth = (cells / LOOKS_PER_WINDOW).max(1) as u64;
                1_i64 << tenth.ilog2()
            })
            .collect();
        Self {
            stride,
            windows,
            interval_s,
            decay,
        }
    }
}

impl Plan {
    /// Number of windows to look at now: long ones are looked at less often.
    pub(crate) fn due(&self, head: i64) -> usize {
        self.stride
            .iter()
            .take_while(|stride| head % **stride == 0)
            .count()
    }
}

/// What is summed beside the channels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Aux {
    /// Nothing.
    None,
    /// The same channels, over samples of processes at least so many cells old.
    Mature { cells: i64 },
    /// The given channel times the decay of a transient, per time constant.
    Decay { channel: usize },
}

/// Sums of one instance over each window.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums {
    row: usize,
    values: Vec<f64>,
    /// What the model makes of each window: a histogram's requests and scores; a level's logarithm,
    /// events and weight, if it has any.
    pub(crate) derived: Vec<[f64; 4]>,
    /// Number of windows that lie wholly within the span.
    pub(crate) used: usize,
}

impl Sums {
    /// Channels, then the auxiliary sums, of a window; nothing of one that reaches beyond the span.
    pub(crate) fn row(&self, window: usize) -> &[f64] {
        if window >= self.used {
            return &[];
        }
        self.values
            .get(window * self.row..(window + 1) * self.row)
            .unwrap_or(&[])
    }
}

/// Cells of an instance that count: from the start of its process on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// First cell that counts.
    pub(crate) from: i64,
    /// Cell in which the process began, for its age; `None` for an old process.
    pub(crate) born: Option<i64>,
}

pub(crate) fn sum(
    plan: &Plan,
    track: &Track,
    width: usize,
    head: i64,
    span: Span,
    aux: Aux,
    out: &mut Sums,
) {
    let extra = match aux {
        Aux::None => 0,
        Aux::Mature { .. } => width,
        Aux::Decay { .. } => TAUS.len(),
    };
    out.row = width + extra;
    out.values.resize(plan.windows.len() * out.row, 0.0);
    let span_s = (head - span.from + 1) as f64 * plan.interval_s;
    out.used = plan
        .windows
        .iter()
        .take(plan.due(head))
        .take_while(|w| w.seconds <= span_s + 1e-9)
        .count();
    let mut acc = [0.0_f64; 2 * 40];
    let mut done = 0;
    for fine in [true, false] {
        let ring = if fine { &track.fine } else { &track.coarse };
        let step = ring.step();
        // Coarse slots that began before the span belong partly to the old process.
        let first = ring.slot(span.from + step - 1);
        let top = ring.slot(head);
        acc.fill(0.0);
        let mut back = 0;
        for window in plan.windows[..out.used].iter().filter(|w| w.fine == fine) {
            while back < window.slots && top - back >= first {
                if let Some(row) = ring.row(top - back)
                    && row[WEIGHT] > 0.0
                {
                    add(
                        plan,
                        &mut acc,
                        row,
                        width,
                        (top - back) * step + 1,
                        step,
                        span,
                        aux,
                    );
                }
                back += 1;
            }
            let at = done * out.row;
            out.values[at..at + out.row].copy_from_slice(&acc[..out.row]);
            done += 1;
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn add(
    plan: &Plan,
    acc: &mut [f64],
    row: &[f32],
    width: usize,
    cell: i64,
    step: i64,
    span: Span,
    aux: Aux,
) {
    for (sum, value) in acc.iter_mut().zip(&row[..width]) {
        *sum += f64::from(*value);
    }
    let age = span.born.map(|born| cell + step / 2 - born);
    match aux {
        Aux::None => {}
        Aux::Mature { cells } => {
            if age.is_none_or(|age| age >= cells) {
                for (sum, value) in acc[width..].iter_mut().zip(&row[..width]) {
                    *sum += f64::from(*value);
                }
            }
        }
        Aux::Decay { channel } => {
            let weight = f64::from(row[channel]);
            if let Some(decay) = age.and_then(|age| plan.decay.get(age.max(0) as usize)) {
                for (sum, share) in acc[width..].iter_mut().zip(decay) {
                    *sum += weight * share;
                }
            }
        }
    }
}
