#!/usr/bin/env python3
"""Webhooks against senders that others made: GitHub's examples (npm @octokit/webhooks-examples), a GitHub emulator with
state of its own that signs its hooks (npm emulate), and a real Alertmanager.

Every example is posted with a valid signature; what became of it is held against docs/verify/github-webhooks.txt
(written anew with --update). A Debian Alertmanager fires and resolves into Tawny, where the alert joins the deployment
that a generic webhook told of; one of a service that was not deployed opens an incident and ends it. Needs node, npm and prometheus-alertmanager; exits with 1 when anything is wrong, and
with 2 when something that it needs is missing.
"""

import base64
import collections
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from waiting import until

ROOT = pathlib.Path(__file__).resolve().parent.parent
SNAPSHOT = ROOT / "docs/verify/github-webhooks.txt"
EXAMPLES = "@octokit/webhooks-examples@7.6.1"
# `emulate` 0.12.2 is vercel-labs/emulate; later numbers under that name are another program.
EMULATOR = ["node@22", "emulate@0.12.2"]
EMULATED = "a-secret-of-the-emulator"
GITHUB, ALERTS, TOKEN = "a-secret-of-github-here", "a-secret-of-alerts-here", "a-token-of-ann-for-this"
GENERIC = base64.b64encode(b"the secret of generic").decode()


def port():
    """A port that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def configuration(folder, listen, lanes):
    """Every example that may begin a deployment by itself has a service of its own: what it comes to hangs on no other."""
    services = "".join(
        f"""
  - name: lane-{lane}
    platform: {{type: observed, instances: [{{id: lane-{lane}}}]}}
    metrics: {{selector: 'job="lane-{lane}"'}}
    signals: [{{preset: up}}]"""
        for lane in range(lanes)
    )
    mapped = "".join(
        f"""
      - {{when: {{repository: example/lane-{lane}}}, service: lane-{lane}, environment: production, on: [release, tag, workflow_run]}}"""
        for lane in range(lanes)
    )
    return f"""
server: {{listen: "127.0.0.1:{listen}", data_dir: "{folder}/data"}}
metrics:
  main: {{type: prometheus, url: "http://127.0.0.1:9"}}
people: [{{name: ann, roles: [responder, operator]}}]
tokens: [{{name: ann, person: ann, secret: {TOKEN}}}]
environments: [{{name: production}}]
services:
  - name: shop
    platform: {{type: observed, instances: [{{id: a}}, {{id: b}}]}}
    metrics: {{selector: 'job="shop"'}}
    signals: [{{preset: up}}]
  - name: hub
    platform: {{type: observed, instances: [{{id: c}}]}}
    metrics: {{selector: 'job="hub"'}}
    signals: [{{preset: up}}]
  - name: isle
    platform: {{type: observed, instances: [{{id: d}}]}}
    metrics: {{selector: 'job="isle"'}}
    signals: [{{preset: up}}]{services}
webhooks:
  - name: emulated
    kind: github
    secret: {EMULATED}
    services: [{{when: {{repository: octocat/shop}}, service: isle, environment: production, on: [release, tag]}}]
  - name: github
    kind: github
    secret: {GITHUB}
    services:{mapped}
      - {{when: {{repository: "*"}}, service: hub, environment: production, on: [deployment]}}
  - {{name: generic, kind: generic, secret: "{GENERIC}"}}
  - {{name: alertmanager, kind: alertmanager, secret: {ALERTS}}}
