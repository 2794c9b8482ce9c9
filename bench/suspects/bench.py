#!/usr/bin/env python3
"""bench.py PROGRAM FOLDER [--labels FILE]: runs `PROGRAM suspects --case DIR --json` over the cases of a folder and prints
how often the guilty change comes first, beside simple rankings; how often verdicts are right; and what failed, by kind.

Labels are `labels.jsonl` of the folder, or FILE: {"case", "culprit" (an id, or "none"), and any of family, kind, difficulty}.
Intervals are Wilson's at 95 %, those of MRR from 2,000 draws of cases. Needs nothing but Python.
"""
import argparse, collections, json, math, pathlib, random, re, subprocess, sys


def wilson(k, n, z=1.96):
    if not n:
        return "-"
    p, d = k / n, 1 + z * z / n
    c, h = (p + z * z / (2 * n)) / d, z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return f"{100 * p:5.1f} % [{100 * max(0, c - h):4.1f}-{100 * min(1, c + h):5.1f}] ({k}/{n})"


def mrr(ranks):
    if not ranks:
        return "-"
    mean = lambda rs: sum(1 / r for r in rs) / len(rs)
    rng = random.Random(1)
    drawn = sorted(mean([rng.choice(ranks) for _ in ranks]) for _ in range(2000))
    return f"{mean(ranks):.3f} [{drawn[50]:.3f}-{drawn[1949]:.3f}]"


def tokens(text):
    for name in re.findall(r"[A-Za-z][A-Za-z0-9_]+|\d{3,}", text):
        yield name.lower()
        parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d{3,}", name)
        if len(parts) > 1:
            yield from (part.lower() for part in parts)


def largest(changes, _):
    return sorted(changes, key=lambda c: -sum(f.get("additions", 0) + f.get("deletions", 0) for f in c["files"]))


def bm25(changes, symptoms):
    texts = [" ".join([c.get("title") or "", c.get("body") or ""] + [f["path"] + " " + (f.get("patch") or "") for f in c["files"]]) for c in changes]
    counts = [collections.Counter(tokens(text)) for text in texts]
    lengths = [sum(c.values()) for c in counts]
    mean = sum(lengths) / len(lengths)
    said = " ".join(symptoms.get("errors", []) + [f["signal"] for f in symptoms.get("findings", [])])
    score = [0.0] * len(changes)
    for word, often in collections.Counter(tokens(said)).items():
        df = sum(1 for c in counts if word in c)
        idf = math.log(1 + (len(changes) - df + 0.5) / (df + 0.5))
        for at, c in enumerate(counts):
            score[at] += often * idf * c[word] * 2.2 / (c[word] + 1.2 * (0.25 + 0.75 * lengths[at] / max(1, mean)))
    return [c for _, c in sorted(zip(score, changes), key=lambda pair: -pair[0])]


def asked(program, folder):
    said = subprocess.run([program, "suspects", "--case", str(folder), "--json"], capture_output=True, text=True)
    if said.returncode:
        sys.exit(f"{folder}: {said.stderr.strip()}")
    return json.loads(said.stdout)


def row(name, ranks):
    n = len(ranks)
    print(f"{name:14} {wilson(sum(r == 1 for r in ranks), n):>30} {wilson(sum(r <= 3 for r in ranks), n):>30}   {mrr(ranks)}")


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("program")
    parse.add_argument("folder", type=pathlib.Path)
    parse.add_argument("--labels", type=pathlib.Path)
    a = parse.parse_args()
    labels = a.labels or a.folder / "labels.jsonl"
    labels = [json.loads(line) for line in labels.read_text().splitlines() if line.strip()]
    found = collections.defaultdict(list)
    chance = [0.0, 0.0]
    verdicts, kinds, failed = collections.Counter(), collections.defaultdict(list), collections.defaultdict(list)
    for label in labels:
        folder = a.folder / label["case"]
        answer = asked(a.program, folder)
        kind = label.get("family") or label.get("kind") or "-"
        guilty = label["culprit"] != "none"
        verdicts[guilty, answer["verdict"]] += 1
        if not guilty:
            if answer["verdict"] != "not_this_deployment":
                failed[f"innocent called {answer['verdict']}"].append(kind)
            continue
        changes = [json.loads(line) for line in (folder / "changes.jsonl").read_text().splitlines() if line.strip()]
        symptoms = json.loads((folder / "symptoms.json").read_text())
        rank = answer["ranking"].index(label["culprit"]) + 1
        found["suspects"].append(rank)
        kinds[kind].append(rank)
        for name, way in [("largest diff", largest), ("BM25", bm25)]:
            found[name].append(1 + [c["id"] for c in way(changes, symptoms)].index(label["culprit"]))
        chance[0] += 1 / len(changes)
        chance[1] += min(1.0, 3 / len(changes))
        if rank > 3:
            failed["guilty beyond the third place"].append(kind)
        if answer["verdict"] == "not_this_deployment":
            failed["guilty acquitted"].append(kind)
    n = len(found["suspects"])
    print(f"{len(labels)} cases of {a.folder}: {n} guilty, {len(labels) - n} innocent\n")
    print(f"{'':14} {'top-1':>30} {'top-3':>30}   MRR")
    print(f"{'random':14} {100 * chance[0] / max(1, n):24.1f} %     {100 * chance[1] / max(1, n):24.1f} %")
    for name in ["largest diff", "BM25", "suspects"]:
        row(name, found[name])
    count = lambda guilty, verdict: verdicts[guilty, verdict]
    acquitted = count(True, "not_this_deployment") + count(False, "not_this_deployment")
    print(f"\ninnocent recognised   {wilson(count(False, 'not_this_deployment'), len(labels) - n)}")
    print(f"innocent accused      {wilson(count(False, 'change'), len(labels) - n)}")
    print(f"guilty acquitted      {wilson(count(True, 'not_this_deployment'), n)}")
    print(f"guilty undecided      {wilson(count(True, 'unknown'), n)}")
    print(f"acquittals right      {wilson(count(False, 'not_this_deployment'), acquitted)}")
    print("\nby kind:")
    for kind, ranks in sorted(kinds.items()):
        print(f"  {kind:12} n {len(ranks):3}  first {sum(r == 1 for r in ranks):3}  of the first three {sum(r <= 3 for r in ranks):3}")
    print("\nfailures:")
    for what, of in sorted(failed.items()) or [("none", [])]:
        print(f"  {what}: {len(of)} " + ", ".join(f"{kind} {k}" for kind, k in sorted(collections.Counter(of).items())))


if __name__ == "__main__":
    main()
