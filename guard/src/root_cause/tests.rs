use super::*;
use crate::suspects::{Change, File};
use proptest::prelude::*;
use serde_json::json;

const GUILTY: &str = "4f1c2d9e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d";
const QUERY: &str = "sum(rate(http_requests_total{code=~\"5..\"}[1m]))";

fn known() -> Known {
    let mut known = Known::new();
    known.change(&Change {
        id: GUILTY.to_owned(),
        title: "Cache prices (#12)".to_owned(),
        files: vec![File {
            path: "src/checkout/price.rs".to_owned(),
            patch:
                "@@ -40,3 +40,4 @@ fn price()\n a\n-let ttl = 30;\n+let ttl = 0;\n+let x = 1;\n b\n"
                    .to_owned(),
            ..File::default()
        }],
        ..Change::default()
    });
    known.evidence(
        "ev_1",
        QUERY,
        &json!({"value": 0.3127, "at": "2026-11-22T19:30:12Z"}),
    );
    known.evidence("ev_2", "latency", &json!({"p99": 0.25}));
    known.host("code.example");
    known.text("v1.4.2");
    known
}

fn evidence(id: &str) -> Cite {
    Cite {
        id: id.to_owned(),
        ..Cite::default()
    }
}

fn says(text: &str, cites: &[Cite]) -> Option<Standing> {
    let draft = Draft {
        evidence_for: vec![Claim {
            text: text.to_owned(),
            cites: cites.to_vec(),
        }],
        ..Draft::default()
    };
    let report = check(draft, &known());
    assert_eq!(report.checked, 1);
    assert_eq!(report.cut, u32::from(report.evidence_for.is_empty()));
    report.evidence_for.first().map(|one| one.standing)
}

#[test]
fn a_number_stands_only_if_what_is_cited_has_it_in_whatever_unit_it_is_said() {
    for said in [
        "31 % of requests fail",
        "31.3% fail",
        "0.313 of them",
        "a share of .3 or so, 0.31",
        "失败率升至３１％",
        "at 19:30:12 it was 31%",
        "on 2026-11-22 at 19:30",
    ] {
        assert_eq!(
            says(said, &[evidence("ev_1")]),
            Some(Standing::Supported),
            "{said}"
        );
    }
    for said in ["250ms", "250 ms", "0.25 s", "250 毫秒"] {
        assert_eq!(
            says(said, &[evidence("ev_2")]),
            Some(Standing::Supported),
            "{said}"
        );
    }
    for invented in [
        "35 % of requests fail",
        "250 ms",
        "3127",
        "12 %",
        "42 requests",
        "百分之四十的请求失败",
        "at 19:42 it began",
        "on 2025-11-22",
        "pod checkout-7f9c4 did it",
        "between 0.1-0.5",
        "1,234 users",
    ] {
        assert_eq!(says(invented, &[evidence("ev_1")]), None, "{invented}");
    }
}

#[test]
fn names_that_are_known_are_no_numbers() {
    for said in [
        "since v1.4.2",
        "p99 and 5xx rise",
        "PR #12 did it",
        "src/checkout/price.rs",
    ] {
        assert_eq!(says(said, &[]), Some(Standing::Hypothesis), "{said}");
    }
    assert_eq!(says("src/checkout/cart.rs did it", &[]), None);
    assert_eq!(says("since v9.9.9", &[]), None);
    let short = format!("commit {} did it", &GUILTY[..10]);
    assert_eq!(says(&short, &[]), Some(Standing::Hypothesis));
}

