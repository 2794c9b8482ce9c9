//! Who did what, and who was not allowed to: the record of people, machines and Tawny's own policy.

use crate::action::Basis;
use crate::apart::ApartEvent;
use crate::configuration::ConfigurationEvent;
use crate::event::{Event, PauseReason};
use crate::lane::LaneEvent;
use crate::people::PeopleEvent;
use serde::{Deserialize, Serialize};

/// One deed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// Who: a configured name, `tawny` for policy, `nobody` for a question that ran out and for whoever opened a link.
    pub who: String,
    /// What: `deploy pause resume answer back break_glass refused expired reminded authorise abandon judge name ask take_back
    /// fix freeze unfreeze close configure link_code link unlink share_link open_link revoke_link`.
    pub what: String,
    /// Which one: the choice, the action, the version.
    pub which: Option<String>,
    /// Why, in their words; of what was refused, the kind of the refusal.
    pub why: Option<String>,
}

impl Deed {
    fn of(who: &str, what: &str) -> Self {
        Self {
            who: who.to_owned(),
            what: what.to_owned(),
            which: None,
            why: None,
        }
    }

    fn which(self, which: impl Into<String>) -> Self {
        Self {
            which: Some(which.into()),
            ..self
        }
    }

    fn why(self, why: Option<&String>) -> Self {
        Self {
            why: why.cloned(),
            ..self
        }
    }
}

/// Tawny's own policy, and a question that nobody answered or a link that somebody unknown opened.
const POLICY: &str = "tawny";
const NOBODY: &str = "nobody";

/// The deed that an event of a deployment records, if it is one.
#[must_use]
pub fn deed(event: &Event) -> Option<Deed> {
    Some(match event {
        Event::DeploymentRequested { plan, by, .. } => {
            Deed::of(by.name(), "deploy").which(plan.to.as_str())
        }
        Event::ApprovalAnswered {
            by, choice, reason, ..
        } => Deed::of(by, "answer")
            .which(choice.as_str())
            .why(reason.as_ref()),
        Event::ApprovalBacked {
            by, choice, reason, ..
        } => Deed::of(by, "back")
            .which(choice.as_str())
            .why(reason.as_ref()),
        Event::GlassBroken {
            by, choice, reason, ..
        } => Deed::of(by, "break_glass")
            .which(choice.as_str())
            .why(Some(reason)),
        Event::Refused {
            by,
            wanted,
            refusal,
            ..
        } => Deed::of(by, "refused")
            .which(wanted)
            .why(Some(&kind(refusal))),
        Event::ApprovalReminded { approval } => {
            Deed::of(POLICY, "reminded").which(approval.as_str())
        }
        Event::ApprovalExpired { approval } => Deed::of(NOBODY, "expired").which(approval.as_str()),
        Event::ActionAuthorised { action, basis } => authorised(action.as_str(), basis)?,
        Event::Paused {
            reason: PauseReason::Person { by, reason },
            ..
        } => Deed::of(by, "pause").why(reason.as_ref()),
        Event::Resumed { by, reason, .. } => Deed::of(by, "resume").why(reason.as_ref()),
        Event::Abandoned { by, reason } => Deed::of(by, "abandon").why(reason.as_ref()),
        Event::Judged {
            by,
            judgement,
            note,
            ..
        } => Deed::of(by, "judge")
            .which(judgement.as_str())
            .why(note.as_ref()),
        Event::RequestMade { request, .. } => Deed::of(&request.client, "ask")
            .which(request.choice.as_str())
            .why(request.reason.as_ref()),
        Event::RequestTakenBack { by, request } => {
            Deed::of(by, "take_back").which(request.as_str())
        }
        Event::CauseNamed { by, note, .. } => Deed::of(by, "name").why(note.as_ref()),
        Event::RootCauseRated {
            by, useful, note, ..
        } => Deed::of(by, "rate")
            .which(if *useful { "useful" } else { "not_useful" })
            .why(note.as_ref()),
        Event::QuestionAnswered { by, number, .. } => Deed::of(by, "ask").which(number.to_string()),
        Event::AnswerShared { by, number } => Deed::of(by, "share").which(number.to_string()),
        Event::ShareMade { share, by, .. } => Deed::of(by, "share_link").which(share.as_str()),
        Event::ShareOpened { share } => Deed::of(NOBODY, "open_link").which(share.as_str()),
        Event::ShareRevoked { share, by } => Deed::of(by, "revoke_link").which(share.as_str()),
        Event::FixSuggested {
            suggestion,
            suspect,
            ..
        } => Deed::of(&suggestion.client, "ask")
            .which(format!("{} {suspect}", suggestion.kind.verb()))
            .why(suggestion.reason.as_ref()),
        Event::FixRequested { fix, by, reason } => {
            let which = format!("{} {}", fix.kind.verb(), fix.suspect);
            Deed::of(by, "fix").which(which).why(reason.as_ref())
        }
        _ => return None,
    })
}

