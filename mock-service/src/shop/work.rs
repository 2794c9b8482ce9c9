//! The work of one request: the time it takes, and what can go wrong on the way.

use std::time::Duration;

use tokio::time::sleep;

use super::{Refusal, Shop};
use crate::Route;
use crate::downstream::Trouble;
use crate::pool::{Connection, Exhausted};

/// Spread of a healthy latency, and of the fault `latency`.
const SIGMA: f64 = 0.4;
/// One request in a hundred is unlucky: a cold cache, a pause.
const UNLUCKY_SHARE: f64 = 0.01;
const UNLUCKY_FACTOR: f64 = 4.0;
/// Part of the work that is done before the database is asked.
const BEFORE_QUERY: f64 = 0.4;

impl Shop {
    /// Does what a request of this route costs; `product` is what it asks the service below about.
    pub(super) async fn work(&self, route: Route, product: u32) -> Result<(), Refusal> {
        let seconds = self.healthy_seconds(route);
        pause(seconds * BEFORE_QUERY + self.added_seconds(route)).await;
        self.goes_wrong(route)?;
        let query = seconds * (1.0 - BEFORE_QUERY);
        if route.uses_pool() {
            let connection = self.pool.acquire().await.map_err(Refusal::from)?;
            pause(query).await;
            self.hand_back(connection, route);
        } else {
            pause(query).await;
        }
        if route.calls_downstream() {
            let harmed = self.faults.dependency_share(route);
            self.downstream.call(product, harmed).await?;
        }
        Ok(())
    }

    /// A probe does no work, but a fault that names it hits it.
    pub(super) async fn probe(&self, route: Route) -> Result<(), Refusal> {
        let added = self.added_seconds(route);
        if added > 0.0 {
            pause(added).await;
        }
        if self.dice.chance(self.faults.error_share(route)) {
            return Err(Refusal::Bug);
        }
        Ok(())
    }

    fn healthy_seconds(&self, route: Route) -> f64 {
        let unlucky = self.dice.chance(UNLUCKY_SHARE);
        let factor = if unlucky { UNLUCKY_FACTOR } else { 1.0 };
        factor
            * self
                .dice
                .lognormal(route.median_seconds() * self.pace, SIGMA)
    }

    fn added_seconds(&self, route: Route) -> f64 {
        let medians = self.faults.latency_medians(route);
        medians.iter().map(|m| self.dice.lognormal(*m, SIGMA)).sum()
    }

    fn goes_wrong(&self, route: Route) -> Result<(), Refusal> {
        if self.dice.chance(self.options.error_baseline) {
            return Err(Refusal::BadDay);
        }
        if self.dice.chance(self.faults.error_share(route)) {
            return Err(Refusal::Bug);
        }
        Ok(())
    }

    fn hand_back(&self, connection: Connection, route: Route) {
        for (fault, share) in self.faults.pool_leaks(route) {
            if self.dice.chance(share) {
                self.pool.leak(connection, &fault);
                return;
            }
        }
    }
}

async fn pause(seconds: f64) {
    sleep(Duration::from_secs_f64(seconds)).await;
}

impl From<Exhausted> for Refusal {
    fn from(_: Exhausted) -> Self {
        Self::NoConnection
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Failed => Self::DownstreamFailed,
            Trouble::TimedOut => Self::DownstreamTimedOut,
        }
    }
}
