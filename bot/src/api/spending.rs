//! What the analyst did and what it cost, as programs read it.

use crate::spending::Gathered;
use messages::Context;
use messages::layout::terminal::{self, Colour};
use messages::spending::{Spending, sentence};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the analyst did, and what that cost.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct AnalystView {
    /// All models together.
    #[serde(flatten)]
    pub all: SpendingView,
    /// Each of them.
    pub models: Vec<ModelSpendingView>,
    /// In words, in the caller's language.
    pub text: String,
}

/// One model's part of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ModelSpendingView {
    /// The model, as configured.
    pub model: String,
    /// Its part.
    #[serde(flatten)]
    pub spending: SpendingView,
}

/// What was asked of models, and what it came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct SpendingView {
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
    /// What the requests with a price cost; null where none had one.
    pub cost: Option<f64>,
    /// In which currency, as configured.
    pub currency: String,
    /// Requests without a price.
    pub unpriced: u64,
}

pub(super) fn analyst(gathered: &Gathered, days: u32, context: &Context) -> AnalystView {
    let models = gathered.models.iter();
    AnalystView {
        all: view(&gathered.all),
        models: models
            .map(|(model, own)| ModelSpendingView {
                model: model.clone(),
                spending: view(own),
            })
            .collect(),
        text: terminal::text(&sentence(&gathered.all, days, context), Colour::Off),
    }
}

fn view(own: &Spending) -> SpendingView {
    SpendingView {
        incidents: own.incidents,
        asked: own.asked,
        written: own.written,
        calls: own.calls,
        tokens_in: own.tokens_in,
        tokens_cached: own.tokens_cached,
        tokens_out: own.tokens_out,
        cost: (own.calls > own.unpriced).then_some(own.money.amount),
        currency: own.money.currency.clone(),
        unpriced: own.unpriced,
    }
}
