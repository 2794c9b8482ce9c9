//! Why a fix could not be made, and what to do instead.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::fix::{FixTrouble, Unusable};

/// Why not, and what to do instead, in a sentence or two.
#[must_use]
pub fn trouble(trouble: &FixTrouble, context: &Context) -> Text {
    match trouble {
        FixTrouble::NotConfigured => say!(context, "fix-trouble-not-configured"),
        FixTrouble::NoCommit => say!(context, "fix-trouble-no-commit"),
        FixTrouble::NotThere { branch } => say!(
            context,
            "fix-trouble-not-there",
            branch = Text::code(branch.as_str())
        ),
        FixTrouble::Merge => say!(context, "fix-trouble-merge"),
        FixTrouble::First => say!(context, "fix-trouble-first"),
        FixTrouble::TooLarge { files } => {
            say!(context, "fix-trouble-too-large", files = *files)
        }
        FixTrouble::Conflict { paths } if paths.is_empty() => {
            say!(context, "fix-trouble-conflict-somewhere")
        }
        FixTrouble::Conflict { paths } => say!(
            context,
            "fix-trouble-conflict",
            paths = listed(paths, context)
        ),
        FixTrouble::NoText { paths } => say!(
            context,
            "fix-trouble-no-text",
            paths = listed(paths, context)
        ),
        FixTrouble::Moved { paths } => {
            say!(context, "fix-trouble-moved", paths = listed(paths, context))
        }
        FixTrouble::Undone => say!(context, "fix-trouble-undone"),
        FixTrouble::BranchTaken { branch } => say!(
            context,
            "fix-trouble-branch-taken",
            branch = Text::code(branch.as_str())
        ),
        FixTrouble::Closed { url } => {
            say!(
                context,
                "fix-trouble-closed",
                url = Text::code(url.as_str())
            )
        }
        FixTrouble::Merged { url } => {
            say!(
                context,
                "fix-trouble-merged",
                url = Text::code(url.as_str())
            )
        }
        FixTrouble::Refused { status, message } => refused(*status, message, context),
        FixTrouble::Unreachable { why } => {
            say!(context, "fix-trouble-unreachable", why = Foreign::from(why))
        }
        FixTrouble::NoPin { file, key, problem } => say!(
            context,
            "fix-trouble-no-pin",
            file = Text::code(file.as_str()),
            key = Text::code(key.as_str()),
            problem = Foreign::from(problem)
        ),
        FixTrouble::NoChange { why } => {
            let why = unusable(why, context);
            say!(context, "fix-trouble-no-change", why = why)
        }
    }
}

/// Why a draft is not used; a word that is not known, as it is.
fn unusable(word: &str, context: &Context) -> Text {
    match Unusable::of(word) {
        Some(Unusable::Silent) => say!(context, "fix-unusable-silent"),
        Some(Unusable::Declined) => say!(context, "fix-unusable-declined"),
        Some(Unusable::Unreadable) => say!(context, "fix-unusable-unreadable"),
        Some(Unusable::Nothing) => say!(context, "fix-unusable-nothing"),
        Some(Unusable::Apart) => say!(context, "fix-unusable-apart"),
        Some(Unusable::Elsewhere) => say!(context, "fix-unusable-elsewhere"),
        Some(Unusable::OffLimits) => say!(context, "fix-unusable-off-limits"),
        Some(Unusable::TooLong) => say!(context, "fix-unusable-too-long"),
        Some(Unusable::Secret) => say!(context, "fix-unusable-secret"),
        None => Text::foreign(Foreign::from(word)),
    }
}

fn refused(status: u16, message: &str, context: &Context) -> Text {
    let (code, message) = (status.to_string(), Foreign::new(message));
    let code = Text::code(code.as_str());
    match status {
        401 | 403 | 404 => say!(
            context,
            "fix-trouble-rights",
            status = code,
            message = message
        ),
        _ => say!(
            context,
            "fix-trouble-refused",
            status = code,
            message = message
        ),
    }
}

fn listed(paths: &[String], context: &Context) -> Text {
    let paths = paths.iter().map(|path| Text::code(path.as_str()));
    context.words().listed(paths)
}
