#!/usr/bin/env python3
"""buckets.py DATA -- CMD ...   e.g.  buckets.py target/bench-detect/seed-20260101-240-240 -- target/release/tawny replay --episode {}
How often does another layout of the same histogram change the verdict? Each episode is judged as it is, with two
neighbouring buckets merged, and with one split in the middle of its logarithm (half of its events on either side); with
--all every other bound is left out, and every bucket is split. Prints the share of changed verdicts of either kind."""
import argparse
import glob
import gzip
import json
import math
import random
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


def chosen(histograms, dice):
    """Of the finite bounds all but the first, or one of them, the same for all instances."""
    every = sorted({le for at in histograms for le, _ in at if math.isfinite(le)})[1:]
    return every if dice is None or not every else [dice.choice(every)]


def merged(lines, dice):
    """A bound that is left out is a series of something that nobody asks for."""
    head = json.loads(lines[0])
    histograms = bounds(head)
    which = chosen(histograms, dice)
    which = which[::2] if dice is None else which
    for at in histograms:
        for le, column in at:
            if le in which:
                head["series"][column]["metric"] = "left_out"
    return [json.dumps(head)] + lines[1:]


def split(lines, dice):
    """A bound between two finite ones; columns are added at the end of each line."""
    head = json.loads(lines[0])
    histograms = bounds(head)
    which = chosen(histograms, dice)
    new = []
    for at in histograms:
        for (low, a), (high, b) in zip(at, at[1:]):
            if low > 0 and high in which:
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
    parser.add_argument("--all", action="store_true", help="all buckets instead of one, drawn for each episode")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(sys.argv[1:at])
    command = sys.argv[at + 1 :]
    files = sorted(glob.glob(arguments.data + "/ep_*"))[: arguments.limit]
    changed = {"merged": [], "split": []}
    for path in files:
        with gzip.open(path, "rt") if path.endswith(".gz") else open(path) as file:
            lines = file.read().splitlines()
        usual = verdict(command, lines)
        for name, shape in (("merged", merged), ("split", split)):
            dice = None if arguments.all else random.Random(f"{arguments.seed} {path.rsplit('/', 1)[1]}")
            other = verdict(command, shape(lines, dice))
            if other[0] != usual[0]:
                changed[name].append((path.rsplit("/", 1)[1].split(".")[0], usual[0], other[0]))
    for name, all_of_them in changed.items():
        print(f"{name}: {len(all_of_them)} of {len(files)} verdicts changed ({100 * len(all_of_them) / max(len(files), 1):.1f} %)")
        for one in all_of_them:
            print("  ", *one)


if __name__ == "__main__":
    main()
