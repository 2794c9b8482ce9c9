//! What the analyst's models were asked and what it cost, counted.

use guard::root_cause::{RootCauseReport, Spent};
use journal::ModelCall;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
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

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Purpose {
    purpose: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Held {
    standing: &'static str,
}

/// From a quick answer to the longest investigation that is configured usually.
const SECONDS: [f64; 8] = [1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0];

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

/// The counters. Clones share them.
#[derive(Clone, Debug)]
pub struct AgentMeters {
    requests: Family<Asked, Counter>,
    tokens: Family<Tokens, Counter>,
    cost: Family<Asked, Counter<f64, std::sync::atomic::AtomicU64>>,
    investigations: Family<Ended, Counter>,
    seconds: Family<Purpose, Histogram, fn() -> Histogram>,
    tool_calls: Family<Purpose, Counter>,
    statements: Family<Held, Counter>,
    addressed: Family<Purpose, Counter>,
}

impl Default for AgentMeters {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            tokens: Family::default(),
            cost: Family::default(),
            investigations: Family::default(),
            seconds: Family::new_with_constructor(seconds),
            tool_calls: Family::default(),
            statements: Family::default(),
            addressed: Family::default(),
        }
    }
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
        registry.register(
            "agent_seconds",
            "How long the analyst took, by purpose",
            self.seconds.clone(),
        );
        registry.register(
            "agent_tool_calls",
            "Tools that the analyst asked, by purpose",
            self.tool_calls.clone(),
        );
        registry.register(
            "agent_statements",
            "Statements of the analyst that were held against the record: those that stand, and those that were cut",
            self.statements.clone(),
        );
        registry.register(
            "agent_addressed",
            "Foreign texts that spoke to the analyst, by what it was doing",
            self.addressed.clone(),
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

    pub(super) fn ended(
        &self,
        purpose: &'static str,
        ended: &'static str,
        spent: &Spent,
        addressed: usize,
    ) {
        let how = Ended { purpose, ended };
        self.investigations.get_or_create(&how).inc();
        let of = Purpose { purpose };
        self.seconds.get_or_create(&of).observe(spent.seconds);
        let calls = self.tool_calls.get_or_create(&of);
        calls.inc_by(u64::from(spent.steps));
        self.addressed.get_or_create(&of).inc_by(addressed as u64);
    }

    /// What stands of what was written.
    pub(super) fn checked<T>(&self, report: &RootCauseReport<T>) {
        let stand = report.checked.saturating_sub(report.cut);
        for (standing, count) in [("stands", stand), ("cut", report.cut)] {
            let held = self.statements.get_or_create(&Held { standing });
            held.inc_by(u64::from(count));
        }
    }
}
