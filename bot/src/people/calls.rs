//! Who is called when a decision is needed: whoever is on call, and who answers for the service when nobody decides.

use super::People;
use crate::chat::slack;
use engine::EngineError;
use guard::event::Event;
use guard::ids::PersonId;
use guard::state::State;
use jiff::Timestamp;
use messages::layout::slack::Mention;

/// Who is called because of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Called {
    Nobody,
    OnCall,
    /// And those who answer for the service.
    Owners,
}

fn called(event: &Event) -> Called {
    match event {
        // Once when it is asked, and once when half of the time is over.
        Event::ApprovalAsked { .. }
        | Event::ApprovalReminded { .. }
        | Event::ApprovalBacked { .. } => Called::OnCall,
        Event::ApprovalExpired { .. } | Event::GlassBroken { .. } => Called::Owners,
        _ => Called::Nobody,
    }
}

impl People {
    /// Those in Slack who are called because of an event, each once: a group as a whole, others one by one. Whoever
    /// did what the event tells is not called.
    ///
    /// # Errors
    /// The journal.
    pub async fn called_in_slack(
        &self,
        event: &Event,
        state: &State,
    ) -> Result<Vec<Mention>, EngineError> {
        let called = called(event);
        let settings = self.inner.settings.get();
        let Some(service) = settings.service(&state.plan().service) else {
            return Ok(Vec::new());
        };
        if called == Called::Nobody {
            return Ok(Vec::new());
        }
        let mut mentions: Vec<Mention> = settings
            .on_call_of(service)
            .filter_map(|list| Mention::group(list.slack_group.as_deref()?))
            .collect();
        let mut people: Vec<PersonId> = Vec::new();
        let roster = self.listed(&service.name, Timestamp::now());
        people.extend(roster.who);
        if called == Called::Owners {
            people.extend(service.owners.iter().cloned());
        }
        let did = match event {
            Event::ApprovalBacked { by, .. } | Event::GlassBroken { by, .. } => Some(by.as_str()),
            _ => None,
        };
        for person in people {
            if did == Some(person.as_str()) {
                continue;
            }
            let accounts = self.accounts(&person).await?;
            let of_slack = accounts.iter().filter(|one| one.platform == slack::CHANNEL);
            for mention in of_slack.filter_map(|one| Mention::user(&one.id)) {
                if !mentions.contains(&mention) {
                    mentions.push(mention);
                }
            }
        }
        Ok(mentions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guard::approval::Choice;
    use guard::ids::ApprovalId;

    #[test]
    fn people_are_called_for_decisions_and_for_nothing_else() {
        let approval = ApprovalId::new("apr_1").unwrap();
        let expired = Event::ApprovalExpired {
            approval: approval.clone(),
        };
        assert_eq!(called(&expired), Called::Owners);
        let reminded = Event::ApprovalReminded {
            approval: approval.clone(),
        };
        assert_eq!(called(&reminded), Called::OnCall);
        let answered = Event::ApprovalAnswered {
            approval,
            by: "ann".into(),
            choice: Choice::Hold,
            reason: None,
            with: Vec::new(),
        };
        assert_eq!(called(&answered), Called::Nobody);
    }
}
