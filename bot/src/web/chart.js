// Says the values under the pointer, and moves along them by keys. The table below each drawing says the same.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const numbers = (text) => text.split(" ").map(Number);

function place(drawn, at) {
  const [first, zero, last] = numbers(drawn.dataset.x);
  const [before, since] = numbers(drawn.dataset.seconds);
  if (at < 0) return before ? zero + (at / before) * (zero - first) : zero;
  return zero + (at / since) * (last - zero);
}

// The other way round.
function moment(drawn, x) {
  const [first, zero, last] = numbers(drawn.dataset.x);
  const [before, since] = numbers(drawn.dataset.seconds);
  return x < zero ? (before * (x - zero)) / (zero - first || 1) : (since * (x - zero)) / (last - zero || 1);
}

function across(drawn, event) {
  const box = drawn.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * drawn.viewBox.baseVal.width;
  const [first, , last] = numbers(drawn.dataset.x);
  return Math.min(last, Math.max(first, x));
}

function rows(drawn) {
  return [...drawn.closest("figure").querySelectorAll("tr[data-at]")];
}

function show(drawn, row) {
  const figure = drawn.closest("figure");
  const heads = [...figure.querySelectorAll("th")].map((head) => head.textContent);
  const cells = [...row.cells].map((cell) => cell.textContent);
  const said = cells.map((value, i) => (value ? (i ? `${heads[i]}: ${value}` : value) : "")).filter(Boolean);
  figure.querySelector(".reading").textContent = said.join(" · ");
  let line = drawn.querySelector(".cursor");
  if (!line) {
    line = document.createElementNS(SVG, "line");
    line.setAttribute("class", "cursor");
    drawn.append(line);
  }
  const x = place(drawn, Number(row.dataset.at));
  const [top, bottom] = numbers(drawn.dataset.y);
  for (const [name, value] of [["x1", x], ["x2", x], ["y1", top], ["y2", bottom]]) line.setAttribute(name, value);
  drawn.dataset.row = String(rows(drawn).indexOf(row));
}

function pointed(event) {
  const drawn = event.target.closest && event.target.closest("svg.drawn");
  if (!drawn) return;
  const x = across(drawn, event);
  let nearest = null, least = Infinity;
  for (const row of rows(drawn)) {
    const away = Math.abs(place(drawn, Number(row.dataset.at)) - x);
    if (away < least) [nearest, least] = [row, away];
  }
  if (nearest) show(drawn, nearest);
}

/* With a mouse, what is drawn over is looked at more closely: a link as any other, so that going back works. */
const LEAST_DRAG = 12, LEAST_S = 0.5;
let drag = null;

function pick(event) {
  const drawn = event.target.closest && event.target.closest("svg.drawn");
  if (!drawn || event.pointerType !== "mouse" || event.button !== 0) return;
  const area = document.createElementNS(SVG, "rect");
  area.setAttribute("class", "picked");
  const [top, bottom] = numbers(drawn.dataset.y);
  area.setAttribute("y", Math.min(top, bottom));
  area.setAttribute("height", Math.abs(bottom - top));
  drawn.append(area);
  drag = { drawn, area, from: across(drawn, event) };
  event.preventDefault();
}

function widen(event) {
  if (!drag) return;
  const to = across(drag.drawn, event);
  drag.area.setAttribute("x", Math.min(drag.from, to));
  drag.area.setAttribute("width", Math.abs(to - drag.from));
}

function picked(event) {
  if (!drag) return;
  const { drawn, area, from } = drag;
  const to = across(drawn, event);
  drag = null;
  area.remove();
  const times = [from, to].map((x) => moment(drawn, x)).sort((a, b) => a - b);
  if (Math.abs(to - from) < LEAST_DRAG || times[1] - times[0] < LEAST_S) return;
  const path = drawn.closest("figure").dataset.path;
  location.assign(`${path}?from=${times[0].toFixed(1)}&to=${times[1].toFixed(1)}`);
}

document.addEventListener("pointerdown", pick);
document.addEventListener("pointermove", widen);
document.addEventListener("pointerup", picked);
document.addEventListener("pointermove", pointed);
document.addEventListener("pointerdown", pointed);
document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const drawn = document.activeElement && document.activeElement.closest("svg.drawn");
  if (!step || !drawn) return;
  const all = rows(drawn);
  const now = Number(drawn.dataset.row || (step > 0 ? -1 : all.length));
  const row = all[Math.min(all.length - 1, Math.max(0, now + step))];
  if (row) show(drawn, row);
  event.preventDefault();
});
