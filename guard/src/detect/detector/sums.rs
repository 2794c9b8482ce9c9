//! Sums of this tick over every window.

use super::super::judge::START_ERRORS_S;
use super::super::model::{LevelModel, Model, level_feature, scores_of};
use super::super::spec::SignalKind;
use super::super::track::{FIRST, WEIGHT, width_of};
use super::super::windows::{Aux, Span, Sums, sum};
use super::{Detector, Scratch};

impl Detector {
    pub(crate) fn sum_up(
        &self,
        after: &[usize],
        control: &[usize],
        since: Option<i64>,
        out: &mut Scratch,
    ) {
        let head = self.measured.head;
        let count = self.measured.instances.len();
        out.sums.resize(self.spec.signals.len(), Vec::new());
        for (signal, spec) in self.spec.signals.iter().enumerate() {
            let width = width_of(spec.kind, self.measured.bounds[signal].len());
            let aux = match spec.kind {
                SignalKind::Ratio => Aux::Mature {
                    cells: (START_ERRORS_S / self.measured.interval_s).ceil() as i64,
                },
                SignalKind::Availability => Aux::Mature {
                    cells: (self.spec.start_grace_s / self.measured.interval_s).ceil() as i64,
                },
                SignalKind::Histogram => Aux::Decay {
                    channel: self
                        .orders
                        .get(signal)
                        .and_then(|o| o.0.last().copied())
                        .unwrap_or(0),
                },
                SignalKind::Rate => Aux::Decay { channel: 0 },
                SignalKind::Gauge | SignalKind::Throughput => Aux::None,
            };
            let rows = &mut out.sums[signal];
            rows.resize(count, Sums::default());
            for index in after.iter().chain(control) {
                let Some(track) = &self.measured.tracks[signal][*index] else {
                    rows[*index].used = 0;
                    continue;
                };
                let span = self.span(*index, spec.kind, control.contains(index), since);
                sum(&self.plan, track, width, head, span, aux, &mut rows[*index]);
            }
        }
        for signal in 0..self.spec.signals.len() {
            for index in after.iter().chain(control) {
                self.derive(signal, *index, &mut out.sums);
            }
        }
        let due = self.plan.due(head);
        let t = self.measured.newest_t.unwrap_or(self.spec.deploy_at) - self.spec.deploy_at;
        out.bumps.clear();
        if !self.canary() {
            out.load = self.load_now();
            out.load_peak = self.load_peak(due);
            let bump = |key: &str, w: &super::super::windows::Window| {
                self.yesterday.bump(key, t, w.seconds)
            };
            for spec in &self.spec.signals {
                out.bumps.push(
                    self.plan.windows[..due]
                        .iter()
                        .map(|w| bump(&spec.key, w))
                        .collect(),
                );
            }
        }
    }

    /// What the model makes of the sums, once for all scopes that an instance belongs to.
    fn derive(&self, signal: usize, index: usize, sums: &mut [Vec<Sums>]) {
        let used = sums[signal][index].used;
        let mut derived = std::mem::take(&mut sums[signal][index].derived);
        derived.clear();
        match &self.models[signal] {
            Some(Model::Histogram(model)) => {
                let order = &self.orders[signal].0;
                let rows = (0..used).map(|j| sums[signal][index].row(j));
                derived.extend(rows.map(|row| scores_of(row, order, &model.templates)));
            }
            Some(Model::Level(model)) => {
                let rate = self.spec.signals[signal].kind == SignalKind::Rate;
                let load = self.load.and_then(|l| sums[l].get(index));
                let rows = (0..used).map(|j| (sums[signal][index].row(j), load.map(|l| l.row(j))));
                derived.extend(rows.map(|(row, load)| level_of(model, rate, row, load)));
            }
            _ => {}
        }
        sums[signal][index].derived = derived;
    }

    pub(super) fn span(
        &self,
        index: usize,
        kind: SignalKind,
        control: bool,
        since: Option<i64>,
    ) -> Span {
        let instance = &self.measured.instances[index];
        if control {
            return Span {
                from: 1,
                born: None,
            };
        }
        let born = if kind == SignalKind::Availability {
            instance.first_born
        } else {
            instance.born
        };
        let born = match since {
            Some(since) => instance
                .latest_start
                .filter(|s| *s >= since)
                .unwrap_or(since),
            None => born.unwrap_or(1),
        };
        // The first sample of a process covers an unknown part of its interval.
        let late = matches!(kind, SignalKind::Rate | SignalKind::Throughput);
        Span {
            from: born.max(1) + i64::from(late),
            born: Some(born),
        }
    }

