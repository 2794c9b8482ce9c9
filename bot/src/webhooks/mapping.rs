//! Which service an event is about: by the source's own list, or because names are the same.

use super::event::{AlertSaid, Deployment, Fields};
use super::stored::bounded;
use config::Settings;
use config::settings::{EventMapping, WebhookKind, WebhookSource};
use guard::ids::{Environment, ServiceName};

/// The service of a deployment and where, or why there is none.
pub(super) fn of_deployment(
    settings: &Settings,
    source: &WebhookSource,
    said: &Deployment,
) -> Result<(ServiceName, Environment), String> {
    let takes = |entry: &&EventMapping| {
        let kind = source.kind != WebhookKind::Github || entry.on.contains(&said.event);
        kind && fits(entry, &said.fields)
    };
    let named = said.environment.as_deref();
    if let Some(entry) = source.services.iter().find(takes) {
        if let Some(environment) = &entry.environment {
            return Ok((entry.service.clone(), environment.clone()));
        }
        // What was looked at need not be called the same here.
        let named = named.filter(|_| !entry.when.contains_key("environment"));
        return Ok((
            entry.service.clone(),
            environment(settings, &entry.service, named)?,
        ));
    }
    if !source.services.is_empty() {
        return Err(format!(
            "no entry of `services` fits {}",
            shown(&said.fields)
        ));
    }
    if said.event != config::settings::DeployEvent::Deployment {
        return Err("no entry of `services` says that such events begin a deployment".to_owned());
    }
    let service = same_name(settings, std::slice::from_ref(&said.service))
        .ok_or_else(|| format!("no service is called `{}`", bounded(&said.service, 60)))?;
    let environment = environment(settings, &service, named)?;
    Ok((service, environment))
}

/// The service that an alert names, and where if it says so; or why there is none.
pub(super) fn of_alert(
    settings: &Settings,
    source: &WebhookSource,
    said: &AlertSaid,
) -> Result<(ServiceName, Option<Environment>), String> {
    let entry = source
        .services
        .iter()
        .find(|entry| fits(entry, &said.fields));
    let service = match entry {
        Some(entry) => entry.service.clone(),
        None if !source.services.is_empty() => {
            return Err(format!(
                "no entry of `services` fits {}",
                shown(&said.fields)
            ));
        }
        None => same_name(settings, &said.services)
            .ok_or_else(|| format!("no service has the name of {}", shown(&said.fields)))?,
    };
    let own = entry.and_then(|entry| entry.environment.clone());
    if own.is_some() {
        return Ok((service, own));
    }
    let environment = match &said.environment {
        Some(named) => Some(environment(settings, &service, Some(named.as_str()))?),
        // An alert that does not say where is about any place.
        None => environment(settings, &service, None).ok(),
    };
    Ok((service, environment))
}

fn same_name(settings: &Settings, names: &[String]) -> Option<ServiceName> {
    let known = |name: &String| {
        let mut services = settings.services.iter();
        services.find(|service| service.name.as_str() == name)
    };
    names
        .iter()
        .find_map(known)
        .map(|service| service.name.clone())
}

fn environment(
    settings: &Settings,
    service: &ServiceName,
    named: Option<&str>,
) -> Result<Environment, String> {
    let configured = settings.service(service);
    let all = configured
        .map(|service| settings.environments_of(service))
        .unwrap_or_default();
    let found = match named {
        Some(named) => all.iter().find(|one| one.as_str() == named),
        None => all.first().filter(|_| all.len() == 1),
    };
    found.cloned().ok_or_else(|| match named {
        Some(named) => format!(
            "{service} is not in an environment `{}`",
            bounded(named, 60)
        ),
        None => format!("{service} is in several environments: say `environment` in its entry"),
    })
}

fn fits(entry: &EventMapping, fields: &Fields) -> bool {
    let mut wanted = entry.when.iter();
    wanted.all(|(name, pattern)| fields.get(name).is_some_and(|value| like(pattern, value)))
}

/// Whether a text is like a pattern, in which `*` stands for any text.
fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The fields of an event, for people, shortened.
fn shown(fields: &Fields) -> String {
    let shown = fields
        .iter()
        .map(|(name, value)| format!("{}=`{}`", bounded(name, 40), bounded(value, 60)));
    let shown: Vec<String> = shown.take(8).collect();
    if shown.is_empty() {
        return "an event without fields".to_owned();
    }
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn a_star_stands_for_any_text_and_nothing_else_does() {
        for (pattern, text, fits) in [
            ("prod", "prod", true),
            ("prod", "production", false),
            ("prod*", "production", true),
            ("*", "", true),
            ("*/shop", "acme/shop", true),
            ("*/shop", "acme/shopper", false),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
            ("[p]rod", "prod", false),
        ] {
            assert_eq!(like(pattern, text), fits, "{pattern} {text}");
        }
    }
}
