//! Who hears what, and when.

use super::player::{Player, scenario};
use super::workspace::{CHANNEL, INCIDENTS, Kind, Mood, Said};
use guard::effects::Effect;
use guard::event::Event;
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Kind and channel of everything but edits.
fn posts(said: &[Said]) -> Vec<(Kind, &str)> {
    let posts = said.iter().filter(|said| said.kind != Kind::Edit);
    posts
        .map(|said| (said.kind.clone(), said.channel.as_str()))
        .collect()
}

fn of<'s>(said: &'s [Said], channel: &str) -> Vec<&'s Said> {
    said.iter().filter(|said| said.channel == channel).collect()
}

#[tokio::test]
async fn a_channel_for_incidents_hears_of_a_deployment_from_the_first_alarm_on_and_not_before() {
    let mut player = Player::in_two("", ", min_severity: alarm, locale: zh-CN").await;
    player.play(&scenario("healthy")).await;
    let said = player.take();
    assert!(of(&said, INCIDENTS).is_empty(), "{said:#?}");
    assert_eq!(posts(&said), [(Kind::Parent, CHANNEL)]);

    let mut player = Player::in_two("", ", min_severity: alarm, locale: zh-CN").await;
    player.play(&scenario("latency")).await;
    let said = player.take();
    // The usual channel hears no more and no less for it.
    let usual: Vec<Kind> = posts(&said)
        .into_iter()
        .filter(|(_, channel)| *channel == CHANNEL)
        .map(|(kind, _)| kind)
        .collect();
    let mut alone = Player::in_one_channel("en").await;
    alone.play(&scenario("latency")).await;
    let alone: Vec<Kind> = posts(&alone.take())
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(usual, alone);
    let incidents = of(&said, INCIDENTS);
    assert_eq!(incidents[0].kind, Kind::Parent);
    assert!(incidents[0].text.contains("暂停"), "{}", incidents[0].text);
    let parents = incidents.iter().filter(|said| said.kind == Kind::Parent);
    assert_eq!(parents.count(), 1, "{incidents:#?}");
    let question = incidents
        .iter()
        .find(|said| said.kind == Kind::Broadcast)
        .unwrap();
    assert!(!question.buttons().is_empty());
    // It is told to its end, and no question is left anywhere; opinions are welcome afterwards, too.
    let last = incidents.iter().rfind(|said| said.ts == incidents[0].ts);
    assert!(last.unwrap().text.contains("已回滚"), "{last:#?}");
    for (text, mut buttons) in player.slack.shown() {
        buttons.retain(|value| {
            let opinion = value.split_once(' ').map_or("", |(word, _)| word);
            !["it-was", "not-this", "useful", "not-useful"].contains(&opinion)
        });
        assert!(buttons.is_empty(), "{text} still has {buttons:?}");
    }
}

#[tokio::test]
async fn only_what_is_loud_enough_calls_a_channel_for_incidents() {
    // Held at tier 2: alarms, and nothing critical.
    let mut player = Player::in_two("", ", min_severity: critical").await;
    player.play(&scenario("latency")).await;
    assert!(of(&player.take(), INCIDENTS).is_empty());

    let mut player = Player::in_two("", ", min_severity: critical").await;
    player.play(&scenario("error-spike")).await;
    let said = player.take();
    let incidents: Vec<Kind> = of(&said, INCIDENTS)
        .iter()
        .map(|said| said.kind.clone())
        .filter(|kind| *kind != Kind::Edit)
        .collect();
    assert_eq!(incidents[0], Kind::Parent);
    let calls = incidents.iter().filter(|kind| **kind == Kind::Broadcast);
    assert_eq!(calls.count(), 1, "{incidents:?}");
}

#[tokio::test]
async fn without_threads_a_channel_hears_only_what_calls_it() {
    let mut player = Player::with(&format!("[{{channel: {CHANNEL}, threads: false}}]")).await;
    player.play(&scenario("latency")).await;
    let said = player.take();
    assert_eq!(
        posts(&said),
        [(Kind::Parent, CHANNEL), (Kind::Broadcast, CHANNEL)]
    );
    for (text, buttons) in player.slack.shown() {
        assert!(buttons.is_empty(), "{text} still has {buttons:?}");
    }
}

