//! PromQL that says something Tawny can measure better than by sending it: raw counters and histograms
//! instead of a rate over minutes.

use crate::text::{Matchers, SeriesSelector};

/// What an expression turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    /// `up{...}`.
    Availability { selector: SeriesSelector },
    /// `histogram_quantile(q, sum(rate(m_bucket{...}[w])) by (le))`.
    Histogram {
        metric: String,
        matchers: Matchers,
        quantile: f64,
    },
    /// `sum(rate(a{b}[w])) / sum(rate(a[w]))`.
    Ratio {
        bad: SeriesSelector,
        total: SeriesSelector,
    },
    /// Anything else.
    Expression,
}

/// Recognises an expression.
pub(super) fn form(query: &str) -> Form {
    availability(query)
        .or_else(|| histogram(query))
        .or_else(|| ratio(query))
        .unwrap_or(Form::Expression)
}

/// All selectors in an expression, to find the labels that they share.
pub(super) fn matchers_in(query: &str) -> Vec<Matchers> {
    let mut found = Vec::new();
    let mut rest = query;
    while let Some(start) = rest.find('{') {
        let inside = rest.get(start..).unwrap_or_default();
        let Some(end) = close(inside, '{', '}') else {
            break;
        };
        found.extend(inside.get(..=end).and_then(Matchers::parse));
        rest = inside.get(end + 1..).unwrap_or_default();
    }
    found
}

fn availability(query: &str) -> Option<Form> {
    let selector = SeriesSelector::parse(query)?;
    (selector.metric() == "up").then_some(Form::Availability { selector })
}

fn histogram(query: &str) -> Option<Form> {
    let (arguments, rest) = call(query, "histogram_quantile")?;
    if !rest.is_empty() {
        return None;
    }
    let (quantile, inner) = arguments.split_once(',')?;
    let selector = rate(sum(inner.trim()).unwrap_or(inner.trim()))?;
    Some(Form::Histogram {
        metric: selector.metric().strip_suffix("_bucket")?.to_owned(),
        matchers: selector.matchers().clone(),
        quantile: quantile
            .trim()
            .parse()
            .ok()
            .filter(|q| *q > 0.0 && *q < 1.0)?,
    })
}

fn ratio(query: &str) -> Option<Form> {
    let (bad, rest) = sum_and_rest(query.trim())?;
    let total = sum(rest.strip_prefix('/')?.trim())?;
    let (bad, total) = (rate(bad)?, rate(total)?);
    let part = bad.metric() == total.metric()
        && bad != total
        && total
            .matchers()
            .as_slice()
            .iter()
            .all(|matcher| bad.matchers().as_slice().contains(matcher));
    part.then_some(Form::Ratio { bad, total })
}

/// The argument of `sum(...)`, with or without `by (...)` before or after it, if nothing follows.
fn sum(text: &str) -> Option<&str> {
    let (inner, rest) = sum_and_rest(text)?;
    rest.is_empty().then_some(inner)
}

fn sum_and_rest(text: &str) -> Option<(&str, &str)> {
    let after = text.strip_prefix("sum")?.trim_start();
    let after = match call(after, "by") {
        Some((_, rest)) => rest,
        None => after,
    };
    let (inner, rest) = call(after, "")?;
    let rest = match call(rest, "by") {
        Some((_, rest)) => rest,
        None => rest,
    };
    Some((inner.trim(), rest))
}

/// The counter below `rate(...[w])`.
fn rate(text: &str) -> Option<SeriesSelector> {
    let (inner, rest) = ["rate", "irate", "increase"]
        .iter()
        .find_map(|name| call(text, name))?;
    let (selector, window) = inner.trim().rsplit_once('[')?;
    (rest.is_empty() && window.ends_with(']'))
        .then(|| SeriesSelector::parse(selector))
        .flatten()
}

/// The inside of `name(...)` at the start of the text, and what follows it.
fn call<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let rest = text.trim().strip_prefix(name)?.trim_start();
    let end = close(rest, '(', ')')?;
    Some((rest.get(1..end)?, rest.get(end + 1..)?.trim()))
}

/// The index of the bracket that closes the one with which the text begins.
fn close(text: &str, open: char, end: char) -> Option<usize> {
    if !text.starts_with(open) {
        return None;
    }
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (index, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == open => depth += 1,
            None if c == end => {
                depth -= 1;
                if depth == 0 {
                    return Some(index);
                }
            }
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_of_a_rate_is_its_histogram() {
        for query in [
            "histogram_quantile(0.95, sum(rate(h_bucket{job=\"a\"}[5m])) by (le))",
            "histogram_quantile(0.95, sum by (le) (rate(h_bucket{job=\"a\"}[5m])))",
            "histogram_quantile( 0.95 , rate(h_bucket{job=\"a\"}[5m]) )",
        ] {
            let Form::Histogram {
                metric,
                matchers,
                quantile,
            } = form(query)
            else {
                panic!("{query}: {:?}", form(query));
            };
            assert_eq!((metric.as_str(), quantile), ("h", 0.95), "{query}");
            assert_eq!(matchers.to_string(), "job=\"a\"");
        }
    }

    #[test]
    fn a_part_over_its_whole_is_a_ratio() {
        let query = "sum(rate(r{job=\"a\", code=~\"5..\"}[5m])) / sum(rate(r{job=\"a\"}[5m]))";
        let Form::Ratio { bad, total } = form(query) else {
            panic!("{:?}", form(query));
        };
        assert_eq!(bad.to_string(), "r{job=\"a\",code=~\"5..\"}");
        assert_eq!(total.to_string(), "r{job=\"a\"}");
    }

    #[test]
    fn what_only_looks_like_it_stays_an_expression() {
        for query in [
            "sum(rate(a{x=\"1\"}[5m])) / sum(rate(b[5m]))",
            "sum(rate(r{x=\"1\"}[5m])) / sum(rate(r{y=\"1\"}[5m]))",
            "sum(rate(r{x=\"1\"}[5m])) / sum(rate(r[5m])) * 100",
            "histogram_quantile(0.95, sum(rate(h_sum[5m])) by (le))",
            "histogram_quantile(0.95, sum(rate(h_bucket[5m])) by (le)) > 1",
            "up{job=\"a\"} == 1",
            "sum(",
            "",
        ] {
            assert_eq!(form(query), Form::Expression, "{query}");
        }
    }
}
