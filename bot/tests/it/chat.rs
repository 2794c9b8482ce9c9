//! A receiver that hears and does not answer, or does not hear. Every message it ever got is read here.

use crate::examine::revision;
use crate::packages::SERVES;
use crate::receiver::{Heard, Mood};
use crate::settings::{ANN, Guarding};
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What has to be said about which events, beside the parent.
const REPLIES: [&str; 7] = [
    "held",
    "tier_raised",
    "approval_answered",
    "rolled_back",
    "cure_confirmed",
    "metrics_lost",
    "metrics_back",
];

/// All messages about a deployment, by kind and id, each with its tries in order.
struct Read {
    by_id: BTreeMap<(String, String), Vec<Mood>>,
    /// Event by revision.
    events: BTreeMap<String, String>,
}

impl Read {
    async fn of(world: &World, id: &str) -> Self {
        let path = format!("deployments/{id}/timeline");
        let (_, lines) = world.server.call(ANN, Method::GET, &path, None).await;
        let line = |line: &Value| {
            // A pause for a finding is told with its tier; one for want of certainty tells itself.
            let unsure = line["details"]["reason"]["why"] == "unsure";
            let name = match line["event"].as_str().unwrap() {
                "paused" if unsure => "held",
                name => name,
            };
            (line["revision"].to_string(), name.to_owned())
        };
        let mut by_id: BTreeMap<(String, String), Vec<Mood>> = BTreeMap::new();
        for heard in world.receiver.take_all() {
            assert_eq!(heard.deployment, id, "about another deployment");
            let key = (heard.kind, heard.id);
            by_id.entry(key).or_default().push(heard.mood);
        }
        Self {
            by_id,
            events: lines.as_array().unwrap().iter().map(line).collect(),
        }
    }

    /// Takes what was said of a kind: the event that each is about, and what became of its tries.
    fn take(&mut self, kind: &str) -> Vec<(String, Vec<Mood>)> {
        let ids: Vec<_> = self
            .by_id
            .keys()
            .filter(|(k, _)| k == kind)
            .cloned()
            .collect();
        ids.into_iter()
            .map(|key| {
                let about = self.events[revision(&key.1).unwrap()].clone();
                (about, self.by_id.remove(&key).unwrap())
            })
            .collect()
    }

    /// How many events there are that have to be told in the thread.
    fn to_reply(&self) -> BTreeSet<String> {
        let told = |(_, name): &(&String, &String)| REPLIES.contains(&name.as_str());
        self.events
            .iter()
            .filter(told)
            .map(|(revision, _)| revision.clone())
            .collect()
    }

    fn all_is_read(&self) {
        assert!(self.by_id.is_empty(), "not read: {:?}", self.by_id);
    }
}

fn with(autonomy: &'static str) -> Guarding {
    Guarding {
        autonomy,
        ..Guarding::default()
    }
}

/// A world whose receiver has been listened to up to now.
async fn listening(autonomy: &'static str) -> World {
    let mut world = World::of(&[("shop", 2)], &with(autonomy))
        .await
        .with_first_version()
        .await;
    world.at_rest().await;
    let first: Vec<Heard> = world.receiver.take_all();
    assert!(first.iter().all(|heard| heard.mood == Mood::Accepts));
    world
}

async fn bad_release(world: &mut World) -> String {
    world.prometheus.spoil("bad");
    let package = world.put("shop", "bad", SERVES);
    world.deploy("shop", "bad", &package).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_perhaps_heard_is_said_again_under_the_same_id() {
    let mut world = listening("pause").await;
    for kind in ["parent", "reply", "notice"] {
        world.receiver.plan(kind, Mood::HearsAndHangsUp);
    }
    let id = bad_release(&mut world).await;
    let view = world
        .view(&id, "a question", |view| {
            view["approval"].is_object() && view["tier"] == 2
        })
        .await;
    let approval = view["approval"]["id"].as_str().unwrap().to_owned();
    let (status, _) = world
        .server
        .call(
            ANN,
            Method::POST,
            &format!("approvals/{approval}"),
            Some(&json!({ "choice": "rollback" })),
        )
        .await;
    assert_eq!(status, 200);
    world.over(&id, "rolled_back").await;
    world.at_rest().await;

    let mut read = Read::of(&world, &id).await;
    let parents = read.take("parent");
    assert_eq!(
        parents[0].1,
        [Mood::HearsAndHangsUp, Mood::Accepts],
        "the parent is shown again, under the same id"
    );
    for (event, tries) in &parents[1..] {
        assert_eq!(*tries, [Mood::Accepts], "parent after {event}");
    }
    let expected = read.to_reply();
    let replies = read.take("reply");
    assert_eq!(replies.len(), expected.len(), "{replies:?} {expected:?}");
    let again: Vec<_> = replies
        .iter()
        .filter(|(_, tries)| *tries == [Mood::HearsAndHangsUp, Mood::Accepts])
        .collect();
    assert_eq!(again.len(), 1, "{replies:?}");
    let once = replies
        .iter()
        .filter(|(_, tries)| *tries == [Mood::Accepts]);
    assert_eq!(once.count() + 1, replies.len(), "{replies:?}");
    let notices = read.take("notice");
    let asked: Vec<_> = notices
        .iter()
        .filter(|(event, _)| event == "approval_asked")
        .collect();
    assert_eq!(asked.len(), notices.len(), "only questions: {notices:?}");
    assert_eq!(
        asked[0].1,
        [Mood::HearsAndHangsUp, Mood::Accepts],
        "the question is asked again, under the same id"
    );
    assert!(
        asked[1..]
            .iter()
            .all(|(_, tries)| *tries == [Mood::Accepts])
    );
    read.all_is_read();
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_that_were_not_heard_are_said_until_they_are() {
    let mut world = listening("rollback").await;
    // Tier 3 is told in the channel, and is no question.
    world.receiver.plan("notice", Mood::HearsAndHangsUp);
    for kind in ["parent", "reply", "reply"] {
        world.receiver.plan(kind, Mood::Fails);
    }
    let id = bad_release(&mut world).await;
    world.over(&id, "rolled_back").await;
    world.at_rest().await;

    let mut read = Read::of(&world, &id).await;
    let parents = read.take("parent");
    assert_eq!(parents[0].1, [Mood::Fails, Mood::Accepts]);
    assert!(
        parents[1..]
            .iter()
            .all(|(_, tries)| *tries == [Mood::Accepts])
    );
    let expected = read.to_reply();
    let replies = read.take("reply");
    assert_eq!(replies.len(), expected.len(), "{replies:?} {expected:?}");
    let failed = replies
        .iter()
        .filter(|(_, tries)| tries.contains(&Mood::Fails));
    for (event, tries) in failed {
        assert_eq!(*tries, [Mood::Fails, Mood::Fails, Mood::Accepts], "{event}");
    }
    let notices = read.take("notice");
    let raised: Vec<_> = notices
        .iter()
        .filter(|(event, _)| event == "tier_raised")
        .collect();
    assert_eq!(raised.len(), 1, "{notices:?}");
    let first = &notices[0];
    assert_eq!(first.1, [Mood::HearsAndHangsUp, Mood::Accepts]);
    read.all_is_read();
    world.examine().await;
}
