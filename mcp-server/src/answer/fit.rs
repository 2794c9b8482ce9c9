//! Makes a document small enough: whole rows go first, then the ends of what is long.

use super::clean::shortened;
use super::tokens;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Texts are not cut shorter than this: names, times and ids are.
const SHORTEST: usize = 60;
/// So often is something halved before an answer is given up: more than any document needs.
const MOST_CUTS: usize = 400;
/// Rows of which one page is chosen.
const MOST_ROWS: usize = 2_000;

/// What had to be left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Left {
    /// How many items, by where they were.
    pub(crate) omitted: BTreeMap<String, u64>,
    /// Whether texts were cut, which says so itself.
    pub(crate) shortened: bool,
    /// How many rows the caller has seen with this page, where more follow.
    pub(crate) next: Option<u32>,
}

impl Left {
    pub(crate) fn something(&self) -> bool {
        self.shortened || !self.omitted.is_empty()
    }
}

/// What is to be made small.
pub(crate) struct Wanted<'a> {
    /// The array that is read page by page.
    pub(crate) rows: Option<&'a str>,
    /// Rows that the caller has seen.
    pub(crate) seen: u32,
    /// Tokens that the answer may have.
    pub(crate) most: usize,
    /// Writes the answer of a document, and of what was left out.
    pub(crate) write: &'a dyn Fn(&Map<String, Value>, &Left) -> String,
}

/// The document as far as it fits; none if nothing of it does.
pub(crate) fn fit(
    mut document: Map<String, Value>,
    wanted: &Wanted<'_>,
) -> Option<(Map<String, Value>, Left)> {
    let fits = |document: &Map<String, Value>, left: &Left| {
        tokens::at_most(&(wanted.write)(document, left), wanted.most)
    };
    let mut left = Left::default();
    let rows = wanted
        .rows
        .and_then(|name| Some((name, document.get_mut(name)?.as_array_mut()?)));
    if let Some((name, rows)) = rows {
        let seen = usize::try_from(wanted.seen)
            .unwrap_or(usize::MAX)
            .min(rows.len());
        rows.drain(..seen);
        let all = std::mem::take(rows);
        let page = |count: usize, document: &mut Map<String, Value>| {
            document.insert(name.to_owned(), Value::Array(all[..count].to_vec()));
            cut_rows(name, seen, count, all.len())
        };
        // The most rows with which it fits, and at least one.
        let (mut fitting, mut too_many) = (1, all.len().min(MOST_ROWS) + 1);
        left = page(too_many - 1, &mut document);
        if fits(&document, &left) {
            return Some((document, left));
        }
        while too_many - fitting > 1 {
            let middle = fitting + (too_many - fitting) / 2;
            left = page(middle, &mut document);
            if fits(&document, &left) {
                fitting = middle;
            } else {
                too_many = middle;
            }
        }
        left = page(fitting.min(all.len()), &mut document);
    }
    for _ in 0..MOST_CUTS {
        if fits(&document, &left) {
            return Some((document, left));
        }
        let mut heaviest = None;
        for (name, value) in &document {
            weigh(value, &mut vec![Step::Field(name.clone())], &mut heaviest);
        }
        cut(&mut document, &heaviest?.path, &mut left);
    }
    None
}

fn cut_rows(name: &str, seen: usize, count: usize, all: usize) -> Left {
    let mut left = Left::default();
    if count < all {
        left.omitted.insert(name.to_owned(), (all - count) as u64);
        left.next = u32::try_from(seen + count).ok();
    }
    left
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Field(String),
    Item(usize),
}

struct Heavy {
    path: Vec<Step>,
    weight: usize,
}

/// Finds the heaviest list or text that can be cut, and says how heavy `value` is. Of a list and what is in it, the list
/// counts for a quarter: one long text among few is cut before the others are left out.
fn weigh(value: &Value, path: &mut Vec<Step>, heaviest: &mut Option<Heavy>) -> usize {
    match value {
        Value::String(text) => {
            if text.chars().nth(SHORTEST * 2).is_some() {
                take(heaviest, text.len(), path);
            }
            text.len() + 3
        }
        Value::Array(items) => {
            let mut weight = 2;
            for (place, item) in items.iter().enumerate() {
                path.push(Step::Item(place));
                weight += weigh(item, path, heaviest);
                path.pop();
            }
            if !items.is_empty() {
                take(heaviest, weight / 4, path);
            }
            weight
        }
        Value::Object(fields) => {
            let mut weight = 2;
            for (name, value) in fields {
                path.push(Step::Field(name.clone()));
                weight += name.len() + 4 + weigh(value, path, heaviest);
                path.pop();
            }
            weight
        }
        other => other.to_string().len() + 1,
    }
}

