//! After a roll-back: is what was found gone?

use serde::{Deserialize, Serialize};

use super::detector::Detector;
use super::judge::Estimate;
use super::windows::TAUS;

/// Shortest window a cure may be stated from, seconds, and in intervals.
const LEAST_S: f64 = 5.0;
const LEAST_INTERVALS: f64 = 3.0;

/// What is known of the cure of one signal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Cure {
    /// Back inside the tolerance, shown by data.
    Cured {
        /// Time of the sample that showed it.
        at: f64,
        /// What is left of the effect, in the signal's unit.
        effect: f64,
        /// 95 % interval of what is left.
        interval: (f64, f64),
    },
    /// Not shown yet: too little data since.
    NotYet,
    /// Still as bad as at least half of what was found.
    StillBad {
        /// Time of the newest sample.
        at: f64,
        /// What is left of the effect, in the signal's unit.
        effect: f64,
        /// 95 % interval of what is left.
        interval: (f64, f64),
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Verification {
    since: i64,
    instances: Vec<usize>,
    signals: Vec<(usize, f64, Cure)>,
}

impl Verification {
    pub(crate) fn new(detector: &Detector, t: f64, names: &[&str]) -> Self {
        let known = &detector.measured.instances;
        let instances = (0..known.len())
            .filter(|i| names.contains(&known[*i].name.as_str()))
            .collect();
        let signals = detector
            .runs
            .iter()
            .enumerate()
            .filter_map(|(signal, run)| {
                run.original_effect
                    .map(|effect| (signal, effect, Cure::NotYet))
            })
            .collect();
        Self {
            since: detector.measured.cell(t).max(0) + 1,
            instances,
            signals,
        }
    }

    pub(crate) fn answers_for(&self, keys: &[String]) -> Vec<(String, Cure)> {
        self.signals
            .iter()
            .filter_map(|(signal, _, cure)| keys.get(*signal).map(|k| (k.clone(), *cure)))
            .collect()
    }
}

impl Detector {
    pub(crate) fn verify(&mut self, control: &[usize]) {
        let Some(mut verification) = self.verification.take() else {
            return;
        };
        let members: Vec<usize> = verification
            .instances
            .iter()
            .copied()
            .filter(|i| {
                self.measured.instances[*i]
                    .last_t
                    .is_some_and(|t| self.measured.cell(t) >= verification.since)
            })
            .collect();
        let mut scratch = super::detector::Scratch::default();
        self.sum_up(&members, control, Some(verification.since), &mut scratch);
        for (signal, original, cure) in &mut verification.signals {
            if matches!(cure, Cure::Cured { .. }) || members.is_empty() {
                continue;
            }
            let mut caps = [f64::MAX; TAUS.len()];
            let found = self.look(
                *signal,
                false,
                &members,
                &members,
                control,
                &scratch,
                Some(verification.since),
                &mut caps,
            );
            *cure = answer(
                &found.estimates,
                *original,
                self.measured.interval_s,
                self.measured.newest_t.unwrap_or(0.0),
            );
        }
        self.verification = Some(verification);
    }
}

fn answer(estimates: &[Estimate], original: f64, interval_s: f64, at: f64) -> Cure {
    let sign = original.signum();
    let mut last = Cure::NotYet;
    for e in estimates
        .iter()
        .filter(|e| e.window_s >= LEAST_S.max(LEAST_INTERVALS * interval_s) - 1e-9)
    {
        let (effect, interval) = (e.effect, e.interval);
        let (worst, best) = if sign > 0.0 {
            (interval.1, interval.0)
        } else {
            (-interval.0, -interval.1)
        };
        let point = sign * effect;
        let half = 0.5 * original.abs();
        if worst <= e.tolerated || (point <= e.tolerated && worst < half) {
            return Cure::Cured {
                at,
                effect,
                interval,
            };
        }
        if best > half.min(e.tolerated) && point > half {
            last = Cure::StillBad {
                at,
                effect,
                interval,
            };
        }
    }
    last
}
