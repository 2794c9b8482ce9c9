//! What somebody sees who opens Tawny itself in a chat: what waits for an answer, how the services stand, what was
//! deployed last.

use crate::context::Context;
use crate::document::{Document, Section};
use crate::model::{Link, Severity, Table};
use crate::orders::{self, Standing};
use crate::parent::{self, lead};
use crate::say;
use crate::text::Text;
use guard::state::State;

/// Questions and deployments that are shown at most.
pub const MOST: usize = 10;

/// A deployment that asks, and where its thread is, if the chat says so.
#[derive(Debug)]
pub struct Asking<'a> {
    /// How it stands.
    pub state: &'a State,
    /// The address of the message above its thread.
    pub thread: Option<&'a str>,
}

/// The page. It changes only when it is opened, and says of when it is.
#[must_use]
pub fn home(
    asking: &[Asking<'_>],
    services: &[Standing<'_>],
    recent: &[&State],
    context: &Context,
) -> Document {
    let status = orders::status(services, context);
    let asked = asking
        .iter()
        .map(|one| parent::parent(one.state, context).severity);
    let words = context.words();
    let headline = match asking.len() {
        0 => say!(context, "home-nothing-asked"),
        count => say!(context, "home-asked-count", count = count),
    };
    Document {
        severity: asked.max().unwrap_or(Severity::Quiet).max(status.severity),
        title: say!(context, "home-title"),
        headline,
        facts: Vec::new(),
        sections: vec![
            questions(asking, context),
            Section {
                table: status.table.map(short),
                body: if services.is_empty() {
                    vec![status.headline]
                } else {
                    Vec::new()
                },
                ..Section::new(say!(words, "home-services"))
            },
            Section {
                items: recent
                    .iter()
                    .take(MOST)
                    .map(|state| deployed(state, context))
                    .collect(),
                ..Section::new(say!(words, "home-recent"))
            },
        ],
        footer: say!(context, "home-footer", at = context.time(context.now)),
    }
}

/// How many services fit.
const SERVICES: usize = 40;

fn short(mut table: Table) -> Table {
    table.rows.truncate(SERVICES);
    table
}

fn questions(asking: &[Asking<'_>], context: &Context) -> Section {
    let shown = || asking.iter().take(MOST);
    let links = shown().flat_map(|one| {
        let named = lead(one.state, context);
        let thread = one
            .thread
            .and_then(|url| Link::checked(say!(context, "home-thread", lead = named.clone()), url));
        let page = parent::link(one.state, context).map(|link| Link {
            label: say!(context, "home-page", lead = named),
            ..link
        });
        thread.into_iter().chain(page)
    });
    Section {
        items: shown().map(|one| question(one.state, context)).collect(),
        links: links.collect(),
        ..Section::new(say!(context, "home-asked"))
    }
}

/// What happened, and until when somebody has to decide.
fn question(state: &State, context: &Context) -> Text {
    let said = parent::parent(state, context).headline;
    match state.open_approval() {
        Some(open) => say!(
            context,
            "home-question",
            said = said,
            until = context.time(open.approval.expires_at)
        ),
        None => said,
    }
}

fn deployed(state: &State, context: &Context) -> Text {
    let said = parent::parent(state, context);
    say!(
        context,
        "home-deployed",
        at = context.time(state.requested_at()),
        said = said.headline
    )
}
