//! An alert's expression, read: what is held against which number; and written again with better ones.

use crate::metrics::promql::{Narrow, Query};
use guard::thresholds::{AtHours, Comparison, Condition, Hours, Side};
use promql_parser::label::MatchOp;
use promql_parser::parser::{Expr, ParenExpr};

/// A value that is held against a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    /// The value, as PromQL.
    pub(crate) value: String,
    pub(crate) comparison: Comparison,
    pub(crate) threshold: f64,
}

/// Whose series an expression is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// This service's alone.
    Own,
    /// Those of all services; narrowed, this one's.
    Shared,
    /// Others'.
    Foreign,
}

/// Whether an expression is about the service whose series these matchers pick.
pub(crate) fn whose(query: &Query, service: &Narrow) -> Whose {
    let selectors = query.selectors();
    let names = service.names();
    let bound = |selector: &Vec<(String, MatchOp, String)>| {
        selector.iter().any(|(name, ..)| names.contains(name))
    };
    if selectors.is_empty() {
        Whose::Foreign
    } else if query.holds_everywhere(service) {
        Whose::Own
    } else if selectors.iter().any(bound) {
        Whose::Foreign
    } else {
        Whose::Shared
    }
}

impl Held {
    /// What an expression holds against a number: `value > 5`, `5 < value`, and `value > 5 and something`.
    pub(crate) fn read(expr: &Expr) -> Option<Self> {
        match bare(expr) {
            Expr::Binary(binary) if binary.op.is_comparison_operator() => {
                if binary.modifier.as_ref().is_some_and(|m| m.return_bool) {
                    return None;
                }
                let symbol = binary.op.to_string();
                let (value, symbol, threshold) = match (number(&binary.lhs), number(&binary.rhs)) {
                    (None, Some(threshold)) => (&binary.lhs, symbol.as_str(), threshold),
                    (Some(threshold), None) => (&binary.rhs, mirrored(&symbol)?, threshold),
                    _ => return None,
                };
                // A value that was compared before is not there where it was not so.
                Some(Self {
                    value: bare(value).to_string(),
                    comparison: comparison(symbol)?,
                    threshold,
                })
            }
            Expr::Binary(binary) => {
                let set = binary.op.to_string();
                if set != "and" && set != "unless" {
                    return None;
                }
                let held = Self::read(&binary.lhs)?;
                let mut condition = binary.clone();
                condition.lhs = Box::new(Expr::Paren(ParenExpr {
                    expr: Box::new(value_of(&binary.lhs)?),
                }));
                Some(Self {
                    value: Expr::Binary(condition).to_string(),
                    ..held
                })
            }
            _ => None,
        }
    }

    /// The expression with these thresholds.
    pub(crate) fn with(&self, condition: &Condition) -> String {
        let held = |threshold: f64| {
            let symbol = self.comparison.symbol();
            format!("({}) {symbol} {threshold}", self.value)
        };
        match condition.at_hours {
            None => held(condition.threshold),
            Some(AtHours { hours, threshold }) => format!(
                "({} and on() ({}))\nor\n({} and on() ({}))",
                held(threshold),
                inside(hours),
                held(condition.threshold),
                outside(hours)
            ),
        }
    }
}

/// What stands in brackets.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => bare(&paren.expr),
        other => other,
    }
}

/// The value that is held against a number, which is not followed any further.
fn value_of(expr: &Expr) -> Option<Expr> {
    match bare(expr) {
        Expr::Binary(binary) if binary.op.is_comparison_operator() => {
            let (left, right) = (number(&binary.lhs), number(&binary.rhs));
            match (left, right) {
                (None, Some(_)) => Some((*binary.lhs).clone()),
                (Some(_), None) => Some((*binary.rhs).clone()),
                _ => None,
            }
        }
        Expr::Binary(binary) => {
            let mut inner = binary.clone();
            inner.lhs = Box::new(Expr::Paren(ParenExpr {
                expr: Box::new(value_of(&binary.lhs)?),
            }));
            Some(Expr::Binary(inner))
        }
        _ => None,
    }
}

fn number(expr: &Expr) -> Option<f64> {
    match bare(expr) {
        Expr::NumberLiteral(literal) => Some(literal.val).filter(|value| value.is_finite()),
        Expr::Unary(unary) => number(&unary.expr).map(|value| -value),
        _ => None,
    }
}

