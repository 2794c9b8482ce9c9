#!/usr/bin/env python3
"""fit.py FEATURES.jsonl LABELS.jsonl [FEATURES LABELS …] [--draw L]: weights of guard/src/suspects/model.rs, and what is
left of them when each group (a repository, a family) is judged by weights that never saw it.

FEATURES is what `cargo run -p guard --example suspect_features FOLDER` prints. Every pair of files counts as much as the
first one, however many cases it has. Weights are drawn towards PRIOR, what was believed before any case was seen, and
keep its signs. Needs nothing but Python.
"""
import argparse, json, math

NAMES = ["match", "prose", "rare", "named", "frame", "topic", "size", "inert", "versions", "coverage", "path", "undone", "tongue", "risk", "stumble", "jump", "title", "touched", "file", "undoes"]
PRIOR = [2.0, 1.0, 1.0, 1.0, 3.0, 1.0, 0.5, -4.0, 0.5, 1.0, 0.5, -2.0, 0.7, 0.5, 2.5, 1.5, 0.5, 0.5, 0.5, -1.0]


def read(pairs):
    """(group, rows, place of the culprit or None, weight) of every case."""
    sets = []
    for features, labels in pairs:
        known = {l["case"]: l["culprit"] for l in map(json.loads, open(labels, encoding="utf-8"))}
        rows = [json.loads(line) for line in open(features, encoding="utf-8")]
        sets.append([(r["group"], r["features"], r["changes"].index(known[r["case"]]) if known[r["case"]] != "none" else None) for r in rows if r["case"] in known])
    guilty = [sum(1 for c in s if c[2] is not None) for s in sets]
    return [(g, x, y, guilty[0] / max(1, n)) for s, n in zip(sets, guilty) for g, x, y in s]


def shares(weights, rows):
    u = [sum(w * v for w, v in zip(weights, row)) for row in rows]
    top = max(u)
    e = [math.exp(v - top) for v in u]
    whole = sum(e)
    return [v / whole for v in e], u


def fit(cases, draw, steps=250, rate=0.05):
    """Adam on the conditional log likelihood."""
    w, m, v = list(PRIOR), [0.0] * len(PRIOR), [0.0] * len(PRIOR)
    for t in range(1, steps + 1):
        g = [draw * (a - b) for a, b in zip(w, PRIOR)]
        for _, rows, y, weight in cases:
            if y is None:
                continue
            p, _ = shares(w, rows)
            for k in range(len(w)):
                g[k] += weight * (sum(q * row[k] for q, row in zip(p, rows)) - rows[y][k])
        for k in range(len(w)):
            m[k] = 0.9 * m[k] + 0.1 * g[k]
            v[k] = 0.999 * v[k] + 0.001 * g[k] * g[k]
            w[k] -= rate * (m[k] / (1 - 0.9**t)) / (math.sqrt(v[k] / (1 - 0.999**t)) + 1e-8)
            w[k] = max(0.0, w[k]) if PRIOR[k] > 0 else min(0.0, w[k])
    return w


def ranks(cases, w):
    found = []
    for _, rows, y, _ in cases:
        if y is not None:
            _, u = shares(w, rows)
            found.append(1 + sum(1 for at, value in enumerate(u) if value > u[y] or (value == u[y] and at > y)))
    return found


def logistic(points, steps=4000, rate=0.02):
    """Guilt by the best utility."""
    a, b = -1.5, 0.6
    for _ in range(steps):
        ga = gb = 0.0
        for u, guilty, weight in points:
            d = weight * (1 / (1 + math.exp(-(a + b * u))) - guilty)
            ga, gb = ga + d, gb + d * u
        a, b = a - rate * ga / len(points), b - rate * gb / len(points)
    return a, b


def told(name, found):
    n = len(found)
    print(f"{name:24} n {n:4}  top-1 {sum(r == 1 for r in found) / n:.3f}  top-3 {sum(r <= 3 for r in found) / n:.3f}  MRR {sum(1 / r for r in found) / n:.3f}")


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("files", nargs="+")
    parse.add_argument("--draw", type=float, default=3.0)
    a = parse.parse_args()
    pairs = list(zip(a.files[::2], a.files[1::2]))
    cases = read(pairs)
    groups = sorted({c[0] for c in cases})
    w = fit(cases, a.draw)
    for name, value in zip(NAMES, w):
        print(f"  {name:10} {value:6.2f}")
    for at, pair in enumerate(pairs):
        own = read([pair])
        told(f"seen: {pair[1][-20:]}", ranks(own, w))
    left = {}
    for group in groups:
        guilty = [c for c in cases if c[0] == group and c[2] is not None]
        if guilty:
            left[group] = ranks(guilty, fit([c for c in cases if c[0] != group], a.draw))
            told("unseen: " + group, left[group])
    for pair in pairs:
        mine = {c[0] for c in read([pair])}
        told("unseen, all of it", [r for g in sorted(mine) for r in left.get(g, [])])
    first = [c for c in read(pairs[:1])]
    points = [(max(shares(w, rows)[1]), float(y is not None), 1.0) for _, rows, y, _ in first]
    if any(not p[1] for p in points):
        print("guilt of the first pair: %.2f + %.2f u" % logistic(points))


if __name__ == "__main__":
    main()