#[test]
fn what_is_cited_must_be_there() {
    let hunk = |id: &str, path: &str, line| Cite {
        kind: CiteKind::Hunk,
        id: id.to_owned(),
        path: Some(path.to_owned()),
        line: Some(line),
        ..Cite::default()
    };
    let there = hunk(&GUILTY[..8], "src/checkout/price.rs", 41);
    assert_eq!(
        says("it expires at once", &[there]),
        Some(Standing::Supported)
    );
    for elsewhere in [
        hunk(&GUILTY[..8], "src/checkout/price.rs", 400),
        hunk(&GUILTY[..8], "src/checkout/cart.rs", 41),
        hunk("0000000000", "src/checkout/price.rs", 41),
        hunk("", "src/checkout/cart.rs", 41),
        evidence("ev_3"),
        Cite {
            value: Some(0.5),
            ..evidence("ev_1")
        },
        Cite {
            quote: Some("panicked at".to_owned()),
            ..evidence("ev_1")
        },
        Cite {
            kind: CiteKind::Log,
            ..evidence("connection refused")
        },
    ] {
        assert_eq!(
            says("it expires at once", std::slice::from_ref(&elsewhere)),
            None,
            "{elsewhere:?}"
        );
    }
}

#[test]
fn a_sentence_that_is_not_so_is_cut_and_the_others_stay() {
    let draft = Draft {
        summary: "Checkout fails for 31 % of requests. 97 % of users left. It began with v1.4.2."
            .to_owned(),
        evidence_for: vec![Claim {
            text: "errors".to_owned(),
            cites: vec![evidence("ev_1")],
        }],
        ..Draft::default()
    };
    let report = check(draft, &known());
    assert_eq!(
        report.summary,
        "Checkout fails for 31 % of requests. It began with v1.4.2."
    );
    assert_eq!((report.checked, report.cut), (4, 1));
}

#[test]
fn a_stranger_is_no_suspect_and_a_known_one_gets_its_full_name() {
    let concluded = |id: &str| {
        let conclusion = Conclusion::Suspect { id: id.to_owned() };
        let place = Some(Spot {
            path: "src/checkout/price.rs".to_owned(),
            line: Some(41),
        });
        let report = check(
            Draft {
                conclusion,
                place,
                ..Draft::default()
            },
            &known(),
        );
        (report.conclusion, report.place.is_some())
    };
    let full = Conclusion::Suspect {
        id: GUILTY.to_owned(),
    };
    assert_eq!(concluded(&GUILTY[..9]), (full, true));
    assert_eq!(concluded("feedface12"), (Conclusion::Unknown, false));
}

#[test]
fn a_link_leads_only_where_it_may() {
    for fine in [
        "see https://code.example/shop/commit",
        "http://CODE.example:8443/x",
    ] {
        assert!(!leads_elsewhere(fine, &known().hosts), "{fine}");
    }
    for not in [
        "https://evil.example/a",
        "https://code.example@evil.example/a",
        "https://code.example.evil.example",
        "[x](//evil.example)",
        "www.evil.example",
        "mailto:a@evil.example",
        "javascript:alert(1)",
        "slack://user?team",
    ] {
        assert!(leads_elsewhere(not, &known().hosts), "{not}");
    }
}

fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{1,8}",
        "[0-9]{1,6}",
        "[0-9]{1,3}\\.[0-9]{1,3}(%| ms| s|x|k| GiB)?",
        "\\PC{0,12}",
        Just("31 %".to_owned()),
        Just("https://evil.example".to_owned()),
        Just("百分之三十".to_owned()),
        Just("。".to_owned()),
        Just(". ".to_owned()),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|all| all.join(" "))
}

fn cite() -> impl Strategy<Value = Cite> {
    let kind = prop::sample::select(vec![
        CiteKind::Evidence,
        CiteKind::Commit,
        CiteKind::File,
        CiteKind::Hunk,
        CiteKind::Log,
    ]);
    let id = prop_oneof![
        Just("ev_1".to_owned()),
        Just(GUILTY[..8].to_owned()),
        "\\PC{0,10}"
    ];
    let path = prop::option::of(prop_oneof![
        Just("src/checkout/price.rs".to_owned()),
        "\\PC{0,10}"
    ]);
    let rest = (
        prop::option::of(any::<u32>()),
        prop::option::of(any::<f64>()),
        prop::option::of("\\PC{0,10}"),
    );
    (kind, id, path, rest).prop_map(|(kind, id, path, (line, value, quote))| Cite {
        kind,
        id,
        path,
        line,
        value,
        quote,
    })
}

