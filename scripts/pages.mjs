// Looks at every page with a real browser: pictures into a folder, axe-core in both colour schemes, html-validate, the
// policy of the answers and the weight of a first visit. Told what to look at by scripts/pages.py, as JSON on stdin.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const told = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(join(told.modules, "package.json"));
const { chromium } = require("playwright-core");
const { HtmlValidate } = require("html-validate");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const MOST_BYTES = 100 * 1024;
// The pages that are opened at night, on loopback; the best of some visits, for the machine may be busy with other things.
const MOST_PAINT_MS = 200, VISITS = 5, FIRST = ["overview", "question"];
const PHONE = { width: 390, height: 844 }, DESK = { width: 1180, height: 900 };
const validate = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: {
    // The template engine leaves no blanks at ends of lines, and quotes as it likes.
    "no-trailing-whitespace": "off", "attr-quotes": "off", "void-style": "off", "doctype-style": "off",
    "long-title": "off",
    "no-inline-style": "error",
  },
});

let wrong = 0, pictures = 0;
function say(good, what) {
  if (!good) wrong += 1;
  console.log(`${good ? "ok" : "FAILED"} ${what}`);
}

async function context(browser, options = {}) {
  const { link, script = true, dark = false, language = "en", size = DESK } = options;
  const made = await browser.newContext({
    viewport: size, colorScheme: dark ? "dark" : "light", javaScriptEnabled: script,
    locale: language === "zh-CN" ? "zh-CN" : "en-GB", deviceScaleFactor: 1, timezoneId: "UTC", reducedMotion: "reduce",
  });
  if (link) {
    const page = await made.newPage();
    await page.goto(link);
    await page.close();
  }
  return made;
}

// Every page on a desk; on a phone, in dark, in Chinese and without scripts those that matter most there. The rest is judged
// without a picture: they are kept with the code, and should stay few and small.
const KEPT = new Set(["overview", "question", "rolled-back", "empty-overview", "decide", "confirm"]);
const HIGHEST = 1400;

async function picture(page, name, whole = true) {
  const [, base, variant] = /^(.*?)(?:-(dark|chinese|no-script|phone))?$/.exec(name);
  if (!told.out || (variant && !KEPT.has(base))) return;
  pictures += 1;
  const { width, height } = page.viewportSize();
  const size = await page.locator("html").boundingBox();
  const clip = { x: 0, y: 0, width, height: Math.min(HIGHEST, Math.ceil(size?.height ?? height)) };
  await page.screenshot({ path: join(told.out, `${name}.png`), animations: "disabled", ...(whole ? { fullPage: true, clip } : {}) });
}

// axe needs a script of its own in the page, which its policy forbids: only here the policy is passed by, by devtools.
async function accessible(page, name) {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", {
    expression: `${axe}; axe.run(document, { resultTypes: ["violations"] }).then(r => JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact, nodes: v.nodes.map(n => n.html.slice(0, 160))}))))`,
    awaitPromise: true, returnByValue: true,
  });
  const found = JSON.parse(result.value ?? "[{\"id\":\"axe did not run\"}]");
  say(found.length === 0, `axe ${name}${found.length ? ": " + JSON.stringify(found).slice(0, 1500) : ""}`);
}

async function valid(page, { path, name, status = 200 }) {
  const answer = await page.context().request.get(told.url + path, { headers: { accept: "text/html" } });
  const text = await answer.text();
  say(answer.status() === status, `status ${name}: ${answer.status()}`);
  say(answer.headers()["content-security-policy"] === POLICY, `policy ${name}`);
  const report = validate.validateStringSync(text);
  const messages = report.results.flatMap((one) => one.messages);
  const unique = [...new Set(messages.map((one) => `${one.ruleId}: ${one.message}`))];
  say(report.valid, `html ${name}${report.valid ? "" : ": " + unique.join("; ").slice(0, 1500)}`);
}

// What a first visit brings over the line, and when something stands there.
async function visit(browser, cookies, path) {
  const fresh = await browser.newContext({ viewport: PHONE });
  await fresh.addCookies(cookies);
  const page = await fresh.newPage();
  const sizes = [];
  page.on("requestfinished", (request) => {
    if (!request.url().endsWith("/live")) sizes.push(request.sizes().then((one) => one.responseBodySize));
  });
  await page.goto(told.url + path, { waitUntil: "load" });
  await page.waitForTimeout(800);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity);
  const bytes = (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0);
  await fresh.close();
  return { paint, bytes };
}

