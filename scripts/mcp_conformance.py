"""The official conformance suite (npm @modelcontextprotocol/conformance) before the fixture and before `tawny serve`."""

import contextlib
import http.client
import http.server
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request

from mcp_tally import HOME, ROOT, program, script
from waiting import until
from webhooks import port

TOKEN = "a-token-of-the-judges"
# What the older era cannot do without sessions, with the reasons.
EXPECTED = ROOT / "scripts/mcp_expected.yaml"
# The suite's scenarios that need no tool, prompt or resource of a fixture.
NAMED = {
    "2025-11-25": ["server-initialize", "ping", "tools-list", "resources-list", "prompts-list", "dns-rebinding-protection"],
    "2026-07-28": [
        "tools-list",
        "resources-list",
        "prompts-list",
        "caching",
        "server-stateless",
        "http-header-validation",
        "dns-rebinding-protection",
        "sep-2164-resource-not-found",
        "server-sse-multiple-streams",
    ],
}
# Scenarios that the suite itself holds back and does not score.
HELD_BACK = {
    "server-sse-polling": "the tool would have to cut its own stream in the middle of a call, which rmcp gives it no means to"
}


def conformance(url, *options):
    """Runs the suite; its exit code, its words, and by scenario the checks that did not pass."""
    judge = script("@modelcontextprotocol/conformance", "dist/index.js")
    with tempfile.TemporaryDirectory() as out:
        command = [*judge, "server", "--url", url, "-o", out, *options]
        environment = {**os.environ, "NO_COLOR": "1"}
        run = subprocess.run(command, capture_output=True, text=True, timeout=900, env=environment, check=False)
        found = {}
        for folder in sorted(os.listdir(out)):
            name = re.sub(r"^server-|-\d{4}-\d{2}-\d{2}T[\d-]+Z$", "", folder)
            with open(f"{out}/{folder}/checks.json") as file:
                found[name] = json.load(file)
    return run.returncode, run.stdout + run.stderr, found


def wrong(checks):
    """The checks of a scenario that failed; warnings are things that a server should do."""
    return [check for check in checks if check["status"] in ("FAILURE", "WARNING")]


def told(check):
    return f"{check['id']}: {check['status'].lower()}: {check.get('errorMessage') or check['description']}"


@contextlib.contextmanager
def running(command, url, log):
    """A program until the end of the block, once it answers."""
    with (HOME / log).open("w") as file:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        try:
            until(f"{command[0]} answers", lambda: process.poll() is not None or status(url) > 0)
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} has ended: see .tawny/mcp/{log}")
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def status(url, **headers):
    """The status of a POST without content; 0 when nobody answers."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    always = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    request = urllib.request.Request(url, data=body, headers={**always, **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def fixture(tally, _demo):
    """Both requirement sets, and the older one once more without sessions, as the product runs."""
    server = program("mcp-conformance")
    if not server or not script("@modelcontextprotocol/conformance", "dist/index.js"):
        tally.skipped("mcp-conformance is not built, or the suite is not installed")
        return
    runs = [
        ("2026-07-28", [], ["--requirements", "2026-07-28"]),
        ("2025-11-25 with sessions", ["--sessions"], ["--requirements", "2025-11-25"]),
        ("2025-11-25 without sessions", [], ["--requirements", "2025-11-25", "--expected-failures", str(EXPECTED)]),
    ]
    for name, options, requirements in runs:
        address = f"127.0.0.1:{port()}"
        url = f"http://{address}/mcp"
        with running([server, address, *options], url, "conformance.log"):
            code, words, found = conformance(url, *requirements)
            (HOME / f"fixture {name}.txt").write_text(words)
        expected = {**HELD_BACK, **expectations()} if "--expected-failures" in requirements else HELD_BACK
        judge(tally, name, found, expected)
        if code != 0:
            tally.failed(f"{name}: the suite itself says no ({code}): .tawny/mcp/fixture {name}.txt")


def judge(tally, name, found, expected):
    """One line for all that passed, and one for each thing that did not."""
    passed = [scenario for scenario, checks in found.items() if not wrong(checks)]
    checks = sum(check["status"] == "SUCCESS" for one in found.values() for check in one)
    for scenario, all_checks in found.items():
        for check in wrong(all_checks):
            if scenario not in expected:
                tally.failed(f"{name}: {scenario}: {told(check)}")
    for scenario in sorted(set(expected) & set(passed)):
        tally.failed(f"{name}: {scenario} passes, though it is expected to fail")
    if not found:
        tally.failed(f"{name}: nothing was judged")
    missing = sorted(set(expected) & set(found) - set(passed))
    missing = f"; as expected not: {', '.join(missing)}" if missing else ""
    tally.ok(f"{name}: {len(passed)} of {len(found)} scenarios, {checks} checks{missing}")


def expectations():
    """The names in the file of expected failures; each has its reason beside it."""
    entries = re.findall(r"^  - (\S+)(?:\s+# (\S.*))?$", EXPECTED.read_text(), re.MULTILINE)
    without = [name for name, reason in entries if not reason]
    if without:
        raise ValueError(f"no reason for {without} in {EXPECTED.name}")
    return dict(entries)


class Bearer(http.server.BaseHTTPRequestHandler):
    """Adds the token that the suite cannot send; everything else passes as it is, Host and Origin too."""

    protocol_version = "HTTP/1.1"
    target = 0

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        there = http.client.HTTPConnection("127.0.0.1", self.target, timeout=60)
        there.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("connection", "authorization"):
                there.putheader(name, value)
        there.putheader("authorization", f"Bearer {TOKEN}")
        there.endheaders(body)
        answer = there.getresponse()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        with contextlib.suppress(OSError):
            while part := answer.read1(65536):
                self.wfile.write(part)
                self.wfile.flush()
        there.close()

    do_GET = do_POST = do_DELETE = pass_on

    def log_message(self, *_):
        pass


def configuration(folder, listen, proxy):
    return f"""
