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
  const box = drawn.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * drawn.viewBox.baseVal.width;
  let nearest = null, least = Infinity;
  for (const row of rows(drawn)) {
    const away = Math.abs(place(drawn, Number(row.dataset.at)) - x);
    if (away < least) [nearest, least] = [row, away];
  }
  if (nearest) show(drawn, nearest);
}

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
