//! What a model wrote beside what rules say: checked, marked as its words, and never in the place of the rules' own.

use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::root_cause::stopped;
use crate::say;
use crate::text::Text;
use guard::root_cause::Ended;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prose {
    /// What stands of the text; empty where nothing came of it.
    pub text: String,
    /// The model.
    pub model: String,
    /// Sentences that were checked.
    pub checked: u32,
    /// Of those, how many were cut.
    pub cut: u32,
    /// Whether it is whole, and why not.
    pub ended: Ended,
}

/// The document with it, before all else; a line where nothing came of it.
#[must_use]
pub fn with(mut document: Document, prose: &Prose, context: &Context) -> Document {
    let why = stopped(prose.ended, context);
    let mut section = Section::new(say!(context, "prose-title"));
    if prose.text.trim().is_empty() {
        let why = why.unwrap_or_else(|| say!(context, "prose-all-cut"));
        section.body = vec![say!(context, "prose-none", why = why)];
        document.sections.insert(0, section);
        return document;
    }
    let lines = prose
        .text
        .lines()
        .map(|line| line.trim().trim_start_matches('#').trim());
    let lines = lines.filter(|line| !line.is_empty());
    section.body = lines
        .map(|line| Text::foreign(Foreign::new(line)))
        .collect();
    section.body.extend(why);
    section.body.push(say!(
        context,
        "prose-checked",
        model = Foreign::new(&prose.model),
        checked = prose.checked,
        cut = prose.cut
    ));
    document.sections.insert(0, section);
    document
}
