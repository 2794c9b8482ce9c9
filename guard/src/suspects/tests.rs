use super::super::{
    Change, Context, Control, Dependency, Deployment, File, Meets, Moved, Neighbour, SameHour,
    Symptoms, Traffic,
};
use super::*;
use jiff::Timestamp;

fn at(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(1_800_000_000 + seconds).ok()
}

fn change(id: &str, title: &str, path: &str, lines: &str) -> Change {
    let file = File {
        path: path.to_owned(),
        patch: format!("@@ -10,6 +10,6 @@\n{lines}"),
        ..File::default()
    };
    Change {
        id: id.to_owned(),
        title: title.to_owned(),
        files: vec![file],
        ..Change::default()
    }
}

/// Five changes; the third breaks refunds, and an error says where.
fn case() -> Case {
    Case {
        deployment: Deployment { id: "a".to_owned(), service: "shop".to_owned(), ..Deployment::default() },
        changes: vec![
            change("1", "Describe refunds", "README.md", "+refund_order is called by the worker\n"),
            change("2", "Add a banner", "src/banner.rs", "+fn banner() { show(\"sale\") }\n"),
            change("3", "Simplify refunds", "src/refund.rs", " fn refund_order() {\n-    let card = order.card.ok_or(Missing)?;\n+    let card = order.card.unwrap();\n }\n"),
            change("4", "Test refunds", "tests/refund.rs", "+refund_order(order);\n"),
            change("5", "Tune the port", "config/app.yaml", "-port: 80\n+port: 81\n"),
        ],
        symptoms: Symptoms {
            findings: vec![Moved { signal: "error_ratio".to_owned(), direction: "up".to_owned(), onset: at(60), ..Moved::default() }],
            errors: vec!["thread 'main' panicked at src/refund.rs:11:20:\ncalled `Option::unwrap()` on a `None` value".to_owned()],
        },
        context: Context::default(),
    }
}

/// Nothing else was going on.
fn quiet() -> Context {
    Context {
        controls: vec![Control {
            name: "stable".to_owned(),
            ..Control::default()
        }],
        first_instance_changed_at: at(0),
        traffic: Some(Traffic::default()),
        same_hour_before: Some(SameHour::default()),
        dependencies: vec![Dependency {
            service: "ledger".to_owned(),
            ..Dependency::default()
        }],
        neighbours: Vec::new(),
    }
}

#[test]
fn the_change_whose_line_a_frame_names_comes_first_and_says_so() {
    let ranking = rank(&Case {
        context: quiet(),
        ..case()
    });
    assert_eq!(ranking.order[0], "3");
    assert_eq!(ranking.verdict, Verdict::Change);
    let first = &ranking.suspects[0];
    assert!(first.probability > 0.8, "{}", first.probability);
    let Reason::Frame {
        meets,
        frame,
        place,
    } = &first.reasons[0]
    else {
        panic!("{:?}", first.reasons);
    };
    assert_eq!(
        (*meets, frame.line, place.path.as_str()),
        (Meets::Line, Some(11), "src/refund.rs")
    );
    assert_eq!(first.hunks[0].path, "src/refund.rs");
}

#[test]
fn every_change_is_in_the_order_once_and_the_same_case_gives_the_same_answer() {
    let ranking = rank(&case());
    let mut ids = ranking.order.clone();
    ids.sort();
    assert_eq!(ids, ["1", "2", "3", "4", "5"]);
    assert_eq!(ranking, rank(&case()));
    let sum: f64 = ranking
        .suspects
        .iter()
        .map(|suspect| suspect.probability)
        .sum();
    assert!((sum - ranking.probability).abs() < 0.001);
}

#[test]
fn what_does_not_run_is_suspected_last_and_says_so() {
    let ranking = rank(&case());
    assert!(
        ranking.order[3..].contains(&"1".to_owned())
            && ranking.order[3..].contains(&"4".to_owned())
    );
    let readme = ranking.suspects.iter().find(|suspect| suspect.id == "1");
    assert!(readme.is_some_and(|suspect| suspect.reasons.contains(&Reason::Inert)));
}

fn acquitted(context: Context, wanted: &Elsewhere) {
    let mut case = Case { context, ..case() };
    // Without the frame: with it, circumstances alone do not acquit.
    case.symptoms.errors.clear();
    let ranking = rank(&case);
    assert_eq!(ranking.verdict, Verdict::NotThisDeployment, "{wanted:?}");
    assert!(
        ranking.elsewhere.contains(wanted),
        "{:?}",
        ranking.elsewhere
    );
}

