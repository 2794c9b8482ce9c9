//! What an address means: `tawny://deployments/ID/report?format=json`.

/// What is at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// All services.
    Services,
    /// One.
    Service(String),
    /// How a deployment stands.
    Deployment(String),
    /// Its health report.
    Report(String, Form),
    /// What happened to it.
    Timeline(String, Form),
    /// What was asked of a source, and answered.
    Evidence(String),
}

/// In which form it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Words.
    #[default]
    Markdown,
    /// A document.
    Json,
}

impl Place {
    /// What this address means; none where nothing is there.
    #[must_use]
    pub fn of(uri: &str) -> Option<Self> {
        let rest = uri.strip_prefix("tawny://")?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let form = match query {
            "" => None,
            "format=markdown" => Some(Form::Markdown),
            "format=json" => Some(Form::Json),
            _ => return None,
        };
        let parts: Vec<&str> = path.split('/').collect();
        let named = |name: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
            let good = begins && name.len() <= 128 && name.chars().all(fits);
            good.then(|| name.to_owned())
        };
        // What has one form alone is not asked for in another.
        let json = |place: Self| (form != Some(Form::Markdown)).then_some(place);
        match parts[..] {
            ["services"] => json(Self::Services),
            ["services", name] => json(Self::Service(named(name)?)),
            ["deployments", id] => json(Self::Deployment(named(id)?)),
            ["deployments", id, "report"] => {
                Some(Self::Report(named(id)?, form.unwrap_or_default()))
            }
            ["deployments", id, "timeline"] => {
                Some(Self::Timeline(named(id)?, form.unwrap_or_default()))
            }
            ["evidence", id] => json(Self::Evidence(named(id)?)),
            _ => None,
        }
    }

    /// The deployment that it is about, with which it changes.
    #[must_use]
    pub fn deployment(&self) -> Option<&str> {
        match self {
            Self::Deployment(id) | Self::Report(id, _) | Self::Timeline(id, _) => Some(id),
            Self::Services | Self::Service(_) | Self::Evidence(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_listed_and_nothing_else_is_one() {
        let id = || "dep_1".to_owned();
        for (uri, place) in [
            ("tawny://services", Place::Services),
            ("tawny://services/shop", Place::Service("shop".into())),
            ("tawny://deployments/dep_1", Place::Deployment(id())),
            (
                "tawny://deployments/dep_1/report",
                Place::Report(id(), Form::Markdown),
            ),
            (
                "tawny://deployments/dep_1/timeline?format=json",
                Place::Timeline(id(), Form::Json),
            ),
            ("tawny://evidence/ev_1", Place::Evidence("ev_1".into())),
        ] {
            assert_eq!(Place::of(uri), Some(place), "{uri}");
        }
        for other in [
            "",
            "tawny://",
            "tawny://services/",
            "http://deployments/dep_1",
            "tawny://deployments/dep_1/",
            "tawny://deployments/../report",
            "tawny://deployments/%2e%2e/report",
            "tawny://deployments/dep 1",
            "tawny://deployments/dep_1?format=markdown",
            "tawny://deployments/dep_1/report?format=html",
            "file:///etc/passwd",
        ] {
            assert_eq!(Place::of(other), None, "{other}");
        }
    }
}
