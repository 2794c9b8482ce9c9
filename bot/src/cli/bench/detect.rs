//! `tawny bench detect`: what judging costs on this machine.

use super::super::{Exit, output};
use guard::detect::{
    Comparison, Detector, Direction, Role, Sample, SeriesId, SeriesSpec, SignalKind, SignalSpec,
    Use, WatchSpec,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Replay these episodes instead of made ones: a folder of JSON lines.
    #[arg(long, value_name = "FOLDER")]
    episodes: Option<PathBuf>,
    /// So many signals are watched at once.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    signals: usize,
}

#[derive(Debug, Serialize)]
struct Measured {
    episodes: usize,
    cpu_ms_per_episode: f64,
    signals: usize,
    interval_s: f64,
    cpu_us_per_signal_and_tick: f64,
    signals_per_core: f64,
    largest_state_bytes_per_signal: usize,
}

/// Interval of the watches that are measured.
const INTERVAL_S: f64 = 5.0;
/// Instances of each watch.
const INSTANCES: usize = 4;
const BOUNDS: [f64; 12] = [
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    f64::INFINITY,
];

pub(super) fn run(arguments: &Arguments, json: bool) -> Exit {
    let (count, ms) = match replayed(arguments.episodes.as_deref()) {
        Ok(found) => found,
        Err(error) => {
            output::failed(&error);
            return Exit::Usage;
        }
    };
    let carried = carried(arguments.signals.clamp(SIGNALS, 20_000));
    let measured = Measured {
        episodes: count,
        cpu_ms_per_episode: ms,
        ..carried
    };
    if json {
        output::document("bench", &measured);
    } else {
        output::line(&told(&measured));
    }
    Exit::Done
}

fn told(m: &Measured) -> String {
    format!(
        "replayed {} episodes of half an hour: {:.1} ms CPU each, parsing included\n\
         watched {} signals every {} s: {:.1} µs CPU per signal and tick; one core carries {:.0} of them\n\
         largest state of a signal: {:.0} KB",
        m.episodes,
        m.cpu_ms_per_episode,
        m.signals,
        m.interval_s,
        m.cpu_us_per_signal_and_tick,
        m.signals_per_core,
        m.largest_state_bytes_per_signal as f64 / 1000.0
    )
}

/// Number of episodes and mean milliseconds of each.
fn replayed(folder: Option<&Path>) -> Result<(usize, f64), String> {
    let mut texts = Vec::new();
    match folder {
        Some(folder) => {
            let wrong = |error: std::io::Error| format!("--episodes {}: {error}", folder.display());
            for entry in std::fs::read_dir(folder).map_err(wrong)? {
                let path = entry.map_err(wrong)?.path();
                let name = path
                    .file_name()
                    .and_then(|n| n.to_str())
                    .unwrap_or_default();
                if name.starts_with("ep_") && path.extension().is_some_and(|e| e == "jsonl") {
                    texts.push(std::fs::read(&path).map_err(wrong)?);
                }
            }
            if texts.is_empty() {
                return Err(format!(
                    "--episodes {}: expected files named ep_*.jsonl",
                    folder.display()
                ));
            }
        }
        None => texts.extend((0..8).map(|seed| episode(seed).into_bytes())),
    }
    let clock = Clock::start();
    for text in &texts {
        crate::replay::run(text.as_slice(), None, std::io::sink())
            .map_err(|error| error.to_string())?;
    }
    Ok((texts.len(), 1000.0 * clock.seconds() / texts.len() as f64))
}

/// CPU time of this thread; where the system does not tell, time itself.
struct Clock {
    begun: Instant,
    cpu: Option<f64>,
}

impl Clock {
    fn start() -> Self {
        Self {
            begun: Instant::now(),
            cpu: cpu(),
        }
    }

    fn seconds(&self) -> f64 {
        match (self.cpu, cpu()) {
            (Some(before), Some(now)) => now - before,
            _ => self.begun.elapsed().as_secs_f64(),
        }
    }
}

/// Seconds this thread ran, as Linux tells it.
fn cpu() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// Signals of each watch.
const SIGNALS: usize = 6;

fn signals() -> Vec<SignalSpec> {
    vec![
        SignalSpec::new("errors", SignalKind::Ratio, Direction::Up),
        SignalSpec::new("latency", SignalKind::Histogram, Direction::Up),
        SignalSpec::new("throughput", SignalKind::Throughput, Direction::Down),
        SignalSpec::new("cpu", SignalKind::Rate, Direction::Up),
        SignalSpec::new("memory", SignalKind::Gauge, Direction::Up).accumulating(),
        SignalSpec::new("queue", SignalKind::Gauge, Direction::Up),
    ]
}

/// Series of an instance: what each is used for.
fn uses() -> Vec<Vec<(String, Use)>> {
    let of = |uses: &[(&str, Use)]| uses.iter().map(|(k, u)| ((*k).to_owned(), *u)).collect();
    let mut all = vec![
        of(&[("errors", Use::Total), ("throughput", Use::Counter)]),
        of(&[
            ("errors", Use::Total),
            ("errors", Use::Bad),
            ("throughput", Use::Counter),
        ]),
        of(&[("cpu", Use::Counter)]),
        of(&[("memory", Use::Gauge)]),
        of(&[("queue", Use::Gauge)]),
    ];
    all.extend(
        BOUNDS
            .iter()
            .map(|le| of(&[("latency", Use::Bucket { le: *le })])),
    );
    all
}

/// One instance's counters, moving as those of a small service do.
struct Node {
    values: Vec<f64>,
}

