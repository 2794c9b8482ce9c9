#!/usr/bin/env python3
"""bench.py TAWNY [--seed N] [--healthy N] [--regressions N] [--work DIR] [--plot FILE]

Makes deployments with known faults (gen.py), lets `tawny replay` judge them at each sensitivity, and prints
what it got right next to the rules of other tools on such deployments (rivals.csv). Draws the operating
curve: false alarms against recall within five minutes. Needs numpy, scipy and matplotlib.
"""

import argparse
import csv
import math
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
HOWS = ("careful", "balanced", "eager")
SEVERITIES = ("large", "medium", "small")


def python(script, *arguments):
    subprocess.run([sys.executable, str(HERE / script), *map(str, arguments)], check=True, stdout=sys.stderr)


def percents(block, field):
    return "/".join("-" if not block[s] else f"{100 * block[s][field]:.0f}" for s in SEVERITIES)


def measure(arguments, how, data, out, score):
    """Judges all episodes at one sensitivity. Ten are judged again, cut at their first alarm."""
    program = [arguments.tawny, "replay", "--episode", "{}", "--sensitivity", how]
    python("run_product.py", data, out, "--causal", "10", "--", *program)
    return score.score(score.read(data / "labels.jsonl"), score.read(out))


def rivals():
    with open(HERE / "rivals.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def table(results):
    print("| rule | false alarms per healthy deployment | hard ones | found in 90 s, large/medium/small | 5 min |"
          " 30 min | median time, s | first alarm right | CPU ms |")
    print("|---|---|---|---|---|---|---|---|---|")
    for how, r in results.items():
        low, high = (100 * x for x in r["fa_ci"])
        times = "/".join("-" if not r[s] else f"{r[s]['med_ttd']:.0f}" for s in SEVERITIES)
        right = f"{100 * r['detectable']['right']:.0f} %" if r["detectable"] else "-"
        print(f"| **Tawny, {how}** | {100 * r['fa']:.1f} % ({low:.1f}-{high:.1f}) | {100 * r['fa_hard']:.0f} % |"
              f" {percents(r, 'r90')} | {percents(r, 'r300')} | {percents(r, 'r1800')} | {times} | {right} |"
              f" {r['cpu_ms']} |")
    for r in rivals():
        right = f"{r['first_alarm_right']} %" if r["first_alarm_right"] else "-"
        cells = [r[k] or "-" for k in ("recall_90s", "recall_5min", "recall_30min")]
        print(f"| {r['rule']}, {r['kind']} | {r['false_alarms']} % | - | {' | '.join(cells)} | - | {right} |"
              f" {r['cpu_ms'] or '-'} |")


def draw(results, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(13, 4.6), sharey=True)
    for at, (axis, severity) in enumerate(zip(axes, SEVERITIES)):
        named = []
        for r in sorted(rivals(), key=lambda r: float(r["recall_5min"].split("/")[at])):
            x, y = max(float(r["false_alarms"]), 0.3), float(r["recall_5min"].split("/")[at])
            axis.plot(x, y, "o", color="#9aa3b2", markersize=5)
            # A name goes up until it touches none of those below.
            beside = y
            while any(abs(beside - of) < 3.5 and abs(math.log10(x / near)) < 1 for near, of in named):
                beside += 0.5
            named.append((x, beside))
            left = x > 15
            axis.annotate(r["rule"].split(" (")[0].replace(" three times", "").replace(" test", ""), (x, beside),
                          fontsize=6.5, color="#6b7380", textcoords="offset points", ha="right" if left else "left",
                          xytext=(-5, -2) if left else (5, -2))
        points = [(max(100 * r["fa"], 0.3), 100 * r[severity]["r300"], how) for how, r in results.items() if r[severity]]
        axis.plot([p[0] for p in points], [p[1] for p in points], "o-", color="#1d63d8", linewidth=2)
        for x, y, how in points:
            axis.annotate(how, (x, y), fontsize=8, color="#1d63d8", textcoords="offset points",
                          xytext=(7, -9) if x < 0.6 else (-4, 8), ha="left" if x < 0.6 else "right")
        axis.set_xscale("log")
        axis.set_xlim(0.25, 180)
        axis.set_ylim(-3, 104)
        axis.set_xticks([0.3, 1, 3, 10, 30, 100], ["≤0.3", "1", "3", "10", "30", "100"])
        axis.set_title(f"{severity} effects")
        axis.set_xlabel("false alarms, % of healthy deployments")
        axis.grid(alpha=0.25)
    axes[0].set_ylabel("found within 5 minutes, %")
    figure.suptitle("Tawny's sensitivities (blue) and the rules of other tools (grey)", fontsize=11)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[1])
    parser.add_argument("tawny")
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--healthy", type=int, default=240)
    parser.add_argument("--regressions", type=int, default=240)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("target/bench-detect"))
    parser.add_argument("--plot", type=pathlib.Path)
    arguments = parser.parse_args()
    import score

    data = arguments.work / f"seed-{arguments.seed}-{arguments.healthy}-{arguments.regressions}"
    if not (data / "labels.jsonl").exists():
        python("gen.py", "--set", "dev", "--seed", arguments.seed, "--out", data, "--n-healthy", arguments.healthy,
               "--n-regress", arguments.regressions, "--jobs", 1)
    results = {how: measure(arguments, how, data, arguments.work / f"{how}.jsonl", score) for how in HOWS}
    table(results)
    if arguments.plot and arguments.regressions:
        draw(results, arguments.plot)


if __name__ == "__main__":
    main()
