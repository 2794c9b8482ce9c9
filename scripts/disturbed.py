#!/usr/bin/env python3
"""Healthy releases while much goes on around them: nothing may be said, and nothing but the release be done.

Plays `tawny demo --scenario healthy`. While the gray instance is watched, three times as many customers come for a
while, an instance of the old version is killed and started again, and Prometheus is restarted. Each is done from
outside, as it happens to a real service. Exit code 1 if the release ended otherwise than promoted, or anybody was
told anything.

    scripts/disturbed.py                    # three seeds at 1 s
    scripts/disturbed.py --seeds 1 2 --interval 5s
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from waiting import until

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Seconds that the gray instance runs before the first disturbance, and between one and the next.
FIRST, BETWEEN = 8, 16
# Requests a second beside the demo's own, and how long they come.
EXTRA_RPS, EXTRA_SECONDS = 100, 12
# How long the killed instance is away: some scrapes.
DOWN_SECONDS = 2
LONGEST = 300


def processes(folder):
    """Processes of this demo by what they are: the environment of the instances, the command of Prometheus."""
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().decode().split("\0")[:-1]
            environ = dict(
                pair.split("=", 1) for pair in (entry / "environ").read_bytes().decode().split("\0") if "=" in pair
            )
        except (OSError, UnicodeDecodeError):
            continue
        if environ.get("TAWNY_RELEASE_DIR", "").startswith(f"{folder}/") and "mock-service" in command:
            yield environ["TAWNY_INSTANCE"], int(entry.name), command, environ
        elif any(word == f"--config.file={folder}/prometheus/prometheus.yml" for word in command):
            yield "prometheus", int(entry.name), command, environ


def gone(pid):
    return not pathlib.Path(f"/proc/{pid}/exe").exists()


def restart_instance(folder, name):
    _, pid, command, environ = next(found for found in processes(folder) if found[0] == name)
    os.kill(pid, signal.SIGKILL)
    until(f"the end of {name}", lambda: gone(pid) or "Z" in pathlib.Path(f"/proc/{pid}/stat").read_text().split()[2])
    time.sleep(DOWN_SECONDS)
    return subprocess.Popen(command, env=environ, cwd=environ["TAWNY_RELEASE_DIR"], stdout=subprocess.DEVNULL)


def restart_prometheus(folder):
    _, pid, command, environ = next(found for found in processes(folder) if found[0] == "prometheus")
    os.kill(pid, signal.SIGTERM)
    until("the end of Prometheus", lambda: "Z" in pathlib.Path(f"/proc/{pid}/stat").read_text().split()[2])
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def more_customers(folder):
    instances = sorted(environ["MOCK_SERVICE_LISTEN"] for name, _, _, environ in processes(folder) if name != "prometheus")
    end = time.monotonic() + EXTRA_SECONDS

    def come(address):
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"http://{address}/products", timeout=2).read()
            except urllib.error.HTTPError:
                pass  # the shop fails now and then
            except OSError:
                pass
            time.sleep(len(instances) / EXTRA_RPS)

    threads = [threading.Thread(target=come, args=(address,)) for address in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def play(options, seed):
    base = tempfile.mkdtemp(prefix="tawny-disturbed-")
    demo = subprocess.Popen(
        [options.program, "demo", "--json", "--scenario", "healthy", "--seed", str(seed), "--interval", options.interval],
        env={**os.environ, "TMPDIR": base},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = []
    reader = threading.Thread(target=lambda: said.extend(demo.communicate(timeout=LONGEST)), daemon=True)
    reader.start()
    ours = []
    try:
        folder = until("the demo's folder", lambda: next(iter(pathlib.Path(base).glob("tawny-demo-*")), None))
        running = lambda: {environ["TAWNY_VERSION"]: name for name, _, _, environ in processes(folder) if name != "prometheus"}
        until("the gray instance", lambda: len(running()) == 2)
        time.sleep(FIRST)
        more_customers(folder)
        time.sleep(BETWEEN)
        ours.append(restart_instance(folder, "shop-4"))
        time.sleep(BETWEEN)
        ours.append(restart_prometheus(folder))
        reader.join(LONGEST)
    finally:
        demo.poll() is None and demo.send_signal(signal.SIGINT)
        for child in ours:
            child.kill()
            child.wait()
    document = json.loads(said[0]) if said and said[0] else {"error": said[1][-2000:] if said else "no end"}
    wanted = {"verdict": "healthy", "tier": 0, "outcome": "promoted", "replay_agrees": True}
    wrong = [f"{name}: {document.get(name)!r}" for name, value in wanted.items() if document.get(name) != value]
    messages = {name: count for name, count in document.get("messages", {}).items() if name != "edits"}
    if messages != {"parents": 1, "replies": 0, "notices": 0}:
        wrong.append(f"messages: {messages}")
    if wrong and said:
        print(document.get("error", ""), said[1][-3000:], file=sys.stderr)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--interval", choices=["1s", "5s", "15s"], default="1s")
    parser.add_argument("--program", default=str(ROOT / "target/debug/tawny"))
    options = parser.parse_args()
    failed = 0
    for seed in options.seeds:
        wrong = play(options, seed)
        failed += bool(wrong)
        print(f"healthy and disturbed, seed {seed}: {'; '.join(wrong) or 'promoted, nothing said'}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
