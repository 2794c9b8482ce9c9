//! What the engine wants to be looked into, as a question to the analyst, and what came of it.

use super::investigate::{Investigation, Looking};
use super::{Agent, Question};
use crate::root_cause::check::{Answered, Found, checked};
use config::Settings;
use config::settings::SlackChannel;
use engine::investigate::{Inquiry, Investigates};
use futures_util::FutureExt;
use guard::ids::{Environment, ServiceName};
use guard::plan::Plan;
use journal::Reader;
use messages::{BaseUrl, Locale};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Agent {
    /// On which channel's account goes what nobody there asked for: that of the one that reads it.
    pub(crate) fn paid_by(&self, plan: &Plan) -> Option<String> {
        let settings = self.models.settings();
        let channel = told_in(&settings, &plan.service, &plan.environment)?;
        Some(channel.channel.clone())
    }

    /// What the engine has look into what hurts, by the configuration as it is at that moment: none comes of it where no
    /// model is configured then.
    #[must_use]
    pub fn investigates(&self, reader: Reader) -> Investigates {
        let agent = self.clone();
        Arc::new(move |inquiry, looking| {
            let (agent, reader) = (agent.clone(), reader.clone());
            async move {
                if !agent.is_on() {
                    return None;
                }
                let settings = agent.models.settings();
                let plan = inquiry.state.plan();
                let locale = spoken(&settings, &plan.service, &plan.environment);
                let channel = agent.paid_by(plan);
                let question = question(&inquiry, locale, channel);
                let told = agent.investigate(&question, move |at: Looking| looking(said(&at)));
                let found = found(told.await);
                let hosts = own_hosts(&settings, agent.world.page.as_ref());
                let report = checked(&reader, &hosts, &inquiry, found).await;
                if let Some(report) = &report {
                    agent.models.meters().checked(report);
                }
                report
            }
            .boxed()
        })
    }
}

/// The hosts to which what was written may lead: the page, code hosts, and those that the configuration names.
pub(super) fn own_hosts(settings: &Settings, page: Option<&BaseUrl>) -> BTreeSet<String> {
    let page = page.into_iter().map(BaseUrl::as_str);
    let code = settings.code.values().map(|host| host.url().as_str());
    let urls = page.chain(code).filter_map(|url| url::Url::parse(url).ok());
    let hosts = urls.filter_map(|url| url.host_str().map(ToOwned::to_owned));
    let named = settings.agent.link_hosts.iter().cloned();
    named.chain(hosts).collect()
}

/// The channel in which a deployment is told, where there is one.
fn told_in<'s>(
    settings: &'s Settings,
    service: &ServiceName,
    environment: &Environment,
) -> Option<&'s SlackChannel> {
    let slack = settings.chat.slack.as_ref()?;
    slack.channel_of(service, environment)
}

/// The language in which a report is written: that of the channel in which the deployment is told, else the server's.
fn spoken(settings: &Settings, service: &ServiceName, environment: &Environment) -> Locale {
    let channel = told_in(settings, service, environment);
    let own = channel.and_then(|channel| channel.locale);
    Locale::from_tag(own.unwrap_or(settings.locale).tag()).unwrap_or_default()
}

fn question(inquiry: &Inquiry, locale: Locale, channel: Option<String>) -> Question {
    let plan = inquiry.state.plan();
    Question {
        deployment: plan.deployment.clone(),
        service: plan.service.clone(),
        environment: plan.environment.clone(),
        revision: Some(inquiry.of),
        locale,
        channel,
        cause: inquiry.state.cause().map(|(cause, _)| cause.clone()),
        asked: None,
        before: Vec::new(),
    }
}

fn said(at: &Looking) -> String {
    let words = format!("{} {}", at.tool.replace('_', " "), at.about);
    words.trim_end().to_owned()
}

pub(super) fn found(told: Investigation) -> Found {
    let answers = told.answers.into_iter();
    Found {
        draft: told.draft,
        ended: told.ended,
        spent: told.spent,
        answers: answers
            .map(|one| Answered {
                tool: one.tool,
                evidence: one.evidence,
                answer: one.answer,
            })
            .collect(),
        addressed: told.addressed,
    }
}
