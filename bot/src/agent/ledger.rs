//! What was spent, and what may still be: of this incident, today, and today in this channel.
//!
//! A request is entered before it is sent, with the most that it may come to, and again when it is known what it came to.
//! So a process that dies, or another server, never thinks that less was spent than was.

use config::Settings;
use config::settings::ModelPrice;
use engine::clock::Clock;
use guard::root_cause::{Bound, Money, Over, Short};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use journal::{Inbox, JournalError, ModelCall, ModelCallsWanted, Reader, Spent};
use std::time::Duration;

use super::endpoint::Usage;

/// Whose account something goes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// What for: `investigate`, `ask`, `write`, `mend`, `test`.
    pub purpose: &'static str,
    /// What about: a deployment, a service.
    pub subject: String,
    /// In which channel somebody wanted it, or it is told.
    pub channel: Option<String>,
}

/// A request that was entered and has not ended.
#[derive(Debug, Clone)]
pub struct Charge(ModelCall);

/// The accounts.
#[derive(Clone)]
pub(super) struct Ledger {
    pub(super) reader: Reader,
    pub(super) inbox: Option<Inbox>,
    pub(super) clock: Clock,
}

/// What a request may come to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Estimate {
    pub(super) input: u64,
    pub(super) output: u64,
}

impl Ledger {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether another request of this size stays within all bounds; which one it would break if not.
    ///
    /// # Errors
    /// The journal cannot be read: then nothing is spent.
    pub(super) async fn room(
        &self,
        settings: &Settings,
        account: &Account,
        model: &str,
        next: Estimate,
    ) -> Result<Option<(Short, Over)>, JournalError> {
        let agent = &settings.agent;
        let cost = price(settings, model).map_or(0, |price| cost(price, next.usage()));
        let now = self.now();
        let (today, tomorrow) = (Some(midnight(now)), next_midnight(now));
        let of = |since, channel: Option<&String>, subject: Option<&String>| ModelCallsWanted {
            since,
            channel: channel.cloned(),
            subject: subject.cloned(),
        };
        let day = of(today, None, None);
        let mut bounds = vec![(Bound::Day, day, agent.day.tokens, agent.day.money)];
        if !account.subject.is_empty() {
            let incident = of(None, None, Some(&account.subject));
            let (tokens, money) = (agent.incident.tokens, agent.incident.money);
            bounds.push((Bound::Incident, incident, tokens, money));
        }
        if account.channel.is_some() {
            let channel = of(today, account.channel.as_ref(), None);
            let (tokens, money) = (agent.channel.tokens, agent.channel.money);
            bounds.push((Bound::Channel, channel, tokens, money));
        }
        for (bound, wanted, tokens, money) in bounds {
            let spent = self.reader.spent_on_models(&wanted).await?;
            let until = match bound {
                Bound::Incident => None,
                Bound::Day | Bound::Channel => Some(tomorrow),
            };
            let over = Over { bound, until };
            if spent.tokens() + next.input + next.output > tokens {
                return Ok(Some((Short::Tokens, over)));
            }
            if money.is_some_and(|money| spent.cost + cost > micros(money)) {
                return Ok(Some((Short::Budget, over)));
            }
        }
        Ok(None)
    }

    /// Enters a request that is about to be sent.
    pub(super) async fn begin(
        &self,
        settings: &Settings,
        account: &Account,
        endpoint: &super::endpoint::Endpoint,
        next: Estimate,
    ) -> Result<Charge, JournalError> {
        let now = self.now();
        let price = price(settings, endpoint.model());
        let call = ModelCall {
            id: format!(
                "model_{:016x}_{}",
                now.as_microsecond(),
                engine::clock::nonce()
            ),
            called_at: now,
            purpose: account.purpose.to_owned(),
            subject: account.subject.clone(),
            channel: account.channel.clone().unwrap_or_default(),
            endpoint: endpoint.name().to_owned(),
            model: endpoint.model().to_owned(),
            outcome: "begun".to_owned(),
            tokens_in: next.input,
            tokens_cached: 0,
            tokens_out: next.output,
            cost: price.map(|price| cost(price, next.usage())),
            took: Duration::ZERO,
        };
        self.keep(&call).await?;
        Ok(Charge(call))
    }

    /// Enters what a request came to. Where the server did not say, what was estimated stands.
    pub(super) async fn end(
        &self,
        settings: &Settings,
        charge: Charge,
        outcome: &str,
        usage: Option<Usage>,
        took: Duration,
    ) -> Result<ModelCall, JournalError> {
        let mut call = charge.0;
        outcome.clone_into(&mut call.outcome);
        call.took = took;
        if let Some(usage) = usage {
            call.tokens_in = usage.input;
            call.tokens_cached = usage.cached.min(usage.input);
            call.tokens_out = usage.output;
            call.cost = price(settings, &call.model).map(|price| cost(price, usage));
        }
        self.keep(&call).await?;
        Ok(call)
    }

    async fn keep(&self, call: &ModelCall) -> Result<(), JournalError> {
        match &self.inbox {
            Some(inbox) => inbox.record_model_call(call).await,
            None => Ok(()),
        }
    }
}

impl Estimate {
    fn usage(self) -> Usage {
        Usage {
            input: self.input,
            cached: 0,
            output: self.output,
        }
    }
}

/// The money of requests, where all of them had a price.
pub(super) fn money(settings: &Settings, spent: &Spent) -> Option<Money> {
    (spent.calls > 0 && spent.unpriced == 0).then(|| Money {
        amount: spent.cost as f64 / 1e6,
        currency: settings.agent.currency.clone(),
    })
}

fn price<'s>(settings: &'s Settings, model: &str) -> Option<&'s ModelPrice> {
    settings.agent.prices.get(model)
}

/// Millionths: a price for a million tokens is as many millionths for one.
fn cost(price: &ModelPrice, usage: Usage) -> u64 {
    let cached = usage.cached.min(usage.input);
    let fresh = (usage.input - cached) as f64 * price.input;
    let again = cached as f64 * price.cached.unwrap_or(price.input);
    (fresh + again + usage.output as f64 * price.output).ceil() as u64
}

fn micros(money: f64) -> u64 {
    (money * 1e6) as u64
}

fn next_midnight(now: Timestamp) -> Timestamp {
    // A day of UTC has 24 hours.
    let next = midnight(now).checked_add(SignedDuration::from_hours(24));
    next.unwrap_or(now)
}

fn midnight(now: Timestamp) -> Timestamp {
    let day = now.to_zoned(TimeZone::UTC).start_of_day();
    day.map_or(now, |day| day.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_costs_less_and_a_part_of_a_millionth_counts_whole() {
        let price = ModelPrice {
            input: 1.25,
            cached: Some(0.125),
            output: 10.0,
        };
        let usage = Usage {
            input: 1_000,
            cached: 400,
            output: 30,
        };
        assert_eq!(cost(&price, usage), 750 + 50 + 300);
        let one = Usage {
            input: 1,
            cached: 0,
            output: 0,
        };
        assert_eq!(cost(&price, one), 2);
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        let now = "2026-11-22T23:59:59.5Z".parse().unwrap();
        assert_eq!(midnight(now), "2026-11-22T00:00:00Z".parse().unwrap());
        assert_eq!(next_midnight(now), "2026-11-23T00:00:00Z".parse().unwrap());
    }
}
