//! What a request says: to whoever has to look at it, and in the history of the code.

use super::{short, trouble, what};
use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::layout::{commit, markdown};
use crate::model::{Fact, Severity};
use crate::parent::{lead, link};
use crate::say;
use crate::text::Text;
use guard::fix::{Fix, FixKind, How};
use guard::report::blamed;
use guard::state::State;

/// The words of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// In a line, in which nothing calls, closes or links.
    pub title: String,
    /// In Markdown, in which foreign text is inert.
    pub body: String,
    /// The commit's message; as inert as the title.
    pub message: String,
}

/// The words of a request that does this, on whose word.
#[must_use]
pub fn written(state: &State, fix: &Fix, by: &str, how: &How, context: &Context) -> Request {
    let title = title(fix, how, context);
    let line = commit::line(&title);
    let plan = state.plan();
    let why = say!(
        context,
        "fix-message-why",
        change = short(&fix.suspect),
        lead = lead(state, context),
        deployment = Foreign::from(&plan.deployment)
    );
    // As git says it, so that tools find what it undoes.
    let reverts = say!(
        context,
        "fix-message-reverts",
        commit = Text::code(fix.suspect.as_str())
    );
    let reverts = matches!(how, How::Reverted { .. }).then_some(reverts);
    let below = reverts.into_iter().chain([why]);
    let below: Vec<String> = below.map(|text| commit::line(&text)).collect();
    Request {
        message: format!("{line}\n\n{}", below.join("\n\n")),
        body: markdown::document(&document(state, fix, by, how, &title, context)),
        title: line,
    }
}

fn title(fix: &Fix, how: &How, context: &Context) -> Text {
    let (change, title) = (short(&fix.suspect), Foreign::new(&fix.title));
    match (how, fix.kind) {
        (How::Pinned { becomes, .. }, _) => say!(
            context,
            "fix-title-pinned",
            version = Foreign::from(becomes)
        ),
        (_, FixKind::Hotfix) => say!(context, "fix-title-hotfix", change = change, title = title),
        _ => say!(context, "fix-title-revert", change = change, title = title),
    }
}

fn document(
    state: &State,
    fix: &Fix,
    by: &str,
    how: &How,
    title: &Text,
    context: &Context,
) -> Document {
    let cause = state.cause().map(|(cause, _)| cause);
    let does = Section {
        body: does(fix, how, context),
        ..Section::new(say!(context, "fix-part-does"))
    };
    let found = Section {
        table: crate::finding::table(state, context),
        links: link(state, context).into_iter().collect(),
        ..Section::new(say!(context, "fix-part-found"))
    };
    let suspects = crate::cause::section(cause, &blamed(state), &[], context);
    let parent = crate::parent::parent(state, context);
    Document {
        severity: Severity::Warning,
        title: title.clone(),
        headline: parent.headline,
        facts: facts(state, by, context),
        sections: [vec![does], by_model(how, context), vec![found, suspects]].concat(),
        footer: say!(context, "fix-footer"),
    }
}

fn does(fix: &Fix, how: &How, context: &Context) -> Vec<Text> {
    let mut said = vec![what(how, Some(fix), context)];
    match how {
        How::Reverted { merged: 1.., .. } => said.push(say!(context, "fix-look-merged")),
        How::Reverted { .. } => {}
        How::Pinned { instead, .. } => {
            let why = instead.as_ref().map(|why| trouble(why, context));
            said.extend(why.map(|why| say!(context, "fix-look-pinned", why = why)));
        }
        How::Mended { checked, .. } => said.push(match checked {
            None => say!(context, "fix-look-unchecked"),
            Some(true) => say!(context, "fix-look-checked"),
            Some(false) => say!(context, "fix-look-broken"),
        }),
    }
    said.push(say!(context, "fix-look-merge"));
    said
}

/// What a model and a command say of a draft.
fn by_model(how: &How, context: &Context) -> Vec<Section> {
    let How::Mended { why, printed, .. } = how else {
        return Vec::new();
    };
    let mut said = Vec::new();
    if !why.is_empty() {
        said.push(Section {
            body: vec![Text::foreign(Foreign::from(why))],
            ..Section::new(say!(context, "fix-part-model"))
        });
    }
    if !printed.is_empty() {
        let lines = printed.lines().map(|line| Text::code(Foreign::from(line)));
        said.push(Section {
            items: lines.collect(),
            ..Section::new(say!(context, "fix-part-printed"))
        });
    }
    said
}

fn facts(state: &State, by: &str, context: &Context) -> Vec<Fact> {
    let plan = state.plan();
    let from = match &plan.from {
        Some(from) => Text::foreign(from),
        None => say!(context, "version-none"),
    };
    vec![
        Fact {
            label: say!(context, "fix-fact-deployment"),
            value: say!(
                context,
                "fix-deployment",
                deployment = Foreign::from(&plan.deployment),
                from = from,
                to = Foreign::from(&plan.to)
            ),
        },
        Fact {
            label: say!(context, "fix-fact-asked"),
            value: Text::foreign(Foreign::from(by)),
        },
    ]
}