#[test]
fn a_deployment_is_acquitted_by_what_moved_without_it() {
    let stable = Control {
        name: "stable".to_owned(),
        moved: true,
        onset: at(61),
    };
    acquitted(
        Context {
            controls: vec![stable],
            ..quiet()
        },
        &Elsewhere::Control {
            name: "stable".to_owned(),
            onset: at(61),
        },
    );
    let traffic = Some(Traffic {
        moved: true,
        explains: true,
    });
    acquitted(Context { traffic, ..quiet() }, &Elsewhere::Traffic);
    let same_hour_before = Some(SameHour { seen: true });
    acquitted(
        Context {
            same_hour_before,
            ..quiet()
        },
        &Elsewhere::SameHour,
    );
    let ledger = Dependency {
        service: "ledger".to_owned(),
        moved: true,
        onset: at(30),
    };
    let onset = at(30).unwrap_or_default();
    acquitted(
        Context {
            dependencies: vec![ledger],
            ..quiet()
        },
        &Elsewhere::Dependency {
            service: "ledger".to_owned(),
            onset,
        },
    );
    let (onset, changed) = (at(60).unwrap_or_default(), at(300).unwrap_or_default());
    acquitted(
        Context {
            first_instance_changed_at: Some(changed),
            ..quiet()
        },
        &Elsewhere::Before { onset, changed },
    );
}

#[test]
fn what_moved_later_acquits_nobody() {
    let stable = Control {
        name: "stable".to_owned(),
        moved: true,
        onset: at(600),
    };
    let ledger = Dependency {
        service: "ledger".to_owned(),
        moved: true,
        onset: at(90),
    };
    let ranking = rank(&Case {
        context: Context {
            controls: vec![stable],
            dependencies: vec![ledger],
            ..quiet()
        },
        ..case()
    });
    assert_eq!(ranking.verdict, Verdict::Change);
}

#[test]
fn where_an_error_points_into_a_changed_line_a_circumstance_only_raises_a_doubt() {
    let stable = Control {
        name: "stable".to_owned(),
        moved: true,
        onset: at(61),
    };
    let ranking = rank(&Case {
        context: Context {
            controls: vec![stable],
            ..quiet()
        },
        ..case()
    });
    assert_eq!(ranking.verdict, Verdict::Unknown);
}

#[test]
fn changes_of_which_nothing_runs_are_acquitted_and_words_alone_are_not_enough_to() {
    let mut case = case();
    case.symptoms.errors = vec!["something else".to_owned()];
    assert_eq!(rank(&case).verdict, Verdict::Unknown);
    case.changes
        .retain(|change| change.id == "1" || change.id == "4");
    let ranking = rank(&case);
    assert_eq!(ranking.verdict, Verdict::NotThisDeployment);
    assert_eq!(ranking.elsewhere, [Elsewhere::NothingRuns]);
}

#[test]
fn a_neighbour_that_was_deployed_shortly_before_is_named() {
    let neighbour = Neighbour {
        service: "ledger".to_owned(),
        version: "7".to_owned(),
        deployed_at: at(-300),
    };
    let ranking = rank(&Case {
        context: Context {
            neighbours: vec![neighbour],
            ..quiet()
        },
        ..case()
    });
    assert!(
        matches!(&ranking.elsewhere[..], [Elsewhere::Neighbour { service, .. }] if service == "ledger")
    );
}

#[test]
fn what_was_taken_back_within_the_deployment_is_hardly_suspected() {
    let mut case = case();
    let before = rank(&case).suspects[0].score;
    case.changes.push(change(
        "6",
        "Revert \"Simplify refunds\"",
        "src/other.rs",
        "+fn other() {}\n",
    ));
    let ranking = rank(&case);
    let third = ranking.suspects.iter().find(|suspect| suspect.id == "3");
    assert!(
        third.is_some_and(
            |third| third.score < before - 1.0 && third.reasons.contains(&Reason::Undone)
        )
    );
}

#[test]
fn a_case_without_words_or_diffs_has_an_answer_too() {
    let changes = vec![Change {
        id: "1".to_owned(),
        ..Change::default()
    }];
    let ranking = rank(&Case {
        changes,
        ..Case::default()
    });
    assert_eq!(
        (ranking.order.len(), ranking.verdict),
        (1, Verdict::Unknown)
    );
    assert!(rank(&Case::default()).order.is_empty());
}
