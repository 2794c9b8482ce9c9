//! The verdict beside the commit.

use super::origin::{Origin, Target};
use super::standing::Standing;
use super::{CHANNEL, CodeHostChannel, Untold, digest};
use crate::wire::writers::Writer;
use guard::state::State;
use messages::layout::{markdown, plain};
use platforms::code_host::{Check, CodeHostError};

impl CodeHostChannel {
    pub(super) async fn check(
        &self,
        host: &Writer,
        origin: &Origin,
        state: &State,
        uncertain: bool,
    ) -> Result<&'static str, Untold> {
        let plan = state.plan();
        let standing = Standing::of(state);
        let key = format!("{CHANNEL}/{}/check", plan.deployment);
        let before = self.known(&key).await?;
        let digest = digest(&standing);
        if before.as_ref().is_some_and(|known| known.digest == digest) {
            return Ok("unchanged");
        }
        let message = messages::parent(state, &self.context(state));
        let check = Check {
            name: format!("Tawny: {} in {}", plan.service, plan.environment),
            own_id: plan.deployment.to_string(),
            page: self.page(&plan.deployment),
            conclusion: standing.conclusion,
            title: plain::text(&message.headline),
            summary: markdown::message(&message),
        };
        let repository = &origin.repository;
        let mut known = before.and_then(|known| known.message.parse::<u64>().ok());
        if known.is_none() {
            let commit = self.commit(host, origin, state).await?;
            if uncertain {
                let found = host.github.find_check(repository, &commit, &check.own_id);
                known = found.await?;
            }
            if known.is_none() {
                let id = host.github.begin_check(repository, &commit, &check).await?;
                self.keep(key, origin, id.to_string(), digest).await?;
                return Ok("begun");
            }
        }
        let Some(id) = known else {
            return Ok("nothing");
        };
        host.github.change_check(repository, id, &check).await?;
        self.keep(key, origin, id.to_string(), digest).await?;
        Ok("changed")
    }

    async fn commit(
        &self,
        host: &Writer,
        origin: &Origin,
        state: &State,
    ) -> Result<String, CodeHostError> {
        let repository = &origin.repository;
        match &origin.target {
            Target::Deployment(number) => {
                host.github.commit_of_deployment(repository, *number).await
            }
            Target::Commit(commit) => Ok(commit.clone()),
            Target::Version => {
                let version = state.plan().to.as_str();
                host.github.commit_of(repository, version).await
            }
        }
    }
}
