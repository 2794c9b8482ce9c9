//! What the played model writes: only what it was told and what tools answered, each statement with where that stands.

use super::reading::{Read, number};
use guard::hostile::MARK;
use guard::redact::MASK;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The words of the played model, which are somebody else's and none of Tawny's.
static WORDS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("words.json")).unwrap_or_default());

/// What is filled into its words.
struct Writer<'r> {
    read: &'r Read,
    words: &'static Value,
    filled: Vec<(&'static str, String)>,
}

/// A draft, in the form that Tawny asks for.
pub(super) fn draft(read: &Read) -> Value {
    let writer = Writer::of(read);
    let finding = read.finding();
    let suspect = read.first_suspect();
    let measured = finding.map(|finding| json!([evidence(finding)]));
    let measured = measured.unwrap_or_else(|| json!([]));
    let conclusion = match suspect {
        Some(suspect) => json!({ "was": "suspect", "id": suspect["commit"] }),
        None if read.is_acquitted() => json!({ "was": "none", "id": null }),
        None => json!({ "was": "unknown", "id": null }),
    };
    let place = suspect.map(place).unwrap_or_default();
    let summary = [
        finding.map(|_| writer.say("moved")),
        Some(writer.judged(suspect)),
    ];
    let summary: Vec<String> = summary.into_iter().flatten().collect();
    let mut action_items = Vec::new();
    if place.is_object() {
        action_items.push(writer.say("item_test"));
    }
    if finding.is_some() {
        action_items.push(writer.say("item_watch"));
    }
    let empty = || json!([]);
    json!({
        "summary": summary.join(if read.chinese { "" } else { " " }),
        "impact": finding.map_or_else(empty, |_| json!([claim(&writer.say("impact"), &measured)])),
        "queries": queries(read),
        "hypotheses": hypotheses(&writer, &conclusion, &measured),
        "evidence_for": for_it(&writer, suspect, &measured),
        "evidence_against": [],
        "ruled_out": beside(&writer),
        "conclusion": conclusion,
        "mechanism": if place.is_object() { writer.say("mechanism") } else { String::new() },
        "place": place,
        "contributing": [],
        "time_lost": [],
        "recommendation": recommendation(&writer, suspect),
        "solution": writer.say(match suspect {
            Some(_) if place.is_object() => "solution",
            Some(_) => "solution_whole",
            None => "solution_not",
        }),
        "action_items": action_items,
    })
}

impl<'r> Writer<'r> {
    fn of(read: &'r Read) -> Self {
        let locale = if read.chinese { "zh-CN" } else { "en" };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let finding = read.finding().cloned().unwrap_or_default();
        let suspect = read.first_suspect().cloned().unwrap_or_default();
        let unit = finding["unit"].as_str().unwrap_or_default();
        Self {
            read,
            words: &WORDS[locale],
            filled: vec![
                ("{signal}", text(&finding["signal"])),
                ("{before}", amount(number(&finding["baseline"]), unit)),
                ("{after}", amount(number(&finding["current"]), unit)),
                ("{service}", read.service.clone()),
                ("{version}", text(&read.answer("get_deployment")["to"])),
                ("{path}", text(&suspect["hunks"][0]["path"])),
                // Last: whoever wrote it may have written one of the others.
                ("{title}", text(&suspect["title"])),
            ],
        }
    }

    fn say(&self, key: &str) -> String {
        let text = self.words[key].as_str().unwrap_or_default().to_owned();
        let filled = self.filled.iter();
        filled.fold(text, |text, (name, value)| text.replace(name, value))
    }

    fn judged(&self, suspect: Option<&Value>) -> String {
        match suspect {
            Some(suspect) if place(suspect).is_object() => self.say("fits"),
            Some(_) => self.say("because"),
            None if self.read.is_acquitted() => self.say("innocent"),
            None => self.say("undecided"),
        }
    }
}

/// What speaks for the conclusion.
fn for_it(writer: &Writer<'_>, suspect: Option<&Value>, measured: &Value) -> Vec<Value> {
    let mut claims = Vec::new();
    if let Some(suspect) = suspect {
        if measured.get(0).is_some() {
            claims.push(claim(&writer.say("measured"), measured));
        }
        let spot = place(suspect);
        // Only where it was read.
        if spot.is_object() && writer.read.answer("get_diff")["files"].get(0).is_some() {
            let mut cite = cite("hunk", &suspect["commit"], &spot["path"], &spot["line"]);
            cite["quote"] = json!(quoted(writer.read.answer("get_diff")));
            claims.push(claim(&writer.say("read"), &json!([cite])));
        }
    }
    let errors = writer.read.answer("search_errors");
    if let Some(template) = errors["recorded"][0]["template"].as_str() {
        let cite = cite("log", &json!(template), &Value::Null, &Value::Null);
        claims.push(claim(&writer.say("logged"), &json!([cite])));
    }
    claims
}

