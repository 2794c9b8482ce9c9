//! The crowd that walks through the shop.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::balance::Balance;
use super::counts::Book;
use super::{Mix, Plan, Target};
use crate::dice::Dice;

/// More open requests than this are failures without being sent: a bound for
/// our own memory. 5 s of waiting at 1000 requests per second stay below it.
const MOST_OPEN: usize = 6000;
/// Arrivals missed by more than this (a stopped process) are not made up for.
const TOO_LATE: Duration = Duration::from_secs(1);

pub(super) struct Crowd {
    client: reqwest::Client,
    plans: watch::Receiver<Plan>,
    mix: Mix,
    dice: Dice,
    balance: Balance,
    book: Arc<Mutex<Book>>,
    open: JoinSet<()>,
}

impl Crowd {
    pub(super) fn new(
        client: reqwest::Client,
        plans: watch::Receiver<Plan>,
        mix: Mix,
        seed: u64,
        book: Arc<Mutex<Book>>,
    ) -> Self {
        Self {
            client,
            plans,
            mix,
            dice: Dice::new(Some(seed)),
            balance: Balance::default(),
            book,
            open: JoinSet::new(),
        }
    }

    /// Sends at random moments, whether answers come or not, until `stop`.
    pub(super) async fn walk(mut self, stop: CancellationToken) {
        let mut next = Instant::now();
        loop {
            let rps = self.plans.borrow_and_update().rps;
            next = if rps > 0.0 {
                let gap = self.dice.exponential(1.0 / rps).min(3600.0);
                let late = next + TOO_LATE < Instant::now();
                let from = if late { Instant::now() } else { next };
                from + Duration::from_secs_f64(gap)
            } else {
                Instant::now() + Duration::from_secs(3600)
            };
            tokio::select! {
                () = stop.cancelled() => break,
                changed = self.plans.changed() => match changed {
                    // Memoryless arrivals: drawing again from now changes nothing but the rate.
                    Ok(()) => next = Instant::now(),
                    Err(_) => break,
                },
                () = sleep_until(next) => self.send(),
            }
            while self.open.try_join_next().is_some() {}
        }
        while self.open.join_next().await.is_some() {}
    }

    fn send(&mut self) {
        let plan = self.plans.borrow();
        let Some(target) = self.balance.next(&plan.targets).cloned() else {
            return;
        };
        drop(plan);
        let Some((method, path)) = self.mix.draw(&self.dice) else {
            return;
        };
        write(&self.book, |book| {
            book.sent(&target.instance, Timestamp::now());
        });
        if self.open.len() >= MOST_OPEN {
            write(&self.book, |book| {
                book.failed(&target.instance, Timestamp::now());
            });
            return;
        }
        let visit = visit(
            self.client.clone(),
            target,
            method,
            path,
            Arc::clone(&self.book),
        );
        self.open.spawn(visit);
    }
}

async fn visit(
    client: reqwest::Client,
    target: Target,
    method: Method,
    path: String,
    book: Arc<Mutex<Book>>,
) {
    let url = format!("{}{path}", target.base_url.trim_end_matches('/'));
    let answer = async {
        let answer = client.request(method, url).send().await?;
        let failed = answer.status().is_server_error();
        // Read to the end, or the connection cannot be used again.
        answer.bytes().await?;
        Ok::<_, reqwest::Error>(failed)
    };
    if answer.await.unwrap_or(true) {
        write(&book, |book| {
            book.failed(&target.instance, Timestamp::now());
        });
    }
}

fn write(book: &Mutex<Book>, write: impl FnOnce(&mut Book)) {
    write(&mut book.lock().unwrap_or_else(PoisonError::into_inner));
}
