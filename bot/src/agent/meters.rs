//! What the analyst's models were asked and what it cost, counted.

use journal::ModelCall;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Asked {
    endpoint: String,
    outcome: String,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Tokens {
    endpoint: String,
    kind: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Ended {
    purpose: &'static str,
    ended: &'static str,
}

/// The counters. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct AgentMeters {
    requests: Family<Asked, Counter>,
    tokens: Family<Tokens, Counter>,
    cost: Family<Asked, Counter<f64, std::sync::atomic::AtomicU64>>,
    investigations: Family<Ended, Counter>,
}

impl AgentMeters {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "agent_requests",
            "Requests to the analyst's models, by endpoint and how they ended",
            self.requests.clone(),
        );
        registry.register(
            "agent_tokens",
            "Tokens of the analyst's models, by endpoint: read, read again out of a cache, written",
            self.tokens.clone(),
        );
        registry.register(
            "agent_cost",
            "What requests with a price cost, in the configured currency, by endpoint and how they ended",
            self.cost.clone(),
        );
        registry.register(
            "agent_investigations",
            "What the analyst was asked, by purpose and how it ended: whole, or why in part",
            self.investigations.clone(),
        );
    }

    pub(super) fn asked(&self, call: &ModelCall) {
        let asked = Asked {
            endpoint: call.endpoint.clone(),
            outcome: call.outcome.clone(),
        };
        self.requests.get_or_create(&asked).inc();
        if let Some(cost) = call.cost {
            self.cost.get_or_create(&asked).inc_by(cost as f64 / 1e6);
        }
        let kinds = [
            ("read", call.tokens_in - call.tokens_cached),
            ("cached", call.tokens_cached),
            ("written", call.tokens_out),
        ];
        for (kind, count) in kinds {
            let endpoint = call.endpoint.clone();
            let tokens = Tokens { endpoint, kind };
            self.tokens.get_or_create(&tokens).inc_by(count);
        }
    }

    pub(super) fn ended(&self, purpose: &'static str, ended: &'static str) {
        let ended = Ended { purpose, ended };
        self.investigations.get_or_create(&ended).inc();
    }
}
