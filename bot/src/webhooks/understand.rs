//! What a kept delivery means for Tawny.

use super::event::{AlertSaid, CodeSaid, Deployment, GateSaid, Said};
use super::stored::{Stored, bounded};
use super::{alertmanager, generic, github, mapping, source};
use crate::live::Live;
use config::Settings;
use config::settings::{WebhookKind, WebhookSource};
use engine::told::{ForeignDeployment, Gate, Phase, SOURCE_PREFIX, Told, Understands, id_of};
use guard::alert::{Alert, AlertKey, AlertStatus};
use guard::ids::{PersonId, Version};
use guard::people::Account;
use guard::plan::Origin;
use serde_json::json;
use std::sync::Arc;

/// Characters of foreign texts that are kept.
const NAME: usize = 120;
const SENTENCE: usize = 400;

/// How the engine reads deliveries, with the settings of that moment.
pub(crate) fn reader(settings: &Live<Settings>) -> Understands {
    let settings = settings.clone();
    Arc::new(move |claimed| {
        let settings = settings.get();
        let name = claimed
            .source
            .strip_prefix(SOURCE_PREFIX)
            .unwrap_or_default();
        let source = source(&settings, name)
            .ok_or_else(|| format!("no webhook `{name}` is configured any more"))?;
        let stored = serde_json::from_value(claimed.payload.clone())
            .map_err(|error| format!("it is not as the inbox keeps deliveries: {error}"))?;
        understand(&settings, source, &stored)
    })
}

/// What a delivery says; an error where its form is not known.
pub(super) fn understand(
    settings: &Settings,
    source: &WebhookSource,
    stored: &Stored,
) -> Result<Vec<Told>, String> {
    let body = stored.body.as_deref().ok_or("its body is no text")?;
    let said = match source.kind {
        WebhookKind::Github => github::read(stored.event.as_deref(), body),
        WebhookKind::Generic => generic::read(body),
        WebhookKind::Alertmanager => alertmanager::read(body),
    };
    // What serde says may repeat what was sent.
    let said =
        said.map_err(|error| format!("unknown form: {}", bounded(&error.to_string(), 200)))?;
    let told = said.into_iter().map(|one| match one {
        Said::Nothing(why) => Told::Ignored(why),
        Said::Deployment(said) => deployment(settings, source, said),
        Said::Alert(said) => alert(settings, source, said),
        Said::Gate(said) => gate(settings, source, &said),
        Said::Code(said) => code(settings, source, said),
    });
    Ok(told.collect())
}

fn deployment(settings: &Settings, source: &WebhookSource, said: Deployment) -> Told {
    let (service, environment) = match mapping::of_deployment(settings, source, &said) {
        Ok(found) => found,
        Err(why) => return Told::Ignored(why),
    };
    let mut versions = said.versions.iter();
    let Some(version) = versions.find_map(|text| Version::new(text.as_str()).ok()) else {
        let first = said
            .versions
            .first()
            .map(String::as_str)
            .unwrap_or_default();
        return Told::Ignored(format!("`{}` is no usable version", bounded(first, NAME)));
    };
    let sender = source.name.as_str();
    let by = said
        .by
        .and_then(|by| PersonId::new(format!("{sender}:{by}")).ok());
    let by = by.or_else(|| PersonId::new(sender).ok());
    let Some(by) = by else {
        return Told::Ignored("nobody can be named as who deploys".to_owned());
    };
    let origin = Origin {
        source: sender.to_owned(),
        kind: source.kind.as_str().to_owned(),
        id: bounded(&said.id, SENTENCE),
    };
    // What Tawny says there comes back here, and is no news.
    let own = format!("/deployments/{}", id_of(&origin));
    if said.page.is_some_and(|page| page.ends_with(&own)) {
        return Told::Ignored("Tawny's own status".to_owned());
    }
    Told::Deployment(Box::new(ForeignDeployment {
        service,
        environment,
        version,
        origin,
        phase: said.phase,
        by,
        reason: said.reason.map(|reason| bounded(&reason, SENTENCE)),
    }))
}

fn gate(settings: &Settings, source: &WebhookSource, said: &GateSaid) -> Told {
    let (service, environment) = match mapping::of_deployment(settings, source, &said.about) {
        Ok(found) => found,
        Err(why) => return Told::Ignored(why),
    };
    let place = said.about.environment.clone().unwrap_or_default();
    Told::Gate(Box::new(Gate {
        by: source.name.to_string(),
        id: bounded(&format!("{} {place}", said.callback), SENTENCE),
        channel: crate::chat::code_host::CHANNEL,
        reply_to: json!({
            "service": service,
            "repository": said.repository,
            "callback": said.callback,
            "environment": place,
        }),
        service,
        environment,
    }))
}

fn code(settings: &Settings, source: &WebhookSource, said: CodeSaid) -> Told {
    let account = Account {
        platform: source.kind.as_str().to_owned(),
        id: bounded(&said.login, NAME),
    };
    if let Some(owner) = crate::people::configured(settings, &account) {
        let Account { platform, id } = account;
        return Told::Ignored(format!("{platform} {id} is {owner} by the configuration"));
    }
    Told::Code {
        account,
        code: said.code,
    }
}

fn alert(settings: &Settings, source: &WebhookSource, said: AlertSaid) -> Told {
    let (service, environment) = match mapping::of_alert(settings, source, &said) {
        Ok(found) => found,
        Err(why) => {
            let name = bounded(&said.name, NAME);
            return Told::Ignored(format!("alert {name}: {why}"));
        }
    };
    Told::Alert {
        alert: Box::new(Alert {
            key: AlertKey {
                source: source.name.to_string(),
                fingerprint: bounded(&said.fingerprint, NAME),
                starts_at: said.starts_at,
            },
            name: bounded(&said.name, NAME),
            severity: said.severity,
            service,
            environment,
            summary: said.summary.map(|summary| bounded(&summary, SENTENCE)),
        }),
        status: said.status,
        group: said.group.map(|group| bounded(&group, SENTENCE)),
    }
}

/// What was understood, a line each, for people.
pub(crate) fn lines(told: &[Told]) -> Vec<String> {
    told.iter().map(line).collect()
}

fn line(told: &Told) -> String {
    match told {
        Told::Gate(gate) => format!(
            "question: may {} be deployed in {}? ({})",
            gate.service, gate.environment, gate.by
        ),
        Told::Ignored(why) => format!("ignored: {why}"),
        // The code itself is shown to nobody.
        Told::Code { account, .. } => format!(
            "code: said by {} {}, whose account is to be linked",
            account.platform, account.id
        ),
        Told::Deployment(said) => {
            let phase = match said.phase {
                Phase::UnderWay => "is being deployed",
                Phase::Succeeded => "is out",
                Phase::Failed => "failed",
            };
            let ForeignDeployment {
                service,
                environment,
                version,
                origin,
                by,
                ..
            } = said.as_ref();
            format!(
                "deployment: {service} {version} in {environment} {phase}, by {by} ({})",
                origin.id
            )
        }
        Told::Alert { alert, status, .. } => {
            let status = match status {
                AlertStatus::Firing => "fires",
                AlertStatus::Over => "is over",
            };
            let place = alert
                .environment
                .as_ref()
                .map(|place| format!(" in {place}"));
            format!(
                "alert: {} of {}{} {status} since {:.0}",
                alert.name,
                alert.service,
                place.unwrap_or_default(),
                alert.key.starts_at
            )
        }
    }
}
