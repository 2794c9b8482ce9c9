// Keeps the page true without reloading it under somebody's hands. Everything works without it.
"use strict";

const ANSWER_MS = 5000;
// Without news this often; while news come, and while a watch looks, no more often than these.
const ALONE_MS = 2000, TOLD_MS = 30000, LEAST_MS = 700, LOOKED_MS = 4000;
// A time of day says enough this near to now.
const NEAR_MS = 12 * 3600 * 1000;
const root = document.documentElement;
let asking = false, tag = null, told = false, last = Date.now(), waiting = 0, due = 0;
let shown = document.querySelector("main").innerHTML;

function busy() {
  const active = document.activeElement;
  const typing = active && active.matches("main input, main button, main summary");
  const selecting = String(window.getSelection() || "") !== "";
  const unfolded = document.querySelector("main details[open] input:not([type=hidden])");
  return document.hidden || typing || selecting || unfolded;
}

/* Times in the reader's own zone, and how long ago. */
const exact = new Intl.DateTimeFormat(root.lang, { dateStyle: "medium", timeStyle: "long", hourCycle: "h23" });
const clock = new Intl.DateTimeFormat(root.lang, { timeStyle: "medium", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(root.lang, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const ago = new Intl.RelativeTimeFormat(root.lang, { numeric: "always", style: "short" });

function relative(at) {
  const seconds = (at - Date.now()) / 1000;
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= length) return ago.format(Math.trunc(seconds / length), unit);
  }
  return ago.format(Math.trunc(seconds), "second");
}

function localTimes() {
  for (const time of document.querySelectorAll("main time")) {
    const at = new Date(time.dateTime);
    const near = Math.abs(at - Date.now()) < NEAR_MS;
    // A footer says that its times are in UTC.
    if (!time.closest("footer")) time.textContent = (near ? clock : day).format(at);
    time.title = `${exact.format(at)} · ${relative(at)} · ${time.dateTime}`;
    if (time.closest("h2, .decide, .asked, .card, .message > p, .facts dd")) {
      const since = document.createElement("span");
      since.className = "ago";
      since.textContent = ` (${relative(at)})`;
      time.append(since);
    }
  }
}

/* "1 min ago" must not still stand there an hour later, even while nothing is heard. */
function age() {
  for (const since of document.querySelectorAll("main .ago")) {
    const said = ` (${relative(new Date(since.parentElement.dateTime))})`;
    if (since.textContent !== said) since.textContent = said;
  }
}

/* What happened since this reader last looked: kept in this browser alone. */
// The address of a page that is shown by a link is a secret, and kept nowhere.
const key = "tawny" + (document.body.dataset.seen ? `/shared/${document.body.dataset.seen}` : location.pathname);
let seen = Number(localStorage.getItem(key)) || 0;

function lines() {
  return [...document.querySelectorAll(".timeline [data-revision]")];
}

function newest() {
  return lines().reduce((most, line) => Math.max(most, Number(line.dataset.revision)), 0);
}

function markNew() {
  const fresh = seen ? lines().filter((line) => Number(line.dataset.revision) > seen) : [];
  for (const line of fresh) line.classList.add("new");
  const place = document.getElementById("since");
  if (!place || !fresh.length) return;
  place.hidden = false;
  place.querySelector("ol").replaceChildren(...fresh.slice(-5).map((line) => line.cloneNode(true)));
}

function keepSeen() {
  if (document.hidden && newest()) {
    localStorage.setItem(key, String(newest()));
  } else if (!document.hidden) {
    seen = Number(localStorage.getItem(key)) || seen;
  }
}

function arrange() {
  markNew();
  localTimes();
}

async function refresh() {
  if (asking) return soon(LEAST_MS);
  if (busy()) return;
  asking = true;
  last = Date.now();
  try {
    const answer = await fetch(location.href, {
      headers: tag ? { "if-none-match": tag } : {},
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (answer.status === 304) return document.body.classList.remove("offline");
    if (answer.status === 401 || answer.status === 410) return location.reload();
    if (!answer.ok) throw new Error(answer.statusText);
    const tagged = answer.headers.get("etag");
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = document.querySelector("main");
    const fresh = next.querySelector("main");
    const html = fresh.innerHTML;
    if (!busy() && html !== shown) {
      shown = html;
      const open = [...now.querySelectorAll("details[id]")].map((one) => [one.id, one.open]);
      document.title = next.title;
      now.replaceWith(fresh);
      for (const [id, was] of open) {
        const one = document.getElementById(id);
        if (one) one.open = was;
      }
      arrange();
    }
    // What was not shown because somebody was at work must come again.
    tag = html === shown ? tagged : null;
    document.body.classList.remove("offline");
  } catch {
    document.body.classList.add("offline");
  } finally {
    asking = false;
  }
}

/* The sooner of what is wanted: a look that can wait must not hold up news. */
function soon(least) {
  const at = Math.max(Date.now(), last + least);
  if (waiting && due <= at) return;
  clearTimeout(waiting);
  due = at;
  waiting = setTimeout(() => { waiting = 0; refresh(); }, at - Date.now());
}

const match = /^\/deployments\/([^/]+)/.exec(location.pathname);
const live = document.body.dataset.live || (match ? `/live?of=${match[1]}` : "/live");

// A page that is left, and kept by the browser for the way back, must not hold one of its few connections.
let source;

function listen() {
  source = new EventSource(live);
  // What happened between the page and the first news is looked for, but not while the page is still being painted.
  source.onopen = () => { told = true; soon(LOOKED_MS); };
  source.onerror = () => { told = false; };
  source.addEventListener("changed", () => soon(LEAST_MS));
  source.addEventListener("looked", () => soon(LOOKED_MS));
}

function live() {
  listen();
  document.addEventListener("visibilitychange", () => { keepSeen(); soon(LEAST_MS); });
  addEventListener("pagehide", () => {
    source.close();
    told = false;
    if (newest()) localStorage.setItem(key, String(newest()));
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    listen();
    soon(LEAST_MS);
  });
  setInterval(() => { if (Date.now() - last > (told ? TOLD_MS : ALONE_MS)) refresh(); }, 1000);
}

arrange();
setInterval(age, 1000);
// The step that confirms has its times in the reader's zone, too, but is not loaded again under somebody's hands.
if (!document.currentScript || !document.currentScript.hasAttribute("data-still")) live();
