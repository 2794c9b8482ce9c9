//! A real browser: logs in by the link, reads the question, presses, confirms.

use super::world::{PAUSED, World};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const CHROMEDRIVER: &str = "/usr/bin/chromedriver";
const CHROMIUM: &str = "/usr/bin/chromium";

/// Chromium, driven over the WebDriver protocol. Both end when this is dropped.
struct Browser {
    http: reqwest::Client,
    session: String,
    _driver: Child,
}

/// A driver and its address; none when it ended at once.
async fn driver() -> Option<(Child, String)> {
    let mut driver = Command::new(CHROMEDRIVER)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, port)) = line.split_once("successfully on port ") {
            let base = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
            return Some((driver, base));
        }
    }
    None
}

impl Browser {
    async fn start() -> Self {
        let mut tries = 0;
        let (driver, base) = loop {
            tries += 1;
            match driver().await {
                Some(started) => break started,
                // It takes one port for two kinds of addresses, and somebody may have the second.
                None => assert!(tries < 5, "chromedriver ended"),
            }
        };
        let options = json!({
            "binary": CHROMIUM,
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1100,900", "--lang=en"],
        });
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "implicit": 3_000 },
        });
        let http = reqwest::Client::new();
        let asked = json!({ "capabilities": { "alwaysMatch": wanted } });
        let answer = http
            .post(format!("{base}/session"))
            .json(&asked)
            .send()
            .await
            .unwrap();
        let answer: Value = answer.json().await.unwrap();
        let id = answer["value"]["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"));
        let session = format!("{base}/session/{id}");
        Self {
            http,
            session,
            _driver: driver,
        }
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        let url = format!("{}/{command}", self.session);
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        let status = answer.status();
        let mut answer: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{command} {body}: {answer}");
        answer["value"].take()
    }

    async fn goto(&self, url: &str) {
        self.post("url", json!({ "url": url })).await;
    }

    /// The element that this path leads to; waits until it is there.
    async fn find(&self, xpath: &str) -> String {
        let found = self
            .post("element", json!({ "using": "xpath", "value": xpath }))
            .await;
        found
            .as_object()
            .unwrap()
            .values()
            .next()
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn click(&self, xpath: &str) {
        let element = self.find(xpath).await;
        self.post(&format!("element/{element}/click"), json!({}))
            .await;
    }

    async fn type_into(&self, xpath: &str, text: &str) {
        let element = self.find(xpath).await;
        self.post(&format!("element/{element}/value"), json!({ "text": text }))
            .await;
    }

    async fn devtools(&self, command: &str, params: Value) -> Value {
        self.post(
            "goog/cdp/execute",
            json!({ "cmd": command, "params": params }),
        )
        .await
    }

    /// What the browser complained about: a blocked script, a missing file.
    async fn complaints(&self) -> Value {
        self.post("se/log", json!({ "type": "browser" })).await
    }

    /// Keeps a picture of the whole page, where somebody wants to look at it.
    async fn picture(&self, name: &str) {
        let Ok(folder) = std::env::var("TAWNY_SCREENSHOTS") else {
            return;
        };
        let shot = self
            .devtools(
                "Page.captureScreenshot",
                json!({ "captureBeyondViewport": true }),
            )
            .await;
        let file = Path::new(&folder).join(format!("{name}.base64"));
        std::fs::write(file, shot["data"].as_str().unwrap()).unwrap();
    }

    async fn as_a_phone(&self) {
        let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
        self.devtools("Emulation.setDeviceMetricsOverride", phone)
            .await;
    }

    async fn fits_a_phone(&self) {
        let asked = json!({ "script": "return document.documentElement.scrollWidth", "args": [] });
        let width = self.post("execute/sync", asked).await;
        assert!(
            width.as_u64().unwrap() <= 390,
            "wider than a phone: {width}"
        );
    }

    async fn end(self) {
        self.http.delete(&self.session).send().await.unwrap();
    }
}

