// Keeps the page true without reloading it under somebody's hands. Everything works without it.
"use strict";

const EVERY_MS = 2000;
const ANSWER_MS = 5000;
let asking = false;

function busy() {
  const active = document.activeElement;
  const typing = active && active.matches("main input, main button");
  const selecting = String(window.getSelection() || "") !== "";
  const unfolded = document.querySelector("main details[open]");
  return document.hidden || typing || selecting || unfolded;
}

function localTimes() {
  for (const time of document.querySelectorAll("main time")) {
    time.title = new Date(time.dateTime).toLocaleString();
  }
}

async function refresh() {
  if (busy() || asking) return;
  asking = true;
  try {
    const answer = await fetch(location.href, {
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(answer.statusText);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = document.querySelector("main");
    const fresh = next.querySelector("main");
    if (!busy() && fresh.innerHTML !== now.innerHTML) {
      document.title = next.title;
      now.replaceWith(fresh);
      localTimes();
    }
    document.body.classList.remove("offline");
  } catch {
    document.body.classList.add("offline");
  } finally {
    asking = false;
  }
}

localTimes();
setInterval(refresh, EVERY_MS);
