//! What must hold whatever the service: properties over many made services.

use super::super::sim::{Dice, Sim};
use super::super::*;

const CANARY: Comparison = Comparison::CanaryVsStable { canary_share: None };
const DEMO: [Role; 4] = [Role::Stable, Role::Stable, Role::Stable, Role::Canary];

/// Everything a detector is given, so that it can be given again in another shape.
#[derive(Clone)]
struct Fed {
    watch: WatchSpec,
    series: Vec<SeriesSpec>,
    /// Time, and the value of each series, if it was sampled then.
    rows: Vec<(f64, Vec<Option<f64>>)>,
}

/// A service of several instances, with whatever the dice say going wrong after the deployment.
fn fed(dice: &mut Dice, comparison: Comparison, fault: bool) -> Fed {
    let interval_s = [5.0, 10.0, 15.0][(dice.uniform() * 3.0) as usize];
    let mut watch = WatchSpec::new(comparison, 0.0, interval_s, super::super::sim::signals());
    watch.load = Some("throughput".to_owned());
    let rps = 10.0 + 60.0 * dice.uniform();
    let (error, slower, factor) = (
        0.01 * dice.uniform(),
        0.02 + 0.2 * dice.uniform(),
        if fault {
            1.3 + 3.0 * dice.uniform()
        } else {
            1.0
        },
    );
    let kind = (dice.uniform() * 3.0) as usize;
    let mut series = Vec::new();
    let roles = if comparison == CANARY {
        DEMO
    } else {
        [Role::All; 4]
    };
    for (k, role) in roles.iter().enumerate() {
        for uses in uses() {
            series.push(SeriesSpec {
                uses,
                instance: format!("shop-{k}"),
                role: *role,
            });
        }
    }
    let width = uses().len();
    let mut counters = vec![0.0; series.len()];
    let mut rows = Vec::new();
    let mut t = -900.0;
    while t < 420.0 {
        t += interval_s;
        let mut row = Vec::new();
        for (k, role) in roles.iter().enumerate() {
            let new = t > 0.0 && !matches!(role, Role::Stable);
            let c = &mut counters[k * width..(k + 1) * width];
            if new && t - interval_s <= 0.0 {
                c.fill(0.0);
            }
            let bad = new && t > 60.0;
            let share = error * if bad && kind == 0 { 8.0 * factor } else { 1.0 };
            let median = slower * if bad && kind == 1 { factor } else { 1.0 };
            let memory = 2e8 * if bad && kind == 2 { factor } else { 1.0 };
            let n = dice.poisson(rps / 4.0 * interval_s / 10.0) * 10;
            for _ in 0..n {
                let failed = dice.uniform() < share;
                c[usize::from(failed)] += 1.0;
                let latency = median * (0.6 * dice.normal()).exp();
                for (b, le) in super::super::sim::BOUNDS.iter().enumerate() {
                    if latency <= *le {
                        c[2 + b] += 1.0;
                    }
                }
            }
            c[14] += 0.004 * n as f64 + 0.01 * interval_s;
            c[15] = memory * (1.0 + 0.01 * dice.normal());
            c[16] = 1.0;
            let seen = dice.uniform() > 0.01;
            row.extend(c.iter().map(|v| seen.then_some(*v)));
        }
        rows.push((t, row));
    }
    Fed {
        watch,
        series,
        rows,
    }
}

fn uses() -> Vec<Vec<(String, Use)>> {
    let of = |uses: &[(&str, Use)]| uses.iter().map(|(k, u)| ((*k).to_owned(), *u)).collect();
    let mut all = vec![
        of(&[("errors", Use::Total), ("throughput", Use::Counter)]),
        of(&[
            ("errors", Use::Total),
            ("errors", Use::Bad),
            ("throughput", Use::Counter),
        ]),
    ];
    let buckets = super::super::sim::BOUNDS.iter();
    all.extend(buckets.map(|le| of(&[("latency", Use::Bucket { le: *le })])));
    all.push(of(&[("cpu", Use::Counter)]));
    all.push(of(&[("memory", Use::Gauge)]));
    all.push(of(&[("up", Use::Up)]));
    all
}

impl Fed {
    fn judged(&self) -> (Vec<Statement>, Summary) {
        let mut detector = Detector::new(self.watch.clone());
        let ids: Vec<SeriesId> = self.series.iter().map(|s| detector.declare(s)).collect();
        let mut said = Vec::new();
        for (t, row) in &self.rows {
            for (id, value) in ids.iter().zip(row) {
                if let Some(value) = value {
                    detector.push(*id, *t, Sample::Value(*value));
                }
            }
            said.extend(detector.tick(*t));
        }
        (said, detector.summary())
    }

    fn verdict(&self) -> Verdict {
        self.judged().1.verdict
    }
}

