//! Bounded memory: sums per time cell in a ring.

use serde::{Deserialize, Serialize};

/// Sums of `width` channels per slot. A slot holds `step` cells; cells are numbered from the
/// deployment, cell 0 being the last one before it, so no slot straddles the deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ring {
    width: usize,
    cap: usize,
    step: i64,
    head: i64,
    rows: Vec<f32>,
}

const EMPTY: i64 = i64::MIN;

impl Ring {
    pub(crate) fn new(width: usize, cap: usize, step: i64) -> Self {
        Self {
            width,
            cap,
            step,
            head: EMPTY,
            rows: Vec::new(),
        }
    }

    pub(crate) fn step(&self) -> i64 {
        self.step
    }

    pub(crate) fn capacity(&self) -> usize {
        self.cap
    }

    pub(crate) fn slot(&self, cell: i64) -> i64 {
        (cell - 1).div_euclid(self.step)
    }

    /// Newest slot, if anything was ever added.
    pub(crate) fn head(&self) -> Option<i64> {
        (self.head != EMPTY).then_some(self.head)
    }

    fn at(&self, slot: i64) -> usize {
        slot.rem_euclid(self.cap as i64) as usize * self.width
    }

    /// Adds to a cell; false if the cell is too old to be kept.
    pub(crate) fn add(&mut self, cell: i64, channel: usize, value: f64) -> bool {
        let slot = self.slot(cell);
        if self.rows.is_empty() {
            self.rows = vec![0.0; self.cap * self.width];
            self.head = slot;
        }
        while self.head < slot {
            // A jump longer than the ring clears it once, not once per slot.
            self.head = (self.head + 1).max(slot - self.cap as i64);
            let at = self.at(self.head);
            self.rows[at..at + self.width].fill(0.0);
        }
        if slot <= self.head - self.cap as i64 {
            return false;
        }
        let at = self.at(slot) + channel;
        self.rows[at] += value as f32;
        true
    }

    pub(crate) fn row(&self, slot: i64) -> Option<&[f32]> {
        if self.head == EMPTY || slot > self.head || slot <= self.head - self.cap as i64 {
            return None;
        }
        let at = self.at(slot);
        self.rows.get(at..at + self.width)
    }

    /// Adds channels, empty so far.
    pub(crate) fn widen(&mut self, width: usize) {
        if width <= self.width {
            return;
        }
        let old = std::mem::take(&mut self.rows);
        if !old.is_empty() {
            self.rows = vec![0.0; self.cap * width];
            for (to, from) in self.rows.chunks_mut(width).zip(old.chunks(self.width)) {
                to[..from.len()].copy_from_slice(from);
            }
        }
        self.width = width;
    }

    /// Merges pairs of slots: half the memory, half the resolution.
    pub(crate) fn halve(&mut self) {
        let mut coarse = Ring::new(self.width, (self.cap / 2).max(1), self.step * 2);
        if self.head != EMPTY {
            for slot in (self.head - self.cap as i64 + 1)..=self.head {
                if let Some(row) = self.row(slot) {
                    let cell = slot * self.step + 1;
                    for (channel, value) in row.iter().enumerate() {
                        coarse.add(cell, channel, f64::from(*value));
                    }
                }
            }
        }
        *self = coarse;
    }

    /// Forgets everything and gives the memory back.
    pub(crate) fn clear(&mut self) {
        self.rows = Vec::new();
        self.head = EMPTY;
    }

    pub(crate) fn bytes(&self) -> usize {
        self.rows.len() * size_of::<f32>()
    }
}
