use crate::cause::{Beside, Cause, case};
use crate::finding::Finding;
use crate::ids::EvidenceId;
use crate::input::Happened;
use crate::policy::Autonomy;
use crate::report::Report;
use crate::root_cause::{
    Advice, Author, Because, Conclusion, Confidence, Fact, Milestones, Standing, by_rules,
};
use crate::suspects::{Change, Elsewhere, File, Verdict, rank};
use crate::testing::{Story, assessment, finding};
use crate::verdict;
use crate::verdict::Attribution;
use std::collections::BTreeMap;

const GUILTY: &str = "4f1c2d9e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d";

fn found(finding: Finding) -> Story {
    let mut story = Story::gray(Autonomy::Pause);
    let degraded = assessment(verdict::Verdict::Degraded, vec![finding]);
    story.tell(Happened::Assessed(degraded));
    story
}

fn with_evidence() -> Finding {
    Finding {
        evidence: Some(EvidenceId::new("ev_1").unwrap()),
        ..finding()
    }
}

fn changes() -> Vec<Change> {
    let change = |id: &str, title: &str, path: &str| Change {
        id: id.to_owned(),
        title: title.to_owned(),
        files: vec![File {
            path: path.to_owned(),
            patch:
                "@@ -40,3 +40,3 @@ fn pay()\n a\n-let errors = 0;\n+let errors = retry(9);\n b\n"
                    .to_owned(),
            ..File::default()
        }],
        ..Change::default()
    };
    vec![
        change(GUILTY, "Retry payments on errors", "src/pay.rs"),
        change("bbbbbbbbbb", "Say hello", "README.md"),
    ]
}

fn ranked(story: &Story) -> Cause {
    let case = case(story.state(), changes(), &Beside::default());
    Cause::of(&case, &rank(&case), BTreeMap::new())
}

fn report(story: &Story) -> Report {
    Report::of(&story.records).unwrap().unwrap()
}

#[test]
fn without_a_model_the_record_itself_is_a_whole_report() {
    let mut story = found(with_evidence());
    let mut cause = ranked(&story);
    cause.verdict = Verdict::Change;
    cause.probability = 0.9;
    cause.suspects[0].probability = 0.8;
    assert_eq!(cause.suspects[0].id, GUILTY);
    story.tell(Happened::Ranked(Box::new(cause)));
    let told = by_rules(&report(&story)).unwrap();
    assert_eq!(told.written_by, Author::Rules);
    let guilty = Conclusion::Suspect {
        id: GUILTY.to_owned(),
    };
    assert_eq!(told.conclusion, guilty);
    assert_eq!(told.confidence, Confidence::High);
    assert_eq!(told.cut, 0, "what rules say is in the record");
    assert!(told.checked > 5, "{told:?}");
    assert_eq!(told.queries.len(), 1);
    assert_eq!(told.recommendation.action, Advice::RollBack);
    assert_eq!(
        told.place.map(|place| place.path).as_deref(),
        Some("src/pay.rs")
    );
    let supported = |one: &crate::root_cause::Stated<_>| one.standing == Standing::Supported;
    assert!(told.evidence_for.iter().all(supported));
    assert!(matches!(
        told.summary[..],
        [Fact::Moved(_), Fact::Ranked(_)]
    ));
}

#[test]
fn what_was_not_ranked_is_said_to_be_unknown_and_nothing_is_accused() {
    let told = by_rules(&report(&found(with_evidence()))).unwrap();
    assert_eq!(told.conclusion, Conclusion::Unknown);
    assert_eq!(told.confidence, Confidence::Low);
    assert!(told.hypotheses.is_empty());
    assert!(matches!(
        told.summary[..],
        [Fact::Moved(_), Fact::NotRanked]
    ));
}

#[test]
fn where_nothing_was_found_there_is_nothing_to_explain() {
    assert_eq!(by_rules(&report(&Story::gray(Autonomy::Pause))), None);
}

#[test]
fn what_others_broke_is_waited_for_and_not_rolled_back() {
    let mut story = found(Finding {
        attribution: Attribution::Dependency,
        ..finding()
    });
    let mut cause = ranked(&story);
    cause.verdict = Verdict::NotThisDeployment;
    cause.elsewhere = vec![Elsewhere::Dependency {
        service: "billing".to_owned(),
        onset: story.now,
    }];
    story.tell(Happened::Ranked(Box::new(cause)));
    let told = by_rules(&report(&story)).unwrap();
    assert_eq!(told.conclusion, Conclusion::None);
    assert_eq!(told.recommendation.action, Advice::Hold);
    assert_eq!(
        told.recommendation.because,
        [Fact::Because(Because::Dependency)]
    );
    assert_eq!(told.place, None);
}

#[test]
fn the_six_moments_come_in_their_order_and_what_did_not_happen_has_none() {
    let mut story = found(finding());
    story.wait(20);
    let all = Milestones::of(&report(&story), &story.records);
    let (began, anomaly) = (all.deploy_began_at.unwrap(), all.first_anomaly_at.unwrap());
    assert!(anomaly.0 <= all.alerted_at.unwrap().0 && began.0 <= all.alerted_at.unwrap().0);
    assert_eq!(all.deploy_ended_at, None);
    assert_eq!(all.rollback_asked_at, None);
    assert_eq!(all.recovered_at, None);
}