server: {{listen: "127.0.0.1:{listen}", data_dir: "{folder}/data", allowed_hosts: [localhost, 127.0.0.1]}}
metrics:
  main: {{type: prometheus, url: "http://127.0.0.1:9"}}
people: [{{name: ann, roles: [responder, operator]}}]
services:
  - name: shop
    platform: {{type: observed, instances: [{{id: a}}]}}
    metrics: {{selector: 'job="shop"'}}
    signals: [{{preset: up}}]
mcp:
  clients: [{{name: judge, token: {TOKEN}, scopes: [read, ask], rate: 100000}}]
  allowed_origins: ["http://localhost:{proxy}", "http://127.0.0.1:{proxy}"]
"""


def production(tally, _demo):
    """The named scenarios, through a proxy that adds the token; then hostile names and missing tokens."""
    tawny = program("tawny")
    if not tawny or not script("@modelcontextprotocol/conformance", "dist/index.js"):
        tally.skipped("tawny is not built, or the suite is not installed")
        return
    listen, Bearer.target = port(), 0
    Bearer.target = listen
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bearer)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    between = proxy.server_address[1]
    folder = HOME / "production"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = folder / "tawny.yaml"
    file.write_text(configuration(folder, listen, between))
    direct = f"http://127.0.0.1:{listen}/mcp"
    with running([tawny, "serve", "--config", str(file)], direct, "production.log"):
        can = capabilities(direct)
        for path in ("/mcp", "/mcp/readonly"):
            for version, scenarios in NAMED.items():
                for scenario in scenarios:
                    url = f"http://localhost:{between}{path}"
                    one_scenario(tally, url, version, scenario, can)
        strangers(tally, direct)
    proxy.shutdown()


def capabilities(url):
    """What the server says it can do."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "judge", "version": "1"}}}
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream",
               "authorization": f"Bearer {TOKEN}"}
    request = urllib.request.Request(url, data=json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())["result"]["capabilities"]


def one_scenario(tally, url, version, scenario, can):
    """A scenario must pass, but for what only a fixture can show and for capabilities that the server does not claim."""
    name = f"{version} {url.rsplit('/mcp', 1)[1] or ''} {scenario}".replace("  ", " ")
    for capability in ("resources", "prompts"):
        if scenario.startswith(capability) and capability not in can:
            tally.absent(f"{name}: the server claims no {capability}")
            return
    _, words, found = conformance(url, "--scenario", scenario, "--spec-version", version)
    checks = found.get(scenario)
    if not checks:
        tally.failed(f"{name}: nothing was judged: {words[-300:]}")
        return
    bad, aside = [], []
    for check in wrong(checks):
        absent = any(f"{one}/" in told(check) and one not in can for one in ("prompts", "resources"))
        # Without resources nothing is read: the errors that reading may give do not exist either.
        unread = scenario == "sep-2164-resource-not-found" and "resources" not in can
        # It asks for sessions, which nothing in the product has.
        sessions = check["id"] == "server-sse-multiple-streams-session"
        excused = (check.get("details") or {}).get("untestable") or absent or unread or sessions
        (aside if excused else bad).append(check)
    for check in bad:
        tally.failed(f"{name}: {told(check)}")
    if not bad:
        passed = sum(check["status"] == "SUCCESS" for check in checks)
        beside = f", {len(aside)} need a fixture's tools or what is not claimed" if aside else ""
        tally.ok(f"{name}: {passed} checks{beside}")


def strangers(tally, url):
    """Whom the server must not let in, without the judge's proxy."""
    token = {"authorization": f"Bearer {TOKEN}"}
    cases = [
        ("a hostile Origin", {**token, "origin": "http://evil.example"}, 403),
        ("an Origin that says null", {**token, "origin": "null"}, 403),
        ("a hostile Host", {**token, "host": "evil.example"}, 403),
        ("a hostile Host that begins like ours", {**token, "host": "localhost.evil.example"}, 403),
        ("a hostile Origin without a token", {"origin": "http://evil.example"}, 403),
        ("no token", {}, 401),
        ("a wrong token", {"authorization": "Bearer of-nobody-who-is-known"}, 401),
        ("nothing hostile", token, 200),
    ]
    for path in ("", "/readonly"):
        for what, headers, expected in cases:
            got = status(url + path, **headers)
            say = tally.ok if got == expected else tally.failed
            say(f"/mcp{path}: {what}: {got}" + ("" if got == expected else f", expected {expected}"))
