//! What rules say, fact by fact.

use super::names::{code, place};
use crate::cause::{error_line, headline, supports};
use crate::context::Context;
use crate::foreign::Foreign;
use crate::report::{finding_line, gap, lost, risk_factor, suggestion};
use crate::say;
use crate::suspects::{elsewhere, reason};
use crate::text::Text;
use crate::words::{amount, duration, number};
use guard::root_cause::{Because, But, Fact, Facts, Mend};

/// Facts one after the other.
pub(super) fn sentences(facts: &Facts, context: &Context) -> Text {
    let all = facts.iter().map(|one| fact(one, context));
    Text::join(all, &say!(context, "root-cause-between"))
}

fn fact(fact: &Fact, context: &Context) -> Text {
    let words = context.words();
    match fact {
        Fact::Moved(row) => finding_line(row, context),
        Fact::Ranked(cause) => headline(cause, context),
        Fact::NotRanked => say!(words, "root-cause-not-ranked"),
        Fact::Elsewhere(why) => elsewhere(why, context),
        Fact::Supports(why) => supports(why, context),
        Fact::Suspected {
            change,
            reason: why,
        } => say!(
            words,
            "root-cause-suspected",
            change = code(change),
            why = reason(why, context)
        ),
        Fact::Reason(why) => reason(why, context),
        Fact::LessLikely {
            change,
            title,
            probability,
        } => say!(
            words,
            "root-cause-less-likely",
            change = code(change),
            title = Foreign::new(title),
            probability = amount(words, *probability, "ratio")
        ),
        Fact::Logged(signature) => error_line(signature, context),
        Fact::Failed { .. }
        | Fact::Users(_)
        | Fact::Traffic(_)
        | Fact::Lasted { .. }
        | Fact::Account(_) => impact(fact, context),
        Fact::Lost(one) => lost(one, context),
        Fact::Gap(one) => gap(one, context),
        Fact::Risk(one) => risk_factor(one, context),
        Fact::Suggestion(one) => suggestion(one, context),
        Fact::Because(why) => because(*why, context),
        Fact::But(what) => but(what, context),
        Fact::Mend(what) => mend(what, context),
    }
}

fn impact(fact: &Fact, context: &Context) -> Text {
    let words = context.words();
    match fact {
        Fact::Failed {
            failed,
            of: Some(of),
        } => say!(
            words,
            "root-cause-failed-of",
            failed = number(words, failed.round()),
            of = number(words, of.round())
        ),
        Fact::Failed { failed, of: None } => say!(
            words,
            "root-cause-failed",
            failed = number(words, failed.round())
        ),
        Fact::Users(users) => say!(
            words,
            "root-cause-users",
            users = number(words, users.round())
        ),
        Fact::Traffic(share) => say!(
            words,
            "root-cause-traffic",
            share = amount(words, *share, "ratio")
        ),
        Fact::Lasted {
            seconds,
            over: true,
        } => say!(
            words,
            "root-cause-lasted",
            duration = duration(words, *seconds)
        ),
        Fact::Lasted { seconds, .. } => say!(
            words,
            "root-cause-lasts",
            duration = duration(words, *seconds)
        ),
        Fact::Account(one) => say!(
            words,
            "excess-account",
            label = Text::foreign(one.label.as_str()),
            value = Text::foreign(one.value.as_str()),
            share = amount(words, one.share, "ratio")
        ),
        _ => Text::default(),
    }
}

fn because(why: Because, context: &Context) -> Text {
    match why {
        Because::ChangeHurts => say!(context, "root-cause-because-change"),
        Because::BackAndCured => say!(context, "root-cause-because-cured"),
        Because::BackUnproven => say!(context, "root-cause-because-unproven"),
        Because::BackInVain => say!(context, "root-cause-because-in-vain"),
        Because::Irreversible => say!(context, "root-cause-because-irreversible"),
        Because::FirstRelease => say!(context, "root-cause-because-first"),
        Because::Dependency => say!(context, "root-cause-because-dependency"),
        Because::Load => say!(context, "root-cause-because-load"),
        Because::Older => say!(context, "root-cause-because-older"),
        Because::CameBack => say!(context, "root-cause-because-came-back"),
        Because::Accepted => say!(context, "root-cause-because-accepted"),
        Because::Unknown => say!(context, "root-cause-because-unknown"),
    }
}

fn but(what: &But, context: &Context) -> Text {
    match what {
        But::AllGoBack { changes } => say!(context, "root-cause-but-all", count = *changes),
        But::NotKnownGood => say!(context, "root-cause-but-not-known-good"),
        But::GoesOn => say!(context, "root-cause-but-goes-on"),
        But::MayComeAgain => say!(context, "root-cause-but-again"),
        But::MayBeTheChange => say!(context, "root-cause-but-may-be"),
    }
}

fn mend(what: &Mend, context: &Context) -> Text {
    match what {
        Mend::Change {
            id,
            place: Some(at),
        } => say!(
            context,
            "root-cause-mend-at",
            change = code(id),
            place = place(&at.path, &at.lines())
        ),
        Mend::Change { id, place: None } => {
            say!(context, "root-cause-mend", change = code(id))
        }
        Mend::Owners { service } => say!(
            context,
            "root-cause-mend-owners",
            service = Foreign::new(service)
        ),
        Mend::Capacity => say!(context, "root-cause-mend-capacity"),
        Mend::LookBefore => say!(context, "root-cause-mend-before"),
        Mend::FindOut => say!(context, "root-cause-mend-find-out"),
    }
}
