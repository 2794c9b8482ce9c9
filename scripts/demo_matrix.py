#!/usr/bin/env python3
"""Plays the demo over scenarios, answers, seeds and intervals, and writes docs/demo.md.

Each run is one line of a JSONL file; a run that is there with an outcome at this revision is not played again,
so that a stopped matrix goes on where it was. Exit code 1 if any run ended otherwise than the table demands.

    scripts/demo_matrix.py                          # everything
    scripts/demo_matrix.py --together 2             # two runs at a time: each takes less than half a core
    scripts/demo_matrix.py --scenario crash --seeds 1 2 --interval 1s
    scripts/demo_matrix.py --page-only              # docs/demo.md from what is there
"""

import argparse
import concurrent.futures
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# How each scenario has to end: verdict, tier, and the outcome by answer. "-" is: nobody is asked.
EXPECTED = {
    "error-spike": ("degraded", 3, {"-": "rolled_back"}),
    "crash": ("degraded", 3, {"-": "rolled_back"}),
    "latency": (
        "degraded",
        2,
        {"rollback": "rolled_back", "resume": "resumed", "hold": "held", "none": "expired"},
    ),
    "memory-leak": ("degraded", 2, {"rollback": "rolled_back"}),
    "pool-leak": ("degraded", 2, {"rollback": "rolled_back"}),
    "cpu": ("degraded", 2, {"rollback": "rolled_back"}),
    "dependency": ("degraded", 2, {"rollback": "rolled_back"}),
    "traffic-step": ("degraded", 2, {"resume": "resumed"}),
    "fault-before": ("degraded", 1, {"-": "promoted"}),
    "healthy": ("healthy", 0, {"-": "promoted"}),
    "quiet": ("inconclusive", 0, {"-": "held"}),
}
# These are played with every seed at 1 s, too; the others there, and all at 15 s, with the first seed.
EVERY_SEED_AT_1S = ("error-spike", "crash", "latency", "traffic-step", "fault-before", "healthy")
# What else it is to be blamed on, where it was not the deployment: no commit may be named then.
ELSEWHERE = {"dependency": "dependency", "traffic-step": "load", "fault-before": "unknown"}
# No run lasts longer, in seconds: eight minutes for a leak, and what it takes to start and to end.
LONGEST = 540


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--scenario", nargs="+", choices=list(EXPECTED), default=list(EXPECTED))
    parser.add_argument("--answer", nargs="+", help="only these answers (of: - rollback resume hold none)")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--interval", nargs="+", choices=["1s", "5s", "15s"], default=["1s", "5s", "15s"])
    parser.add_argument("--together", type=int, default=1, help="so many runs at a time")
    parser.add_argument("--program", default=str(ROOT / "target/debug/tawny"))
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / ".tawny/demo.jsonl")
    parser.add_argument("--page", type=pathlib.Path, default=ROOT / "docs/demo.md")
    parser.add_argument("--full", action="store_true", help="every answer with every seed, not with the first alone")
    parser.add_argument("--again", action="store_true", help="play again what is there already")
    parser.add_argument("--page-only", action="store_true", help="play nothing, write the page")
    return parser.parse_args()


def wanted(options):
    for interval in options.interval:
        for scenario in options.scenario:
            for number, answer in enumerate(EXPECTED[scenario][2]):
                if options.answer and answer not in options.answer:
                    continue
                # What people answer changes nothing before they do: one seed shows it.
                every = number == 0 and (interval == "5s" or interval == "1s" and scenario in EVERY_SEED_AT_1S)
                seeds = options.seeds if every or options.full or options.answer else options.seeds[:1]
                for seed in seeds:
                    yield {"scenario": scenario, "answer": answer, "interval": interval, "seed": seed}


def key(run):
    return (run["scenario"], run["answer"], run["interval"], run["seed"])


def read(path):
    """The newest result of each run."""
    if not path.exists():
        return {}
    runs = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return {key(run): {**run, "wrong": judge(run)} for run in runs}


