// People at the page, in a real browser: somebody watches a deployment live, somebody is woken and decides on a phone, two
// press at once, somebody has a slow line. Told by scripts/pages.py, as JSON on stdin, where the demo holds its release.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const told = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(join(told.modules, "package.json"));
const { chromium, devices } = require("playwright-core");

const chinese = told.language === "zh-CN";
const PHONE = { ...devices["iPhone 13"], defaultBrowserType: undefined };
// A thumb hits what is this high; a button below the fold is not in reach.
const THUMB = 40;
// A bad line on a train: half a second to and fro, and 50 KB a second.
const SLOW = { offline: false, latency: 500, downloadThroughput: 50 * 1024, uploadThroughput: 20 * 1024 };
const SLOW_MS = 8000, NEWS_MS = 5000;

let wrong = 0;
function say(good, what) {
  if (!good) wrong += 1;
  console.log(`${good ? "ok" : "FAILED"} people ${told.language}: ${what}`);
}

async function somebody(browser, device = {}) {
  const made = await browser.newContext({ locale: told.language, timezoneId: "Asia/Shanghai", ...device });
  const page = await made.newPage();
  page.on("pageerror", (error) => say(false, `script: ${error.message}`));
  return page;
}

// The log of the browser's own loads: what comes live must not be one.
async function watched(page) {
  await page.goto(told.links.watcher, { waitUntil: "load" });
  await page.goto(told.url + told.path, { waitUntil: "load" });
  await page.evaluate(() => { window.stayed = true; });
}

async function stayed(page) {
  return page.evaluate(() => window.stayed === true);
}

async function inject() {
  const body = JSON.stringify({ kind: "latency", intensity: 0.6, seconds: 900 });
  const answer = await fetch(told.fault, { method: "POST", headers: { "content-type": "application/json" }, body });
  if (!answer.ok) throw new Error(`${told.fault}: ${answer.status} ${await answer.text()}`);
}

async function reach(page, button) {
  const box = await button.boundingBox();
  const height = page.viewportSize().height;
  say(box && box.y >= 0 && box.y + box.height <= height, `the button is in reach without scrolling (${JSON.stringify(box)} of ${height})`);
  say(box && box.height >= THUMB, `it is high enough for a thumb: ${Math.round(box?.height ?? 0)} px`);
}

// From the one-time link to the step that confirms; the press itself is the caller's.
async function woken(page, link) {
  const begun = Date.now();
  await page.goto(link, { waitUntil: "load" });
  await page.waitForURL((url) => !url.pathname.startsWith("/login"), { timeout: 20000 });
  await page.locator(".asked a[href^='/deployments/']").first().click();
  const button = page.locator(".decide button.danger").first();
  await button.waitFor({ timeout: 20000 });
  say(new URL(page.url()).pathname === told.path, `from the link to the deployment that asks by two taps, ${Date.now() - begun} ms`);
  return button;
}

async function language(page) {
  const lang = await page.evaluate(() => document.documentElement.lang);
  say(lang === told.language, `the page speaks ${lang}`);
  const words = await page.locator(".decide").innerText();
  say(/[\u4e00-\u9fff]/.test(words) === chinese, `the question is asked in it: ${words.split("\n")[0]}`);
}

// Where a press led: back to the deployment, or to why not.
async function outcome(page) {
  await page.waitForLoadState("load");
  const refused = await page.locator("main .message h1, main .message h2").first().innerText().catch(() => "");
  return { back: new URL(page.url()).pathname === told.path, refused };
}

async function confirmed(page) {
  const answered = page.waitForResponse((answer) => answer.request().method() === "POST");
  await page.locator(".confirm button.danger").click();
  return (await answered).status();
}

// Dragging over a drawing leads to that part of it, and going back leads back.
async function closer(page) {
  const drawn = page.locator("svg.drawn:visible").first();
  await drawn.scrollIntoViewIfNeeded();
  const box = await drawn.boundingBox();
  const middle = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.5, middle);
  const reading = await page.locator(".reading").first().innerText();
  say(/\d/.test(reading), `values stand under the pointer: ${reading}`);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, middle);
  await page.mouse.move(box.x + box.width * 0.75, middle);
  await Promise.all([page.waitForURL(/\/signals\/latency\?from=/, { timeout: 10000 }), page.mouse.up()]);
  const rows = await page.locator(".values tbody tr").count();
  const ways = await page.locator(".zoom a").count();
  await page.goBack();
  const all = await page.locator("figure .values tbody").first().locator("tr").count();
  say(rows >= 2 && rows < all && ways >= 3, `a drag shows a part: ${rows} of ${all} moments, ${ways} ways on from there`);
  say(new URL(page.url()).pathname === told.path, "and going back leads back");
}

