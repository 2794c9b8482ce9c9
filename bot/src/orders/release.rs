//! Orders that begin a deployment: one of Tawny's own, or one that others make.

use super::asked::Release;
use super::{Answer, Carried, Orders, Outcome, Speaker};
use engine::DeployRequest;
use guard::actor::Role;
use guard::ids::Version;
use guard::order::{Place, Verb};
use messages::orders::{Done, Trouble};

impl Orders {
    /// Asks whether they mean it, and says what runs now.
    pub(super) async fn ask_release(
        &self,
        place: Place,
        version: Version,
        speaker: &Speaker,
    ) -> Carried {
        self.may(speaker, Role::Operator, Verb::Deploy)?;
        let service = self.service(&place)?;
        let (name, environment) = (service.name, service.environment);
        if service.platform.is_none() {
            return Err(Trouble::DeployedElsewhere(name, environment).into());
        }
        let reader = self.inner.engine.reader();
        let lane = engine::ledger::lane(reader, &name, &environment).await?;
        let instances = u32::try_from(service.instances.len()).unwrap_or(u32::MAX);
        let current = lane
            .current()
            .map(|(version, _)| (version.clone(), instances));
        let done = Done::Asked {
            version: version.clone(),
            place: (name.clone(), environment.clone()),
            current,
        };
        let release = Release {
            service: name,
            environment,
            version,
        };
        let id = self.inner.asked.put(release, speaker.by.name());
        let context = self.context(speaker.locale);
        Ok(Answer {
            outcome: Outcome::Asked,
            confirm: Some(id),
            ..Answer::done(&done, &context)
        })
    }

    /// Watches what others deploy.
    pub(super) async fn watch(&self, place: Place, version: Version, speaker: &Speaker) -> Carried {
        self.may(speaker, Role::Responder, Verb::Watch)?;
        let service = self.service(&place)?;
        if service.platform.is_some() {
            return Err(Trouble::DeployedHere(service.name, service.environment).into());
        }
        let release = Release {
            service: service.name,
            environment: service.environment,
            version,
        };
        self.release(release, speaker).await
    }

    pub(super) async fn release(&self, release: Release, speaker: &Speaker) -> Carried {
        let Release {
            service,
            environment,
            version,
        } = release;
        let request = DeployRequest {
            service: service.clone(),
            environment: environment.clone(),
            version: version.clone(),
            package: None,
            from: None,
            reversible: true,
            queue: false,
            by: speaker.by.clone(),
            origin: None,
        };
        let deployment = self.inner.engine.deploy(request).await?;
        let done = Done::Begun {
            deployment: deployment.clone(),
            version,
            place: (service, environment),
        };
        let context = self.context(speaker.locale);
        Ok(Answer::done(&done, &context).about(deployment))
    }
}