fn mirrored(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        ">" => "<",
        ">=" => "<=",
        "<" => ">",
        "<=" => ">=",
        _ => return None,
    })
}

fn comparison(symbol: &str) -> Option<Comparison> {
    let (side, or_equal) = match symbol {
        ">" => (Side::Above, false),
        ">=" => (Side::Above, true),
        "<" => (Side::Below, false),
        "<=" => (Side::Below, true),
        _ => return None,
    };
    Some(Comparison { side, or_equal })
}

fn inside(hours: Hours) -> String {
    let Hours { from, until } = hours;
    if until == 0 {
        format!("hour() >= {from}")
    } else if from < until {
        format!("hour() >= {from} < {until}")
    } else {
        format!("hour() >= {from} or hour() < {until}")
    }
}

fn outside(hours: Hours) -> String {
    let Hours { from, until } = hours;
    if until == 0 {
        format!("hour() < {from}")
    } else if from < until {
        format!("hour() < {from} or hour() >= {until}")
    } else {
        format!("hour() >= {until} < {from}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(query: &str) -> Option<(String, &'static str, f64)> {
        let query = Query::read(query).unwrap();
        let held = Held::read(query.expr())?;
        Some((held.value, held.comparison.symbol(), held.threshold))
    }

    #[test]
    fn a_value_that_is_held_against_a_number_is_found() {
        let found = |value: &str, symbol, threshold| Some((value.to_owned(), symbol, threshold));
        for (query, wanted) in [
            ("a > 0.01", found("a", ">", 0.01)),
            (
                "(sum(rate(a[5m])) / sum(rate(b[5m]))) >= 5",
                found("sum(rate(a[5m])) / sum(rate(b[5m]))", ">=", 5.0),
            ),
            ("0.99 > a", found("a", "<", 0.99)),
            ("a < -3", found("a", "<", -3.0)),
            ("a > 0.01 and b > 2", found("(a) and b > 2", ">", 0.01)),
            (
                "(a > 1 unless on (job) c) and b",
                found("((a) unless on (job) c) and b", ">", 1.0),
            ),
            ("a > b", None),
            ("a == 0", None),
            ("a > bool 1", None),
            ("absent(up)", None),
            ("a > 1 or b > 2", None),
        ] {
            assert_eq!(held(query), wanted, "{query}");
        }
    }

    #[test]
    fn it_is_written_again_with_other_numbers_and_can_be_read() {
        let query = Query::read("sum(rate(a[5m])) > 0.01 and b > 2").unwrap();
        let held = Held::read(query.expr()).unwrap();
        let mut condition = Condition {
            threshold: 0.05,
            for_s: 300,
            at_hours: None,
        };
        assert_eq!(
            held.with(&condition),
            "((sum(rate(a[5m]))) and b > 2) > 0.05"
        );
        for (from, until, inside, outside) in [
            (2, 4, "hour() >= 2 < 4", "hour() < 2 or hour() >= 4"),
            (22, 3, "hour() >= 22 or hour() < 3", "hour() >= 3 < 22"),
            (22, 0, "hour() >= 22", "hour() < 22"),
        ] {
            let hours = Hours { from, until };
            condition.at_hours = Some(AtHours {
                hours,
                threshold: 0.2,
            });
            let written = held.with(&condition);
            let value = "((sum(rate(a[5m]))) and b > 2)";
            let wanted = format!(
                "({value} > 0.2 and on() ({inside}))\nor\n({value} > 0.05 and on() ({outside}))"
            );
            assert_eq!(written, wanted);
            Query::read(&written).unwrap();
        }
    }

    #[test]
    fn it_is_known_whose_series_an_expression_is_about() {
        let shop = Narrow::read(r#"job="shop""#).unwrap();
        for (query, wanted) in [
            (r#"a{job="shop"} / b{job="shop"}"#, Whose::Own),
            (r#"a{job="pay"}"#, Whose::Foreign),
            (r#"a{job="shop"} / b{job="pay"}"#, Whose::Foreign),
            (r#"a{job=~"shop|pay"}"#, Whose::Foreign),
            ("sum by (job) (a)", Whose::Shared),
            ("vector(1)", Whose::Foreign),
        ] {
            assert_eq!(
                whose(&Query::read(query).unwrap(), &shop),
                wanted,
                "{query}"
            );
        }
    }
}
