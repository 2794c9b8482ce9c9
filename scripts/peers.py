#!/usr/bin/env python3
"""The metrics source against every kind of server, written down with its date.

Brings the servers (sources/tests/peers/get.sh), runs the strict double and the real peers, and writes
docs/verify/peers-DATE.md. Exits with 1 when anything failed.
"""

import datetime
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATE = datetime.date.today().isoformat()
RESULT = re.compile(r"^test (\S+) \.\.\. (ok|FAILED|ignored)", re.MULTILINE)
ROOMS = {
    "oauth": "OAuth2 client credentials: scopes, token cached, renewed early, after a 401",
    "tls": "mTLS and custom authorities",
    "politeness": "credentials, tenants, prefixes, 429 and 5xx storms, slow, truncated and oversized answers, budget",
    "kinds": "conventions of Thanos, Mimir and VictoriaMetrics: warnings, partial answers, dedup",
    "answers": "every shape of answer, errors, warnings",
    "gathering": "many watches at one source: shared queries, slow sources",
    "feed": "samples once, across gaps, late and partial answers",
    "native": "native histograms",
    "real": "a real Prometheus",
    "probes": "probes: HTTP, TCP, commands",
}


def run(*command):
    """Output of a command, and whether it went well."""
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout, done.returncode == 0


def version(program):
    """The first line that a program says about itself."""
    if not pathlib.Path(program).exists():
        return f"{program}: missing"
    said, _ = run(program, "--version")
    lines = [line for line in said.splitlines() if line.strip()]
    first = lines[0] if lines else "present"
    package = re.search(r"version (\S+)|victoria-metrics-(\S+)", first)
    return package.group(0) if package else first


def main():
    cargo = os.environ.get("CARGO", "cargo")
    brought, fine = run("sh", "sources/tests/peers/get.sh")
    if not fine:
        print(brought, file=sys.stderr)
        return 1
    strict, strict_fine = run(cargo, "test", "-q", "-p", "sources", "--test", "it", "--", "--format", "pretty")
    peers, peers_fine = run(
        cargo, "test", "-q", "-p", "sources", "--features", "peers", "--test", "peers",
        "--", "--format", "pretty", "--test-threads", "4",
    )
    commit, _ = run("git", "rev-parse", "--short", "HEAD")
    lines = [
        f"# Every kind of Prometheus, {DATE}",
        "",
        "Written by `scripts/peers.py` (`make verify`). Nothing here was typed by hand.",
        "",
        f"Revision {commit.strip()}; {os.cpu_count()} processors.",
        "",
        "## Real servers",
        "",
    ]
    programs = [
        "/usr/bin/prometheus",
        *(str(ROOT / "target/peers" / path) for path in (
            "sid/usr/bin/prometheus", "stable/usr/bin/victoria-metrics", "sid/usr/bin/victoria-metrics",
        )),
    ]
    lines += [f"- {pathlib.Path(p).name}: {version(p)}" for p in programs]
    lines += ["", "| test | result |", "|---|---|"]
    lines += [f"| {name.replace('::', ': ').replace('_', ' ')} | {result} |" for name, result in sorted(RESULT.findall(peers))]
    lines += ["", "## Strict double", "", "| what | tests | failed |", "|---|---|---|"]
    found = RESULT.findall(strict)
    for room, what in ROOMS.items():
        own = [result for name, result in found if name.startswith(room + "::")]
        lines.append(f"| {what} | {len(own)} | {own.count('FAILED')} |")
    folder = ROOT / "docs/verify"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"peers-{DATE}.md").write_text("\n".join(lines) + "\n")
    good = strict_fine and peers_fine and found and RESULT.findall(peers)
    if not good:
        print(strict[-4000:], peers[-8000:], sep="\n", file=sys.stderr)
    print(f"docs/verify/peers-{DATE}.md: {'all well' if good else 'FAILED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
