#!/usr/bin/env python3
"""Makes a test's scenario of a demo's journal: the events of the second deployment, with ids, times and places made the same.

    tawny demo --scenario latency --answer rollback --seed 1 --dir D --json
    tawny journal export --config D/tawny.yaml -o latency.export
    scripts/scenarios.py latency.export > bot/tests/it/slack/scenarios/latency.jsonl
"""

import json
import re
import sys
from datetime import datetime, timedelta, timezone

BEGIN = datetime(2026, 11, 20, 3, 12, tzinfo=timezone.utc)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
ID = re.compile(r"\b(dep|act|apr|ev|evd|app|evidence)_[0-9a-f]{12,}\b")
PLACES = [
    (re.compile(r"http://127\.0\.0\.1:\d+/(shop-v)"), r"https://packages.example/\1"),
    (re.compile(r"127\.0\.0\.1:\d+"), "10.0.0.1:8080"),
    (re.compile(r"/tmp/[^\"\s,\\]*/(?=hosts|shop|data)"), "/srv/"),
]


def main(path: str) -> None:
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    events = [row["row"] for row in rows if row["is"] == "event"]
    events = [event for event in events if event["stream"].startswith("deployment/")]
    # The first brings the old version out.
    streams = list(dict.fromkeys(event["stream"] for event in events))
    events = [event for event in events if event["stream"] == streams[1]]
    begun = datetime.fromtimestamp(events[0]["at"] / 1e6, timezone.utc).replace(microsecond=0)
    shift = BEGIN - begun
    names: dict[str, str] = {}

    def moved(found: re.Match) -> str:
        return said(datetime.fromisoformat(found[0].replace("Z", "+00:00")) + shift)

    def named(found: re.Match) -> str:
        kind = found[1]
        count = sum(name.startswith(f"{kind}_") for name in names.values())
        return names.setdefault(found[0], f"{kind}_{count + 1}")

    for event in events:
        payload = TIME.sub(moved, event["payload"])
        payload = ID.sub(named, payload)
        for place, instead in PLACES:
            payload = place.sub(instead, payload)
        at = datetime.fromtimestamp(event["at"] / 1e6, timezone.utc) + shift
        print(json.dumps({"at": said(at), "event": json.loads(payload)}, ensure_ascii=False))


def said(at: datetime) -> str:
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


if __name__ == "__main__":
    main(sys.argv[1])