    /// Events per second of the whole service, per window.
    pub(super) fn load_now(&self) -> Vec<f64> {
        let Some(signal) = self.load else {
            return Vec::new();
        };
        let kind = self.spec.signals[signal].kind;
        let width = width_of(kind, self.measured.bounds[signal].len());
        let span = Span {
            from: 1,
            born: None,
        };
        let mut total = vec![0.0; self.plan.windows.len()];
        let mut sums = Sums::default();
        for track in self.measured.tracks[signal].iter().flatten() {
            sum(
                &self.plan,
                track,
                width,
                self.measured.head,
                span,
                Aux::None,
                &mut sums,
            );
            for (j, total) in total.iter_mut().enumerate() {
                let (row, seconds) = (sums.row(j), self.plan.windows[j].seconds);
                if row.is_empty() {
                    continue;
                }
                // A missing scrape is no missing request: what was seen stands for the window.
                let covered = if row[0] > 0.7 * seconds {
                    row[0]
                } else {
                    seconds
                };
                *total += row[FIRST] / covered;
            }
        }
        total
    }

    /// Largest load of half a minute within each window.
    pub(super) fn load_peak(&self, due: usize) -> Vec<f64> {
        let Some(signal) = self.load else {
            return Vec::new();
        };
        let tracks: Vec<_> = self.measured.tracks[signal].iter().flatten().collect();
        let peaks = |fine: bool| -> Vec<f64> {
            let Some(any) = tracks.first() else {
                return Vec::new();
            };
            let step = if fine {
                any.fine.step()
            } else {
                any.coarse.step()
            };
            let slot_s = step as f64 * self.measured.interval_s;
            let top = (self.measured.head - 1).div_euclid(step);
            let slots = self.plan.windows[..due]
                .iter()
                .filter(|w| w.fine == fine)
                .map(|w| w.slots)
                .max()
                .unwrap_or(0);
            let mut loads: Vec<f64> = Vec::with_capacity(slots as usize);
            for slot in (top - slots + 1..=top).rev() {
                let rows = tracks.iter().filter_map(|t| {
                    if fine {
                        t.fine.row(slot)
                    } else {
                        t.coarse.row(slot)
                    }
                });
                loads.push(rows.map(|r| f64::from(r[FIRST])).sum::<f64>() / slot_s);
            }
            let reach = ((30.0 / slot_s).round() as usize).max(1);
            let mut most = 0.0_f64;
            (0..loads.len())
                .map(|k| {
                    if k + 1 >= reach {
                        // Few requests make large peaks by chance: only the sure part counts.
                        let events = loads[k + 1 - reach..=k].iter().sum::<f64>() * slot_s;
                        most = most.max((events - 2.0 * events.sqrt()) / (reach as f64 * slot_s));
                    }
                    most
                })
                .collect()
        };
        let (fine, coarse) = (peaks(true), peaks(false));
        let at = |w: &super::super::windows::Window| {
            (if w.fine { &fine } else { &coarse })
                .get(w.slots as usize - 1)
                .copied()
                .unwrap_or(0.0)
        };
        self.plan.windows[..due].iter().map(at).collect()
    }
}

/// Logarithm, events and weight of a level in a window; no weight where nothing can be said.
fn level_of(model: &LevelModel, rate: bool, row: &[f64], load: Option<&[f64]>) -> [f64; 4] {
    const NOTHING: [f64; 4] = [0.0; 4];
    let (weight, load) = (row[WEIGHT], load.unwrap_or(&[]));
    let events = load.get(FIRST).copied().unwrap_or(0.0);
    // The load may arrive later than the rate: without it nothing can be expected.
    let apart = |w: &f64| *w < 0.7 * weight || *w > 1.4 * weight;
    if rate && model.per_event > 0.0 && load.first().is_none_or(apart) {
        return NOTHING;
    }
    let full = [weight, row[FIRST], events];
    level_feature(&full, rate, model.offset, model.fixed, model.per_event)
        .map_or(NOTHING, |x| [x, events, weight, 0.0])
}
