//! Fixes where the code is: what the engine hands in is opened at the code host of the service, in its words.

mod draft;
mod trial;

use crate::agent::Agent;
use crate::live::Live;
use crate::wire;
use crate::wire::proposers::{self, Proposer, ProposingHost};
use config::Settings;
use engine::fix::{FixTask, NotYet, OpensFixes};
use futures_util::FutureExt;
use guard::actor::Actor;
use guard::duty::Duty;
use guard::fix::{FixKind, FixOutcome, FixTrouble};
use guard::input::Happened;
use guard::state::State;
use messages::{BaseUrl, Context};
use platforms::code_host::{CodeHostError, Proposal, Words, Written};
use std::sync::Arc;

/// Opens fixes as configured at that moment.
pub(crate) fn opens(settings: &Live<Settings>, base_url: &BaseUrl, agent: &Agent) -> OpensFixes {
    let (settings, base_url, agent) = (settings.clone(), base_url.clone(), agent.clone());
    Arc::new(move |task| {
        let (settings, base_url, agent) = (settings.clone(), base_url.clone(), agent.clone());
        async move { open(task, &settings.get(), base_url, &agent).await }.boxed()
    })
}

/// Somebody's wish, with what the configuration says of it at this moment.
pub(crate) fn asked(
    settings: &Settings,
    state: &State,
    by: Actor,
    duty: Duty,
    kind: FixKind,
    suspect: Option<String>,
    reason: Option<String>,
) -> Happened {
    let service = settings.service(&state.plan().service);
    let offered = service.map(|service| proposers::offered(settings, service));
    Happened::FixAsked {
        by,
        duty,
        kind,
        able: offered.unwrap_or_default().has(kind),
        suspect,
        reason,
    }
}

async fn open(
    task: FixTask,
    settings: &Settings,
    base_url: BaseUrl,
    agent: &Agent,
) -> Result<FixOutcome, NotYet> {
    let failed = |trouble| Ok(FixOutcome::Failed { trouble });
    let Some(service) = settings.service(task.authority.service()) else {
        return failed(FixTrouble::NotConfigured);
    };
    let Some(proposer) = proposers::proposer(settings, service)? else {
        return failed(FixTrouble::NotConfigured);
    };
    let Proposer { host, place, pin } = proposer;
    let context = Context {
        locale: wire::locale(settings),
        now: task.state.updated_at(),
        base_url: Some(base_url),
    };
    let FixTask {
        authority, state, ..
    } = task;
    let mender = (authority.fix().kind == FixKind::Hotfix && agent.is_on()).then(|| {
        let check = service.fix_forward.check.as_ref();
        draft::mender(agent, &state, check, context.locale)
    });
    let (fix, by) = (authority.fix().clone(), authority.by().to_owned());
    let words: Words = Arc::new(move |how| {
        let said = messages::fix::written(&state, &fix, &by, how, &context);
        Written {
            title: said.title,
            body: said.body,
            message: said.message,
        }
    });
    let proposal = Proposal {
        place,
        pin,
        labels: service.fix_forward.labels.clone(),
        words,
        mender,
    };
    let outcome = match host {
        ProposingHost::GitHub(host) => host.open_fix(&authority, &proposal).await,
        ProposingHost::GitLab(host) => host.open_fix(&authority, &proposal).await,
    };
    outcome.map_err(|error| NotYet {
        why: error.to_string(),
        wait: match error {
            CodeHostError::Wait(wait) => Some(wait),
            _ => None,
        },
    })
}
