//! The report and the postmortem on the page.

use super::story::{asked, plan};
use super::world::{PAUSED, World};
use guard::ids::DeploymentId;

#[tokio::test]
async fn the_report_is_linked_from_the_deployment_and_is_printed_without_what_is_pressed() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let page = visit.read(PAUSED).await;
    for linked in ["report", "postmortem", "root-cause"] {
        assert!(
            page.contains(&format!("href=\"{PAUSED}/{linked}\"")),
            "{page}"
        );
    }
    let page = visit.read(&format!("{PAUSED}/report")).await;
    for wanted in [
        "Health report: <bdi>shop</bdi>",
        "paused, waiting for a decision",
        "0.2 % → 31 %",
        "found after",
        "Suggestions",
        "<time datetime=",
    ] {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
    // Nothing that moves or that could run stands in what is kept.
    assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("http-equiv"));
    assert!(
        page.contains(&format!("href=\"{PAUSED}/report?lang=zh-CN\"")),
        "{page}"
    );
    let chinese = visit.read(&format!("{PAUSED}/report?lang=zh-CN")).await;
    assert!(
        chinese.contains("部署健康报告") && !chinese.contains('⟦'),
        "{chinese}"
    );
    let style = visit.read("/assets/style.css").await;
    assert!(
        style.contains("@media print") && style.contains(".answers"),
        "{style}"
    );
}

#[tokio::test]
async fn the_root_cause_report_stands_without_a_model_in_both_languages() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let page = visit.read(&format!("{PAUSED}/root-cause")).await;
    for wanted in [
        "Root cause: <bdi>shop</bdi>",
        "What did it is not known",
        "Which change did it was not looked up",
        "0.2 % → 31 %",
        "Recommended now",
        "First anomaly",
        "Rollback asked for",
        "did not happen",
        "Written by rules from the record",
    ] {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
    assert!(!page.contains("hypothesis"), "{page}");
    let chinese = visit.read(&format!("{PAUSED}/root-cause?lang=zh-CN")).await;
    assert!(
        chinese.contains("当前建议") && chinese.contains("首次异常") && !chinese.contains('⟦'),
        "{chinese}"
    );
}

#[tokio::test]
async fn report_and_postmortem_come_as_markdown_files_too() {
    let world = World::new().await;
    let visit = world.login("sam").await;
    for (kind, title) in [
        ("report", "# Health report"),
        ("postmortem", "# Postmortem"),
        ("root-cause", "# Root cause"),
    ] {
        let path = format!("{PAUSED}/{kind}.md");
        let answer = visit.get(&path).send().await.unwrap();
        let name = answer.headers()["content-disposition"].to_str().unwrap();
        assert_eq!(name, format!("attachment; filename=\"{kind}-dep_1.md\""));
        let text = answer.text().await.unwrap();
        assert!(text.starts_with(title), "{text}");
    }
}

#[tokio::test]
async fn of_a_release_that_hurt_nobody_there_is_a_report_and_no_postmortem() {
    let world = World::new().await;
    let mut events = asked();
    let mut plan = plan();
    plan.deployment = DeploymentId::new("dep_2").unwrap();
    if let guard::event::Event::DeploymentRequested { plan: of, .. } = &mut events[0].event {
        *of = plan;
    }
    world.add("dep_2", &events).await;
    let visit = world.login("mei").await;
    let page = visit.read("/deployments/dep_2").await;
    assert!(page.contains("/deployments/dep_2/report") && !page.contains("/postmortem"));
    let page = visit.read("/deployments/dep_2/report").await;
    assert!(page.contains("Nothing was measured."), "{page}");
    for nothing in [
        "/deployments/dep_2/postmortem",
        "/deployments/dep_2/root-cause",
        "/deployments/dep_9/report",
    ] {
        let answer = visit.get(nothing).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{nothing}");
    }
    let anonymous = world
        .get(&format!("{PAUSED}/report.md"))
        .send()
        .await
        .unwrap();
    assert_eq!(anonymous.status(), 401);
}
