//! Answers to whoever deploys at GitHub and asks whether they may.

use super::{CodeHostChannel, nothing};
use config::settings::WriteBack;
use engine::handler::{GateAnswer, SayError};
use guard::ids::ServiceName;
use messages::Context;
use messages::layout::plain;
use platforms::code_host::{Callback, Repository};
use serde::Deserialize;
use serde_json::{Value, json};

/// Where it was asked.
#[derive(Deserialize)]
struct ReplyTo {
    service: ServiceName,
    repository: String,
    callback: String,
    environment: String,
}

impl CodeHostChannel {
    pub(super) async fn gate(&self, answer: &GateAnswer) -> Result<Value, SayError> {
        let Ok(to) = serde_json::from_value::<ReplyTo>(answer.reply_to.clone()) else {
            return Ok(nothing("nobody knows where to"));
        };
        let settings = self.settings.get();
        let host = self.writers.of(&settings, settings.service(&to.service));
        let Some(host) = host.filter(|host| host.write_back.contains(&WriteBack::Gates)) else {
            return Ok(nothing("no host is configured to be answered"));
        };
        let repository = Repository::new(&to.repository).ok();
        let Some(callback) = repository.and_then(|one| Callback::of(&to.callback, &one)) else {
            return Ok(nothing("where to answer is no run of that repository"));
        };
        let context = Context {
            locale: self.locale,
            now: jiff::Timestamp::now(),
            base_url: None,
        };
        let comment = plain::text(&messages::gate::answered(answer.refusal.as_ref(), &context));
        let approved = answer.refusal.is_none();
        let answered = host
            .github
            .answer_gate(&callback, &to.environment, approved, &comment)
            .await;
        let said = if approved { "approved" } else { "rejected" };
        let said = self.or_given_up(answered.map(|()| said).map_err(Into::into))?;
        Ok(json!({ "said": said }))
    }
}
