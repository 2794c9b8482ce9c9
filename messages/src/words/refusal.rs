//! Why an answer or a command was refused, for the person who gave it.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::actor::Role;
use guard::approval::{Choice, Refusal};
use guard::culprit::LEAST_DIGITS;
use guard::fix::FixKind;
use guard::judgement::Judgement;

/// One sentence for the person whose answer was refused.
#[must_use]
pub fn refusal(refusal: &Refusal, context: &Context) -> Text {
    let words = context.words();
    match refusal {
        Refusal::UnknownApproval { .. } => say!(words, "refusal-unknown-approval"),
        Refusal::AlreadyAnswered { by, choice, at } => say!(
            words,
            "refusal-already-answered",
            by = Foreign::from(by),
            choice = words.choice(*choice),
            at = context.time(*at)
        ),
        Refusal::Expired { at } => say!(words, "refusal-expired", at = context.time(*at)),
        Refusal::Withdrawn { at } => say!(words, "refusal-withdrawn", at = context.time(*at)),
        Refusal::NotAnOption { choice } => say!(
            words,
            "refusal-not-an-option",
            choice = words.choice(*choice)
        ),
        Refusal::NotAPerson { who } => {
            say!(words, "refusal-not-a-person", who = Foreign::from(who))
        }
        Refusal::MissingRole { who, choice, role } => say!(
            words,
            "refusal-missing-role",
            who = Foreign::from(who),
            choice = words.choice(*choice),
            role = role_word(context, *role)
        ),
        Refusal::NotOnCall {
            who,
            choice,
            at_duty,
        } if at_duty.is_empty() => say!(
            words,
            "refusal-nobody-on-call",
            who = Foreign::from(who),
            choice = words.choice(*choice)
        ),
        Refusal::NotOnCall {
            who,
            choice,
            at_duty,
        } => say!(
            words,
            "refusal-not-on-call",
            who = Foreign::from(who),
            choice = words.choice(*choice),
            on_call = words.listed(at_duty.iter().map(Text::foreign))
        ),
        Refusal::OnCallUnknown { choice, problem } => say!(
            words,
            "refusal-on-call-unknown",
            choice = words.choice(*choice),
            problem = Foreign::from(problem)
        ),
        Refusal::AlreadyFor { who, choice } => say!(
            words,
            "refusal-already-for",
            who = Foreign::from(who),
            choice = words.choice(*choice)
        ),
        Refusal::ReasonNeeded { least } => {
            say!(words, "refusal-reason-needed", least = *least)
        }
        Refusal::NoBreakingGlass { who } => {
            say!(words, "refusal-no-breaking-glass", who = Foreign::from(who))
        }
        Refusal::WrongState { wanted, status } => say!(
            words,
            "refusal-wrong-state",
            wanted = wanted_word(context, wanted),
            status = status_word(context, status)
        ),
        Refusal::Waits { wanted, behind } => say!(
            words,
            "refusal-waits",
            wanted = wanted_word(context, wanted),
            behind = Foreign::from(&behind.deployment),
            version = Foreign::from(&behind.version)
        ),
        Refusal::OtherStep { asked, now } => {
            say!(words, "refusal-other-step", asked = *asked, now = *now)
        }
        Refusal::NothingToGoBackTo => say!(words, "refusal-nothing-to-go-back-to"),
        Refusal::MachineJudges { who } => {
            say!(words, "refusal-machine-judges", who = Foreign::from(who))
        }
        Refusal::MayNotJudge { who } => say!(
            words,
            "refusal-may-not-judge",
            who = Foreign::from(who),
            responder = role_word(context, Role::Responder),
            operator = role_word(context, Role::Operator)
        ),
        Refusal::MayNotShare { who } => say!(
            words,
            "refusal-may-not-share",
            who = Foreign::from(who),
            responder = role_word(context, Role::Responder),
            operator = role_word(context, Role::Operator)
        ),
        Refusal::TooManyShares { most } => say!(words, "refusal-too-many-shares", most = *most),
        Refusal::UnknownShare { share } => {
            say!(words, "refusal-unknown-share", link = Foreign::from(share))
        }
        Refusal::MayNotFix { who } => say!(
            words,
            "refusal-may-not-fix",
            who = Foreign::from(who),
            responder = role_word(context, Role::Responder),
            operator = role_word(context, Role::Operator)
        ),
        Refusal::NoFixAccount {
            kind: FixKind::Revert,
        } => say!(words, "refusal-no-revert-account"),
        Refusal::NoFixAccount {
            kind: FixKind::Hotfix,
        } => say!(words, "refusal-no-hotfix-account"),
        Refusal::NothingToFix => say!(words, "refusal-nothing-to-fix"),
        Refusal::SuggestsEnough { most } => {
            say!(words, "refusal-suggests-enough", most = *most)
        }
        Refusal::FixUnderWay { by, .. } => {
            say!(words, "refusal-fix-under-way", by = Foreign::from(by))
        }
        Refusal::FixOpened { by, url, .. } => say!(
            words,
            "refusal-fix-opened",
            by = Foreign::from(by),
            url = Text::code(url.as_str())
        ),
        Refusal::DoesNotFit {
            judgement: Judgement::Fine,
        } => say!(words, "judgement-does-not-fit-fine"),
        Refusal::DoesNotFit { .. } => say!(words, "judgement-does-not-fit-real"),
        Refusal::SinceOutside { since, begun } => say!(
            words,
            "refusal-since-outside",
            since = context.time(*since),
            begun = context.time(*begun)
        ),
        Refusal::NothingToExplain => say!(words, "refusal-nothing-to-explain"),
        Refusal::ChangesUnknown => say!(words, "refusal-changes-unknown"),
        Refusal::UnknownChange { change } => say!(
            words,
            "refusal-unknown-change",
            change = Foreign::from(change),
            digits = LEAST_DIGITS
        ),
        Refusal::SeveralChanges { change } => {
            say!(
                words,
                "refusal-several-changes",
                change = Foreign::from(change)
            )
        }
    }
}

fn role_word(context: &Context, role: Role) -> Text {
    let key = match role {
        Role::Responder => "role-responder",
        Role::Operator => "role-operator",
    };
    context.words().text(key, Vec::new())
}

/// A wish as the journal keeps it, in the reader's words where it is a known one.
pub(crate) fn wanted_word(context: &Context, wanted: &str) -> Text {
    match wanted.parse::<Choice>() {
        Ok(choice) => context.words().choice(choice),
        Err(_) if wanted == "pause" => say!(context, "choice-pause"),
        Err(_) if wanted == FixKind::Revert.verb() => say!(context, "choice-revert-pr"),
        Err(_) if wanted == FixKind::Hotfix.verb() => say!(context, "choice-hotfix-pr"),
        Err(_) if wanted == "judge" => say!(context, "choice-judge"),
        Err(_) if wanted == "share" => say!(context, "choice-share"),
        Err(_) => Text::foreign(wanted),
    }
}

fn status_word(context: &Context, status: &str) -> Text {
    let key = match status {
        "pending" => "status-pending",
        "progressing" => "status-progressing",
        "paused" => "status-paused",
        "promoted" => "status-promoted",
        "rolled_back" => "status-rolled-back",
        "failed" => "status-failed",
        "superseded" => "status-superseded",
        "rolling back" => "status-rolling-back",
        _ => return Text::foreign(status),
    };
    context.words().text(key, Vec::new())
}
