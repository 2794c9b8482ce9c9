//! What the analyst did, and what that cost.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Row, Table};
use crate::say;
use crate::text::Text;
use crate::words::{Words, number};
use guard::root_cause::Money;

/// What was asked of models, and what it came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spending {
    /// Deployments that were looked into.
    pub incidents: u64,
    /// Deployments about which somebody asked something.
    pub asked: u64,
    /// Deployments and services about which something was written.
    pub written: u64,
    /// Requests to models.
    pub calls: u64,
    /// Tokens that they read.
    pub tokens_in: u64,
    /// Those of them that they had read before.
    pub tokens_cached: u64,
    /// Tokens that they wrote.
    pub tokens_out: u64,
    /// What the requests with a price cost.
    pub money: Money,
    /// Requests without a price.
    pub unpriced: u64,
}

/// All of it in a sentence.
#[must_use]
pub fn sentence(all: &Spending, days: u32, context: &Context) -> Text {
    let words = context.words();
    if all.calls == 0 {
        return say!(words, "spending-none", days = days);
    }
    say!(
        words,
        "spending-all",
        days = days,
        incidents = small(all.incidents),
        asked = small(all.asked),
        written = small(all.written),
        calls = small(all.calls),
        read = count(words, all.tokens_in),
        cached = count(words, all.tokens_cached),
        wrote = count(words, all.tokens_out),
        money = money(all, words)
    )
}

/// Each model's own.
#[must_use]
pub fn table(models: &[(String, Spending)], context: &Context) -> Table {
    let words = context.words();
    let row = |(name, own): &(String, Spending)| Row {
        cells: vec![
            Text::code(Foreign::new(name)),
            count(words, own.incidents),
            count(words, own.calls),
            count(words, own.tokens_in),
            count(words, own.tokens_cached),
            count(words, own.tokens_out),
            money(own, words),
        ],
        details: Vec::new(),
    };
    Table {
        title: say!(words, "spending-title"),
        columns: [
            "spending-column-model",
            "spending-column-incidents",
            "spending-column-calls",
            "spending-column-read",
            "spending-column-cached",
            "spending-column-wrote",
            "spending-column-cost",
        ]
        .map(|key| words.text(key, Vec::new()))
        .into(),
        rows: models.iter().map(row).collect(),
        more: None,
    }
}

/// What it cost, and for how much of it nobody knows.
fn money(own: &Spending, words: Words) -> Text {
    let priced = own.calls - own.unpriced.min(own.calls);
    if priced == 0 {
        return say!(words, "spending-unpriced");
    }
    let money = say!(
        words,
        "spending-money",
        amount = number(words, own.money.amount),
        currency = Foreign::new(&own.money.currency)
    );
    if own.unpriced == 0 {
        return money;
    }
    say!(
        words,
        "spending-partly-priced",
        money = money,
        unpriced = small(own.unpriced)
    )
}

// A sentence counts in words that depend on the number.
fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn count(words: Words, count: u64) -> Text {
    number(words, count as f64)
}
