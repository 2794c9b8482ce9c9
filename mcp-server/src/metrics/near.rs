//! Names that were probably meant.

use std::cmp::Reverse;

/// How alike two names must be, 0 to 1.
const ALIKE: f64 = 0.7;

/// The `most` names that are most like `wanted`, the likest first.
pub(crate) fn near<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let mut scored: Vec<(Reverse<u64>, &str)> = names
        .into_iter()
        .map(|name| (likeness(&wanted, &name.to_lowercase()), name))
        .filter(|(score, _)| *score >= ALIKE)
        .map(|(score, name)| (Reverse((score * 1e6) as u64), name))
        .collect();
    scored.sort_unstable();
    scored.truncate(most);
    scored.into_iter().map(|(_, name)| name).collect()
}

/// Spelling, or words that both have: `http_errors_total` and `http_server_errors` are alike in what they mean.
fn likeness(a: &str, b: &str) -> f64 {
    let split = |c: char| !c.is_alphanumeric();
    let words = |text: &str| {
        text.split(split)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (of_a, of_b) = (words(a), words(b));
    let shared = of_a.iter().filter(|word| of_b.contains(word)).count();
    let shared = 2.0 * shared as f64 / (of_a.len() + of_b.len()).max(1) as f64;
    strsim::jaro_winkler(a, b).max(shared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_and_another_order_of_words_are_found_and_strangers_are_not() {
        let names = [
            "shop_requests_total",
            "shop_request_seconds_bucket",
            "process_cpu_seconds_total",
            "up",
        ];
        assert_eq!(
            near("shop_request_total", names, 1),
            ["shop_requests_total"]
        );
        assert_eq!(
            near("cpu_process_seconds", names, 1),
            ["process_cpu_seconds_total"]
        );
        assert!(near("kafka_lag", names, 5).is_empty());
    }
}
