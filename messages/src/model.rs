//! What a message is, on every surface.

use crate::context::BaseUrl;
use crate::text::Text;
use guard::approval::Choice;
use guard::fix::FixKind;
use guard::ids::{ApprovalId, DeploymentId};

/// How loud a message is. Layouts choose colour and mark by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It goes its way.
    Quiet,
    /// It ended well.
    Good,
    /// Worth a look.
    Warning,
    /// It hurts, and is held.
    Alarm,
    /// It hurts, and Tawny acts or cannot.
    Critical,
}

impl Severity {
    /// A coloured dot: for surfaces without colours of their own.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Quiet => "⚪",
            Self::Good => "🟢",
            Self::Warning => "🟡",
            Self::Alarm => "🟠",
            Self::Critical => "🔴",
        }
    }

    /// A word for classes and logs: `quiet`, `good`, `warning`, `alarm`, `critical`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Alarm => "alarm",
            Self::Critical => "critical",
        }
    }
}

/// A message, before it is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How loud.
    pub severity: Severity,
    /// Everything in one line: it is also the notification.
    pub headline: Text,
    /// Label and value.
    pub facts: Vec<Fact>,
    /// Sentences.
    pub body: Vec<Text>,
    /// How far the release is.
    pub progress: Option<Progress>,
    /// The signals that moved, or came back.
    pub table: Option<Table>,
    /// What can be answered, while it can.
    pub buttons: Vec<Button>,
    /// What can be asked for beside the question, by a press; what is asked for twice is done once.
    pub offers: Vec<Offer>,
    /// What people can say of it by a press, for the record; nothing else follows from it.
    pub opinions: Vec<Opinion>,
    /// Where to look further.
    pub links: Vec<Link>,
    /// Identity and times, small.
    pub footer: Text,
}

impl Message {
    /// A message of one line.
    #[must_use]
    pub fn line(severity: Severity, headline: Text) -> Self {
        Self {
            severity,
            headline,
            facts: Vec::new(),
            body: Vec::new(),
            progress: None,
            table: None,
            buttons: Vec::new(),
            offers: Vec::new(),
            opinions: Vec::new(),
            links: Vec::new(),
            footer: Text::default(),
        }
    }
}

/// A label with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: Text,
    /// What it says.
    pub value: Text,
}

/// How far a release is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// In words.
    pub words: Text,
    /// Instances that run the new version.
    pub done: u32,
    /// All instances.
    pub total: u32,
    /// Each instance, as far as the list is short enough.
    pub instances: Table,
}

/// A small table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub title: Text,
    /// The heads of the columns.
    pub columns: Vec<Text>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<Row>,
    /// How many rows were left out.
    pub more: Option<Text>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// One per column.
    pub cells: Vec<Text>,
    /// What does not fit into a cell: the query, the evidence.
    pub details: Vec<Fact>,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// The expected one.
    Primary,
    /// One that moves traffic.
    Danger,
    /// Any other.
    Plain,
}

/// An answer that can be pressed. It carries the opaque id and the choice, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// The question.
    pub approval: ApprovalId,
    /// The answer.
    pub choice: Choice,
    /// What it says.
    pub label: Text,
    /// How it looks.
    pub style: Style,
    /// What to ask before it counts.
    pub confirm: Option<Confirm>,
}

/// A fix that can be asked for by a press. Whether it still can is decided then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Of which deployment.
    pub deployment: DeploymentId,
    /// What.
    pub kind: FixKind,
    /// Of which commit.
    pub suspect: String,
    /// What the button says.
    pub label: Text,
    /// What to ask before it counts.
    pub confirm: Confirm,
}

impl Offer {
    /// The same as an order in words.
    #[must_use]
    pub fn order(&self) -> String {
        format!(
            "{} {} suspect {}",
            self.kind.verb(),
            self.deployment,
            self.suspect
        )
    }
}

/// What somebody may think of a cause or of a report, as a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// What it says, in a word of the wire: `it-was not-this useful not-useful`.
    pub name: &'static str,
    /// The same as an order in words.
    pub order: String,
    /// What the button says.
    pub label: Text,
}

/// The step between a press and an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// What it is about.
    pub title: Text,
    /// What will happen.
    pub text: Text,
    /// The word for yes.
    pub yes: Text,
    /// The word for no.
    pub no: Text,
}

/// A link to Tawny's own page, or to a change at a code host that is configured. Foreign text never becomes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub label: Text,
    /// Where it leads.
    pub(crate) url: String,
}

impl Link {
    /// A link to an address that Tawny has made itself; none where it could leave its place on any surface.
    pub(crate) fn checked(label: Text, url: &str) -> Option<Self> {
        // What a page's own address may consist of does no harm anywhere.
        let url = BaseUrl::new(url).ok()?.as_str().to_owned();
        Some(Self { label, url })
    }

    /// Where it leads.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_could_leave_its_place_on_any_surface_is_no_link() {
        let link = |url| Link::checked(Text::default(), url);
        for bad in [
            "javascript:alert(1)",
            "https://code.example/a\" onclick=\"x",
            "https://code.example/a) [x](https://evil.example",
            "https://code.example/a b",
            "https://code.example/?a=1",
            "",
        ] {
            assert_eq!(link(bad), None, "{bad}");
        }
        let good = "https://code.example/acme/shop/-/commit/8615e91";
        assert_eq!(link(good).unwrap().url(), good);
    }
}
