//! A small service for tests: a few instances behind a balancer, scraped at odd moments.

use super::{
    Comparison, Detector, Direction, Role, Sample, SeriesId, SeriesSpec, SignalKind, SignalSpec,
    Statement, Use, WatchSpec,
};

/// Bounds of the latency buckets, seconds.
pub(super) const BOUNDS: [f64; 12] = [
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

/// A generator that needs no crate: the same seed, the same numbers.
#[derive(Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().max(1e-12).ln()).sqrt()
            * (std::f64::consts::TAU * self.uniform()).cos()
    }

    pub(super) fn poisson(&mut self, mean: f64) -> u64 {
        let (limit, mut product, mut k) = ((-mean).exp(), self.uniform(), 0);
        while product > limit {
            product *= self.uniform();
            k += 1;
        }
        k
    }
}

/// What one instance does.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) rps: f64,
    pub(super) error_share: f64,
    /// Median latency, seconds.
    pub(super) latency_s: f64,
    /// False: it fails its scrapes and serves nothing.
    pub(super) alive: bool,
    /// False: nothing is scraped at all.
    pub(super) visible: bool,
    /// CPU seconds per request.
    pub(super) cpu: f64,
    pub(super) memory: f64,
    offset: f64,
    counters: [f64; 16],
    ids: Vec<SeriesId>,
    up: Option<SeriesId>,
}

impl Node {
    pub(super) fn restart(&mut self) {
        self.counters = [0.0; 16];
    }
}

#[derive(Clone)]
pub(super) struct Sim {
    pub(super) detector: Detector,
    pub(super) nodes: Vec<Node>,
    pub(super) t: f64,
    pub(super) interval_s: f64,
    pub(super) said: Vec<Statement>,
    dice: Dice,
}

pub(super) fn signals() -> Vec<SignalSpec> {
    vec![
        SignalSpec::new("errors", SignalKind::Ratio, Direction::Up).with_limits(
            Some(0.01),
            Some(0.05),
            0.99,
        ),
        SignalSpec::new("latency", SignalKind::Histogram, Direction::Up).with_limits(
            Some(1.0),
            Some(10.0),
            0.99,
        ),
        SignalSpec::new("throughput", SignalKind::Throughput, Direction::Down),
        SignalSpec::new("cpu", SignalKind::Rate, Direction::Up).with_unit("cores"),
        SignalSpec::new("memory", SignalKind::Gauge, Direction::Up)
            .accumulating()
            .with_unit("bytes"),
        SignalSpec::new("up", SignalKind::Availability, Direction::Down).with_limits(
            Some(0.99),
            Some(0.95),
            0.99,
        ),
    ]
}

impl Sim {
    /// `roles`: one instance each. The deployment is at t = 0; history begins at `from`.
    pub(super) fn new(
        comparison: Comparison,
        roles: &[Role],
        interval_s: f64,
        from: f64,
        rps: f64,
        seed: u64,
    ) -> Self {
        let mut watch = WatchSpec::new(comparison, 0.0, interval_s, signals());
        watch.load = Some("throughput".to_owned());
        let mut sim = Self {
            detector: Detector::new(watch),
            nodes: Vec::new(),
            t: from,
            interval_s,
            said: Vec::new(),
            dice: Dice::new(seed),
        };
        for (k, role) in roles.iter().enumerate() {
            sim.add(&format!("shop-{k}"), *role, rps / roles.len() as f64);
        }
        sim
    }

    pub(super) fn add(&mut self, name: &str, role: Role, rps: f64) {
        let mut declare = |uses: Vec<(&str, Use)>| {
            self.detector.declare(&SeriesSpec {
                uses: uses.into_iter().map(|(k, u)| (k.to_owned(), u)).collect(),
                instance: name.to_owned(),
                role,
            })
        };
        let mut ids = vec![
            declare(vec![("errors", Use::Total), ("throughput", Use::Counter)]),
            declare(vec![
                ("errors", Use::Total),
                ("errors", Use::Bad),
                ("throughput", Use::Counter),
            ]),
        ];
        ids.extend(
            BOUNDS
                .iter()
                .map(|le| declare(vec![("latency", Use::Bucket { le: *le })])),
        );
        ids.push(declare(vec![("cpu", Use::Counter)]));
        ids.push(declare(vec![("memory", Use::Gauge)]));
        let up = Some(declare(vec![("up", Use::Up)]));
        let offset = self.dice.uniform() * 0.9 * self.interval_s;
        self.nodes.push(Node {
            name: name.to_owned(),
            role,
            rps,
            error_share: 0.0,
            latency_s: 0.03,
            alive: true,
            visible: true,
            cpu: 0.004,
            memory: 1e8,
            offset,
            counters: [0.0; 16],
            ids,
            up,
        });
    }

    pub(super) fn node(&mut self, role: Role) -> &mut Node {
        let at = self.nodes.iter().position(|n| n.role == role).unwrap_or(0);
        &mut self.nodes[at]
    }

    /// Restarts an instance now, as a deployment does.
    pub(super) fn restart(&mut self, role: Role) {
        self.node(role).restart();
    }

    /// Goes on until `t`, one scrape of every instance after the other, a tick after each round.
    pub(super) fn run(&mut self, until: f64) -> &mut Self {
        while self.t < until - 1e-9 {
            self.t += self.interval_s;
            for k in 0..self.nodes.len() {
                self.scrape(k);
            }
            let said = self.detector.tick(self.t + self.interval_s);
            self.said.extend(said);
        }
        self
    }

    fn scrape(&mut self, k: usize) {
        let (interval_s, dice) = (self.interval_s, &mut self.dice);
        let node = &mut self.nodes[k];
        let t = self.t + node.offset;
        if node.alive {
            let n = dice.poisson(node.rps * interval_s);
            for _ in 0..n {
                let bad = dice.uniform() < node.error_share;
                node.counters[usize::from(bad)] += 1.0;
                let latency = node.latency_s * (0.5 * dice.normal()).exp();
                for (b, le) in BOUNDS.iter().enumerate() {
                    if latency <= *le {
                        node.counters[2 + b] += 1.0;
                    }
                }
            }
            node.counters[14] +=
                interval_s * 0.01 + node.cpu * n as f64 * (1.0 + 0.1 * dice.normal()).max(0.1);
            node.counters[15] = node.memory * (1.0 + 0.01 * dice.normal());
        }
        if !node.visible {
            return;
        }
        if let Some(up) = node.up {
            self.detector
                .push(up, t, Sample::Value(f64::from(u8::from(node.alive))));
        }
        if node.alive {
            for (id, value) in node.ids.iter().zip(node.counters) {
                self.detector.push(*id, t, Sample::Value(value));
            }
        }
    }

    pub(super) fn first(&self, signal: &str) -> Option<&Statement> {
        self.said.iter().find(|s| s.signal == signal)
    }
}
