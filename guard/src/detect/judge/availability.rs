//! Whether an instance answers its scrapes.

use super::super::past::Extra;
use super::super::spec::Direction;
use super::super::statement::Pattern;
use super::super::stats::signed_root;
use super::super::track::{FIRST, WEIGHT};
use super::{Candidate, Estimate, Found, Look};

pub(super) fn availability(look: &Look<'_>) -> Found {
    let mut found = Found::default();
    let mut a = Vec::new();
    found.baseline = Some(1.0);
    for j in 0..look.windows() {
        Look::add(&look.after, j, &mut a);
        let width = look.width();
        let (n, bad) = (a[width + WEIGHT], a[width + FIRST]);
        if n <= 0.0 {
            continue;
        }
        let share = bad / n;
        let p = 0.01;
        found.estimates.push(Estimate {
            window_s: look.plan.windows[j].seconds,
            effect: -share,
            interval: (-share - 1.0 / n, -share),
            tolerated: 0.25,
        });
        found.current = Some(1.0 - share);
        // Failures are few or many, never a little more: what is seen grows with their number.
        let visible = (3.0 / n).max(look.spec.tolerance.absolute);
        found.could_see(visible);
        if bad < 3.0 || share < 0.2 {
            continue;
        }
        let z = signed_root(bad, n, p);
        let sd = (share * (1.0 - share) / n + 0.25 / (n * n)).sqrt();
        found.offer(Candidate {
            score: look.score(z, Extra { e: 0.0, worst: 0.0 }),
            window_s: look.plan.windows[j].seconds,
            baseline: 1.0,
            current: 1.0 - share,
            interval: ((-share - 1.96 * sd).max(-1.0), -share + 1.96 * sd),
            pattern: Pattern::Silent,
            severe: true,
            hard: look.spec.limits.hard.is_some_and(|limit| {
                let failing = match look.spec.direction {
                    Direction::Up => limit,
                    Direction::Down => 1.0 - limit,
                };
                signed_root(bad, n, failing.max(0.001)) > 2.5
            }),
            cap: None,
        });
    }
    found
}