/// What is said, without the names of instances and with times relative to the deployment.
fn gist(fed: &Fed) -> Vec<(i64, Evidence, String, bool, i64)> {
    let cells = |t: f64| ((t - fed.watch.deploy_at) * 1000.0).round() as i64;
    let (said, _) = fed.judged();
    said.iter()
        .map(|s| {
            let group = s.scope == Scope::Group;
            (
                cells(s.t),
                s.evidence,
                s.signal.clone(),
                group,
                cells(s.onset_t),
            )
        })
        .collect()
}

/// How many services are made: some to be quick, and with the feature `thorough` many.
pub(super) const TIMES: u64 = if cfg!(feature = "thorough") { 50 } else { 1 };

fn each(seeds: std::ops::Range<u64>, check: impl Fn(u64, &Fed, Comparison)) {
    for seed in seeds {
        for comparison in [CANARY, Comparison::BeforeVsAfter] {
            let mut dice = Dice::new(seed + 1000);
            let made = fed(&mut dice, comparison, seed % 3 != 0);
            check(seed, &made, comparison);
        }
    }
}

#[test]
fn renaming_signals_and_permuting_instances_changes_nothing() {
    each(0..2 * TIMES, |seed, made, _| {
        let mut other = made.clone();
        for spec in &mut other.watch.signals {
            spec.key = format!("x-{}", spec.key);
        }
        other.watch.load = other.watch.load.map(|load| format!("x-{load}"));
        for series in &mut other.series {
            for (key, _) in &mut series.uses {
                *key = format!("x-{key}");
            }
            series.instance = format!("node/{}", series.instance);
        }
        let width = uses().len();
        let turn = |row: &mut Vec<Option<f64>>| row[..3 * width].rotate_left(width);
        other.series[..3 * width].rotate_left(width);
        other.rows.iter_mut().for_each(|(_, row)| turn(row));
        let plain: Vec<_> = gist(made)
            .into_iter()
            .map(|(t, evidence, signal, group, onset)| {
                (t, evidence, format!("x-{signal}"), group, onset)
            })
            .collect();
        assert_eq!(plain, gist(&other), "seed {seed}");
    });
}

#[test]
fn shifting_everything_by_whole_days_changes_nothing() {
    each(0..2 * TIMES, |seed, made, _| {
        let mut other = made.clone();
        let days = 86_400.0 * 20_000.0;
        other.watch.deploy_at += days;
        other.rows.iter_mut().for_each(|(t, _)| *t += days);
        assert_eq!(gist(made), gist(&other), "seed {seed}");
    });
}

#[test]
fn more_traffic_of_the_same_kind_never_turns_degraded_into_healthy() {
    each(0..2 * TIMES, |seed, made, _| {
        if made.verdict() != Verdict::Degraded {
            return;
        }
        let mut other = made.clone();
        let gauges: Vec<bool> = other
            .series
            .iter()
            .map(|s| {
                s.uses
                    .iter()
                    .any(|(_, u)| matches!(u, Use::Gauge | Use::Up))
            })
            .collect();
        for (_, row) in &mut other.rows {
            for (value, gauge) in row.iter_mut().zip(&gauges) {
                if let Some(value) = value.as_mut().filter(|_| !gauge) {
                    *value *= 8.0;
                }
            }
        }
        assert_eq!(other.verdict(), Verdict::Degraded, "seed {seed}");
    });
}

#[test]
fn merging_buckets_hardly_ever_changes_the_verdict() {
    let (mut other, mut all) = (0, 0);
    for seed in 0..2 * TIMES {
        for comparison in [CANARY, Comparison::BeforeVsAfter] {
            let mut dice = Dice::new(seed + 1000);
            let made = fed(&mut dice, comparison, seed % 3 != 0);
            let mut merged = made.clone();
            let gone = |s: &SeriesSpec| {
                s.uses
                    .iter()
                    .any(|(_, u)| matches!(u, Use::Bucket { le } if [0.01, 1.0, 5.0].contains(le)))
            };
            let kept: Vec<bool> = made.series.iter().map(|s| !gone(s)).collect();
            let mut keep = kept.iter();
            merged.series.retain(|_| *keep.next().unwrap_or(&true));
            for (_, row) in &mut merged.rows {
                let mut keep = kept.iter();
                row.retain(|_| *keep.next().unwrap_or(&true));
            }
            all += 1;
            other += usize::from(made.verdict() != merged.verdict());
        }
    }
    assert!(other * 20 <= all, "{other} of {all}");
}

