#!/usr/bin/env python3
"""Makes tests' scenarios of what demos leave behind: the events of the second deployment and the evidence that they cite, with
ids, times and places made the same.

    scripts/scenarios.py TAWNY                    # plays every scenario, each anew until it ends as it has to
    scripts/scenarios.py TAWNY latency crash      # only these

What they came to is written to bot/tests/it/slack/scenarios; look at what changed in the snapshots of the tests that play them.
Exits with 1 when a scenario did not end as it has to.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

ROOT = pathlib.Path(__file__).resolve().parent.parent
TO = ROOT / "bot/tests/it/slack/scenarios"
BEGIN = datetime(2026, 11, 20, 3, 12, tzinfo=timezone.utc)
# What is answered, where somebody is asked.
SCENARIOS = {
    "error-spike": None,
    "latency": "rollback",
    "memory-leak": "hold",
    "pool-leak": "none",
    "cpu": "resume",
    "crash": None,
    "dependency": "hold",
    "traffic-step": "resume",
    "fault-before": None,
    "healthy": None,
    "quiet": "hold",
}
TRIES = 3
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
ID = re.compile(r"\b(dep|act|apr|ev|evd|app|evidence)_[0-9a-f]{12,}\b")
PLACES = [
    (re.compile(r"http://127\.0\.0\.1:\d+/(shop-v)"), r"https://packages.example/\1"),
    (re.compile(r"127\.0\.0\.1:\d+"), "10.0.0.1:8080"),
    (re.compile(r"/(?:tmp|dev/shm)/[^\"\s,\\]*/(?=hosts|shop|data)"), "/srv/"),
]


class Same:
    """What differs from one time to the next, made the same."""

    def __init__(self, begun):
        self.shift = BEGIN - begun.replace(microsecond=0)
        self.names = {}
        self.hosts = {}

    def at(self, micros):
        return said(datetime.fromtimestamp(micros / 1e6, timezone.utc) + self.shift)

    def text(self, text):
        text = TIME.sub(lambda found: said(datetime.fromisoformat(found[0].replace("Z", "+00:00")) + self.shift), text)
        text = ID.sub(self.named, text)
        for place, instead in PLACES:
            text = place.sub(instead, text)
        return text

    def named(self, found):
        kind = found[1]
        count = sum(name.startswith(f"{kind}_") for name in self.names.values())
        return self.names.setdefault(found[0], f"{kind}_{count + 1}")

    def result(self, result):
        """Where each series was, by an address of its own; and when."""
        if not isinstance(result, dict):
            return result
        for series in result.get("result", []):
            at = series["metric"].get("instance")
            if at:
                series["metric"]["instance"] = self.hosts.setdefault(at, f"10.0.0.{len(self.hosts) + 1}:8080")
            if series.get("value"):
                series["value"][0] += round(self.shift / timedelta(milliseconds=1))
        return result


def scenario(rows):
    """The lines of a scenario, of those of a journal's export."""
    events = [row["row"] for row in rows if row["is"] == "event"]
    events = [event for event in events if event["stream"].startswith("deployment/")]
    # The first brings the old version out.
    streams = list(dict.fromkeys(event["stream"] for event in events))
    events = [event for event in events if event["stream"] == streams[1]]
    same = Same(datetime.fromtimestamp(events[0]["at"] / 1e6, timezone.utc))
    lines = [{"at": same.at(event["at"]), "event": json.loads(same.text(event["payload"]))} for event in events]
    stored = {row["row"]["id"]: row["row"] for row in rows if row["is"] == "evidence"}
    for known, name in same.names.items():
        if known in stored:
            one = stored[known]
            lines.append({"evidence": {
                "id": name,
                "from": same.at(one["window_start"]),
                "to": same.at(one["window_end"]),
                "source": one["source"],
                "query": one["query"],
                "result": same.result(json.loads(one["result"])),
            }})
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def played(tawny, name, answer, folder):
    """The export of a demo that ended as it has to; none where it did not."""
    wanted = ["--answer", answer] if answer else []
    demo = [tawny, "--json", "demo", "--scenario", name, "--seed", "1", "--dir", folder, *wanted]
    done = subprocess.run(demo, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{name}: {done.stderr[-400:]}", file=sys.stderr)
        return None
    data = json.loads(done.stdout)["data_dir"]
    export = [tawny, "journal", "export", "--config", f"{data}/tawny.yaml"]
    out = subprocess.run(export, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def main():
    tawny = str(pathlib.Path(sys.argv[1]).resolve())
    missed = []
    for name in sys.argv[2:] or SCENARIOS:
        for _ in range(TRIES):
            with tempfile.TemporaryDirectory() as folder:
                rows = played(tawny, name, SCENARIOS[name], folder)
            if rows:
                (TO / f"{name}.jsonl").write_text(scenario(rows))
                print(f"{name}: written", flush=True)
                break
        else:
            missed.append(name)
            print(f"{name}: MISSED", flush=True)
    return int(bool(missed))


def said(at):
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


if __name__ == "__main__":
    sys.exit(main())
