//! Suspects from other servers: a code host that is configured, and logs that arrive late.

use crate::commands::tawny;
use crate::double::{Double, Reply, Request};
use crate::git::Git;
use crate::packages::SERVES;
use crate::settings::{ANN, CY, Elsewhere, Guarding};
use crate::visit::Visit;
use crate::wait::until;
use crate::world::{GITLAB, LOKI, World};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

const OLD: &str = "1111111111111111111111111111111111111111";
const NEW: &str = "2222222222222222222222222222222222222222";

/// GitLab's answers about one release of one commit, whose words are not to be trusted.
fn gitlab(request: &Request) -> Reply {
    let project = "/api/v4/projects/acme%2Fshop";
    let commit = |id: &str, parents: Value, title: &str| {
        json!({"id": id, "short_id": &id[..8], "parent_ids": parents, "title": title, "message": format!("{title}\n"),
            "author_name": "Ann", "author_email": "ann@shop.example", "committed_date": "2026-11-20T10:00:00.000+00:00",
            "web_url": "https://elsewhere.example/commit"})
    };
    let new = || {
        commit(
            NEW,
            json!([OLD]),
            "Raise errors instead of answering them [here](https://evil.example)",
        )
    };
    let old = || commit(OLD, json!([]), "Begin");
    let Some(path) = request.path.strip_prefix(project) else {
        return Reply::json(404, &json!({"message": "404 Project Not Found"}));
    };
    let answer = match path {
        "/repository/commits/v1" => old(),
        "/repository/commits/v2" => new(),
        "/repository/merge_base" => old(),
        "/repository/commits" => json!([new()]),
        path if path == format!("/repository/commits/{NEW}/diff") => json!([{
            "old_path": "app/errors.py", "new_path": "app/errors.py", "new_file": true, "renamed_file": false,
            "deleted_file": false, "diff": "@@ -0,0 +1,2 @@\n+def respond(error):\n+    raise error\n"}]),
        "/merge_requests" => json!([]),
        path if path.ends_with("/merge_requests") => json!([]),
        _ => return Reply::json(404, &json!({"message": "404 Not Found"})),
    };
    Reply::json(200, &answer)
}