const browser = await chromium.launch({ executablePath: told.chromium, args: ["--no-sandbox"] });
try {
  const watcher = await somebody(browser, { viewport: { width: 1180, height: 900 } });
  await watched(watcher);
  say((await watcher.locator(".decide").count()) === 0, "nothing is asked while all is well");
  const begun = Date.now();
  await inject();
  await watcher.locator(".decide button.danger").first().waitFor({ timeout: 90000 });
  console.log(`live: the question stood on an open page ${((Date.now() - begun) / 1000).toFixed(1)} s after the fault`);
  say(await stayed(watcher), "it came without a load");
  say((await watcher.locator("figure.chart svg.drawn:visible").count()) > 0, "and so did the drawing of what moved");

  const phone = await somebody(browser, PHONE);
  if (chinese) {
    const devtools = await phone.context().newCDPSession(phone);
    await devtools.send("Network.emulateNetworkConditions", SLOW);
  }
  const began = Date.now();
  const button = await woken(phone, told.links.phone);
  if (chinese) say(Date.now() - began < SLOW_MS, `on a slow line the button was there after ${Date.now() - began} ms`);
  await language(phone);
  await reach(phone, button);
  const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
  say(wide <= phone.viewportSize().width, `nothing sticks out of the phone: ${wide} px`);
  await button.tap();
  await phone.locator(".confirm").waitFor({ timeout: 20000 });
  await phone.locator(".confirm input[name=reason]").fill(chinese ? "延迟翻倍" : "latency doubled");
  if (!chinese) {
    // Another person, at a desk, is as far at the same moment.
    const desk = await somebody(browser, { viewport: { width: 1180, height: 900 } });
    await woken(desk, told.links.desk);
    const names = await Promise.all([phone, desk].map((page) => page.locator("header nav span").last().innerText()));
    say(names[0] !== names[1], `two people are about to press: ${names.join(" and ")}`);
    await desk.locator(".decide button.danger").first().click();
    await desk.locator(".confirm").waitFor();
    const statuses = await Promise.all([confirmed(phone), confirmed(desk)]);
    const ends = await Promise.all([outcome(phone), outcome(desk)]);
    const late = ends.filter((one) => !one.back || /answered|already/i.test(one.refused));
    say(statuses.filter((one) => one === 303).length === 1, `of two presses at once one counts: ${statuses}`);
    say(late.length === 1, `who came second is told: ${late.map((one) => one.refused)}`);
    const first = names[ends.indexOf(late[0]) === 0 ? 1 : 0];
    const name = first.split(/\s/).at(-1);
    say(late[0]?.refused.includes(name), `and who was first: ${name}`);
  } else {
    const status = await confirmed(phone);
    say(status === 303, `the answer is taken: ${status}`);
    await phone.waitForURL((url) => url.pathname === told.path, { timeout: 20000 });
  }
  const pressed = Date.now();
  await phone.goto(told.url + told.path, { waitUntil: "load" });
  const left = await phone.evaluate(() => Math.max(...[...document.querySelectorAll("main [data-revision]")].map((line) => Number(line.dataset.revision))));
  await phone.goto(`${told.url}/`, { waitUntil: "load" });
  await watcher.locator(".decide").waitFor({ state: "detached", timeout: NEWS_MS + 5000 });
  const took = Date.now() - pressed;
  say(took < NEWS_MS && (await stayed(watcher)), `whoever watches sees within ${took} ms that it is decided, without a load`);
  const status = chinese ? /已回滚/ : /rolled back/i;
  await watcher.waitForFunction((source) => new RegExp(source, "i").test(document.querySelector("main h2").textContent), status.source, { timeout: 60000 });
  say(await stayed(watcher), `and then what was done: ${await watcher.locator("main h2").first().innerText()}`);

  // On a slow line most of it happened before the phone looked away: something more has to.
  const more = (left) => [...document.querySelectorAll("main [data-revision]")].some((line) => Number(line.dataset.revision) > left);
  await watcher.waitForFunction(more, left, { timeout: 90000 });
  await phone.goto(told.url + told.path, { waitUntil: "load" });
  const since = await phone.locator("#since li").allInnerTexts();
  say(await phone.locator("#since").isVisible() && since.length > 0, `who comes back sees what happened since: ${since.length} lines, the last: ${since.at(-1)?.replace(/\s+/g, " ")}`);
  await closer(watcher);
} catch (error) {
  say(false, error.stack);
} finally {
  await browser.close();
}
writeFileSync(1, `people ${told.language}: ${wrong} wrong\n`);
process.exit(wrong ? 1 : 0);
