//! `tawny bench suspects`: what ranking the changes of a large release costs on this machine.

use super::super::{Exit, output};
use guard::suspects::{Case, Change, Deployment, File, Moved, Symptoms, rank};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;
use std::fmt::Write;
use std::time::Instant;

/// Ranking is to take no longer than this.
const GOAL_MS: f64 = 300.0;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// So many changes.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    changes: u32,
    /// So many megabytes of diff in all of them.
    #[arg(long, value_name = "MB", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=200))]
    megabytes: u32,
}

#[derive(Debug, Serialize)]
struct Measured {
    changes: usize,
    diff_bytes: usize,
    /// The median of five.
    ms: f64,
    goal_ms: f64,
    ratio: f64,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Exit {
    let case = release(arguments.changes, arguments.megabytes);
    let mut times: Vec<f64> = (0..5).map(|_| timed(&case)).collect();
    times.sort_by(f64::total_cmp);
    let files = case.changes.iter().flat_map(|change| &change.files);
    let measured = Measured {
        changes: case.changes.len(),
        diff_bytes: files.map(|file| file.patch.len()).sum(),
        ms: times[2],
        goal_ms: GOAL_MS,
        ratio: times[2] / GOAL_MS,
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
        "ranked {} changes with {:.1} MB of diff in {:.0} ms: {:.2} of the goal of {:.0} ms",
        m.changes,
        m.diff_bytes as f64 / 1e6,
        m.ms,
        m.ratio,
        m.goal_ms
    )
}

fn timed(case: &Case) -> f64 {
    let begun = Instant::now();
    let ranking = rank(case);
    let ms = begun.elapsed().as_secs_f64() * 1000.0;
    debug_assert_eq!(ranking.order.len(), case.changes.len());
    ms
}

const WORDS: [&str; 24] = [
    "order", "payment", "cart", "customer", "refund", "total", "fetch", "retry", "timeout", "pool",
    "cache", "query", "render", "token", "session", "queue", "worker", "price", "stock", "route",
    "limit", "parse", "report", "ledger",
];

/// A release of made changes: code, tests, settings, and an error that points into one of them.
fn release(changes: u32, megabytes: u32) -> Case {
    let mut rng = StdRng::seed_from_u64(7);
    let each = megabytes as usize * 1_000_000 / changes as usize;
    let changes: Vec<Change> = (0..changes).map(|at| change(at, each, &mut rng)).collect();
    let trace = "thread 'worker' panicked at src/payment/refund_17.rs:40:9:\ncalled `Option::unwrap()` on a `None` value\n   4: shop::payment::refund_order\n             at ./src/payment/refund_17.rs:40:9";
    Case {
        deployment: Deployment {
            id: "made".to_owned(),
            ..Deployment::default()
        },
        changes,
        symptoms: Symptoms {
            findings: vec![Moved {
                signal: "error_ratio".to_owned(),
                direction: "up".to_owned(),
                ..Moved::default()
            }],
            errors: vec![
                trace.to_owned(),
                "timed out waiting for a connection from the pool".to_owned(),
            ],
        },
        ..Case::default()
    }
}

fn change(at: u32, bytes: usize, rng: &mut StdRng) -> Change {
    let mut word = || WORDS[rng.random_range(0..WORDS.len())];
    let title = format!("Let {} {} the {}", word(), word(), word());
    let paths = [
        format!("src/{}/{}_{at}.rs", word(), word()),
        format!("tests/{}_{at}.rs", word()),
        format!("config/{}.yaml", word()),
    ];
    let shares = [0.6, 0.3, 0.1];
    let files = paths.into_iter().zip(shares).map(|(path, share)| {
        let mut patch = String::from("@@ -30,20 +30,20 @@ fn refund_order()\n");
        while patch.len() < (bytes as f64 * share) as usize {
            let sign = ["+", "-", " ", " "][rng.random_range(0..4)];
            let mut word = || WORDS[rng.random_range(0..WORDS.len())];
            // Writing into a string cannot fail.
            let _ = if path.ends_with("yaml") {
                writeln!(patch, "{sign}  {}_{}: {}", word(), word(), at)
            } else {
                writeln!(
                    patch,
                    "{sign}    let {}_{} = self.{}.{}(&{}Id, {at})?;",
                    word(),
                    word(),
                    word(),
                    word(),
                    word()
                )
            };
        }
        File {
            path,
            patch,
            ..File::default()
        }
    });
    let files = files.collect();
    Change {
        id: format!("{at:010x}"),
        title,
        files,
        ..Change::default()
    }
}
