//! What is said of a ledger and of what follows from it.

use crate::story::{context, start};
use guard::policy::Autonomy;
use guard::trust::Ledger;
use jiff::SignedDuration;
use messages::layout::plain;
use messages::{Locale, trust};

fn ledger(real: u32, false_alarms: u32) -> Ledger {
    Ledger {
        real,
        false_alarms,
        missed: 1,
        fine: 3,
        wrongly_undone_at: None,
    }
}

fn said(ledger: &Ledger, has: Autonomy, at_most: Autonomy, locale: Locale) -> String {
    let context = context(locale);
    let suggestion = ledger.suggestion(has, at_most, context.now);
    plain::text(&trust::suggestion(&suggestion, has, ledger, &context))
}

#[test]
fn counts_and_shares_are_said_with_their_intervals() {
    let told = |ledger: &Ledger, locale| {
        let sentences = trust::sentences(ledger, 20, &context(locale));
        sentences.iter().map(plain::text).collect::<Vec<_>>()
    };
    assert_eq!(
        told(&ledger(8, 2), Locale::En),
        [
            "Deployments in 180 days: 20, of which 14 judged. Alarms: 8 real, 2 false. Silence: 1 missed, 3 fine.",
            "Of the judged alarms, 8 of 10 were real: 80 %, with 95 % confidence 49 to 94 %.",
            "Of the releases known to have done harm, 8 of 9 raised an alarm: 89 %, with 95 % confidence 57 to 98 %.",
        ]
    );
    assert_eq!(
        told(&Ledger::default(), Locale::En)[1..],
        [
            "No alarm was judged yet: how many are real is not known.",
            "No harmful release was judged yet: how many would be missed is not known.",
        ]
    );
    assert_eq!(
        told(&ledger(8, 2), Locale::ZhCn)[1],
        "已评判的 10 次告警中，8 次真实：80 %，95 % 置信区间为 49 至 94 %。"
    );
}

#[test]
fn the_table_has_a_row_for_each_share_that_is_known() {
    let rows = |ledger: &Ledger| {
        let table = trust::table(ledger, &context(Locale::En));
        let row = |row: &messages::model::Row| row.cells.iter().map(plain::text).collect();
        table.rows.iter().map(row).collect::<Vec<Vec<String>>>()
    };
    assert_eq!(
        rows(&ledger(8, 2)),
        [
            [
                "Alarms that were real (precision)",
                "80 %",
                "49 to 94 %",
                "8 of 10"
            ],
            [
                "Harmful releases with an alarm (recall)",
                "89 %",
                "57 to 98 %",
                "8 of 9"
            ],
        ]
    );
    assert!(rows(&Ledger::default()).is_empty());
}

#[test]
fn each_suggestion_says_what_and_why() {
    use Autonomy::{Observe, Pause, Rollback};
    let undone = Ledger {
        wrongly_undone_at: Some(start() - SignedDuration::from_hours(48)),
        ..ledger(40, 1)
    };
    for (ledger, has, wanted) in [
        (
            ledger(9, 1),
            Observe,
            "policy.autonomy may be raised from observe to pause: with 95 % confidence 60 % or more of its alarms are real, and 50 % suffice.",
        ),
        (
            ledger(1, 9),
            Rollback,
            "policy.autonomy should be lowered from rollback to pause: with 95 % confidence no more than 40 % of its alarms are real, and 80 % are needed.",
        ),
        (
            undone,
            Rollback,
            "policy.autonomy should be lowered from rollback to pause: Tawny rolled back unasked at 2026-11-19 03:12, and nothing was wrong.",
        ),
        (
            undone,
            Pause,
            "Its alarms have earned rollback, but a rollback unasked was a false alarm: not before 2026-12-19 03:12.",
        ),
        (
            ledger(40, 1),
            Rollback,
            "Autonomy is as it should be: rollback.",
        ),
        (
            ledger(4, 0),
            Observe,
            "Autonomy stays observe: not enough was judged yet for pause. It takes at least one more alarm that was real.",
        ),
        (
            ledger(4, 0),
            Pause,
            "Autonomy stays pause: not enough was judged yet for rollback. It takes at least 12 more alarms that were real.",
        ),
        (
            ledger(4, 0),
            Rollback,
            "Autonomy is rollback, and not enough was judged yet to show that it is deserved. It takes at least 12 more alarms that were real.",
        ),
    ] {
        let told = said(&ledger, has, Rollback, Locale::En);
        assert_eq!(told.replace('`', ""), wanted);
        assert_ne!(told, said(&ledger, has, Rollback, Locale::ZhCn));
    }
    let told = said(&ledger(40, 0), Observe, Observe, Locale::En);
    assert!(told.contains("only watches this service"), "{told}");
}