/// A world with a paused deployment, and a browser in which mei has followed her link to the list; none where
/// there is no browser.
async fn logged_in() -> Option<(World, Browser)> {
    if !Path::new(CHROMEDRIVER).exists() || !Path::new(CHROMIUM).exists() {
        eprintln!("skipped: no chromium and chromium-driver on this machine");
        return None;
    }
    let world = World::new().await;
    let browser = Browser::start().await;
    browser
        .goto(&format!("{}{}", world.url, world.link("mei").await))
        .await;
    browser.find("//h2[contains(., 'logged in as mei')]").await;
    // The greeting leads on by itself, with the strict cookie.
    browser.find("//h1[.='Deployments']").await;
    Some((world, browser))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_logs_in_reads_the_question_presses_and_confirms() {
    let Some((world, browser)) = logged_in().await else {
        return;
    };
    browser.picture("list").await;
    browser.click("//a[contains(., 'shop')]").await;
    browser
        .find("//h2[contains(., 'PAUSED on 1 of 3 instances')]")
        .await;
    browser.picture("question").await;
    looks(&browser, &world).await;

    browser.click("//button[.='Roll back']").await;
    browser.find("//h1[contains(., 'Roll back: ')]").await;
    browser.picture("confirm").await;
    assert_eq!(
        world.count("approval_answered").await,
        0,
        "a press alone is no answer"
    );
    browser
        .type_into("//input[@name='reason']", "errors since the release")
        .await;
    browser.click("//button[.='Roll back']").await;
    browser.find("//dd[contains(., 'Roll back — mei')]").await;
    browser.picture("answered").await;
    assert_eq!(world.count("approval_answered").await, 1);
    assert_eq!(world.count("refused").await, 0);

    let left = browser
        .post(
            "elements",
            json!({ "using": "css selector", "value": ".decide button" }),
        )
        .await;
    assert_eq!(left, json!([]), "the buttons go with the question");
    assert_eq!(browser.complaints().await, json!([]));
    browser.end().await;
}

/// Other sizes, colours and languages; only pictures, and that nothing is wider than a phone.
async fn looks(browser: &Browser, world: &World) {
    browser.as_a_phone().await;
    browser.picture("question-phone").await;
    browser.fits_a_phone().await;
    browser.goto(&format!("{}/?lang=zh-CN", world.url)).await;
    browser.find("//h1[.='部署']").await;
    browser.picture("list-phone-chinese").await;
    browser
        .devtools("Emulation.clearDeviceMetricsOverride", json!({}))
        .await;
    let dark = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
    browser.devtools("Emulation.setEmulatedMedia", dark).await;
    browser.goto(&format!("{}{PAUSED}", world.url)).await;
    browser.find("//h2[contains(., '已暂停')]").await;
    browser.picture("question-dark-chinese").await;
    browser
        .devtools("Emulation.setEmulatedMedia", json!({ "features": [] }))
        .await;
    browser
        .goto(&format!("{}{PAUSED}?lang=en", world.url))
        .await;
    browser.find("//h2[contains(., 'PAUSED')]").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_page_shows_by_itself_what_somebody_else_answered() {
    let Some((world, browser)) = logged_in().await else {
        return;
    };
    browser.goto(&format!("{}{PAUSED}", world.url)).await;
    browser.find("//button[.='Roll back']").await;
    let sam = world.login("sam").await;
    let form = sam.button("hold", &[]).await;
    sam.post(&format!("{PAUSED}/answer"), &form)
        .send()
        .await
        .unwrap();
    tokio::time::timeout(
        Duration::from_secs(20),
        browser.find("//dd[contains(., 'Keep paused — sam')]"),
    )
    .await
    .unwrap();
    assert_eq!(browser.complaints().await, json!([]));
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_judges_an_alarm_and_sees_what_follows_for_the_service() {
    let Some((world, browser)) = logged_in().await else {
        return;
    };
    browser.goto(&format!("{}{PAUSED}", world.url)).await;
    browser
        .click("//form[.//button[.='False alarm']]//summary[.='Add a note']")
        .await;
    let script =
        json!({ "script": "document.activeElement.blur(); return Boolean(busy())", "args": [] });
    let kept = browser.post("execute/sync", script).await;
    assert_eq!(
        kept, true,
        "an unfolded form is not replaced by a fresh page"
    );
    browser
        .type_into(
            "//form[.//button[.='False alarm']]//input[@name='note']",
            "the cache was cold\u{E007}",
        )
        .await;
    browser.picture("judging").await;
    assert_eq!(
        world.count("judged").await,
        0,
        "the enter key is no judgement"
    );
    browser.click("//button[.='False alarm']").await;
    browser
        .find("//section[contains(., 'false alarm — mei')]")
        .await;
    browser.picture("judged").await;
    assert_eq!(world.count("judged").await, 1);
    browser.click("//h1/a[contains(@href, '/services/')]").await;
    browser.find("//h1[contains(., 'shop')]").await;
    browser.find("//td[.='false alarm']").await;
    browser.picture("service").await;
    browser.as_a_phone().await;
    browser.picture("service-phone").await;
    browser.fits_a_phone().await;
    assert_eq!(browser.complaints().await, json!([]));
    browser.end().await;
}
