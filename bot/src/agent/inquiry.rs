//! What the engine wants to be looked into, as a question to the analyst, and what came of it.

use super::investigate::{Investigation, Looking};
use super::{Agent, Question};
use crate::root_cause::check::{Found, investigates};
use config::Settings;
use engine::investigate::{Inquiry, Investigates};
use futures_util::FutureExt;
use journal::Reader;
use messages::{BaseUrl, Locale};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Agent {
    /// What the engine has look into what hurts; none where no model is configured when the server begins.
    #[must_use]
    pub fn investigates(
        &self,
        settings: &Settings,
        page: &BaseUrl,
        reader: Reader,
    ) -> Option<Investigates> {
        if !self.is_on() {
            return None;
        }
        let locale = Locale::from_tag(settings.locale.tag()).unwrap_or_default();
        let hosts = own_hosts(settings, Some(page));
        let agent = self.clone();
        let looks = Arc::new(
            move |inquiry: Arc<Inquiry>, looking: engine::investigate::Looking| {
                let agent = agent.clone();
                async move {
                    let question = question(&inquiry, locale);
                    let told = agent.investigate(&question, move |at: Looking| looking(said(&at)));
                    found(told.await)
                }
                .boxed()
            },
        );
        let checked = investigates(reader, hosts, looks);
        let meters = self.models.meters().clone();
        Some(Arc::new(move |inquiry, looking| {
            let (checked, meters) = (Arc::clone(&checked), meters.clone());
            async move {
                let report = checked(inquiry, looking).await;
                if let Some(report) = &report {
                    meters.checked(report);
                }
                report
            }
            .boxed()
        }))
    }
}

/// The hosts to which what was written may lead.
pub(super) fn own_hosts(settings: &Settings, page: Option<&BaseUrl>) -> BTreeSet<String> {
    let own = page.and_then(|page| url::Url::parse(page.as_str()).ok());
    let own = own.and_then(|url| url.host_str().map(ToOwned::to_owned));
    let hosts = settings.agent.link_hosts.iter().cloned();
    hosts.chain(own).collect()
}

fn question(inquiry: &Inquiry, locale: Locale) -> Question {
    let plan = inquiry.state.plan();
    Question {
        deployment: plan.deployment.clone(),
        service: plan.service.clone(),
        environment: plan.environment.clone(),
        revision: Some(inquiry.of),
        locale,
        channel: None,
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
        answers: answers.map(|one| (one.evidence, one.answer)).collect(),
        addressed: told.addressed,
    }
}
