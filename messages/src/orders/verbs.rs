//! How each verb is used, and what it does.

use crate::context::Context;
use crate::say;
use crate::text::Text;
use guard::order::Verb;

macro_rules! words {
    ($verb:expr, $context:expr, $($name:ident $usage:literal $does:literal;)*) => {
        match $verb { $(Verb::$name => (say!($context, $usage), say!($context, $does)),)* }
    };
}

/// How it is typed, and what it does.
pub(super) fn words(verb: Verb, context: &Context) -> (Text, Text) {
    words! { verb, context,
        Status "verb-status-usage" "verb-status-does";
        Deploy "verb-deploy-usage" "verb-deploy-does";
        Watch "verb-watch-usage" "verb-watch-does";
        Rollback "verb-rollback-usage" "verb-rollback-does";
        Pause "verb-pause-usage" "verb-pause-does";
        Resume "verb-resume-usage" "verb-resume-does";
        Hold "verb-hold-usage" "verb-hold-does";
        Promote "verb-promote-usage" "verb-promote-does";
        Abandon "verb-abandon-usage" "verb-abandon-does";
        RevertPr "verb-revert-pr-usage" "verb-revert-pr-does";
        HotfixPr "verb-hotfix-pr-usage" "verb-hotfix-pr-does";
        Why "verb-why-usage" "verb-why-does";
        Ask "verb-ask-usage" "verb-ask-does";
        Share "verb-share-usage" "verb-share-does";
        Report "verb-report-usage" "verb-report-does";
        Timeline "verb-timeline-usage" "verb-timeline-does";
        ItWas "verb-it-was-usage" "verb-it-was-does";
        NotThis "verb-not-this-usage" "verb-not-this-does";
        Useful "verb-useful-usage" "verb-useful-does";
        NotUseful "verb-not-useful-usage" "verb-not-useful-does";
        Close "verb-close-usage" "verb-close-does";
        Stats "verb-stats-usage" "verb-stats-does";
        Freeze "verb-freeze-usage" "verb-freeze-does";
        Unfreeze "verb-unfreeze-usage" "verb-unfreeze-does";
        OnCall "verb-oncall-usage" "verb-oncall-does";
        Link "verb-link-usage" "verb-link-does";
        Unlink "verb-unlink-usage" "verb-unlink-does";
        Help "verb-help-usage" "verb-help-does";
    }
}
