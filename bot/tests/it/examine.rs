//! What a server leaves behind: its journal, what its channels heard, and how often instances were
//! started. Whatever was done to it on the way, these must agree.

use crate::receiver::{Heard, Mood};
use crate::wait::until;
use crate::world::World;
use engine::ledger;
use guard::event::{Event, Recorded};
use guard::ids::{ActionId, DeploymentId, Environment, ServiceName};
use journal::{Journal, JournalOptions, Reader};
use std::collections::{BTreeMap, BTreeSet};

/// A journal at rest.
pub(crate) struct Examined {
    pub(crate) reader: Reader,
    /// Each deployment with its events, in the order of their beginning.
    pub(crate) deployments: Vec<(DeploymentId, Vec<Recorded>)>,
}

impl Examined {
    /// Waits until inbox and outbox are empty, stops the server, and holds what it left against what
    /// happened outside.
    pub(crate) async fn settled(world: &mut World) -> Self {
        let reader = at_rest(world).await;
        world.server.stop().await;
        let examined = Self {
            deployments: deployments(&reader).await,
            reader,
        };
        examined.chains_hold().await;
        examined.lanes_are_free(world).await;
        examined.starts_are_those_of_the_journal(world);
        examined.actions_land_once();
        for (id, _) in &examined.deployments {
            examined.page_shows_one_parent(id).await;
            said_once(world, id);
        }
        assert_eq!(
            world.receiver.faults(),
            [""; 0],
            "what the receiver refused"
        );
        examined
    }

    async fn chains_hold(&self) {
        let verified = self.reader.verify(None).await.unwrap();
        assert!(verified.broken.is_empty(), "{:?}", verified.broken);
    }

    async fn lanes_are_free(&self, world: &World) {
        let environment = Environment::new("test").unwrap();
        for place in &world.places {
            let service = ServiceName::new(place.service.clone()).unwrap();
            let lane = ledger::lane(&self.reader, &service, &environment).await;
            assert_eq!(lane.unwrap().holder(), None, "lane of {}", place.service);
        }
    }

    /// Each instance was started for each change that the journal knows, once, and for nothing else.
    fn starts_are_those_of_the_journal(&self, world: &World) {
        let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (_, events) in &self.deployments {
            let mut versions: BTreeMap<ActionId, String> = BTreeMap::new();
            for record in events {
                match &record.event {
                    Event::ActionRequested { action } => {
                        versions.insert(action.id.clone(), action.version.to_string());
                    }
                    Event::InstanceChanged { action, instance } => {
                        let runs = expected.entry(instance.to_string()).or_default();
                        let version = versions[action].clone();
                        // Brought to where it is already: nothing is started.
                        if runs.last() != Some(&version) {
                            runs.push(version);
                        }
                    }
                    _ => {}
                }
            }
        }
        for place in &world.places {
            let expected = expected.get(&place.id).cloned().unwrap_or_default();
            assert_eq!(place.started(), expected, "starts of {}", place.id);
        }
    }

    /// No action was decided or ended twice, and none was left behind without an end.
    fn actions_land_once(&self) {
        for (id, events) in &self.deployments {
            let mut open = BTreeSet::new();
            let mut ended = BTreeSet::new();
            let mut answered = BTreeSet::new();
            for record in events {
                match &record.event {
                    Event::ActionAuthorised { action, .. } => {
                        assert!(open.insert(action.clone()), "{id}: {action} twice");
                    }
                    Event::ActionExecuted { action }
                    | Event::ActionFailed { action, .. }
                    | Event::ActionStale { action, .. }
                    | Event::ActionStopped { action } => {
                        assert!(ended.insert(action.clone()), "{id}: {action} ended twice");
                    }
                    Event::ApprovalAnswered { approval, by, .. } => {
                        assert!(
                            answered.insert(approval.clone()),
                            "{id}: {approval} answered again by {by}"
                        );
                    }
                    _ => {}
                }
            }
            assert_eq!(open, ended, "{id}: actions authorised and ended");
        }
    }

    async fn page_shows_one_parent(&self, id: &DeploymentId) {
        let key = format!("page/{id}/parent");
        let shown = self.reader.chat_message(&key).await.unwrap();
        assert!(shown.is_some(), "{id} has no parent on the page");
        let stream = ledger::deployment_stream(id).unwrap();
        let effects = self.reader.effects(&stream).await.unwrap();
        let posted = effects.iter().filter(|effect| {
            effect.kind == "chat.page"
                && effect
                    .outcome
                    .as_ref()
                    .is_some_and(|outcome| outcome["said"] == "parent")
        });
        // None if the server died between the post and its note; the next life found it posted.
        assert!(posted.count() <= 1, "{id}: its parent was posted again");
    }
}

/// Waits until inbox and outbox are empty.
pub(crate) async fn at_rest(world: &mut World) -> Reader {
    let journal = Journal::open_read_only(&world.journal, JournalOptions::default());
    let reader = journal.await.unwrap().reader();
    until("nothing is left to do", async || {
        world.server.revive();
        let counts = reader.counts().await.unwrap();
        assert_eq!(counts.inputs.quarantined, 0, "inputs in quarantine");
        assert_eq!(counts.effects.quarantined, 0, "effects in quarantine");
        let (inputs, effects) = (counts.inputs, counts.effects);
        let open = inputs.pending + inputs.claimed + effects.pending + effects.claimed;
        (open == 0).then_some(())
    })
    .await;
    reader
}

/// What the receiver heard of a deployment: each thing under one id, by which it knows what it heard before.
fn said_once(world: &World, id: &DeploymentId) {
    let heard = world.receiver.heard(id.as_str());
    let mut by_id: BTreeMap<&str, Vec<&Heard>> = BTreeMap::new();
    for message in heard.iter().filter(|message| message.mood != Mood::Fails) {
        by_id.entry(&message.id).or_default().push(message);
    }
    for (message, tries) in &by_id {
        let same = tries.iter().all(|again| again.kind == tries[0].kind);
        assert!(same, "{message} was two things");
    }
    for kind in ["reply", "notice"] {
        let texts = by_id.values().filter(|tries| tries[0].kind == kind);
        let ids = texts.clone().count();
        let events: BTreeSet<&str> = texts.filter_map(|tries| revision(&tries[0].id)).collect();
        assert_eq!(ids, events.len(), "{id}: a {kind} under two ids");
    }
}

/// `deployment/<id>@<revision>#<index>`
pub(crate) fn revision(message: &str) -> Option<&str> {
    message.split('@').nth(1)?.split('#').next()
}

async fn deployments(reader: &Reader) -> Vec<(DeploymentId, Vec<Recorded>)> {
    let mut found = Vec::new();
    for head in reader.streams("deployment", 1000).await.unwrap() {
        let id = DeploymentId::new(head.stream.id()).unwrap();
        let events = ledger::records(reader, &id).await.unwrap();
        found.push((id, events));
    }
    found.sort_by_key(|(_, events)| events[0].at);
    found
}