async function weighs(browser, cookies, { path, name }) {
  const judged = FIRST.includes(name);
  const visits = [];
  for (let i = 0; i < (judged ? VISITS : 1); i += 1) visits.push(await visit(browser, cookies, path));
  const bytes = Math.max(...visits.map((one) => one.bytes));
  say(bytes > 0 && bytes < MOST_BYTES, `weight ${name}: ${(bytes / 1024).toFixed(1)} KB`);
  const paints = visits.map((one) => Math.round(one.paint)).sort((a, b) => a - b);
  const said = `first paint ${name}: ${paints.join(", ")} ms`;
  if (judged) say(paints[0] < MOST_PAINT_MS, said);
  else console.log(said);
}

function watch(page, name) {
  page.on("pageerror", (error) => say(false, `script ${name}: ${error.message}`));
  page.on("console", (line) => {
    // The browser complains of each page that is meant to be denied.
    const meant = told.pages.some((one) => one.status && line.location().url === told.url + one.path && line.text().includes(one.status));
    if (line.type() === "error" && !meant) say(false, `console ${name}: ${line.text()}`);
  });
}

const PAGES = told.pages;
const browser = await chromium.launch({ executablePath: told.chromium, args: ["--no-sandbox"] });
try {
  const light = await context(browser, { link: told.link });
  const cookies = await light.cookies();
  const variants = [
    { name: "", options: {} },
    { name: "-dark", options: { dark: true } },
    { name: "-phone", options: { size: PHONE } },
    { name: "-chinese", options: { language: "zh-CN" } },
    { name: "-no-script", options: { script: false, size: PHONE } },
  ];
  for (const variant of variants) {
    const here = await context(browser, variant.options);
    await here.addCookies(cookies);
    const stranger = await context(browser, variant.options);
    const [known, unknown] = [await here.newPage(), await stranger.newPage()];
    watch(known, variant.name);
    watch(unknown, variant.name);
    for (const one of PAGES) {
      const { name, path } = one;
      const page = one.stranger ? unknown : known;
      await page.goto(told.url + path, { waitUntil: "load" });
      if (variant.options.script !== false) await page.waitForTimeout(250);
      if (!one.judged_only) await picture(page, name + variant.name);
      const wide = variant.options.script === false ? 0 : await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide) say(wide <= (variant.options.size ?? DESK).width, `width ${name}${variant.name}: ${wide}`);
      if (variant.name === "" || variant.name === "-dark") await accessible(page, name + variant.name);
      if (variant.name === "-phone") await accessible(page, name + variant.name);
      if (variant.name === "") await valid(page, one);
    }
    await here.close();
    await stranger.close();
  }
  for (const one of PAGES.filter((one) => !one.status)) await weighs(browser, cookies, one);
  if (told.decide) await decide(browser, cookies);
} catch (error) {
  say(false, `went no further: ${error.stack}`);
} finally {
  await browser.close();
}
writeFileSync(1, `pages: ${pictures} pictures, ${wrong} wrong\n`);
process.exit(wrong ? 1 : 0);

// A phone without scripts, from the page to the answer.
async function decide(browser, cookies) {
  const here = await context(browser, { script: false, size: PHONE });
  await here.addCookies(cookies);
  const page = await here.newPage();
  await page.goto(told.url + told.decide);
  const button = page.locator(".decide button.danger").first();
  const box = await button.boundingBox();
  say(box && box.y + box.height <= PHONE.height, `decide: the button is on the first screen of a phone (${JSON.stringify(box)})`);
  const likely = await page.locator(".likely").boundingBox();
  say(likely && box && likely.y + likely.height <= box.y, `decide: so is what probably did it (${JSON.stringify(likely)})`);
  await picture(page, "decide-phone", false);
  await button.click();
  say(/→/.test(await page.locator(".confirm").innerText()), "decide: the step that confirms says what was found");
  await picture(page, "confirm-phone", false);
  await page.locator("button.danger").first().click();
  say(page.url().endsWith(told.decide), `decide: back at ${page.url()}`);
  say((await page.locator(".decide button").count()) === 0, "decide: the buttons go with the question");
  await here.close();
}
