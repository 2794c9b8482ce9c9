"""MCP Inspector, the TypeScript SDK, PyPI's mcp and fastmcp against the server of `tawny demo`, after a deployment that was
rolled back and while another is under way."""

import json
import os
import re
import shutil
import subprocess
import urllib.request

from mcp_tally import HOME, ROOT, program, script
from waiting import until

INSPECTOR = ("@modelcontextprotocol/inspector", "clients/launcher/build/index.js")
# What may be refused: by the time a client asks, there may be nothing left to be paused or taken back.
ASKS = {"request_action", "cancel_request"}
# Beside what a tool's schema requires.
EXTRAS = {
    "list_services": {"service": "shop"},
    "get_report": {},
    "query_metrics": {"query": 'sum by (instance) (rate(http_requests_total{job="shop"}[10s]))'},
    "request_action": {"action": "pause", "reason": "a judge wants to see who is asked"},
}
# Nobody asks for less than this.
FEWEST_TOOLS = 5


class Demo:
    """`tawny demo`, begun by whoever needs it first."""

    def __init__(self):
        self.process, self.plan, self.url, self.token = None, None, "", ""

    def begun(self):
        """Its address and what to ask of it; none without the program."""
        if self.plan:
            return self
        if not program("tawny"):
            return None
        self.end()  # One whose story or plan went wrong.
        folder = HOME / "demo"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        command = [program("tawny"), "demo", "--scenario", "error-spike", "--keep", "--dir", str(folder)]
        log = HOME / "demo.log"
        with log.open("w") as file:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)

        def settled():
            if self.process.poll() is not None:
                raise RuntimeError("the demo has ended: see .tawny/mcp/demo.log")
            said = log.read_text()
            if "could not be played" in said:
                raise RuntimeError(f"the demo's story went wrong: {said.splitlines()[-1]}")
            return "outcome: " in said and "everything keeps running" in said

        until("the demo has told its story", settled, seconds=400)
        page = re.search(r"page: (http://\S+)", log.read_text()).group(1).rstrip("/")
        self.url, self.token = f"{page}/mcp", (folder / "token").read_text().strip()
        asked = self.post(f"{page}/api/v1/orders", {"text": "deploy shop v2"})
        self.post(f"{page}/api/v1/orders/{asked['confirm']}/confirm", {})
        until("the next deployment is under way", self.under_way, seconds=60)
        self.plan = plan(self)
        return self

    def post(self, url, body):
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def under_way(self):
        return self.call("list_deployments", open=True)["structuredContent"]["deployments"]

    def ask(self, method, **params):
        """What the server answers to a request of 2026-07-28."""
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "judge", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        headers = {
            "content-type": "application/json",
            "accept": "application/json, text/event-stream",
            "authorization": f"Bearer {self.token}",
            "mcp-protocol-version": "2026-07-28",
            "mcp-method": method,
        }
        name = params.get("name") or params.get("uri")
        if name:
            headers["mcp-name"] = name
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url, body, headers), timeout=60) as answer:
            text = answer.read().decode()
        # An answer with progress comes as events; the last is the result.
        events = re.findall(r"^data: ?(\{.*)$", text, re.MULTILINE)
        return json.loads(events[-1] if events else text)["result"]

    def call(self, tool, **arguments):
        return self.ask("tools/call", name=tool, arguments=arguments)

    def end(self):
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=60)
            self.process = None


def plan(demo):
    """What each client is to do: every tool with arguments that fit, and one of each other thing that there is."""
    listed = demo.call("list_deployments")["structuredContent"]["deployments"]
    newest, bad = listed[0], next(one for one in listed if one["status"] == "rolled_back")
    facts = {"deployment": bad["id"], "service": "shop", "environment": "demo", "query": "up", "metric": "up"}
    facts |= {"signal": "errors", "path": ".", "text": "error"}
    seen = json.dumps([demo.call("get_deployment", deployment=bad["id"]), demo.call("get_timeline", deployment=bad["id"])])
    cited = re.search(r"\bev_\w+", seen)
    facts["id"] = cited.group(0) if cited else "ev_unknown"
    calls = []
    for tool in demo.ask("tools/list")["tools"]:
        schema = tool["inputSchema"]
        own = {**facts, "deployment": newest["id"]} if tool["name"] in ASKS else facts
        extras = EXTRAS.get(tool["name"], {})
        arguments = {name: value for name, value in extras.items() if name in schema["properties"]}
        for name in schema.get("required", []):
            if name not in arguments and name in own:
                arguments[name] = own[name]
        missing = set(schema.get("required", [])) - set(arguments)
        if missing:
            continue  # Each client says that nobody knows what to give.
        if tool["name"] == "request_action":
            asked = demo.call(tool["name"], **arguments)
            if asked.get("isError"):
                raise ValueError(f"people cannot be asked: {asked['content']}")
            facts["request_id"] = asked["structuredContent"]["request_id"]
        calls.append({"name": tool["name"], "arguments": arguments, "may_refuse": tool["name"] in ASKS})
    can = demo.ask("server/discover")["capabilities"]
    resource = prompt = completion = None
    if "resources" in can:
        resource = next((one["uri"] for one in demo.ask("resources/list")["resources"]), None)
    if "prompts" in can:
        first = demo.ask("prompts/list")["prompts"][0]
        wanted = [one for one in first.get("arguments", []) if one.get("required") and one["name"] in facts]
        prompt = {"name": first["name"], "arguments": {one["name"]: facts[one["name"]] for one in wanted}}
        if "completions" in can and first.get("arguments"):
            completion = {"prompt": first["name"], "argument": first["arguments"][0]["name"], "value": ""}
    absent = [name for name in ("resources", "prompts", "completions") if name not in can]
    return {"token": demo.token, "calls": calls, "resource": resource, "prompt": prompt, "completion": completion, "absent": absent}


