//! The pages beside a deployment's own: overview, approvals, statistics, search, signals, and what tells of news.

use super::story::{rolled_back, stayed};
use super::world::{PAUSED, World};
use guard::event::Event;
use scraper::{Html, Selector};
use std::time::Duration;

fn select(page: &str, selector: &str) -> Vec<String> {
    let document = Html::parse_document(page);
    let wanted = Selector::parse(selector).unwrap();
    document
        .select(&wanted)
        .map(|one| one.text().collect::<Vec<_>>().join(" "))
        .collect()
}

#[tokio::test]
async fn the_overview_begins_with_what_waits_for_an_answer_and_shows_each_service_with_its_strip() {
    let world = World::served().await;
    let page = world.login("mei").await.read("/").await;
    let asked = select(&page, ".asked li");
    assert_eq!(asked.len(), 1, "{page}");
    assert!(asked[0].contains("PAUSED on 1 of 3 instances"), "{asked:?}");
    let cards = select(&page, ".card.alarm");
    assert_eq!(cards.len(), 1, "{page}");
    assert!(cards[0].contains("shop"), "{cards:?}");
    assert_eq!(
        select(&page, ".strip .alarm a"),
        ["‖"],
        "told by its form, too"
    );
    let document = Html::parse_document(&page);
    let sign = Selector::parse(".strip a").unwrap();
    let sign = document.select(&sign).next().unwrap();
    assert_eq!(sign.attr("href"), Some(PAUSED));
    assert_eq!(sign.attr("title"), Some("v2: paused, degraded, 2 min ago"));
}

#[tokio::test]
async fn what_waits_is_answered_from_the_inbox_as_from_its_own_page() {
    let world = World::new().await;
    let mei = world.login("mei").await;
    let page = mei.read("/approvals").await;
    let form = super::world::fields(&page, "hold").unwrap();
    let answer = mei.post(&format!("{PAUSED}/answer"), &form).send().await;
    assert_eq!(answer.unwrap().status(), 303);
    assert_eq!(world.count("approval_answered").await, 1);
    let page = mei.read("/approvals").await;
    assert!(page.contains("Nothing waits for an answer."), "{page}");
    assert!(super::world::fields(&page, "hold").is_none());
    // Who may not is told so there, and has no button that works.
    let page = world.login("kim").await.read("/approvals").await;
    assert!(!page.contains("<button class=\"danger\" type=\"submit\">"));
}

#[tokio::test]
async fn a_deployment_shows_what_moved_as_a_drawing_with_its_values_and_the_rest_in_a_line() {
    let world = World::new().await;
    let page = world.login("mei").await.read(PAUSED).await;
    let captions = select(&page, "figure.chart figcaption");
    assert_eq!(captions.len(), 1, "{captions:?}");
    assert!(
        captions[0].contains("errors of shop · prod · v2: 0.2 % before, 31 % now."),
        "{captions:?}"
    );
    assert!(
        captions[0].contains("6 s after the deployment"),
        "{captions:?}"
    );
    assert_eq!(
        select(&page, "figure svg.drawn").len(),
        2,
        "one for each kind of screen"
    );
    let rows = select(&page, "figure .values tbody tr");
    assert_eq!(
        rows.len(),
        16,
        "eight moments before and eight since: {rows:?}"
    );
    assert!(
        rows[15].contains("31 %") && rows[15].contains("0.3 %"),
        "{rows:?}"
    );
    let others = select(&page, ".signals li a");
    assert_eq!(others, ["quiet"]);
    let steps = select(&page, ".steps li");
    assert!(!steps.is_empty() && steps[0].contains('●'), "{steps:?}");
}