#[test]
fn an_improvement_never_alarms_whatever_improves() {
    for seed in 0..3 * TIMES {
        for comparison in [CANARY, Comparison::BeforeVsAfter] {
            let roles = if comparison == CANARY {
                DEMO
            } else {
                [Role::All; 4]
            };
            let mut sim = Sim::new(comparison, &roles, 5.0, -600.0, 80.0, seed + 40);
            let mut dice = Dice::new(seed);
            for node in &mut sim.nodes {
                (node.error_share, node.latency_s) = (0.03, 0.2);
            }
            sim.run(0.0);
            let (errors, faster, cheaper) = (dice.uniform(), dice.uniform(), dice.uniform());
            for node in sim.nodes.iter_mut().filter(|n| n.role != Role::Stable) {
                node.error_share *= errors;
                node.latency_s *= 0.2 + 0.8 * faster;
                node.cpu *= 0.2 + 0.8 * cheaper;
                node.memory *= 0.5;
            }
            sim.run(400.0);
            assert!(sim.said.is_empty(), "seed {seed}: {:?}", sim.said);
        }
    }
}

#[test]
fn asked_often_or_seldom_about_the_same_the_same_is_known() {
    each(0..2 * TIMES, |seed, made, _| {
        let mut watch = made.watch.clone();
        watch.settle_s = 1.0;
        let run = |pieces: usize| {
            let mut detector = Detector::new(watch.clone());
            let ids: Vec<SeriesId> = made.series.iter().map(|s| detector.declare(s)).collect();
            let mut said = Vec::new();
            for (t, row) in &made.rows {
                // The same scrape comes in one answer or in several, with a look after each.
                for piece in 0..pieces {
                    for (k, (id, value)) in ids.iter().zip(row).enumerate() {
                        if let Some(value) = value.filter(|_| k % pieces == piece) {
                            detector.push(*id, *t, Sample::Value(value));
                        }
                    }
                    said.extend(detector.tick(*t + 0.3));
                }
                said.extend(detector.tick(*t + 2.0));
            }
            format!("{said:?} {:?}", detector.summary())
        };
        assert_eq!(run(1), run(3), "seed {seed}");
    });
}

#[test]
fn a_recording_in_json_is_judged_to_the_same_words() {
    each(0..2 * TIMES, |seed, made, _| {
        let mut detector = Detector::new(made.watch.clone());
        let mut said = Vec::new();
        let mut declare = made.series.clone();
        for (t, row) in &made.rows {
            let mut step = Step {
                now: *t,
                declare: std::mem::take(&mut declare),
                judged: true,
                ..Step::default()
            };
            for (k, value) in row.iter().enumerate() {
                if let Some(value) = value {
                    step.push(SeriesId(k), *t, Sample::Value(*value));
                }
            }
            let line = serde_json::to_string(&step).expect("a step is JSON");
            let read: Step = serde_json::from_str(&line).expect("and is read back");
            assert_eq!(read, step);
            said.extend(read.feed(&mut detector));
        }
        assert_eq!(said, made.judged().0, "seed {seed}");
    });
}

#[test]
fn no_series_whatever_makes_it_panic_or_say_what_is_no_number() {
    let strange = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -1.0,
        1e300,
        -1e300,
        1e-300,
        f64::MIN_POSITIVE,
        4.2,
    ];
    for seed in 0..4 * TIMES {
        let mut dice = Dice::new(seed + 7);
        let comparison = if seed % 2 == 0 {
            CANARY
        } else {
            Comparison::BeforeVsAfter
        };
        let mut watch = WatchSpec::new(comparison, 0.0, 5.0, super::super::sim::signals());
        watch.load = Some("throughput".to_owned());
        let mut detector = Detector::new(watch);
        let roles = [Role::All, Role::Stable, Role::Canary, Role::New, Role::Old];
        let mut ids = Vec::new();
        let mut t = -400.0 * dice.uniform();
        for _ in 0..200 {
            t += 8.0 * dice.uniform() - 0.5;
            if dice.uniform() < 0.1 || ids.is_empty() {
                let role = roles[(dice.uniform() * 5.0) as usize];
                let instance = format!("i{}", (dice.uniform() * 4.0) as usize);
                for mut uses in uses() {
                    if let Some((_, Use::Bucket { le })) = uses.first_mut()
                        && dice.uniform() < 0.05
                    {
                        *le = strange[(dice.uniform() * 10.0) as usize];
                    }
                    let instance = instance.clone();
                    ids.push(detector.declare(&SeriesSpec {
                        uses,
                        instance,
                        role,
                    }));
                }
            }
            for id in &ids {
                let value = match (dice.uniform() * 12.0) as usize {
                    0 => strange[(dice.uniform() * 10.0) as usize],
                    1 => continue,
                    2 => t * dice.uniform(),
                    _ => t + 400.0,
                };
                detector.push(*id, t, Sample::Value(value));
            }
            if dice.uniform() < 0.02 {
                detector.begin_verification(t, &["i0", "i1"]);
                detector.instance_started("i2", t);
            }
            let said = detector.tick(t);
            let text = format!("{said:?} {:?} {:?}", detector.summary(), detector.cure());
            assert!(
                !text.contains("NaN") && !text.contains("inf"),
                "seed {seed}: {text}"
            );
        }
    }
}