#[tokio::test]
async fn a_channel_that_cannot_be_reached_keeps_no_other_from_hearing_and_hears_it_later_once() {
    let mut player = Player::in_two("", ", min_severity: alarm").await;
    let moments = scenario("latency");
    let asked = moments
        .iter()
        .position(|moment| matches!(moment.event, Event::TierRaised { .. }))
        .unwrap();
    player.play(&moments[..asked]).await;
    player.take();
    let id = guard::ids::DeploymentId::new("dep_1").unwrap();
    let said = player.journal(&id, &moments[asked..=asked]).await;
    let (reply, revision) = said
        .iter()
        .find(|(effect, _)| matches!(effect, Effect::Reply { .. }))
        .unwrap();
    // The usual channel is the first: it perhaps heard it, and the other one surely did not.
    player
        .slack
        .plan("chat.postMessage/reply", Mood::DoesAndHangsUp);
    player
        .slack
        .plan("chat.postMessage/parent", Mood::Refuses("not_in_channel"));
    let failed = player.say(&id, reply, *revision).await.unwrap_err();
    assert!(failed.to_string().starts_with("not said"), "{failed}");
    player.say(&id, reply, *revision).await.unwrap();
    player.say(&id, reply, *revision).await.unwrap();
    let said = player.take();
    assert_eq!(
        posts(&said),
        [
            (Kind::Reply, CHANNEL),
            (Kind::Parent, INCIDENTS),
            (Kind::Reply, INCIDENTS)
        ],
        "{said:#?}"
    );
}

const QUIET: &str =
    ", time_zone: Asia/Shanghai, quiet_hours: [{from: \"09:00\", until: \"13:00\"}]";

#[tokio::test]
async fn in_quiet_hours_what_goes_well_waits_for_their_end_and_is_told_once() {
    // 03:12 UTC is 11:12 in Shanghai.
    let mut player = Player::with(&format!("[{{channel: {CHANNEL}{QUIET}}}]")).await;
    player.play(&scenario("healthy")).await;
    player.round().await;
    assert_eq!(player.take(), []);
    player.set(at("2026-11-20T04:59:59Z"));
    player.round().await;
    assert_eq!(player.take(), []);
    player.set(at("2026-11-20T05:00:00Z"));
    player.round().await;
    let said = player.take();
    assert_eq!(posts(&said), [(Kind::Parent, CHANNEL)]);
    assert!(said[0].text.contains("v2 runs on all"), "{}", said[0].text);
    player.round().await;
    assert_eq!(player.take(), []);
}

#[tokio::test]
async fn in_quiet_hours_a_decision_and_what_gets_worse_are_told_at_once() {
    let mut player = Player::with(&format!("[{{channel: {CHANNEL}{QUIET}}}]")).await;
    player.play(&scenario("latency")).await;
    let said = player.take();
    let mut alone = Player::in_one_channel("en").await;
    alone.play(&scenario("latency")).await;
    let usual = alone.take();
    // All that is missing is the proof that it is well again.
    let good = |said: &Said| said.text.starts_with('🟢') && said.kind == Kind::Reply;
    let told: Vec<&str> = usual
        .iter()
        .filter(|said| said.kind != Kind::Edit && !good(said))
        .map(|said| said.text.as_str())
        .collect();
    let quietly: Vec<&str> = said
        .iter()
        .filter(|said| said.kind != Kind::Edit)
        .map(|said| said.text.as_str())
        .collect();
    // The parent begins with what is wrong.
    assert_eq!(quietly[1..], told[1..]);
    assert!(quietly[0].contains("PAUSED"), "{}", quietly[0]);
    player.set(at("2026-11-20T05:00:00Z"));
    player.round().await;
    player.round().await;
    let late = player.take();
    let posts: Vec<&Said> = late.iter().filter(|said| said.kind != Kind::Edit).collect();
    assert_eq!(posts.len(), 1, "{late:#?}");
    assert!(good(posts[0]), "{late:#?}");
}