fn take(heaviest: &mut Option<Heavy>, weight: usize, path: &[Step]) {
    if heaviest.as_ref().is_none_or(|heavy| heavy.weight < weight) {
        *heaviest = Some(Heavy {
            path: path.to_vec(),
            weight,
        });
    }
}

fn cut(document: &mut Map<String, Value>, path: &[Step], left: &mut Left) {
    let Some((Step::Field(first), rest)) = path.split_first() else {
        return;
    };
    let mut place = document.get_mut(first);
    let mut name = first.clone();
    for step in rest {
        place = match (step, place) {
            (Step::Field(field), Some(Value::Object(fields))) => {
                name = format!("{name}.{field}");
                fields.get_mut(field)
            }
            (Step::Item(item), Some(Value::Array(items))) => {
                name.push_str("[]");
                items.get_mut(*item)
            }
            _ => None,
        };
    }
    match place {
        Some(Value::Array(items)) => {
            let kept = items.len() / 2;
            *left.omitted.entry(name).or_default() += (items.len() - kept) as u64;
            items.truncate(kept);
        }
        Some(Value::String(text)) => {
            left.shortened = true;
            let most = (text.chars().count() / 2).max(SHORTEST);
            *text = again_shortened(text, most);
        }
        _ => {}
    }
}

/// Cut once more: what it says was left out before is counted in.
fn again_shortened(text: &str, most: usize) -> String {
    let before = text.rfind("…[+").and_then(|at| {
        let more: usize = text[at..]
            .strip_prefix("…[+")?
            .strip_suffix(']')?
            .parse()
            .ok()?;
        Some((at, more))
    });
    let Some((at, more)) = before else {
        return shortened(text, most);
    };
    let kept: String = text[..at].chars().take(most).collect();
    let gone = text[..at].chars().count() - kept.chars().count();
    format!("{kept}…[+{}]", more + gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plain(document: &Map<String, Value>, left: &Left) -> String {
        format!("{}{:?}", Value::Object(document.clone()), left.omitted)
    }

    fn fitted(
        document: Value,
        rows: Option<&str>,
        seen: u32,
        most: usize,
    ) -> Option<(Value, Left)> {
        let Value::Object(document) = document else {
            panic!("no object")
        };
        let wanted = Wanted {
            rows,
            seen,
            most,
            write: &plain,
        };
        let (document, left) = fit(document, &wanted)?;
        Some((Value::Object(document), left))
    }

    #[test]
    fn as_many_whole_rows_stay_as_fit_and_the_pages_together_have_each_row_once() {
        let rows: Vec<Value> = (0..300)
            .map(|n| json!({"n": n, "text": "some words of a row"}))
            .collect();
        let mut seen = 0;
        let mut all = Vec::new();
        let mut pages = 0;
        loop {
            let (page, left) =
                fitted(json!({"rows": rows, "head": 1}), Some("rows"), seen, 500).unwrap();
            let here = page["rows"].as_array().unwrap();
            all.extend(here.iter().cloned());
            pages += 1;
            assert_eq!(
                left.omitted.get("rows").copied().unwrap_or(0),
                (300 - all.len()) as u64
            );
            match left.next {
                Some(next) => seen = next,
                None => break,
            }
            assert!(
                tokens::count(&page.to_string()) > 400,
                "a page is not left half empty"
            );
        }
        assert_eq!(all, rows);
        assert!(pages > 5);
    }

    #[test]
    fn one_row_that_is_too_long_is_cut_and_the_next_page_goes_on_behind_it() {
        let rows = json!([{"text": "word ".repeat(5_000), "id": "a"}, {"id": "b"}]);
        let (page, left) = fitted(json!({"rows": rows}), Some("rows"), 0, 200).unwrap();
        assert_eq!(page["rows"][0]["id"], "a");
        assert!(left.shortened);
        assert_eq!(left.next, Some(1));
        let (page, left) = fitted(json!({"rows": rows}), Some("rows"), 1, 200).unwrap();
        assert_eq!(page["rows"], json!([{"id": "b"}]));
        assert_eq!(left, Left::default());
    }

    #[test]
    fn a_text_says_how_much_of_it_was_left_out_however_often_it_was_cut() {
        let text: String = "0123456789".repeat(1_000);
        let (page, _) = fitted(json!({"text": text}), None, 0, 150).unwrap();
        let said = page["text"].as_str().unwrap();
        let (kept, more) = said.strip_suffix(']').unwrap().split_once("…[+").unwrap();
        assert_eq!(
            kept.chars().count() + more.parse::<usize>().unwrap(),
            10_000
        );
        assert!(text.starts_with(kept));
    }

    #[test]
    fn what_cannot_be_cut_is_given_up() {
        let fields: Map<String, Value> =
            (0..200).map(|n| (format!("field_{n}"), json!(n))).collect();
        assert!(fitted(Value::Object(fields), None, 0, 100).is_none());
    }
}
