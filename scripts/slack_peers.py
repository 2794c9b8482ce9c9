#!/usr/bin/env python3
"""Slack by peers that others made: Bolt (npm @slack/bolt) and slack_sdk (PyPI) judge signatures as Tawny does, and a
workspace with state of its own (npm emulate) is told of a deployment and sends its signed events.

Needs node and npm, and slack_sdk in the Python that runs it. Exits with 1 when anything is wrong, and with 2 when something
that it needs is missing.
"""

import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

try:
    from slack_sdk.signature import SignatureVerifier
except ImportError:
    print("skipped: slack_sdk is not installed")
    sys.exit(2)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from waiting import until  # noqa: E402
from webhooks import port  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
# `emulate` 0.12.2 is vercel-labs/emulate; later numbers under that name are another program.
PACKAGES = ["node@22", "emulate@0.12.2", "@slack/bolt@5.1.0"]
SECRET, TOKEN = "a-signing-secret-of-peers", "a-token-of-ann-for-this"


def call(url, body=None, headers=None):
    """Status and text of an answer; status 0 when there is none."""
    request = urllib.request.Request(url, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def installed(folder):
    """A Node that can run them, or none."""
    if not shutil.which("npm"):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules/@slack/bolt").exists():
        subprocess.run(["npm", "i", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    # Some versions of npm do not run what unpacks it.
    found = [path for path in folder.glob("node_modules/node*/bin/node") if path.is_file()]
    return str(found[0]) if found else shutil.which("node")


class Between(http.server.BaseHTTPRequestHandler):
    """Hands what the emulator sends to Tawny and to Bolt, byte by byte, and remembers what both said."""

    heard, targets = [], ()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower().startswith(("x-slack", "content-type"))}
        said = [call(target, body, headers)[0] for target in self.targets]
        self.heard.append((json.loads(body)["event"]["type"], said))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def configuration(folder, listen, emulator, channel):
    return f"""
server: {{listen: "127.0.0.1:{listen}", data_dir: "{folder}/data"}}
metrics:
  main: {{type: prometheus, url: "http://127.0.0.1:9"}}
people: [{{name: ann, roles: [responder, operator], slack: U0ANN}}]
tokens: [{{name: ann, person: ann, secret: {TOKEN}}}]
services:
  - name: shop
    platform: {{type: observed, instances: [{{id: a}}]}}
    metrics: {{selector: 'job="shop"'}}
    signals: [{{preset: up}}]
chat:
  slack:
    bot_token: xoxb-tawny
    signing_secret: {SECRET}
    base_url: "http://127.0.0.1:{emulator}/api"
    channels: [{{channel: {channel}}}]
"""


def api(emulator, method, **arguments):
    headers = {"authorization": "Bearer xoxb-somebody", "content-type": "application/json"}
    status, text = call(f"http://127.0.0.1:{emulator}/api/{method}", json.dumps(arguments).encode(), headers)
    answer = json.loads(text or "{}")
    assert status == 200 and answer.get("ok"), f"{method}: {status} {text[:300]}"
    return answer


def signatures(tawny, judge, failures):
    """Whether Tawny takes exactly what Bolt takes. (Stamps of the future only Tawny refuses.)"""
    payload = {"type": "block_actions", "user": {"id": "U0ANN"}, "team": {"id": "T1"}, "actions": [{"action_id": "x", "type": "button"}]}
    body = urllib.parse.urlencode({"payload": json.dumps(payload)})
    now = int(time.time())

    def signed(secret, at, body):
        return SignatureVerifier(secret).generate_signature(timestamp=str(at), body=body)

    good = signed(SECRET, now, body)
    cases = [
        ("genuine", body, now, good, 200),
        ("by another secret", body, now, signed("another-secret-entirely", now, body), 401),
        ("another body", body + "&x=1", now, good, 401),
        ("another stamp", body, now - 1, good, 401),
        ("an old stamp", body, now - 400, signed(SECRET, now - 400, body), 401),
        ("just not too old", body, now - 280, signed(SECRET, now - 280, body), 200),
        ("no signature", body, now, "", 401),
        ("another version", body, now, good.replace("v0=", "v1="), 401),
        ("cut", body, now, good[:-1], 401),
    ]
    for name, sent, at, signature, wanted in cases:
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": str(at),
            "x-slack-signature": signature,
        }
        said = [call(url, sent.encode(), headers)[0] for url in (f"{tawny}/slack/interactions", f"{judge}/slack/events")]
        if said != [wanted, wanted]:
            failures.append(f"signature {name}: Tawny {said[0]}, Bolt {said[1]}, expected {wanted}")
    print(f"ok {len(cases)} signatures of slack_sdk: Tawny and Bolt say the same of each")


def workspace(tawny, emulator, channel, failures):
    """A deployment is told there, edited there, and what happens there is heard."""
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    status, text = call(f"{tawny}/api/v1/orders", json.dumps({"text": "watch shop v2"}).encode(), headers)
    if status != 200:
        failures.append(f"watch: {status} {text[:300]}")
        return

    def told():
        messages = api(emulator, "conversations.history", channel=channel)["messages"]
        return [message for message in messages if "shop" in message.get("text", "")]

    parent = until("a deployment is told", told)[-1]
    if len(told()) != 1 or not parent.get("blocks"):
        failures.append(f"not one message with blocks: {told()}")
    before = len(Between.heard)
    api(emulator, "chat.postMessage", channel=channel, text="somebody says something", thread_ts=parent["ts"])
    until("what happens there is heard", lambda: len(Between.heard) > before)
    bad = [heard for heard in Between.heard if heard[1] != [200, 200]]
    if bad:
        failures.append(f"signed events that were not taken by both: {bad}")
    kinds = sorted({kind for kind, _ in Between.heard})
    print(f"ok emulate: a deployment is one message, and {len(Between.heard)} signed events ({', '.join(kinds)}) are taken")


def main():
    node = installed(ROOT / ".tawny/slack-peers")
    if not node:
        print("skipped: node and npm are not there")
        return 2
    folder = ROOT / ".tawny/slack-peers"
    shutil.copy(ROOT / "scripts/slack_peers.mjs", folder)
    listen, between, emulator, judge = port(), port(), port(), port()
    tawny = f"http://127.0.0.1:{listen}"
    Between.targets = (f"{tawny}/slack/events", f"http://127.0.0.1:{judge}/slack/events")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", between), Between)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failures, processes = [], []
    with tempfile.TemporaryDirectory() as home:
        try:
            log = (folder / "peers.log").open("w")
            command = [node, "slack_peers.mjs", f"http://127.0.0.1:{between}/", SECRET, str(emulator), str(judge)]
            processes.append(subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
            until("the peers are ready", lambda: "ready" in (folder / "peers.log").read_text())
            channels = api(emulator, "conversations.list")["channels"]
            channel = next(one["id"] for one in channels if one["name"] == "deploys")
            file = pathlib.Path(home) / "tawny.yaml"
            file.write_text(configuration(home, listen, emulator, channel))
            program = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug/tawny"
            serving = (folder / "serve.log").open("w")
            processes.append(
                subprocess.Popen([program, "serve", "--config", file], stdin=subprocess.DEVNULL, stdout=serving, stderr=serving)
            )
            until("the server leads", lambda: call(f"{tawny}/readyz")[0] == 200)
            signatures(tawny, f"http://127.0.0.1:{judge}", failures)
            workspace(tawny, emulator, channel, failures)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=20)
    for failure in failures:
        print(f"FAILED {failure}")
    print("FAILED" if failures else "passed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
