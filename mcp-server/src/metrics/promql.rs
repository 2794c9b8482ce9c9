//! A query, read before it runs: which series it touches and how often, so that its cost is known first.

use promql_parser::label::{MatchOp, Matcher, Matchers};
use promql_parser::parser::value::ValueType;
use promql_parser::parser::{self, Expr, SubqueryExpr, VectorSelector};
use std::time::Duration;

/// Longest query that is read.
const LONGEST: usize = 4_000;
/// Deepest query that is read: each step down takes some of the stack.
const DEEPEST: usize = 60;

/// A query that was understood.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    expr: Expr,
    text: String,
}

/// One selector of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Touched {
    /// The selector without offset, as PromQL.
    pub(crate) selector: String,
    /// The metric, where it names one.
    pub(crate) metric: Option<String>,
    /// Samples that it reads of each series.
    pub(crate) samples: f64,
}

/// At how many moments a query is evaluated, over which time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    /// Moments.
    pub(crate) points: f64,
    /// From the first to the last, in seconds.
    pub(crate) window_s: f64,
    /// How often a series has a sample, in seconds.
    pub(crate) scrape_s: f64,
}

impl Query {
    /// Reads a query. The error says what is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("{} bytes, expected {LONGEST} at most", text.len()));
        }
        let opened = |depth: usize, c: char| match c {
            '(' | '{' | '[' => depth + 1,
            _ => depth,
        };
        // The parser's tree is walked and dropped by recursion.
        if text.chars().fold(0, opened) > DEEPEST * 4 {
            return Err("so many brackets are not read".to_owned());
        }
        let expr = parser::parse(text)?;
        if depth(&expr) > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST}"));
        }
        Ok(Self {
            expr,
            text: text.to_owned(),
        })
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The tree of it.
    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The matchers of each of its selectors.
    pub(crate) fn selectors(&self) -> Vec<Vec<(String, MatchOp, String)>> {
        let mut all = Vec::new();
        let mut expr = self.expr.clone();
        each_selector(&mut expr, &mut |selector| {
            let either = selector.matchers.or_matchers.iter().flatten();
            let matchers = selector.matchers.matchers.iter().chain(either);
            let told = matchers.map(|one| (one.name.clone(), one.op.clone(), one.value.clone()));
            all.push(told.collect());
        });
        all
    }

    /// The same, with each of its selectors narrowed by these matchers.
    pub(crate) fn narrowed(mut self, by: &Narrow) -> Self {
        each_selector(&mut self.expr, &mut |selector| {
            narrow(&mut selector.matchers, &by.0);
        });
        self.text = self.expr.to_string();
        self
    }

    /// Its selectors, with what they cost on this grid.
    pub(crate) fn touched(&self, grid: Grid) -> Vec<Touched> {
        let mut touched = Vec::new();
        touch(&self.expr, grid, 0.0, &mut touched);
        touched
    }

    /// Whether it gives one value per series, and so can be counted.
    pub(crate) fn is_vector(&self) -> bool {
        self.expr.value_type() == ValueType::Vector
    }

    /// Whether each of its selectors has all of these matchers.
    pub(crate) fn holds_everywhere(&self, by: &Narrow) -> bool {
        let mut expr = self.expr.clone();
        let mut holds = true;
        each_selector(&mut expr, &mut |selector| {
            let alternatives = &selector.matchers.or_matchers;
            let in_all = |wanted: &Matcher| match alternatives.as_slice() {
                [] => selector.matchers.matchers.contains(wanted),
                several => several.iter().all(|one| one.contains(wanted)),
            };
            holds &= by.0.iter().all(in_all);
        });
        holds
    }
}

/// What narrows a query: matchers that each of its selectors gets.
#[derive(Debug, Clone)]
pub(crate) struct Narrow(Vec<Matcher>);

impl Narrow {
    /// The labels that it is about.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.iter().map(|matcher| matcher.name.clone()).collect()
    }

    /// Reads matchers such as `job="shop",env="prod"`.
    pub(crate) fn read(matchers: &str) -> Result<Self, String> {
        // With a name, since matchers that also fit series without a label are no selector of their own.
        match parser::parse(&format!("any{{{matchers}}}"))? {
            Expr::VectorSelector(selector) if selector.matchers.or_matchers.is_empty() => {
                Ok(Self(selector.matchers.matchers))
            }
            _ => Err("expected matchers of labels".to_owned()),
        }
    }
}

fn narrow(matchers: &mut Matchers, by: &[Matcher]) {
    if matchers.or_matchers.is_empty() {
        matchers.matchers.extend(by.iter().cloned());
    } else {
        for either in &mut matchers.or_matchers {
            either.extend(by.iter().cloned());
        }
    }
}

/// The selector without what moves it in time.
fn plain(selector: &VectorSelector) -> String {
    let mut plain = selector.clone();
    plain.offset = None;
    plain.at = None;
    plain.to_string()
}

