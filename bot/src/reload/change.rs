//! What differs between two configurations, in paths and names.

use config::Settings;
use guard::configuration::ConfigurationEvent;
use std::collections::BTreeSet;

/// Beginnings of paths that are read once, when the server starts.
const AT_START: [&str; 6] = ["server", "journal", "notify", "chat", "retention", "locale"];

/// A difference. It holds no value.
pub(super) struct Change {
    pub(super) changed: Vec<String>,
    pub(super) added: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) restart: Vec<String>,
}

impl Change {
    pub(super) fn between(old: &Settings, new: &Settings) -> Self {
        let names = |settings: &Settings| -> BTreeSet<String> {
            let services = settings.services.iter();
            services.map(|service| service.name.to_string()).collect()
        };
        let (before, now) = (names(old), names(new));
        let changed = config::diff(old, new);
        let restart = changed
            .iter()
            .filter(|path| {
                let first = path.split(['.', '[']).next().unwrap_or_default();
                let writes = path.contains(".write_back") || path.contains(".redeliver");
                AT_START.contains(&first) || (first == "code" && writes)
            })
            .cloned()
            .collect();
        Self {
            changed,
            added: now.difference(&before).cloned().collect(),
            removed: before.difference(&now).cloned().collect(),
            restart,
        }
    }

    pub(super) fn into_event(self) -> ConfigurationEvent {
        ConfigurationEvent::Applied {
            changed: self.changed,
            added: self.added,
            removed: self.removed,
            restart: self.restart,
        }
    }
}