/// The deployment's page as a person sees it who has opened the one-time link.
pub(crate) async fn page(world: &World, id: &str) -> String {
    let visit = Visit::of(world, ANN).await;
    visit.read(&format!("/deployments/{id}")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspect_leads_to_its_page_at_the_configured_host_and_nowhere_else() {
    let guarding = Guarding {
        elsewhere: Elsewhere::GitLab,
        ..Guarding::default()
    };
    let world = World::of(&[("shop", 2)], &guarding).await;
    let at = world.at(GITLAB);
    let _host = Double::start(at, gitlab).await;
    let mut world = world.with_first_version().await;
    let package = world.put("shop", "v2", SERVES);
    world.prometheus.spoil("v2");
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "cause_ranked").await;
    world.over(&id, "rolled_back").await;
    let url = format!("http://{at}/acme/shop/-/commit/{NEW}");
    let page = page(&world, &id).await;
    assert!(page.contains(&format!("<a href=\"{url}\"")), "{page}");
    let report = tawny(&world, CY, &["report", &id, "--markdown"]).await;
    assert!(report.out.contains(&format!("]({url})")), "{}", report.out);
    let why = tawny(&world, CY, &["why", &id]).await;
    assert!(why.out.contains(&url), "{}", why.out);
    // Whose change it is, is said by name; addresses are kept to know people by.
    let timeline = tawny(&world, CY, &["timeline", &id]).await;
    let lines = tawny(&world, CY, &["--json", "timeline", &id]).await;
    let json = tawny(&world, CY, &["--json", "why", &id]).await;
    assert!(lines.out.contains("\"authors\":[\"Ann\"]"), "{}", lines.out);
    for text in [
        &page,
        &report.out,
        &why.out,
        &timeline.out,
        &lines.out,
        &json.out,
    ] {
        assert!(text.contains("Ann") && !text.contains("ann@shop"), "{text}");
    }
    for text in [&page, &report.out] {
        // The title's words stand there as text; that they are inert in Markdown is a test of its own.
        for elsewhere in ["href=\"https://evil", "elsewhere.example"] {
            assert!(!text.contains(elsewhere), "{elsewhere}: {text}");
        }
    }
    world.examine().await;
}

/// Two commits: one whose words fit what moved, and one in whose line the errors begin.
fn repository() -> Git {
    let mut git = Git::new();
    git.write("app/cart.py", "def total(lines):\n    return sum(lines)\n");
    git.commit("Begin");
    git.run(&["tag", "v1"]);
    git.write("app/errors.py", "def respond(error):\n    raise error\n");
    git.commit("Raise errors instead of answering them");
    git.write(
        "app/cart.py",
        "def total(lines):\n    return sum(lines) / len(lines)\n",
    );
    git.commit("Mean of a cart");
    git.run(&["tag", "v2"]);
    git
}

/// A Loki that answers at once what was before, and what is new only when the gate is opened.
async fn late_logs(world: &World, gate: Arc<Semaphore>) -> (Double, Arc<Mutex<usize>>) {
    let held: Arc<Mutex<usize>> = Arc::default();
    let counted = Arc::clone(&held);
    let double = Double::start(world.at(LOKI), move |request| {
        let asked = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(request.query.as_bytes());
            pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
        };
        let time = |name: &str| asked(name).unwrap().parse::<i128>().unwrap();
        let (start, end) = (time("start"), time("end"));
        let streams = |values: Value| {
            json!({"status": "success", "data": {"resultType": "streams",
                "result": [{"stream": {"instance": "shop-1", "level": "error"}, "values": values}]}})
        };
        if end - start > 60_000_000_000 {
            return Reply::json(200, &streams(json!([])));
        }
        *counted.lock().unwrap() += 1;
        let trace = "ERROR shop.web GET /cart 500\nTraceback (most recent call last):\n  File \"app/cart.py\", \
                     line 2, in total\nZeroDivisionError: division by zero";
        let at = (end - 1).to_string();
        Reply::Later {
            gate: Arc::clone(&gate),
            body: streams(json!([[at, trace]])).to_string().into_bytes(),
        }
    });
    (double.await, held)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_that_arrive_late_hold_up_no_look_and_rank_the_suspects_anew_when_they_come() {
    let repository = repository();
    let guarding = Guarding {
        autonomy: "pause",
        repo: Some(repository.path().to_owned()),
        elsewhere: Elsewhere::Loki,
        ..Guarding::default()
    };
    let world = World::of(&[("shop", 2)], &guarding).await;
    let gate = Arc::new(Semaphore::new(0));
    let (_loki, held) = late_logs(&world, Arc::clone(&gate)).await;
    let mut world = world.with_first_version().await;
    let package = world.put("shop", "v2", SERVES);
    world.prometheus.spoil("v2");
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "cause_ranked").await;
    let first = tawny(&world, CY, &["--json", "why", &id]).await;
    let first = first.document("tawny.why/1");
    assert_eq!(
        first["suspects"][0]["title"],
        "Raise errors instead of answering them"
    );
    assert_eq!(first["missing"]["logs"], 1, "{first:#}");
    // The watch looks on while nobody answers.
    let looks = world.prometheus.looks().len();
    until("it looks on", async || {
        (world.prometheus.looks().len() >= looks + 4).then_some(())
    })
    .await;
    assert!(*held.lock().unwrap() > 0, "the logs are being asked for");
    gate.add_permits(1);
    let path = format!("deployments/{id}/timeline");
    let causes = until("the suspects are ranked anew", async || {
        let (_, lines) = world
            .server
            .try_call(ANN, reqwest::Method::GET, &path, None)
            .await?;
        let lines = lines.as_array()?.clone();
        let causes: Vec<Value> = lines
            .into_iter()
            .filter(|line| line["event"] == "cause_ranked")
            .collect();
        (causes.len() == 2).then_some(causes)
    })
    .await;
    assert!(causes[1].to_string().contains("Mean of a cart"));
    let why = tawny(&world, CY, &["--json", "why", &id]).await;
    let why = why.document("tawny.why/1");
    assert_eq!(why["suspects"][0]["title"], "Mean of a cart", "{why:#}");
    assert_eq!(why["signatures"][0]["origin"], "app/cart.py in total");
    let page = page(&world, &id).await;
    let told = page.matches("Mean of a cart").count();
    assert!(told >= 2, "in the thread and in the timeline: {page}");
}