fn touch(expr: &Expr, grid: Grid, range_s: f64, touched: &mut Vec<Touched>) {
    match expr {
        Expr::VectorSelector(selector) => touched.push(Touched {
            selector: plain(selector),
            metric: selector.name.clone().or_else(|| named(&selector.matchers)),
            samples: grid.points.max(1.0) * (range_s / grid.scrape_s).max(1.0),
        }),
        Expr::MatrixSelector(matrix) => {
            let inner = Expr::VectorSelector(matrix.vs.clone());
            touch(
                &inner,
                grid,
                range_s.max(matrix.range.as_secs_f64()),
                touched,
            );
        }
        Expr::Subquery(SubqueryExpr {
            expr, range, step, ..
        }) => {
            let step = step.unwrap_or(Duration::ZERO).as_secs_f64().max(1.0);
            let step = if step <= 1.0 {
                grid.scrape_s.min(15.0)
            } else {
                step
            };
            // It is evaluated over its range and the window once, and read anew at each moment.
            let evaluated = (grid.window_s + range.as_secs_f64()) / step;
            let read = grid.points * range.as_secs_f64() / step;
            let inside = Grid {
                points: evaluated + read,
                window_s: grid.window_s + range.as_secs_f64(),
                ..grid
            };
            touch(expr, inside, 0.0, touched);
        }
        other => children(other)
            .into_iter()
            .for_each(|child| touch(child, grid, range_s, touched)),
    }
}

fn named(matchers: &Matchers) -> Option<String> {
    let equal =
        |matcher: &&Matcher| matcher.name == "__name__" && matches!(matcher.op, MatchOp::Equal);
    matchers
        .matchers
        .iter()
        .find(equal)
        .map(|matcher| matcher.value.clone())
}

fn children(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Aggregate(one) => std::iter::once(&*one.expr)
            .chain(one.param.as_deref())
            .collect(),
        Expr::Unary(one) => vec![&one.expr],
        Expr::Binary(one) => vec![&one.lhs, &one.rhs],
        Expr::Paren(one) => vec![&one.expr],
        Expr::Subquery(one) => vec![&one.expr],
        Expr::Call(call) => call.args.args.iter().map(|argument| &**argument).collect(),
        Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::Extension(_) => vec![],
    }
}

fn depth(expr: &Expr) -> usize {
    1 + children(expr).into_iter().map(depth).max().unwrap_or(0)
}

fn each_selector(expr: &mut Expr, change: &mut impl FnMut(&mut VectorSelector)) {
    match expr {
        Expr::VectorSelector(selector) => change(selector),
        Expr::MatrixSelector(matrix) => change(&mut matrix.vs),
        Expr::Aggregate(one) => {
            each_selector(&mut one.expr, change);
            if let Some(param) = &mut one.param {
                each_selector(param, change);
            }
        }
        Expr::Unary(one) => each_selector(&mut one.expr, change),
        Expr::Binary(one) => {
            each_selector(&mut one.lhs, change);
            each_selector(&mut one.rhs, change);
        }
        Expr::Paren(one) => each_selector(&mut one.expr, change),
        Expr::Subquery(one) => each_selector(&mut one.expr, change),
        Expr::Call(call) => call
            .args
            .args
            .iter_mut()
            .for_each(|argument| each_selector(argument, change)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTANT: Grid = Grid {
        points: 1.0,
        window_s: 0.0,
        scrape_s: 15.0,
    };
    const HOUR: Grid = Grid {
        points: 120.0,
        window_s: 3600.0,
        scrape_s: 15.0,
    };

    fn samples(query: &str, grid: Grid) -> Vec<(String, f64)> {
        let touched = Query::read(query).unwrap().touched(grid);
        touched
            .into_iter()
            .map(|one| (one.selector, one.samples))
            .collect()
    }

    #[test]
    fn every_selector_is_found_with_what_it_reads() {
        assert_eq!(samples("up", INSTANT), [("up".to_owned(), 1.0)]);
        assert_eq!(
            samples(
                "sum by (job) (rate(a{x=\"1\"}[5m] offset 1h)) / on(job) b",
                HOUR
            ),
            [
                ("a{x=\"1\"}".to_owned(), 120.0 * 20.0),
                ("b".to_owned(), 120.0)
            ]
        );
        let subquery = samples("max_over_time(rate(a[1m])[1h:30s])", INSTANT);
        assert_eq!(subquery, [("a".to_owned(), (120.0 + 120.0) * 4.0)]);
        assert_eq!(samples("topk(scalar(c), a)", INSTANT).len(), 2);
        assert_eq!(samples("1 + vector(2)", INSTANT), []);
    }

    #[test]
    fn every_selector_is_narrowed_and_none_can_break_out() {
        let by = Narrow::read(r#"job="sh\"op""#).unwrap();
        for (query, narrowed) in [
            ("up", r#"up{job="sh\"op"}"#),
            (
                r#"rate(a{job="other"}[5m])"#,
                r#"rate(a{job="other",job="sh\"op"}[5m])"#,
            ),
            (r#"{__name__=~".+"}"#, r#"{__name__=~".+",job="sh\"op"}"#),
            (
                "max_over_time(a[1h:1m]) + on() group_left() b @ end()",
                r#"max_over_time(a{job="sh\"op"}[1h:1m]) + on () group_left () b{job="sh\"op"} @ end()"#,
            ),
            (
                r#"a{x="1" or y="2"}"#,
                r#"a{x="1", job="sh\"op" or y="2", job="sh\"op"}"#,
            ),
        ] {
            let query = Query::read(query).unwrap();
            assert!(!query.holds_everywhere(&by));
            let query = query.narrowed(&by);
            assert_eq!(query.text(), narrowed);
            assert!(Query::read(query.text()).unwrap().holds_everywhere(&by));
        }
    }

    #[test]
    fn what_is_no_query_or_too_deep_is_refused_in_words() {
        for (query, why) in [
            ("", "no expression"),
            ("up{", "unexpected"),
            ("rate(up)", "expected"),
            (&"(".repeat(3_000), "brackets"),
            (&format!("{}up", "-".repeat(200)), "nested"),
            (&"a".repeat(5_000), "bytes"),
        ] {
            let error = Query::read(query).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