/// What goes on as paced is nobody's deed: whoever asked for the deployment is named there.
fn authorised(action: &str, basis: &Basis) -> Option<Deed> {
    let who = match basis {
        Basis::Release { .. } => return None,
        Basis::Policy => POLICY,
        Basis::Approval { who, .. } | Basis::Command { who } => who,
    };
    Some(Deed::of(who, "authorise").which(action))
}

/// The name of a refusal's kind, as the record has it.
fn kind(refusal: &crate::approval::Refusal) -> String {
    let said = serde_json::to_value(refusal).unwrap_or_default();
    said["why"].as_str().unwrap_or("refused").to_owned()
}

/// The deed that an event of a lane records, if it is one.
#[must_use]
pub fn of_lane(event: &LaneEvent) -> Option<Deed> {
    match event {
        LaneEvent::Frozen { by, reason } => Some(Deed::of(by, "freeze").why(reason.as_ref())),
        LaneEvent::Unfrozen { by } => Some(Deed::of(by, "unfreeze")),
        LaneEvent::Refused { by, wanted } => Some(Deed::of(by, "refused").which(wanted)),
        LaneEvent::Asked { by, id, refusal } => {
            let what = if refusal.is_none() {
                "let begin"
            } else {
                "refused"
            };
            Some(Deed::of(by, what).which(id.clone()))
        }
        LaneEvent::AlertJudged { by, label } => {
            let what = match (&label.alert, label.real) {
                (Some(alert), true) => format!("{alert}: real"),
                (Some(alert), false) => format!("{alert}: false alarm"),
                (None, _) => "an incident".to_owned(),
            };
            let deed = Deed::of(by, "judge alert").which(what);
            Some(deed.why(label.note.as_ref()))
        }
        _ => None,
    }
}

/// The deed that an event of an incident of alerts records, if it is one.
#[must_use]
pub fn of_incident(event: &ApartEvent) -> Option<Deed> {
    match event {
        ApartEvent::Closed { by, reason } => Some(Deed::of(by, "close").why(reason.as_ref())),
        ApartEvent::Refused { by, wanted } => Some(Deed::of(by, "refused").which(wanted)),
        _ => None,
    }
}

/// The deed that an event of people's accounts records.
#[must_use]
pub fn of_people(event: &PeopleEvent) -> Deed {
    match event {
        PeopleEvent::CodeGiven { person, .. } => Deed::of(person.as_str(), "link_code"),
        PeopleEvent::AccountLinked {
            person, account, ..
        } => {
            Deed::of(person.as_str(), "link").which(format!("{}/{}", account.platform, account.id))
        }
        PeopleEvent::AccountsUnlinked { person } => Deed::of(person.as_str(), "unlink"),
    }
}

/// The deed that an event of the configuration records: whoever writes the file is not known.
#[must_use]
pub fn of_configuration(event: &ConfigurationEvent) -> Deed {
    match event {
        ConfigurationEvent::Applied { changed, .. } => {
            Deed::of("configuration", "configure").which(changed.join(", "))
        }
        ConfigurationEvent::Refused { errors, .. } => {
            Deed::of("configuration", "refused").why(errors.first())
        }
    }
}