#[tokio::test]
async fn a_signal_has_a_page_with_its_query_and_one_that_was_not_measured_has_none() {
    let world = World::new().await;
    let mei = world.login("mei").await;
    let page = mei.read(&format!("{PAUSED}/signals/errors")).await;
    assert!(page.contains("sum by (instance)"), "{page}");
    let quiet = mei.read(&format!("{PAUSED}/signals/quiet")).await;
    assert!(quiet.contains("Nothing was found in it."), "{quiet}");
    for path in ["nothing", "%3Cscript%3E"] {
        let answer = mei
            .get(&format!("{PAUSED}/signals/{path}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        let text = answer.text().await.unwrap();
        assert!(text.contains("page lists those that were"), "{text}");
    }
}

#[tokio::test]
async fn a_signal_is_looked_at_more_closely_by_links_alone_and_nothing_wrong_in_them_breaks_it() {
    let world = World::new().await;
    let mei = world.login("mei").await;
    let path = format!("{PAUSED}/signals/errors");
    let whole = mei.read(&path).await;
    let rows = |page: &str| select(page, ".values tbody tr").len();
    assert_eq!((rows(&whole), select(&whole, ".zoom a").len()), (16, 1));
    let closer = link(&whole, ".zoom a");
    let close = mei.read(&closer).await;
    assert!(rows(&close) < 16 && rows(&close) >= 2, "{}", rows(&close));
    let offered = select(&close, ".zoom a");
    assert_eq!(
        offered,
        ["Closer", "Wider", "← Earlier", "All of it"],
        "it ends where the course ends: there is nothing later"
    );
    // What nothing was measured in, and what is no part of it, is the whole.
    for wrong in [
        "?from=5&to=5",
        "?from=9&to=3",
        "?from=9000&to=9010",
        "?from=NaN&to=inf",
        "?from=1",
        "?from=x&to=%3Cscript%3E",
    ] {
        let page = mei.read(&format!("{path}{wrong}")).await;
        assert_eq!(rows(&page), 16, "{wrong}");
    }
    // Before the deployment alone, where its line would not be.
    let before = mei.read(&format!("{path}?from=-60&to=-1")).await;
    assert!(rows(&before) >= 2 && rows(&before) <= 8, "{before}");
    assert!(
        !select(&before, "svg.drawn")
            .iter()
            .any(|words| words.contains("deployed")),
        "{before}"
    );
}

fn link(page: &str, selector: &str) -> String {
    let document = Html::parse_document(page);
    let wanted = Selector::parse(selector).unwrap();
    let found = document.select(&wanted).next().unwrap();
    found.attr("href").unwrap().to_owned()
}

#[tokio::test]
async fn search_finds_services_and_deployments_and_keeps_what_was_typed_inert() {
    let world = World::new().await;
    let mei = world.login("mei").await;
    let page = mei.read("/search?q=SHO").await;
    assert!(
        page.contains("href=\"/services/shop\"") && page.contains(PAUSED),
        "{page}"
    );
    let page = mei.read("/search?q=v2").await;
    assert!(
        page.contains(PAUSED) && !page.contains("href=\"/services/shop\""),
        "{page}"
    );
    let page = mei
        .read("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        .await;
    assert!(
        page.contains("Nothing is called") && !page.contains("<script>"),
        "{page}"
    );
}

#[tokio::test]
async fn figures_are_shown_for_a_time_that_is_offered_and_for_no_other() {
    let world = World::new().await;
    let mei = world.login("mei").await;
    for (asked, shown) in [("", "30"), ("?days=7", "7"), ("?days=100000", "30")] {
        let page = mei.read(&format!("/statistics{asked}")).await;
        let chosen = select(&page, ".crumbs a[aria-current]");
        assert_eq!(chosen, [format!("{shown} days")], "{page}");
        assert!(
            select(&page, "td").iter().any(|cell| cell == "shop"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again_and_one_that_did_is() {
    let world = World::served().await;
    let mei = world.login("mei").await;
    let tag = async |path: &str| {
        let first = mei.get(path).send().await.unwrap();
        first.headers()["etag"].clone()
    };
    for path in [
        "/",
        PAUSED,
        "/services/shop",
        "/approvals",
        "/assets/style.css",
    ] {
        let tag = tag(path).await;
        let again = mei.get(path).header("if-none-match", &tag).send().await;
        let again = again.unwrap();
        assert_eq!(again.status(), 304, "{path}");
        assert!(again.headers().contains_key("content-security-policy"));
        assert!(again.bytes().await.unwrap().is_empty(), "{path}");
    }
    let known = tag(PAUSED).await;
    let form = mei.button("hold", &[]).await;
    let answer = mei.post(&format!("{PAUSED}/answer"), &form).send().await;
    assert_eq!(answer.unwrap().status(), 303);
    let changed = mei.get(PAUSED).header("if-none-match", &known).send().await;
    let changed = changed.unwrap();
    assert_eq!(changed.status(), 200);
    assert_ne!(changed.headers()["etag"], known);
    // Nobody gets as unchanged what they may not see.
    let stranger = world.get(PAUSED).header("if-none-match", &known).send();
    assert_eq!(stranger.await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_services_page_draws_each_signal_over_the_releases_that_stayed() {
    let world = World::new().await;
    let mei = world.login("mei").await;
    let alone = mei.read("/services/shop").await;
    assert!(
        alone.contains("as soon as a second one was measured"),
        "{alone}"
    );
    assert!(select(&alone, "svg.trend").is_empty());
    for (days, errors) in [(3, 0.001), (2, 0.009), (1, 0.02)] {
        let (id, records) = stayed(days, errors);
        world.add(&id, &records).await;
    }
    let page = mei.read("/services/shop").await;
    let captions = select(&page, ".trends figcaption");
    assert_eq!(
        captions,
        ["errors : 0.1 % with  v0.7 , 31 % with  v2 , over 4 releases; worse each time"]
    );
    assert_eq!(select(&page, "svg.trend circle").len(), 4, "{page}");
    let values = select(&page, ".trends .values tr");
    assert_eq!(values.len(), 4, "{values:?}");
    assert!(
        values[0].contains("v2") && values[0].contains("31 %"),
        "{values:?}"
    );
}

#[tokio::test]
async fn a_first_visit_to_what_was_rolled_back_weighs_little_and_waits_for_one_style_alone() {
    let world = World::served().await;
    let mei = world.login("mei").await;
    let mut records = rolled_back();
    let Event::DeploymentRequested { plan, .. } = &mut records[0].event else {
        panic!("{:?}", records[0]);
    };
    plan.deployment = guard::ids::DeploymentId::new("dep_9").unwrap();
    world.add("dep_9", &records).await;
    let page = mei.read("/deployments/dep_9").await;
    assert!(
        page.contains("ROLLED BACK") || page.contains("olled back"),
        "{page}"
    );
    assert!(
        !select(&page, "svg.drawn text").is_empty(),
        "nothing is drawn"
    );
    let mut bytes = page.len();
    for asset in ["style.css", "fresh.js", "chart.js", "owl.svg"] {
        let path = format!("/assets/{asset}");
        assert!(page.contains(&path), "{asset} is not part of it");
        bytes += mei.read(&path).await.len();
    }
    assert!(
        bytes < 100_000,
        "{bytes} bytes, of which {} the page",
        page.len()
    );
    let document = Html::parse_document(&page);
    let count = |selector: &str| document.select(&Selector::parse(selector).unwrap()).count();
    assert_eq!(count("link[rel=stylesheet]"), 1);
    assert_eq!(count("script"), count("script[defer][src]"));
    assert_eq!(count("style, [style], script:not([src])"), 0);
}

#[tokio::test]
async fn a_services_page_says_in_words_what_tawny_may_do_there() {
    let world = World::served().await;
    let page = world.login("mei").await.read("/services/shop").await;
    let policy = select(&page, ".policy li");
    assert!(
        policy[0].starts_with("Tawny only watches here"),
        "{policy:?}"
    );
    assert!(policy[1].contains("30 min"), "{policy:?}");
    assert_eq!(select(&page, ".strip a"), ["‖"]);
}

#[tokio::test]
async fn whoever_looks_on_hears_at_once_that_something_happened_and_nobody_else_does() {
    let world = World::new().await;
    let stranger = world.get("/live").send().await.unwrap();
    assert_eq!(stranger.status(), 401);
    let mei = world.login("mei").await;
    let mut heard = mei.get("/live").send().await.unwrap();
    assert_eq!(heard.status(), 200);
    let kind = heard.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("text/event-stream"), "{kind}");
    let sam = world.login("sam").await;
    let form = sam.button("hold", &[]).await;
    sam.post(&format!("{PAUSED}/answer"), &form)
        .send()
        .await
        .unwrap();
    let told = async {
        let mut text = String::new();
        while !text.contains("event: changed") {
            text.push_str(&String::from_utf8_lossy(
                &heard.chunk().await.unwrap().unwrap(),
            ));
        }
        text
    };
    let text = tokio::time::timeout(Duration::from_secs(20), told)
        .await
        .unwrap();
    assert!(text.contains("data: dep_1"), "{text}");
    assert!(
        !text.contains("hold") && !text.contains("sam"),
        "only that, not what"
    );
    world.page.stop();
    let rest = tokio::time::timeout(Duration::from_secs(20), heard.text()).await;
    assert!(
        rest.unwrap().is_ok(),
        "it ends when the process is about to"
    );
}
