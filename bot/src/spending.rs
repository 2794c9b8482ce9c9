//! What was asked of models and what it cost, gathered from the record.

use engine::{Engine, EngineError, ledger};
use guard::ids::ServiceName;
use guard::root_cause::Money;
use jiff::Timestamp;
use journal::{ModelCallsWanted, ModelUse, Spent};
use messages::spending::Spending;
use std::collections::{BTreeMap, BTreeSet};

/// All of it, and each model's own.
pub(crate) struct Gathered {
    pub(crate) all: Spending,
    pub(crate) models: Vec<(String, Spending)>,
}

/// What was asked since then: about one service and its deployments, or about all.
pub(crate) async fn gather(
    engine: &Engine,
    only: Option<&ServiceName>,
    since: Timestamp,
    currency: &str,
) -> Result<Gathered, EngineError> {
    let wanted = ModelCallsWanted {
        since: Some(since),
        ..ModelCallsWanted::default()
    };
    let mut uses = engine.reader().model_uses(&wanted).await?;
    if let Some(service) = only {
        let subjects = subjects(engine, service).await?;
        uses.retain(|one, _| subjects.contains(&one.subject));
    }
    let mut models: BTreeMap<&str, BTreeMap<&ModelUse, Spent>> = BTreeMap::new();
    for (one, spent) in &uses {
        models.entry(&one.model).or_default().insert(one, *spent);
    }
    Ok(Gathered {
        all: spending(
            &uses.iter().map(|(one, spent)| (one, *spent)).collect(),
            currency,
        ),
        models: models
            .into_iter()
            .map(|(model, uses)| (model.to_owned(), spending(&uses, currency)))
            .collect(),
    })
}

/// What an account may stand under that is about a service.
async fn subjects(engine: &Engine, service: &ServiceName) -> Result<BTreeSet<String>, EngineError> {
    let mut subjects = BTreeSet::from([service.to_string()]);
    for (name, environment) in ledger::lanes(engine.reader()).await? {
        if name == *service {
            let all = ledger::deployments_of(engine.reader(), service, &environment).await?;
            subjects.extend(all.into_iter().map(|(id, _)| id.to_string()));
        }
    }
    Ok(subjects)
}

fn spending(uses: &BTreeMap<&ModelUse, Spent>, currency: &str) -> Spending {
    let about = |purpose: &str| {
        let these = uses.keys().filter(|one| one.purpose == purpose);
        let subjects: BTreeSet<&str> = these.map(|one| one.subject.as_str()).collect();
        subjects.len() as u64
    };
    let total = uses
        .values()
        .fold(Spent::default(), |all, one| all.plus(*one));
    Spending {
        incidents: about("investigate"),
        asked: about("ask"),
        written: about("write"),
        calls: total.calls,
        tokens_in: total.tokens_in,
        tokens_cached: total.tokens_cached,
        tokens_out: total.tokens_out,
        money: Money {
            amount: total.cost as f64 / 1e6,
            currency: currency.to_owned(),
        },
        unpriced: total.unpriced,
    }
}