/// The first line of a diff that was added, and that is told as it is.
fn quoted(diff: &Value) -> Option<&str> {
    let lines = diff["files"][0]["hunks"][0].as_str()?.lines();
    let mut added = lines.filter_map(|line| line.strip_prefix('+').map(str::trim));
    added.find(|line| line.len() >= 6 && !line.contains(MARK) && !line.contains(MASK))
}

/// What else came with it.
fn beside(writer: &Writer<'_>) -> Vec<Value> {
    let ranked = writer.read.answer("rank_suspects")["suspects"].as_array();
    let first = writer.read.first_suspect();
    let others = ranked.into_iter().flatten();
    let others = others.filter(|one| first.is_some_and(|first| first["commit"] != one["commit"]));
    let told = others.take(2).map(|one| {
        let title = one["title"].as_str().unwrap_or_default();
        let said = writer.words["beside"].as_str().unwrap_or_default();
        let cite = cite("commit", &one["commit"], &Value::Null, &Value::Null);
        claim(&said.replace("{title}", title), &json!([cite]))
    });
    told.collect()
}

/// Its conclusion, and the opposite with what speaks against that, where something does.
fn hypotheses(writer: &Writer<'_>, conclusion: &Value, measured: &Value) -> Vec<Value> {
    let because = writer.judged(writer.read.first_suspect());
    let mut all = vec![json!({ "conclusion": conclusion, "because": because, "refuted_by": null })];
    let controlled = writer.read.answer("get_deployment")["comparison"] == "canary_vs_stable";
    if conclusion["was"] == "suspect" && controlled && measured.get(0).is_some() {
        let refuted_by = claim(&writer.say("controlled"), measured);
        all.push(json!({
            "conclusion": { "was": "none", "id": null },
            "because": writer.say("innocent"),
            "refuted_by": refuted_by,
        }));
    }
    all
}

fn recommendation(writer: &Writer<'_>, suspect: Option<&Value>) -> Value {
    let back = writer.read.answer("get_deployment")["status"] == "rolled_back";
    let (action, because, risk) = match suspect {
        Some(_) if back => ("fix_forward", "because", "risk_not"),
        Some(_) => ("roll_back", "because", "risk"),
        None if writer.read.is_acquitted() => ("hold", "because_not", "risk_not"),
        None => ("hold", "because_unknown", "risk_not"),
    };
    json!({ "action": action, "because": writer.say(because), "risk": writer.say(risk) })
}

/// The queries that show it: what the watch asked, and what the tool answered just now.
fn queries(read: &Read) -> Vec<Value> {
    let finding = read.finding();
    let watched = finding.map(|finding| {
        json!({
            "promql": finding["query"], "value": finding["current"], "unit": finding["unit"], "evidence": finding["evidence_id"],
        })
    });
    let told = read.answer("query_metrics");
    let value = &told["series"][0]["value"];
    let asked = (told["evidence_id"].is_string() && value.is_number()).then(|| {
        json!({ "promql": told["query"], "value": value, "unit": null, "evidence": told["evidence_id"] })
    });
    watched.into_iter().chain(asked).collect()
}

/// The line that a change is accused of.
fn place(suspect: &Value) -> Value {
    let hunk = &suspect["hunks"][0];
    if !hunk["path"].is_string() {
        return Value::Null;
    }
    json!({ "path": hunk["path"], "line": hunk["lines"][0] })
}

fn evidence(finding: &Value) -> Value {
    let mut cite = cite(
        "evidence",
        &finding["evidence_id"],
        &Value::Null,
        &Value::Null,
    );
    cite["value"] = finding["current"].clone();
    cite
}

fn cite(kind: &str, id: &Value, path: &Value, line: &Value) -> Value {
    json!({ "kind": kind, "id": id, "path": path, "line": line, "value": null, "quote": null })
}

fn claim(text: &str, cites: &Value) -> Value {
    json!({ "text": text, "cites": cites })
}

/// An amount, so that it can be looked up again.
fn amount(value: f64, unit: &str) -> String {
    let digits = |value: f64| match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 1.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    };
    match unit {
        "ratio" => format!("{} %", digits(value * 100.0)),
        "bytes" => format!("{} MiB", digits(value / 1_048_576.0)),
        "seconds" | "s" => format!("{} s", digits(value)),
        _ => digits(value),
    }
}
