#!/usr/bin/env python3
"""The demo's scenarios with the played model, live: the report comes in time, names the planted commit or acquits the
deployment, keeps all that it says, and leads nowhere else.

    scripts/agent_demo.py TAWNY                  # all of them: about a quarter of an hour
    scripts/agent_demo.py TAWNY latency crash    # only these

Exits with 1 when something is wrong.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
from datetime import datetime

# The planted commit is to be named, it is to be said that it was not this deployment, or there is nothing to explain.
SCENARIOS = {
    "error-spike": "suspect",
    "latency": "suspect",
    "memory-leak": "suspect",
    "pool-leak": "suspect",
    "cpu": "suspect",
    "crash": "suspect",
    "dependency": "none",
    "traffic-step": "none",
    "fault-before": "none",
    "healthy": None,
    "quiet": None,
}
# From the ranking to the report, in seconds: the played model thinks of nothing, so this is Tawny's own time.
WITHIN = 30
LINK = re.compile(r"https?://[^\s)>\"'`]+")


def played(tawny, scenario, folder):
    demo = ["demo", "--scenario", scenario, "--model", "scripted", "--answer", "hold", "--dir", folder]
    done = subprocess.run([tawny, "--json", *demo], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"error": done.stderr[-500:]}


def wrong_with(scenario, code, document):
    """What is not as it has to be, and what is told of it in a line."""
    if "error" in document:
        return [document["error"]], "not played"
    wrong = [] if code == 0 else [f"the demo ended with {code}: {document['outcome']}, {document['verdict']}"]
    report, wanted = document["root_cause"], SCENARIOS[scenario]
    if wanted is None:
        if report:
            wrong.append(f"it explains what does not hurt: {report['conclusion']}")
        return wrong, "nothing to explain"
    if not report or report["written_by"] != "model":
        return [*wrong, "no report of the model"], "no report"
    named = {"was": "suspect", "id": document["guilty_commit"]} if wanted == "suspect" else {"was": "none"}
    if report["conclusion"] != named:
        wrong.append(f"it says {report['conclusion']} instead of {named}")
    if report["cut"]:
        wrong.append(f"{report['cut']} statements were cut")
    took = moment(report["reported_at"]) - moment(report["ranked_at"])
    if took.total_seconds() > WITHIN:
        wrong.append(f"it took {took.total_seconds():.1f} s")
    text = pathlib.Path(report["path"]).read_text()
    own = {urllib.parse.urlsplit(document[name]).netloc for name in ("server_url", "prometheus_url")}
    foreign = [link for link in LINK.findall(text) if urllib.parse.urlsplit(link).netloc not in own]
    if foreign:
        wrong.append(f"it leads to {foreign}")
    told = f"{report['conclusion']['was']}, {report['checked']} checked, {len(foreign)} foreign links, {took.total_seconds():.1f} s"
    return wrong, told


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def main():
    tawny = str(pathlib.Path(sys.argv[1]).resolve())
    bad = 0
    wanted = sys.argv[2:] or SCENARIOS
    for scenario in wanted:
        with tempfile.TemporaryDirectory() as folder:
            wrong, told = wrong_with(scenario, *played(tawny, scenario, folder))
        bad += bool(wrong)
        print(f"agent demo: {scenario:<13} {'WRONG' if wrong else 'good'}: {'; '.join([told, *wrong])}", flush=True)
    print(f"agent demo: {len(wanted) - bad} of {len(wanted)} as they have to be")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