fn draft() -> impl Strategy<Value = Draft> {
    let claim = (words(), prop::collection::vec(cite(), 0..3))
        .prop_map(|(text, cites)| Claim { text, cites })
        .boxed();
    let claims = prop::collection::vec(claim.clone(), 0..4);
    let conclusion = prop_oneof![
        "\\PC{0,12}".prop_map(|id| Conclusion::Suspect { id }),
        Just(Conclusion::None),
        Just(Conclusion::Unknown)
    ];
    let hypothesis = (conclusion.clone(), words(), prop::option::of(claim));
    let hypotheses = prop::collection::vec(
        hypothesis.prop_map(|(conclusion, because, refuted_by)| Hypothesis {
            conclusion,
            because,
            refuted_by,
        }),
        0..3,
    );
    (words(), claims.clone(), claims, conclusion, hypotheses).prop_map(
        |(text, evidence_for, impact, conclusion, hypotheses)| Draft {
            summary: text.clone(),
            mechanism: text.clone(),
            solution: text.clone(),
            action_items: vec![text],
            impact,
            evidence_for,
            conclusion,
            hypotheses,
            ..Draft::default()
        },
    )
}

/// Whatever digits run together in a text.
fn digits(text: &str) -> Vec<String> {
    let split = text.split(|c: char| !c.is_ascii_digit());
    split
        .filter(|run| !run.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_draft_makes_a_report_say_a_number_or_a_host_that_nothing_has(draft in draft()) {
        // Nothing at all is known, so no digit may be left.
        let report = check(draft.clone(), &Known::new());
        let mut all = String::new();
        let _: RootCauseReport<()> = report.map(&mut |text: String| {
            all.push_str(&text);
            all.push('\n');
        });
        prop_assert!(digits(&all).is_empty(), "{all}");
        prop_assert!(!all.contains("evil"), "{all}");
        prop_assert!(!all.contains("百分之"), "{all}");
    }

    #[test]
    fn checking_what_was_checked_cuts_nothing_more(draft in draft()) {
        let known = known();
        let once = check(draft, &known);
        prop_assert!(once.cut <= once.checked);
        let stated = |all: &[Stated]| {
            all.iter()
                .map(|one| Claim { text: one.text.clone(), cites: one.cites.clone() })
                .collect::<Vec<_>>()
        };
        let again = Draft {
            summary: once.summary.clone(),
            impact: stated(&once.impact),
            evidence_for: stated(&once.evidence_for),
            conclusion: once.conclusion.clone(),
            ..Draft::default()
        };
        let again = check(again, &known);
        prop_assert_eq!(again.impact, once.impact);
        prop_assert_eq!(again.evidence_for, once.evidence_for);
        prop_assert_eq!(again.conclusion, once.conclusion);
    }
}

mod rules;

#[test]
fn a_line_of_a_diff_that_was_read_can_be_cited_and_quoted_and_one_of_another_change_cannot() {
    let mut known = known();
    known.diff(&json!({"files": [{
        "path": "src/checkout/tax.rs", "commits": [&GUILTY[..10]],
        "hunks": ["@@ -7,1 +7,2 @@\n-let tax = rate;\n+let tax = rate\n+    .unwrap();\n"],
    }]}));
    let cited = |id: &str, line: u32, quote: &str| {
        let claim = Claim {
            text: "The rate is taken without a look.".to_owned(),
            cites: vec![Cite {
                kind: CiteKind::Hunk,
                id: id.to_owned(),
                path: Some("src/checkout/tax.rs".to_owned()),
                line: Some(line),
                quote: Some(quote.to_owned()),
                ..Cite::default()
            }],
        };
        let draft = Draft {
            evidence_for: vec![claim],
            ..Draft::default()
        };
        check(draft, &known).evidence_for.len()
    };
    assert_eq!(cited(GUILTY, 8, "let tax = rate .unwrap();"), 1);
    assert_eq!(cited(GUILTY, 8, "let tax = rate.unwrap_or(0);"), 0);
    assert_eq!(cited(GUILTY, 80, "let tax = rate"), 0);
    assert_eq!(cited("feedface12", 8, "let tax = rate"), 0);
}