def ready(tally, demo):
    found = demo.begun()
    if not found:
        tally.skipped("tawny is not built")
    return found


def inspector(tally, demo):
    """Lists with `--strict` in both eras, one call in each, and many calls at once."""
    judge = script(*INSPECTOR)
    if not judge:
        tally.skipped("the Inspector is not installed")
        return
    if not ready(tally, demo):
        return
    always = ["--cli", demo.url, "--transport", "http", "--header", f"Authorization: Bearer {demo.token}", "--format", "json"]
    home = {**os.environ, "HOME": str(HOME)}

    def run(*options):
        return subprocess.run([*judge, *always, *options], capture_output=True, text=True, timeout=120, env=home, check=False)

    for era in ("legacy", "modern"):
        done = run("--protocol-era", era, "--method", "tools/list", "--strict")
        if done.returncode == 0:
            tools = json.loads(done.stdout)["result"]["tools"]
            warnings = len(re.findall(r"^Warning: tool", done.stderr, re.MULTILINE))
            say = tally.ok if len(tools) >= FEWEST_TOOLS else tally.failed
            say(f"{era}: {len(tools)} tools, no error in a schema, {warnings} warnings")
        else:
            tally.failed(f"{era}: tools/list --strict: {done.returncode}: {done.stderr[-600:]}")
        for call in demo.plan["calls"]:
            arguments = json.dumps(call["arguments"])
            done = run("--protocol-era", era, "--method", "tools/call", "--tool-name", call["name"], "--tool-args-json", arguments)
            if done.returncode == 0 or call["may_refuse"]:
                tally.ok(f"{era}: calls {call['name']}")
            else:
                tally.failed(f"{era}: {call['name']}: {done.returncode}: {(done.stderr or done.stdout)[-400:]}")


def clients(tally, demo):
    """Each client does the plan; what it says is what is judged."""
    if not ready(tally, demo):
        return
    names = " ".join(call["name"] for call in demo.plan["calls"])
    tally.ok(f"the plan calls {names}")
    for capability in demo.plan["absent"]:
        tally.absent(f"the server claims no {capability}")
    runs = []
    if script("@modelcontextprotocol/sdk", "package.json"):
        # It finds the SDK beside itself.
        shutil.copy(ROOT / "scripts/mcp_client.mjs", HOME)
        runs.append(("TypeScript SDK", [script("@modelcontextprotocol/sdk", "package.json")[0], str(HOME / "mcp_client.mjs"), demo.url]))
    else:
        tally.skipped("the TypeScript SDK is not installed")
    for kind, eras in (("mcp", ("legacy", "auto")), ("fastmcp", ("auto",))):
        python = HOME / f"py-{kind}/bin/python"
        if not (HOME / f"{kind}.installed").exists():
            tally.skipped(f"PyPI {kind} is not installed")
            continue
        for era in eras:
            command = [str(python), str(ROOT / "scripts/mcp_client.py"), kind, demo.url, era]
            runs.append((f"PyPI {kind} ({era})", command))
    for name, command in runs:
        done = subprocess.run(command, input=json.dumps(demo.plan), capture_output=True, text=True, timeout=300, cwd=HOME, check=False)
        lines = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "FAILED "))]
        for line in lines:
            how, what = line.split(" ", 1)
            (tally.ok if how == "ok" else tally.failed)(f"{name}: {what}")
        if done.returncode != 0 or not lines:
            tally.failed(f"{name}: ended with {done.returncode}: {done.stderr[-600:]}")