impl Node {
    fn new() -> Self {
        Self {
            values: vec![0.0; 5 + BOUNDS.len()],
        }
    }

    fn step(&mut self, dice: &mut StdRng) {
        let requests = (50.0 * INTERVAL_S * dice.random_range(0.8..1.2_f64)).round();
        let bad = (requests * dice.random_range(0.0..0.004_f64)).round();
        self.values[0] += requests - bad;
        self.values[1] += bad;
        self.values[2] += requests * 0.004 * dice.random_range(0.9..1.1_f64);
        self.values[3] = 3e8 * dice.random_range(0.99..1.01_f64);
        self.values[4] = dice.random_range(2.0..6.0_f64);
        for (k, le) in BOUNDS.iter().enumerate() {
            let share = if le.is_finite() {
                1.0 / (1.0 + (0.06 / le).powi(3))
            } else {
                1.0
            };
            self.values[5 + k] += (requests * share).round();
        }
    }
}

/// Watches with half an hour of history, judged for a while.
fn carried(wanted: usize) -> Measured {
    let watches = wanted.div_ceil(SIGNALS);
    let mut dice = StdRng::seed_from_u64(1);
    let mut all: Vec<(Detector, Vec<SeriesId>)> = (0..watches).map(|_| watch()).collect();
    let mut nodes: Vec<Node> = (0..INSTANCES).map(|_| Node::new()).collect();
    let (history, ticks) = (360_i32, 60_i32);
    let mut spent = 0.0;
    for k in -history..=ticks {
        let t = f64::from(k) * INTERVAL_S;
        nodes.iter_mut().for_each(|node| node.step(&mut dice));
        let clock = Clock::start();
        for (detector, ids) in &mut all {
            let values = nodes.iter().flat_map(|node| &node.values);
            for (id, value) in ids.iter().zip(values) {
                detector.push(*id, t, Sample::Value(*value));
            }
            detector.tick(t);
        }
        if k > 0 {
            spent += clock.seconds();
        }
    }
    let signals = watches * SIGNALS;
    let per_tick = spent / f64::from(ticks) / signals as f64;
    let state = |detector: &Detector| (0..SIGNALS).map(|s| detector.state_size(s)).max();
    Measured {
        episodes: 0,
        cpu_ms_per_episode: 0.0,
        signals,
        interval_s: INTERVAL_S,
        cpu_us_per_signal_and_tick: 1e6 * per_tick,
        signals_per_core: INTERVAL_S / per_tick,
        largest_state_bytes_per_signal: all.iter().filter_map(|(d, _)| state(d)).max().unwrap_or(0),
    }
}

fn watch() -> (Detector, Vec<SeriesId>) {
    let comparison = Comparison::CanaryVsStable { canary_share: None };
    let mut spec = WatchSpec::new(comparison, 0.0, INTERVAL_S, signals());
    spec.load = Some("throughput".to_owned());
    let mut detector = Detector::new(spec);
    let mut ids = Vec::new();
    for k in 0..INSTANCES {
        for uses in uses() {
            ids.push(detector.declare(&SeriesSpec {
                uses,
                instance: format!("i{k}"),
                role: if k == 0 { Role::Canary } else { Role::Stable },
            }));
        }
    }
    (detector, ids)
}

/// An hour before and half an hour after a deployment, as an episode.
fn episode(seed: u64) -> String {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut series = Vec::new();
    for k in 0..INSTANCES {
        let role = if k == 0 { "canary" } else { "stable" };
        let mut add = |metric: &str, kind: &str, labels: String| {
            series.push(format!(
                r#"{{"metric":"{metric}","type":"{kind}","instance":"i{k}","role":"{role}","labels":{{{labels}}}}}"#
            ));
        };
        add("requests", "counter", r#""code":"200""#.to_owned());
        add("requests", "counter", r#""code":"500""#.to_owned());
        add("cpu", "counter", String::new());
        add("memory", "gauge", String::new());
        add("queue", "gauge", String::new());
        for le in BOUNDS {
            let le = if le.is_finite() {
                le.to_string()
            } else {
                "+Inf".to_owned()
            };
            add("latency_bucket", "counter", format!(r#""le":"{le}""#));
        }
    }
    let mut text = format!(
        concat!(
            r#"{{"detbench":1,"episode":"bench","mode":"canary","interval_s":{},"deploy_t":0,"signals":{{"#,
            r#""errors":{{"metric":"requests","bad":"code=~\"5..\"","direction":"up"}},"#,
            r#""latency":{{"metric":"latency","direction":"up"}},"#,
            r#""throughput":{{"metric":"requests","direction":"down"}},"#,
            r#""cpu":{{"metric":"cpu","direction":"up","per":"s"}},"#,
            r#""memory":{{"metric":"memory","direction":"up"}},"#,
            r#""queue":{{"metric":"queue","direction":"up"}}}},"series":[{}]}}"#
        ),
        INTERVAL_S,
        series.join(",")
    );
    let mut nodes: Vec<Node> = (0..INSTANCES).map(|_| Node::new()).collect();
    for k in -720..=360_i32 {
        if k == 1 {
            nodes[0] = Node::new();
        }
        let _ = write!(text, "\n{{\"t\":{},\"v\":[", f64::from(k) * INTERVAL_S);
        for (n, node) in nodes.iter_mut().enumerate() {
            node.step(&mut dice);
            for (j, value) in node.values.iter().enumerate() {
                let comma = if n + j == 0 { "" } else { "," };
                let _ = write!(text, "{comma}{value:.6}");
            }
        }
        text.push_str("]}");
    }
    text
}