def play(options, run):
    """Plays one run and returns it with its document and what is wrong with it."""
    command = [options.program, "demo", "--json", "--scenario", run["scenario"]]
    command += ["--seed", str(run["seed"]), "--interval", run["interval"]]
    if run["answer"] != "-":
        command += ["--answer", run["answer"]]
    begun = time.monotonic()
    load_before = os.getloadavg()[0]
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        out, err = child.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        # SIGINT lets the demo take away what it started.
        child.send_signal(2)
        try:
            out, err = child.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            child.kill()
            out, err = child.communicate()
    try:
        document = json.loads(out)
    except ValueError:
        document = {"error": f"no JSON document: {out[-300:]!r}"}
    done = {
        **run,
        "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "revision": revision(),
        "exit_code": child.returncode,
        "wall_seconds": round(time.monotonic() - begun, 1),
        "load": load_before,
        "document": document,
    }
    done["wrong"] = judge(done)
    if done["wrong"]:
        done["log"] = err[-4000:]
    return done


def judge(run):
    """What differs from the table, as a list of sentences."""
    document = run["document"]
    verdict, tier, outcomes = EXPECTED[run["scenario"]]
    wrong = []

    def demand(name, found, expected):
        if found != expected:
            wrong.append(f"{name}: {found!r}, expected {expected!r}")

    demand("exit code", run["exit_code"], 0)
    if "error" in document:
        return wrong + [str(document["error"])]
    demand("schema", document.get("schema"), "tawny.demo/1")
    demand("verdict", document.get("verdict"), verdict)
    demand("tier", document.get("tier"), tier)
    demand("outcome", document.get("outcome"), outcomes[run["answer"]])
    if not document.get("replay_agrees"):
        wrong.append(f"the recording does not replay to what was said: {document.get('replay_differs')}")
    said = document.get("messages", {})
    demand("parents", said.get("parents"), 1)
    if run["scenario"] == "healthy":
        demand("replies", said.get("replies"), 0)
        demand("notices", said.get("notices"), 0)
        demand("fault_at", document.get("fault_at"), None)
        return wrong
    if run["scenario"] == "quiet":
        demand("signals", document.get("signals"), [])
        return wrong
    if run["scenario"] in ELSEWHERE:
        demand("attribution", document.get("attribution"), ELSEWHERE[run["scenario"]])
        # Runs of before the ranking say nothing of it.
        demand("cause", document.get("cause", "not_this_deployment"), "not_this_deployment")
    if document.get("seconds_to_detect") is None:
        wrong.append("seconds_to_detect is missing")
    elif document["seconds_to_detect"] < 0:
        wrong.append(f"found before the fault: {document['seconds_to_detect']}")
    if document.get("outcome") == "rolled_back":
        # Going back to the old version does not mend what others broke.
        if document.get("seconds_to_recover") is None and run["scenario"] != "dependency":
            wrong.append("seconds_to_recover is missing: the cure was not proven")
        if tier == 3:
            demand("answered_at", document.get("answered_at"), None)
    if run["answer"] in ("rollback", "resume", "hold") and not document.get("answered_at"):
        wrong.append("answered_at is missing")
    return wrong


def revision():
    def git(*words):
        command = ["git", "-C", str(ROOT), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    changed = git("status", "--porcelain", "--", "*.rs", "*.toml", "Cargo.lock")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" with changes" if changed else "")


def machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    prometheus = subprocess.run(["prometheus", "--version"], capture_output=True, text=True, check=False)
    version = (prometheus.stdout + prometheus.stderr).split("\n")[0].split(" (")[0]
    kernel = platform.release().split("-")[0]
    return f"{os.cpu_count()} cores ({cpu}), {memory:.0f} GiB, Linux {kernel}, {version}"


def spread(values, digits=1):
    """Median and maximum."""
    values = [value for value in values if value is not None]
    if not values:
        return "–"
    return f"{statistics.median(values):.{digits}f} / {max(values):.{digits}f}"


def same(values):
    return ", ".join(sorted({str(value) for value in values}))


def blamed(group):
    """Which change was blamed: the place of the planted one among the suspects, or that there was none to blame."""
    places = []
    for run in group:
        document = run["document"]
        ids = [one if isinstance(one, str) else one.get("id") for one in document.get("suspects") or []]
        guilty = document.get("guilty_commit")
        if guilty:
            places.append(f"place {ids.index(guilty) + 1}" if guilty in ids else "not among them")
        elif document.get("cause") == "not_this_deployment":
            places.append("acquitted")
        else:
            places.append("–")
    return ", ".join(f"{one} {places.count(one)}×" if one != "–" else one for one in dict.fromkeys(places))


