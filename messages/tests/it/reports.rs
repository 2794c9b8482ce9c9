//! Reports and postmortems of each scenario, as people read them. Committed: a changed report is a changed file.

use crate::scenarios::{error_spike, healthy, scenarios};
use crate::story::{Story, context, each_locale};
use guard::report::{Postmortem, Report};
use messages::Locale;
use messages::layout::{html, markdown, terminal};
use messages::postmortem::postmortem;
use messages::report::report;
use std::fmt::Write;

fn told(story: &Story) -> Report {
    Report::of(&story.records).unwrap().unwrap()
}

#[test]
fn the_report_of_every_scenario() {
    each_locale("reports", |locale| {
        let mut out = String::new();
        for (name, story) in scenarios() {
            let document = report(&told(&story), &context(locale));
            let _ = writeln!(out, "=== {name}\n{}", markdown::document(&document));
        }
        out
    });
}

#[test]
fn the_postmortem_of_each_that_had_an_incident() {
    each_locale("postmortems", |locale| {
        let mut out = String::new();
        for (name, story) in scenarios() {
            let Some(known) = Postmortem::of(&told(&story)) else {
                continue;
            };
            let document = postmortem(&known, &story.records, &context(locale));
            let _ = writeln!(out, "=== {name}\n{}", markdown::document(&document));
        }
        out
    });
}

#[test]
fn a_report_beside_those_before_it_on_each_surface() {
    each_locale("report_layouts", |locale| {
        let before = [told(&healthy()), told(&error_spike()), told(&healthy())];
        let beside = Report::beside(&error_spike().records, &before);
        let document = report(&beside.unwrap().unwrap(), &context(locale));
        format!(
            "--- html\n{}\n--- terminal\n{}",
            html::document(&document)
                .into_string()
                .replace("><", ">\n<"),
            terminal::document(&document, terminal::Colour::On).replace('\u{1b}', "␛"),
        )
    });
}

#[test]
fn nothing_in_a_report_lacks_its_words() {
    for locale in Locale::ALL {
        for (name, story) in scenarios() {
            let known = told(&story);
            let mut documents = vec![report(&known, &context(locale))];
            documents.extend(
                Postmortem::of(&known)
                    .map(|known| postmortem(&known, &story.records, &context(locale))),
            );
            for document in documents {
                let text = markdown::document(&document);
                assert!(!text.contains(['⟦', '⟧']), "{name}: {text}");
                assert!(!text.contains("{ $"), "{name}: {text}");
                assert!(!text.contains("NaN"), "{name}: {text}");
            }
        }
    }
}

#[test]
fn every_suggestion_and_every_risk_has_its_words_in_both_languages() {
    use guard::report::{RiskFactor as R, Suggestion as S};
    let s = || "errors".to_owned();
    let u = || "ratio".to_owned();
    let mut known = told(&error_spike());
    known.suggestions = vec![
        S::NearlyWarned {
            signal: s(),
            part: 0.8,
        },
        S::NearLimit {
            signal: s(),
            value: 0.04,
            limit: 0.05,
            unit: u(),
        },
        S::BeyondLimitBefore {
            signal: s(),
            value: 0.04,
            limit: 0.01,
            unit: u(),
        },
        S::MendBlind {
            signal: s(),
            why: "no_series".to_owned(),
        },
        S::WatchLonger {
            signal: s(),
            was_s: 30.0,
            needs_s: 300.0,
        },
        S::FoundLate {
            signal: s(),
            instances: 3,
        },
        S::SlowToFind {
            seconds: 120.0,
            goal: 94.0,
        },
        S::SlowToDecide { seconds: 900.0 },
        S::NobodyAnswered { seconds: 1800.0 },
        S::LetRollBack,
        S::TestRollback { deployments: 1 },
        S::TestRollback { deployments: 7 },
        S::DeclareKnownGood,
        S::SmallerSteps {
            instances: 2,
            of: 3,
        },
        S::ChangeOneFirst,
        S::MoreHistory { seconds: 40.0 },
        S::TellDependency { signal: s() },
        S::StopDrift {
            signal: s(),
            drift: Some(0.3),
            releases: 4,
        },
        S::StopDrift {
            signal: s(),
            drift: None,
            releases: 4,
        },
        S::WidenTolerance { signal: s() },
    ];
    known.risk.factors = vec![
        R::Irreversible,
        R::FirstRelease,
        R::TargetNotKnownGood,
        R::NoControl,
        R::LittleHistory { seconds: 40.0 },
        R::Blind { signals: 2 },
        R::LargeStep {
            instances: 2,
            of: 3,
        },
        R::ShortBake { seconds: 30.0 },
        R::RollbackUntested,
        R::BadRecord { bad: 2, of: 3 },
    ];
    each_locale("advice", |locale| {
        let document = report(&known, &context(locale));
        let text = markdown::document(&document);
        let wanted = text.lines().filter(|line| line.starts_with("- "));
        let said: Vec<&str> = wanted.skip_while(|line| !line.contains("errors")).collect();
        assert!(said.len() > 20, "{text}");
        said.join("\n")
    });
}

#[test]
fn foreign_text_in_a_report_is_inert() {
    let hostile = "</td><script>alert(1)</script> | `x` [a](http://b) @here";
    let mut known = told(&error_spike());
    known.requested_by = hostile.to_owned();
    known.failure = Some(hostile.to_owned());
    known.to = hostile.to_owned();
    for finding in &mut known.findings {
        finding.query = hostile.to_owned();
        finding.scope = hostile.to_owned();
        finding.signal = hostile.to_owned();
    }
    for row in &mut known.signals {
        row.signal = hostile.to_owned();
        row.unit = hostile.to_owned();
    }
    for account in known
        .impact
        .iter_mut()
        .flat_map(|impact| &mut impact.accounts)
    {
        account.value = hostile.to_owned();
    }
    let document = report(&known, &context(Locale::En));
    let page = html::document(&document).into_string();
    assert!(!page.contains("<script>"), "{page}");
    let text = markdown::document(&document);
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    for row in &rows {
        // Every bar that is none of the table's is escaped.
        let cells = row.replace("\\|", "").matches('|').count();
        assert!((4..=8).contains(&cells), "{row}");
    }
}
