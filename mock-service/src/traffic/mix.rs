//! What customers ask for.

use axum::http::Method;

use crate::dice::Dice;

/// One thing to ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// GET or POST.
    pub method: Method,
    /// The path; `{id}` becomes a product's number.
    pub path: String,
    /// Its part of the mix, relative to the others.
    pub weight: u32,
}

impl Visit {
    /// A visit by GET.
    #[must_use]
    pub fn get(path: impl Into<String>, weight: u32) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            weight,
        }
    }

    /// A visit by POST, without a body.
    #[must_use]
    pub fn post(path: impl Into<String>, weight: u32) -> Self {
        Self {
            method: Method::POST,
            ..Self::get(path, weight)
        }
    }
}

/// What is asked for, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix(pub Vec<Visit>);

impl Default for Mix {
    /// Many look, few buy.
    fn default() -> Self {
        Self(vec![
            Visit::get("/", 20),
            Visit::get("/products", 22),
            Visit::get("/products/{id}", 24),
            Visit::get("/search?q=lamp", 14),
            Visit::get("/cart", 6),
            Visit::post("/cart", 5),
            Visit::post("/checkout", 9),
        ])
    }
}

impl Mix {
    /// Draws one visit: method and path. None if nothing has weight.
    pub(super) fn draw(&self, dice: &Dice) -> Option<(Method, String)> {
        let total = self.0.iter().map(|v| v.weight).sum();
        let mut left = dice.below(total);
        for visit in &self.0 {
            if left < visit.weight {
                let product = (dice.below(1000) + 1).to_string();
                let path = visit.path.replace("{id}", &product);
                return Some((visit.method.clone(), path));
            }
            left -= visit.weight;
        }
        None
    }
}
