//! Who is on call.

use crate::reader::{Reader, Step};
use crate::text::{Name, Secret};
use crate::value::settings;
use crate::yaml::Node;
use guard::ids::PersonId;
use std::path::PathBuf;
use std::time::Duration;

settings! {
    /// Who is on call: a list, a calendar, or a group in Slack.
    pub struct OnCall check one_kind {
        /// By what name services refer to it.
        name: Name,
        /// These people, always.
        people: Vec<PersonId> = "[]",
        /// An iCalendar file. Whom an event names, by address or by name, is on call while it lasts.
        calendar: Option<PathBuf>,
        /// The same at an address, `https://…`. Treated as a secret, since such addresses often are.
        calendar_url: Option<Secret>,
        /// The members of a user group in Slack, by its id such as `S0614TZR7`.
        slack_group: Option<String>,
        /// How often the calendar is read again.
        refresh: Duration = "5m",
    }
}

fn one_kind(list: &OnCall, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let kinds = [
        !list.people.is_empty(),
        list.calendar.is_some(),
        list.calendar_url.is_some(),
        list.slack_group.is_some(),
    ];
    let given = kinds.into_iter().filter(|given| *given).count();
    if given != 1 {
        reader.wrong(
            node.at,
            format!("{given} of `people`, `calendar`, `calendar_url` and `slack_group`"),
            "exactly one of them",
        );
        return None;
    }
    let mut good = Some(());
    let mut wrong = |field: &str, found: &str, expected: &str| {
        let at = node.get(field).map_or(node.at, |value| value.at);
        reader.inside(Step::Field(field.to_owned()), |reader| {
            reader.wrong(at, found, expected);
        });
        good = None;
    };
    let is_address = |url: &Secret| {
        let url = url::Url::parse(url.expose());
        url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    };
    if list
        .calendar_url
        .as_ref()
        .is_some_and(|url| !is_address(url))
    {
        wrong("calendar_url", "no web address", "an `https://` URL");
    }
    let is_group = |id: &String| {
        id.starts_with('S')
            && id
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    if list.slack_group.as_ref().is_some_and(|id| !is_group(id)) {
        wrong(
            "slack_group",
            "no id of a group",
            "an id such as `S0614TZR7`, and not its name",
        );
    }
    if list.refresh < Duration::from_secs(10) {
        wrong("refresh", "a very short time", "at least `10s`");
    }
    good
}
