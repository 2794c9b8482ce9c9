//! The routes of the shop.

use serde::{Deserialize, Serialize};

/// A route of the shop, as it is called in labels and in the `routes` of a fault.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[allow(missing_docs, reason = "each is its path")]
pub enum Route {
    #[serde(rename = "/")]
    Home,
    #[serde(rename = "/products")]
    Products,
    #[serde(rename = "/products/{id}")]
    Product,
    #[serde(rename = "/cart")]
    Cart,
    #[serde(rename = "/checkout")]
    Checkout,
    #[serde(rename = "/search")]
    Search,
    #[serde(rename = "/version")]
    Version,
    #[serde(rename = "/healthz")]
    Healthz,
    #[serde(rename = "/metrics")]
    Metrics,
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 9] = [
        Self::Home,
        Self::Products,
        Self::Product,
        Self::Cart,
        Self::Checkout,
        Self::Search,
        Self::Version,
        Self::Healthz,
        Self::Metrics,
    ];

    /// The path, with `{id}` where a product's number goes.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Home => "/",
            Self::Products => "/products",
            Self::Product => "/products/{id}",
            Self::Cart => "/cart",
            Self::Checkout => "/checkout",
            Self::Search => "/search",
            Self::Version => "/version",
            Self::Healthz => "/healthz",
            Self::Metrics => "/metrics",
        }
    }

    /// Routes that ask a machine's question. A fault hits them only by name,
    /// and `http_requests_total` does not count them.
    #[must_use]
    pub fn is_probe(self) -> bool {
        matches!(self, Self::Version | Self::Healthz | Self::Metrics)
    }

    pub(crate) fn uses_pool(self) -> bool {
        !self.is_probe() && self != Self::Home
    }

    pub(crate) fn calls_downstream(self) -> bool {
        matches!(self, Self::Product | Self::Checkout)
    }

    /// Seconds of work of a healthy request, at the median.
    pub(crate) fn median_seconds(self) -> f64 {
        match self {
            Self::Home => 0.012,
            Self::Products => 0.018,
            Self::Product => 0.014,
            Self::Cart => 0.016,
            Self::Search => 0.026,
            Self::Checkout => 0.030,
            Self::Version | Self::Healthz | Self::Metrics => 0.0,
        }
    }
}