def page(runs, command):
    groups = {}
    for run in runs:
        groups.setdefault((run["interval"], run["scenario"], run["answer"]), []).append(run)
    order = list(EXPECTED)
    rows = []
    for (interval, scenario, answer), group in sorted(
        groups.items(),
        key=lambda item: (
            int(item[0][0][:-1]),
            order.index(item[0][1]),
            list(EXPECTED[item[0][1]][2]).index(item[0][2]),
        ),
    ):
        of = lambda name: [run["document"].get(name) for run in group]
        rows.append(
            f"| {scenario} | {answer} | {interval} | {' '.join(str(run['seed']) for run in sorted(group, key=key))} "
            f"| {same(of('verdict'))} | {same(of('tier'))} | {same(of('outcome'))} "
            f"| {spread(of('seconds_to_detect'))} | {spread(of('seconds_to_recover'))} "
            f"| {spread(of('requests_failed'), 0)} | {blamed(group)} | {sum(not run['wrong'] for run in group)} of {len(group)} |"
        )
    wrong = [f"- {' '.join(map(str, key(run)))}: {'; '.join(run['wrong'])}" for run in runs if run["wrong"]]
    days = sorted({run["at"][:10] for run in runs})
    revisions = sorted({run["revision"] for run in runs})
    loads = [run["load"] for run in runs]
    table = "\n".join(rows)
    faults = "\n".join(wrong) if wrong else "None."
    return f"""# What the demo came to

Written by `{command}`; do not edit. {len(runs)} runs on {' to '.join(dict.fromkeys([days[0], days[-1]]))}, revision
{', '.join(revisions)}, on {machine()}. Load average when a run began: median {statistics.median(loads):.1f},
at most {max(loads):.1f}.

Four instances of a small shop, 50 requests per second in all, a real Prometheus that scrapes at the interval,
less than a minute of history. The seed moves when the fault begins and how strong it is. Seconds count from the
fault's beginning, as the fault switch stated it: to the finding, and to the proof of the cure. Failed requests
are those that customers saw from the fault to the cure, or to the end. Pairs are median / maximum over the seeds.
*Cause*: the place of the commit that was planted among the suspects, or that it was not this deployment.

| scenario | answer | interval | seeds | verdict | tier | outcome | detected after s | cured after s | requests failed | cause | as demanded |
|---|---|---|---|---|---|---|---|---|---|---|---|
{table}

As demanded are `traffic-step` and `fault-before` only where it was said that it was not this deployment.
`-`: nobody is asked. `hold` keeps the rollout paused; `none` lets the question run out: it stays paused too.

## Runs that ended otherwise

{faults}
"""


def tell(done, place):
    document = done["document"]
    print(
        f"{place} {' '.join(map(str, key(done)))}: {document.get('outcome', document.get('error'))}, "
        f"detected {document.get('seconds_to_detect')}, cured {document.get('seconds_to_recover')}"
        f"{'; WRONG: ' + '; '.join(done['wrong']) if done['wrong'] else ''}",
        file=sys.stderr,
        flush=True,
    )


def main():
    options = arguments()
    known = read(options.results)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    runs = list(wanted(options))
    now = revision()

    def there(run):
        known_run = known.get(key(run))
        return known_run and known_run["revision"] == now and "outcome" in known_run["document"]

    missing = [
        (number, run)
        for number, run in enumerate(runs, 1)
        if not options.page_only and (options.again or not there(run))
    ]
    with concurrent.futures.ThreadPoolExecutor(options.together) as pool:
        playing = {pool.submit(play, options, run): number for number, run in missing}
        for ended in concurrent.futures.as_completed(playing):
            done = ended.result()
            known[key(done)] = done
            with options.results.open("a") as file:
                file.write(json.dumps(done) + "\n")
            tell(done, f"{playing[ended]}/{len(runs)}")
    if not known:
        print("no results", file=sys.stderr)
        return 3
    options.page.write_text(page(list(known.values()), "scripts/demo_matrix.py"))
    right = sum(not run["wrong"] for run in known.values())
    print(f"{right}/{len(known)} runs ended as demanded: {options.page}")
    return 1 if any(run["wrong"] for run in known.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
