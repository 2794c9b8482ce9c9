//! Learning from the history, once, and from the control while there is little history.

use super::super::model::{Model, learn_demand, learn_histogram, learn_level, learn_ratio};
use super::super::past::Past;
use super::super::shape::Shape;
use super::super::spec::{Role, SignalKind};
use super::super::track::{FIRST, width_of};
use super::Detector;

impl Detector {
    pub(super) fn past(&self, signal: usize) -> Past {
        let width = width_of(
            self.spec.signals[signal].kind,
            self.measured.bounds[signal].len(),
        );
        let mut past = Past {
            width,
            slot_s: self.measured.interval_s,
            apart: self.canary() || self.spec.signals[signal].kind == SignalKind::Throughput,
            alone: !self.canary(),
            ..Past::default()
        };
        let tracks = &self.measured.tracks[signal];
        let oldest = |track: &super::super::track::Track| {
            let ring = &track.history;
            ring.head().map(|head| {
                (head - ring.capacity() as i64 + 1..=head)
                    .find(|s| ring.row(*s).is_some_and(|r| r[0] > 0.0))
                    .unwrap_or(head)
            })
        };
        let sources: Vec<(usize, &super::super::track::Track)> = self
            .measured
            .instances
            .iter()
            .enumerate()
            .filter(|(_, i)| i.role != Role::New)
            .filter_map(|(k, _)| tracks[k].as_ref().map(|t| (k, t)))
            .filter(|(_, t)| t.history.head().is_some())
            .collect();
        let Some(first) = sources.iter().filter_map(|(_, t)| oldest(t)).min() else {
            return past;
        };
        let Some((_, any)) = sources.first() else {
            return past;
        };
        past.slot_s = any.history.step() as f64 * self.measured.interval_s;
        past.slots = (-first).max(0) as usize;
        for (index, track) in sources {
            let mut cumulative = vec![0.0; width];
            cumulative.reserve(past.slots * width);
            for slot in first..0 {
                let at = cumulative.len() - width;
                for channel in 0..width {
                    let add = track
                        .history
                        .row(slot)
                        .and_then(|r| r.get(channel))
                        .copied()
                        .unwrap_or(0.0);
                    cumulative.push(cumulative[at + channel] + f64::from(add));
                }
            }
            past.instances.push((index, cumulative));
        }
        past
    }

    pub(super) fn learn(&mut self) {
        self.learned = true;
        let pasts: Vec<Past> = (0..self.spec.signals.len()).map(|s| self.past(s)).collect();
        self.history_s = pasts.iter().map(Past::seconds).fold(0.0, f64::max);
        for signal in 0..self.spec.signals.len() {
            self.runs[signal].past = self.course_of(signal, &pasts[signal]);
            let spec = &self.spec.signals[signal];
            let past = &pasts[signal];
            self.models[signal] = match spec.kind {
                SignalKind::Ratio => Some(Model::Ratio(learn_ratio(
                    &self.plan,
                    past,
                    spec,
                    self.measured.by_good[signal],
                ))),
                SignalKind::Histogram => self.histogram_model(signal, past, &[]),
                SignalKind::Rate | SignalKind::Gauge => {
                    let with_events = with_events(past, self.load.map(|l| &pasts[l]));
                    Some(Model::Level(learn_level(&self.plan, &with_events, spec)))
                }
                SignalKind::Throughput => {
                    let trend = |t: f64| self.yesterday.trend(t);
                    Some(Model::Demand(learn_demand(&self.plan, past, &trend)))
                }
                SignalKind::Availability => Some(Model::Availability),
            };
        }
        for track in self.measured.tracks.iter_mut().flatten().flatten() {
            track.history.clear();
        }
    }

    /// Channels of buckets in ascending order of bound.
    pub(crate) fn order(&self, signal: usize) -> (Vec<usize>, Vec<f64>) {
        let bounds = &self.measured.bounds[signal];
        let mut order: Vec<usize> = (0..bounds.len()).collect();
        order.sort_by(|a, b| bounds[*a].total_cmp(&bounds[*b]));
        let finite = order
            .iter()
            .map(|k| bounds[*k])
            .filter(|b| b.is_finite())
            .collect();
        (order.iter().map(|k| k + 1).collect(), finite)
    }

    pub(super) fn histogram_model(
        &self,
        signal: usize,
        past: &Past,
        more: &[f64],
    ) -> Option<Model> {
        let (order, bounds) = self.order(signal);
        if order.len() != bounds.len() + 1 {
            return None;
        }
        let mut total = if past.slots > 0 {
            past.total()
        } else {
            vec![0.0; past.width]
        };
        for (sum, add) in total.iter_mut().zip(more) {
            *sum += add;
        }
        let mut counts = Vec::new();
        let n = super::super::model::buckets_of(&total, &order, &mut counts);
        let shape = Shape::new(&bounds, &counts)?;
        let quantile = self.spec.signals[signal].limits.quantile;
        let model = learn_histogram(&self.plan, past, shape, n, &order, quantile);
        Some(Model::Histogram(Box::new(model)))
    }

    /// Cold start: the shape of the latencies comes from the control until there is enough.
    pub(super) fn learn_from_control(&mut self, control: &[usize]) {
        for signal in 0..self.spec.signals.len() {
            if self.spec.signals[signal].kind != SignalKind::Histogram
                || self.relearn_at[signal] > 4000.0
            {
                continue;
            }
            let known = match &self.models[signal] {
                Some(Model::Histogram(model)) => model.n,
                _ => 0.0,
            };
            if known > 4000.0 {
                continue;
            }
            let width = 1 + self.measured.bounds[signal].len();
            let mut total = vec![0.0; width];
            for index in control {
                let Some(track) = &self.measured.tracks[signal][*index] else {
                    continue;
                };
                let Some(head) = track.coarse.head() else {
                    continue;
                };
                for row in (0..=head.max(0)).filter_map(|slot| track.coarse.row(slot)) {
                    for (sum, value) in total.iter_mut().zip(row) {
                        *sum += f64::from(*value);
                    }
                }
            }
            let (order, _) = self.order(signal);
            let n = order.last().map_or(0.0, |c| total[*c]);
            if n > known.max(1.5 * self.relearn_at[signal]).max(30.0) {
                self.relearn_at[signal] = n;
                let empty = Past {
                    width,
                    slot_s: self.measured.interval_s,
                    ..Past::default()
                };
                if let Some(model) = self.histogram_model(signal, &empty, &total) {
                    self.models[signal] = Some(model);
                }
            }
        }
    }
}

/// Rows of weight, content and events of the load.
fn with_events(past: &Past, load: Option<&Past>) -> Past {
    let mut out = Past {
        width: 3,
        slots: past.slots,
        slot_s: past.slot_s,
        apart: past.apart,
        alone: past.alone,
        instances: Vec::new(),
    };
    for (index, cumulative) in &past.instances {
        let events = load
            .filter(|l| l.slot_s == past.slot_s && l.slots == past.slots)
            .and_then(|l| {
                l.instances
                    .iter()
                    .find(|(i, _)| i == index)
                    .map(|(_, c)| (l.width, c))
            });
        let mut rows = Vec::with_capacity((past.slots + 1) * 3);
        for slot in 0..=past.slots {
            rows.extend_from_slice(&cumulative[slot * past.width..slot * past.width + 2]);
            rows.push(events.map_or(0.0, |(width, c)| c[slot * width + FIRST]));
        }
        out.instances.push((*index, rows));
    }
    out
}
