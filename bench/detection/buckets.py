#!/usr/bin/env python3
"""buckets.py DATA -- CMD ...   e.g.  buckets.py target/bench-detect/seed-20260101-240-240 -- target/release/tawny replay --episode {}
How often does another layout of the same histogram change the verdict? Each episode is judged as it is, with every other
bucket bound left out (merged), and with a bound more between each two (split; the counts in between lie evenly in the
logarithm). Prints the share of changed verdicts of either kind."""
import argparse
import glob
import gzip
import json
import math
import subprocess
import sys
import tempfile


def bounds(head):
    """Per histogram and instance: bound and column, ascending."""
    found = {}
    for column, series in enumerate(head["series"]):
        le = series.get("labels", {}).get("le")
        if le is not None:
            rest = tuple(sorted((k, v) for k, v in series["labels"].items() if k != "le"))
            at = found.setdefault((series["metric"], series["instance"], series["role"], rest), [])
            at.append((math.inf if le == "+Inf" else float(le), column))
    return [sorted(at) for at in found.values()]


def merged(lines):
    """Every other bound is a series of nothing that anybody asks for."""
    head = json.loads(lines[0])
    for at in bounds(head):
        for _, column in at[:-1][1::2]:
            head["series"][column]["metric"] = "left_out"
    return [json.dumps(head)] + lines[1:]


def split(lines):
    """A bound between each two finite ones; columns are added at the end of each line."""
    head = json.loads(lines[0])
    new = []
    for at in bounds(head):
        for (low, a), (high, b) in zip(at, at[1:]):
            if low > 0 and math.isfinite(high):
                series = json.loads(json.dumps(head["series"][a]))
                series["labels"]["le"] = repr(math.sqrt(low * high))
                head["series"].append(series)
                new.append((a, b))
    out = [json.dumps(head)]
    for line in lines[1:]:
        if not line.startswith('{"t"'):
            out.append(line)
            continue
        row = json.loads(line)
        v = row["v"]
        v.extend([None] * (len(head["series"]) - len(new) - len(v)))
        for a, b in new:
            known = all(isinstance(v[k], (int, float)) for k in (a, b))
            v.append((v[a] + v[b]) // 2 if known else None if v[a] is None else "NaN")
        out.append(json.dumps(row))
    return out


def verdict(command, lines):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        run = subprocess.run([word.replace("{}", file.name) for word in command], capture_output=True, text=True)
    if run.returncode not in (0, 1, 2):
        raise SystemExit(f"exit {run.returncode}: {run.stderr[-400:]}")
    said = [json.loads(line) for line in run.stdout.splitlines()]
    return said[-1]["verdict"], any(line.get("tier", 0) >= 2 for line in said)


def main():
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args(sys.argv[1:at])
    command = sys.argv[at + 1 :]
    files = sorted(glob.glob(arguments.data + "/ep_*"))[: arguments.limit]
    changed = {"merged": [], "split": []}
    for path in files:
        with gzip.open(path, "rt") if path.endswith(".gz") else open(path) as file:
            lines = file.read().splitlines()
        usual = verdict(command, lines)
        for name, shape in (("merged", merged), ("split", split)):
            other = verdict(command, shape(lines))
            if other[0] != usual[0]:
                changed[name].append((path.rsplit("/", 1)[1].split(".")[0], usual[0], other[0]))
    for name, all_of_them in changed.items():
        print(f"{name}: {len(all_of_them)} of {len(files)} verdicts changed ({100 * len(all_of_them) / max(len(files), 1):.1f} %)")
        for one in all_of_them:
            print("  ", *one)


if __name__ == "__main__":
    main()
