//! What is said once although it happens often, or to many.

use super::player::{Moment, Player, retold, scenario};
use super::workspace::{Kind, Said};
use guard::event::Event;
use jiff::SignedDuration;

fn of<'s>(said: &'s [Said], kind: &Kind) -> Vec<&'s Said> {
    said.iter().filter(|said| said.kind == *kind).collect()
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

#[tokio::test]
async fn what_comes_and_goes_is_one_line_in_the_thread_that_is_edited_until_it_is_news_again() {
    let mut player = Player::in_one_channel("en").await;
    let moments = scenario("healthy");
    let begun = &moments[..8];
    player.play(begun).await;
    player.take();
    let source = || "prometheus".to_owned();
    let lost = |at: i64| Moment {
        at: begun[7].at + minutes(at),
        event: Event::MetricsLost {
            source: source(),
            error: "<!channel> connection refused".to_owned(),
        },
    };
    let back = |at: i64| Moment {
        at: begun[7].at + minutes(at),
        event: Event::MetricsBack { source: source() },
    };
    let flaps = [
        lost(1),
        back(2),
        lost(3),
        back(5),
        lost(9),
        back(17),
        lost(30),
    ];
    player.play(&flaps).await;
    let said = player.take();
    let replies = of(&said, &Kind::Reply);
    assert_eq!(replies.len(), 1, "{said:#?}");
    let line: Vec<&Said> = said.iter().filter(|one| one.ts == replies[0].ts).collect();
    assert_eq!(line.len(), 7, "{line:#?}");
    assert!(
        line[1].text.starts_with('🟢') && !line[1].text.contains('×'),
        "{}",
        line[1].text
    );
    assert!(line[6].text.contains("flapping ×4"), "{}", line[6].text);
    assert!(of(&said, &Kind::Broadcast).is_empty());
    // An hour of peace later it is news.
    player.play(&[back(31), lost(120)]).await;
    let said = player.take();
    let replies = of(&said, &Kind::Reply);
    assert_eq!(replies.len(), 1, "{said:#?}");
    assert!(!replies[0].text.contains('×'), "{}", replies[0].text);
}

#[tokio::test]
async fn several_services_at_one_version_are_one_message_and_each_keeps_its_own_questions() {
    let mut player = Player::in_one_channel("en").await;
    let healthy = scenario("healthy");
    player.play(&healthy).await;
    let root = of(&player.take(), &Kind::Parent)[0].ts.clone();
    let cart = retold(&healthy, minutes(3), ("dep_2", "cart", "v2"));
    player.play(&cart).await;
    let said = player.take();
    assert!(of(&said, &Kind::Parent).is_empty(), "{said:#?}");
    let parents = of(&said, &Kind::Reply);
    assert_eq!(parents.len(), 1, "{said:#?}");
    assert_eq!(parents[0].deployment.as_deref(), Some("dep_2"));

    // One that hurts is asked about in the channel, by its own buttons.
    let api = retold(&scenario("memory-leak"), minutes(6), ("dep_3", "api", "v2"));
    player.play(&api).await;
    let said = player.take();
    assert!(of(&said, &Kind::Parent).is_empty(), "{said:#?}");
    let questions = of(&said, &Kind::Broadcast);
    assert_eq!(questions.len(), 1, "{said:#?}");
    assert!(
        questions[0].text.contains("api · demo · v2"),
        "{}",
        questions[0].text
    );
    let own = said
        .iter()
        .find(|one| one.kind == Kind::Reply && one.deployment.as_deref() == Some("dep_3"))
        .unwrap();
    let shown = said
        .iter()
        .rfind(|one| one.ts == own.ts && one.kind != Kind::Picture)
        .unwrap();
    assert!(
        shown.text.contains("api · demo · v2 PAUSED"),
        "{}",
        shown.text
    );
    // The first one says how all of them stand, and is still about itself.
    let first = said
        .iter()
        .rfind(|one| one.ts == root && one.kind != Kind::Picture)
        .unwrap();
    assert!(first.text.contains("shop · demo · v2"), "{}", first.text);
    let blocks = first.blocks.to_string();
    for part in [
        "3 services in this thread",
        "🟠 `api` paused",
        "`cart` promoted",
    ] {
        assert!(blocks.contains(part), "{part}: {blocks}");
    }

    // Another version, and the same one much later, stand for themselves.
    let other = retold(&healthy, minutes(7), ("dep_4", "web", "v3"));
    player.play(&other).await;
    assert_eq!(of(&player.take(), &Kind::Parent).len(), 1);
    let late = retold(&healthy, minutes(11), ("dep_5", "web", "v2"));
    player.play(&late).await;
    assert_eq!(of(&player.take(), &Kind::Parent).len(), 1);
}
