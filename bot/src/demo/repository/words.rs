//! What the planted code would log where its fault shows: with the lines on which it stands.

use super::super::scenario::Scenario;
use super::stream::Commit;
use mock_service::{Kind, Route, Vocabulary, Words};
use std::collections::BTreeMap;

/// Where the shop lies in its container.
const HOME: &str = "/srv/shop";

/// By kind of fault; nothing where such a fault leaves no words behind.
pub(super) fn words(scenario: Scenario, commits: &[Commit]) -> Vocabulary {
    let mut files: BTreeMap<&str, &str> = BTreeMap::new();
    for commit in commits {
        let touched = commit.files.iter();
        files.extend(touched.map(|(path, text)| (*path, text.as_str())));
    }
    let code = Code(files);
    let said = match scenario {
        Scenario::ErrorSpike => (
            Kind::Errors,
            vec![Route::Cart, Route::Checkout],
            code.trace(
                &[
                    ("shop/app.py", "self.answer(200, page())", "do_GET"),
                    ("shop/cart.py", "coupon = db.all(", "show"),
                ],
                "IndexError: list index out of range",
            ),
        ),
        Scenario::PoolLeak => (
            Kind::Pool,
            vec![Route::Checkout],
            code.trace(
                &[
                    ("shop/app.py", "self.answer(200, page())", "do_GET"),
                    ("shop/checkout.py", "db = database.acquire()", "place"),
                    ("shop/database.py", "POOL.get(timeout=timeout)", "acquire"),
                ],
                "_queue.Empty",
            ),
        ),
        Scenario::Latency => {
            let query = ("shop/catalog.py", "select warehouse, quantity");
            (
                Kind::Latency,
                vec![Route::Products],
                format!(
                    "WARNING shop.database 51 queries took {{ms}} ms in {{method}} {{route}}, 50 of them: select warehouse, \
                     quantity from stock where product = ? ({}:{})",
                    query.0,
                    code.line(query.0, query.1)
                ),
            )
        }
        Scenario::Crash => (
            Kind::Crash,
            Vec::new(),
            format!(
                "CRITICAL shop.prices price feed /var/run/prices is missing, stopping (shop/prices.py:{})",
                code.line("shop/prices.py", "logging.critical(")
            ),
        ),
        Scenario::MemoryLeak
        | Scenario::Cpu
        | Scenario::Dependency
        | Scenario::Healthy
        | Scenario::Quiet => return Vocabulary::new(),
    };
    let (kind, routes, text) = said;
    Vocabulary::from([(kind, Words { text, routes })])
}

struct Code<'a>(BTreeMap<&'a str, &'a str>);

impl Code<'_> {
    /// The line on which this piece stands, 1 the first.
    fn line(&self, path: &str, piece: &str) -> usize {
        let text = self.0.get(path).copied().unwrap_or_default();
        let before = text.lines().take_while(|line| !line.contains(piece));
        before.count() + 1
    }

    /// A request that failed, as Python logs it.
    fn trace(&self, frames: &[(&str, &str, &str)], thrown: &str) -> String {
        let mut text = String::from(
            "ERROR shop.web {method} {route} {status}\nTraceback (most recent call last):",
        );
        for (path, piece, function) in frames {
            let line = self.line(path, piece);
            text.push_str(&format!(
                "\n  File \"{HOME}/{path}\", line {line}, in {function}"
            ));
        }
        text.push('\n');
        text.push_str(thrown);
        text
    }
}