"""


class Tawny:
    """The server, as a process of its own."""

    def __init__(self, folder, lanes):
        self.url = f"http://127.0.0.1:{port()}"
        file = folder / "tawny.yaml"
        file.write_text(configuration(folder, self.url.rsplit(":", 1)[1], lanes))
        self.log = (folder / "serve.log").open("w")
        program = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug/tawny"
        self.process = subprocess.Popen(
            [program, "serve", "--config", file], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )
        until("the server leads", lambda: self.call("/readyz")[0] == 200)

    def call(self, path, body=None, headers=None):
        """Status and text of an answer; status 0 when there is none."""
        request = urllib.request.Request(self.url + path, data=body, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def deliveries(self, source):
        """All deliveries of a source, the oldest first, once none of them waits."""

        def settled():
            found, before = [], ""
            while True:
                path = f"/api/v1/deliveries?source={source}&limit=500{before}"
                page = json.loads(self.call(path, headers={"authorization": f"Bearer {TOKEN}"})[1])["deliveries"]
                found += page
                if len(page) < 500:
                    break
                before = f"&before={page[-1]['id']}"
            waiting = [one for one in found if one["status"] in ("pending", "claimed")]
            return None if waiting else found[::-1]

        return until("deliveries are handled", settled)

    def timeline(self, deployment):
        path = f"/api/v1/deployments/{deployment}/timeline"
        return [line["event"] for line in json.loads(self.call(path, headers={"authorization": f"Bearer {TOKEN}"})[1])]

    def incidents(self):
        """Those that belong to no deployment."""
        answer = self.call("/api/v1/incidents", headers={"authorization": f"Bearer {TOKEN}"})[1]
        return [one for one in json.loads(answer)["incidents"] if one["kind"] == "alerts"]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def examples(folder):
    """GitHub's examples: (event, body), in the order of the package."""
    subprocess.run(["npm", "init", "-y"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["npm", "i", "--no-audit", "--no-fund", EXAMPLES], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    said = subprocess.run(
        ["node", "-e", f"console.log(JSON.stringify(require({EXAMPLES.rsplit('@', 1)[0]!r})))"],
        cwd=folder, check=True, stdout=subprocess.PIPE, text=True,
    )
    events = json.loads(said.stdout)
    events = getattr(events, "default", events)
    return [(event["name"], example) for event in events for example in event["examples"]]


BEGIN = ("push", "release", "workflow_run")


def apart(all_examples):
    """The same, each of those that may begin a deployment by itself in a repository of its own; and how many those are."""
    found, lanes = [], 0
    for event, example in all_examples:
        if event in BEGIN:
            repository = {**example["repository"], "full_name": f"example/lane-{lanes}"}
            example, lanes = {**example, "repository": repository}, lanes + 1
        found.append((event, example))
    return found, lanes


def outcome(delivery):
    """What became of a delivery, without ids that differ from run to run."""
    if delivery["status"] != "done":
        return f"{delivery['status']}: {delivery['error']}"
    said = []
    for one in delivery["came_to"]:
        said.append(f"{one['what']}: {one['detail']}" if one.get("detail") else one["what"])
    # Which deployment has the lane differs from run to run.
    return re.sub(r"is busy with deployment .*", "is busy", "; ".join(said))


def github(tawny, all_examples, update):
    """Posts every example; True when all became what they became before."""
    for number, (event, example) in enumerate(all_examples):
        body = json.dumps(example).encode()
        signature = "sha256=" + hmac.new(GITHUB.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/json", "x-github-event": event,
            "x-github-delivery": f"example-{number:04}", "x-hub-signature-256": signature,
        }
        status, said = tawny.call("/hooks/github", body, headers)
        if status != 202:
            print(f"FAILED {event}: {status} {said}")
            return False
    became = collections.Counter()
    for delivery in tawny.deliveries("github"):
        event, example = all_examples[int(delivery["key"].rsplit("-", 1)[1])]
        action = example.get("action") if isinstance(example, dict) else None
        state = (example.get("deployment_status") or {}).get("state") if isinstance(example, dict) else None
        name = ".".join(str(part) for part in (event, action, state) if part)
        became[f"{name}: {outcome(delivery)}"] += 1
    kinds = {event for event, _ in all_examples}
    lines = [f"{line} (×{count})\n" for line, count in sorted(became.items())]
    text = "".join([f"{len(kinds)} event types, {len(all_examples)} examples\n", *lines])
    if update:
        SNAPSHOT.write_text(text)
    if not SNAPSHOT.exists() or SNAPSHOT.read_text() != text:
        (ROOT / ".tawny").mkdir(exist_ok=True)
        (ROOT / ".tawny/github-webhooks.txt").write_text(text)
        print("FAILED GitHub's examples: .tawny/github-webhooks.txt is not docs/verify/github-webhooks.txt")
        return False
    quarantined = sum(count for line, count in became.items() if "quarantined" in line)
    print(f"passed: {len(all_examples)} examples of {len(kinds)} event types of GitHub, {quarantined} in quarantine")
    return quarantined == 0


def emulated(tawny, folder):
    """Lets an emulator of GitHub send hooks that it signs; True when its release begins a deployment and all count."""
    place = folder / "emulator"
    place.mkdir()
    subprocess.run(["npm", "init", "-y"], cwd=place, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["npm", "i", "--no-audit", "--no-fund", *EMULATOR], cwd=place, check=True, stdout=subprocess.DEVNULL)
    (place / "seed.yaml").write_text(
        "tokens: {ghp_emulated: {login: octocat, scopes: [repo]}}\n"
        "github:\n  users: [{login: octocat, name: Octocat, email: octocat@example.com}]\n"
        "  repos: [{owner: octocat, name: shop, auto_init: true}]\n"
    )
    listen = port()
    node = place / "node_modules/.bin/node"
    process = subprocess.Popen(
        [node if node.exists() else "node", (place / "node_modules/.bin/emulate").resolve(),
         "start", "-s", "github", "-p", str(listen), "--seed", "seed.yaml"],
        cwd=place, stdin=subprocess.DEVNULL, stdout=tawny.log, stderr=tawny.log,
    )

    def ask(path="", body=None, method=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{listen}/repos/octocat/shop{path}", None if body is None else json.dumps(body).encode(),
            {"authorization": "Bearer ghp_emulated", "content-type": "application/json"}, method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.loads(answer.read() or "null")
        except OSError:
            return None

    try:
        main = until("the emulator answers", ask)["default_branch"]
        config = {"url": f"{tawny.url}/hooks/emulated", "content_type": "json", "secret": EMULATED}
        ask("/hooks", {"name": "web", "active": True, "events": ["*"], "config": config})
        ask("/contents/a.txt", {"message": "a", "content": "YQ==", "branch": main}, "PUT")
        ask("/releases", {"tag_name": "v2", "target_commitish": main, "name": "v2"})
        wanted = {"push": "ignored", "release": "begun"}

        def came():
            all_came = {one["event"]: one["came_to"][0]["what"] for one in tawny.deliveries("emulated") if one["came_to"]}
            return {event: all_came[event] for event in wanted} if wanted.keys() <= all_came.keys() else None

        found = until("the emulator's hooks are handled", came)
        codes = [one["status_code"] for one in ask("/hooks/1/deliveries")]
    finally:
        process.terminate()
        process.wait(20)
    fine = found == wanted and codes and set(codes) == {202}
    print(f"{'passed' if fine else 'FAILED'}: the emulator of GitHub signs, and its release begins a deployment: {found} {codes}")
    return fine


def generic(tawny, said):
    """Posts a document of the generic form, signed."""
    body, key, now = json.dumps(said).encode(), f"msg-{time.time_ns()}", str(int(time.time()))
    signed = b".".join([key.encode(), now.encode(), body])
    signature = base64.b64encode(hmac.new(base64.b64decode(GENERIC), signed, hashlib.sha256).digest()).decode()
    headers = {"webhook-id": key, "webhook-timestamp": now, "webhook-signature": f"v1,{signature}"}
    return tawny.call("/hooks/generic", body, headers)


def alertmanager(tawny, folder):
    """Lets a real Alertmanager fire and resolve; True when both arrive and join the deployment once."""
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    url = f"http://127.0.0.1:{port()}"
    file = folder / "am.yml"
    file.write_text(f"""
route: {{receiver: tawny, group_wait: 1s, group_interval: 1s, repeat_interval: 1h, group_by: [alertname]}}
receivers:
  - name: tawny
    webhook_configs:
      - url: {tawny.url}/hooks/alertmanager
        send_resolved: true
        http_config: {{authorization: {{credentials: {ALERTS}}}}}
""")
    process = subprocess.Popen(
        [program, f"--config.file={file}", f"--storage.path={folder}/am", "--cluster.listen-address=",
         f"--web.listen-address={url[7:]}"],
        stdin=subprocess.DEVNULL, stdout=tawny.log, stderr=tawny.log,
    )

    def post(service="shop", **more):
        alert = {"labels": {"alertname": "HighErrorRate", "service": service, "severity": "warning"},
                 "annotations": {"summary": "too many errors"}, **more}
        request = urllib.request.Request(
            f"{url}/api/v2/alerts", json.dumps([alert]).encode(), {"content-type": "application/json"}
        )
        try:
            return urllib.request.urlopen(request, timeout=5).status == 200
        except OSError:
            return False

    def stamp(seconds=0):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))

    try:
        begun = [one for one in tawny.deliveries("generic") if one["came_to"][0]["what"] == "begun"]
        deployment = begun[0]["came_to"][0]["deployment"]
        starts = stamp()
        until("Alertmanager takes alerts", lambda: post(startsAt=starts))
        until("the alert joins", lambda: "alert_joined" in tawny.timeline(deployment))
        post(startsAt=starts, endsAt=stamp(-1))
        until("the alert is over", lambda: "alert_over" in tawny.timeline(deployment))
        post("hub", startsAt=starts)
        until("an incident opens", lambda: [one["open"] for one in tawny.incidents()] == [True])
        post("hub", startsAt=starts, endsAt=stamp(-1))
        until("the incident is over", lambda: [one["open"] for one in tawny.incidents()] == [False])
    finally:
        process.terminate()
        process.wait(20)
    events = tawny.timeline(deployment)
    fine = events.count("alert_joined") == 1 and events.count("alert_over") == 1
    said = subprocess.run([program, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    print(f"{'passed' if fine else 'FAILED'}: {said.splitlines()[0].split(' (')[0]} fires and resolves, joined once; an incident of its own where nothing was deployed")
    return fine


def main():
    missing = [name for name in ("node", "npm") if not shutil.which(name)]
    if not (shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")):
        missing.append("prometheus-alertmanager")
    if missing:
        print(f"skipped, missing: {', '.join(missing)}")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        all_examples, lanes = apart(examples(folder))
        tawny = Tawny(folder, lanes)
        try:
            generic(tawny, {"type": "deployment", "id": "build-17", "service": "shop", "version": "v2", "state": "started"})
            fine = alertmanager(tawny, folder)
            fine = emulated(tawny, folder) and fine
            fine = github(tawny, all_examples, "--update" in sys.argv) and fine
        finally:
            tawny.stop()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
