//! The one message of a deployment, edited in place.

use crate::context::Context;
use crate::finding;
use crate::foreign::Foreign;
use crate::model::{Link, Message, Severity};
use crate::say;
use crate::text::Text;
use guard::situation::Situation;
use guard::state::State;
use guard::summary::Summary;

pub(crate) mod buttons;
pub(crate) mod missing;
pub(crate) mod need;

mod facts;
mod progress;
mod situation;

/// What the deployment's own message shows for this state.
#[must_use]
pub fn parent(state: &State, context: &Context) -> Message {
    let situation = Situation::of(state);
    Message {
        severity: situation::severity(situation, state.tier()),
        headline: headline(state, situation, context),
        facts: facts::facts(state, situation, context),
        body: missing::sentences(state, context),
        progress: progress::progress(state, context),
        table: finding::table(state, context),
        buttons: buttons::of(state, context),
        offers: Vec::new(),
        opinions: Vec::new(),
        links: link(state, context).into_iter().collect(),
        footer: footer(state, context),
    }
}

/// How loud [`parent()`] is, of a deployment in one line.
#[must_use]
pub fn severity_of(summary: &Summary) -> Severity {
    situation::severity(summary.situation, summary.tier)
}

/// The first line of [`parent()`] alone, which costs a tenth: for lists.
#[must_use]
pub fn headline_of(state: &State, context: &Context) -> Text {
    headline(state, Situation::of(state), context)
}

/// `shop · prod · v2`.
pub(crate) fn lead(state: &State, context: &Context) -> Text {
    let plan = state.plan();
    say!(
        context,
        "lead",
        service = Foreign::from(&plan.service),
        environment = Foreign::from(&plan.environment),
        version = Foreign::from(&plan.to)
    )
}

fn headline(state: &State, situation: Situation, context: &Context) -> Text {
    let lead = lead(state, context);
    if let Some(behind) = state.queued_behind() {
        return say!(
            context,
            situation::headline(situation),
            lead = lead,
            behind = Foreign::from(&behind.deployment),
            version = Foreign::from(&behind.version)
        );
    }
    let (new, total) = progress::counts(state);
    let from = match &state.plan().from {
        Some(from) => Text::foreign(from),
        None => say!(context, "version-none"),
    };
    let said = say!(
        context,
        situation::headline(situation),
        lead = lead,
        from = from,
        new = new,
        total = total
    );
    match situation::headline_finding(situation, state) {
        Some(record) => say!(
            context,
            "headline-with-finding",
            headline = said,
            finding = finding::short(&record.finding, context)
        ),
        None => said,
    }
}

/// The link to the deployment's page, where the page's address is known.
pub(crate) fn link(state: &State, context: &Context) -> Option<Link> {
    let base = context.base_url.as_ref()?;
    Some(Link {
        label: say!(context, "link-deployment"),
        // An id is letters, digits, `-` and `_`, so it needs no escaping.
        url: format!("{}/deployments/{}", base.as_str(), state.plan().deployment),
    })
}

fn footer(state: &State, context: &Context) -> Text {
    say!(
        context,
        "footer",
        id = Foreign::from(&state.plan().deployment),
        by = Foreign::from(state.requested_by()),
        at = context.time(state.requested_at()),
        updated = context.time(state.updated_at())
    )
}
