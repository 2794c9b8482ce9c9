//! All randomness of one process, from one seed.

use std::sync::{Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, Exp1, StandardNormal};

pub(crate) struct Dice(Mutex<StdRng>);

impl Dice {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(|| rand::rng().next_u64());
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    fn roll<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// True in `share` of all calls.
    pub(crate) fn chance(&self, share: f64) -> bool {
        share > 0.0 && self.roll(RngExt::random::<f64>) < share
    }

    pub(crate) fn lognormal(&self, median: f64, sigma: f64) -> f64 {
        let z: f64 = self.roll(|rng| StandardNormal.sample(rng));
        median * (sigma * z).exp()
    }

    /// A waiting time with the given mean.
    pub(crate) fn exponential(&self, mean: f64) -> f64 {
        let unit: f64 = self.roll(|rng| Exp1.sample(rng));
        mean * unit
    }

    /// A number from 0 up to and without `end`; 0 if `end` is 0.
    pub(crate) fn below(&self, end: u32) -> u32 {
        if end == 0 {
            return 0;
        }
        self.roll(|rng| rng.random_range(0..end))
    }
}
