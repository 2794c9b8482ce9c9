#!/usr/bin/env python3
"""Ten questions of an incident, to Tawny's MCP server and to prometheus-mcp-server (PyPI), on the same Prometheus.

    scripts/mcp_comparison.py target/debug/tawny    # writes docs/mcp-comparison.md

The metrics are made up, so each answer is known. Each question is a sequence of calls as short as the server allows, with
the PromQL that one would write; a careless one where the question is about that. Counted are the tokens of the texts that
a model is given (o200k, by bpe-openai of PyPI, whose counts are not ours). Exit code 1 where Tawny misses an answer, gives
more than its cap, or a call fails.
"""

import asyncio
import datetime
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import bpe_openai

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from demo_matrix import machine, revision  # noqa: E402

TOKEN = "a-token-of-the-comparison"
RIVAL = "prometheus-mcp-server"
STEP = 15
LENGTH = 3900
FAULT = 1200  # seconds before the end
CAP = 4000
ROUTES = 40
INSTANCES = ("shop-1", "shop-2", "shop-3")
BUCKETS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, "+Inf")
NODES = 2000

tokens = bpe_openai.get_encoding("o200k_base")


def metrics(end):
    """The incident, as OpenMetrics, one line per sample."""
    lines = []
    moments = list(range(end - LENGTH, end + 1, STEP))

    def family(name, kind, help_text, series):
        lines.append(f"# HELP {name} {help_text}")
        lines.append(f"# TYPE {name} {kind}")
        for suffix, labels, value in series:
            shown = ",".join(f'{key}="{text}"' for key, text in labels.items())
            lines.extend(f"{name}{suffix}{{{shown}}} {value(at)} {at}" for at in moments)

    def since(at, moment):
        return max(0, at - moment)

    fault = end - FAULT
    requests = []
    for instance in INSTANCES:
        for n in range(ROUTES):
            base = {"job": "shop", "instance": instance, "route": f"/r{n}"}
            # One in ten requests of every route fails since the fault, of route 7 nine in ten.
            share = 0.9 if n == 7 else 0.1
            rate = 10
            good = lambda at, share=share: rate * (at - moments[0]) - rate * share * since(at, fault)  # noqa: E731
            bad = lambda at, share=share: rate * share * since(at, fault)  # noqa: E731
            requests.append(("_total", {**base, "code": "200"}, good))
            requests.append(("_total", {**base, "code": "500"}, bad))
    family("shop_requests", "counter", "Requests, by route and code.", requests)
    buckets = []
    for instance in INSTANCES:
        for n, bound in enumerate(BUCKETS):
            # Before the fault all requests take 0.05 to 0.1 s, since then 0.4 to 0.8 s.
            early = 0 if n < 1 else 1
            late = 0 if n < 4 else 1
            count = lambda at, early=early, late=late: 100 * (  # noqa: E731
                early * (min(at, fault) - moments[0]) + late * since(at, fault)
            )
            buckets.append(("_bucket", {"job": "shop", "instance": instance, "le": str(bound)}, count))
    family("shop_seconds", "histogram", "How long requests take.", buckets)
    memory = [
        ("", {"job": "shop", "instance": one}, lambda at, leak=(one == "shop-2"): 200e6 + (50_000 * since(at, fault) if leak else 0))
        for one in INSTANCES
    ]
    family("process_resident_memory_bytes", "gauge", "Memory.", memory)
    # One spike, half an hour before the end.
    spike = end - 1800
    spike -= (spike - moments[0]) % STEP
    family("shop_queue_length", "gauge", "Requests that wait.", [("", {"job": "shop"}, lambda at: 137 if at == spike else 17)])
    family("shop_checkout_failures", "counter", "Checkouts that failed.", [("_total", {"job": "shop"}, lambda at: since(at, fault) // 5)])
    nodes = [("", {"job": "node", "instance": f"node-{n}", "zone": f"z{n % 3}"}, lambda at, n=n: n) for n in range(NODES)]
    lines.append("# HELP node_load A load.")
    lines.append("# TYPE node_load gauge")
    for _, labels, value in nodes:
        shown = ",".join(f'{key}="{text}"' for key, text in labels.items())
        lines.extend(f"node_load{{{shown}}} {value(at)} {at}" for at in moments[-4:])
    return "\n".join([*lines, "# EOF", ""])


ERRORS = 'sum(rate(shop_requests_total{code="500"}[5m])) / sum(rate(shop_requests_total[5m]))'
RATIO = (0.1 * (ROUTES - 1) + 0.9) / ROUTES
SERIES = len(INSTANCES) * (2 * ROUTES + len(BUCKETS) + 1) + 2 + NODES
P95 = "histogram_quantile(0.95, sum by (le) (rate(shop_seconds_bucket[5m])))"


def questions(end):
    """What is asked, what is known, and how each server is asked."""
    at = datetime.datetime.fromtimestamp(end, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    hour_ago = datetime.datetime.fromtimestamp(end - 3600, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def now(query):
        return (
            [("query_metrics", {"query": query, "end": at})],
            [("execute_query", {"query": query, "time": at})],
        )

    def hour(query):
        return (
            [("query_metrics", {"query": query, "start": hour_ago, "end": at})],
            [("execute_range_query", {"query": query, "start": hour_ago, "end": at, "step": f"{STEP}s"})],
        )

    return [
        ("Which share of requests fails now?", RATIO, now(ERRORS)),
        ("To which level did the share rise within the last hour?", RATIO, hour(ERRORS)),
        ("Which route fails most, and how often per second?", 27.0, now(
            'topk(1, sum by (route) (rate(shop_requests_total{code="500"}[5m])))')),
        ("How slow is the 95th percentile now?", 0.4 + 0.4 * 0.95, now(P95)),
        ("How high did the 95th percentile get within the hour?", 0.4 + 0.4 * 0.95, hour(P95)),
        ("How many bytes a second does the leaking instance take?", 50_000, now(
            'topk(1, deriv(process_resident_memory_bytes{job="shop"}[10m]))')),
        ("How long was the queue at its longest within the hour?", 137, hour("shop_queue_length")),
        ("Which metric counts failed checkouts, and what is it now?", FAULT // 5, (
            [("discover_metrics", {"search": "checkout failures"}), ("query_metrics", {"query": "shop_checkout_failures_total", "end": at})],
            [("list_metrics", {"filter_pattern": "checkout"}), ("execute_query", {"query": "shop_checkout_failures_total", "time": at})],
        )),
        ("A name misremembered: `shop_queue_size`. How long is the queue now?", 17, (
            [("query_metrics", {"query": "shop_queue_size", "end": at}), ("query_metrics", {"query": "shop_queue_length", "end": at})],
            [
                ("execute_query", {"query": "shop_queue_size", "time": at}),
                ("list_metrics", {"filter_pattern": "queue"}),
                ("execute_query", {"query": "shop_queue_length", "time": at}),
            ],
        )),
        ("Carelessly: `{__name__=~\".+\"}`. How many series are there?", SERIES, now('{__name__=~".+"}')),
    ]


def holds(text, known):
    """Whether a number of the text is the known one, to one part in a hundred; names and times do not count."""
    for found in re.findall(r"(?<![\w.-])(?<!\d:)-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w:-])", text):
        number = float(found)
        if abs(number - known) <= abs(known) * 0.01:
            return True
    return False


class Tawny:
    """Its server over HTTP, as clients of 2026-07-28 speak."""

    name = "Tawny"

    def __init__(self, url):
        self.url = url

    def say(self, method, params):
        params = {**params, "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "comparison", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }}
        headers = {
            "authorization": f"Bearer {TOKEN}",
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
            "mcp-protocol-version": "2026-07-28",
            "mcp-method": method,
        }
        if "name" in params:
            headers["mcp-name"] = params["name"]
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(f"{self.url}/mcp", body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            said = answer.read().decode()
        if said.startswith(("event:", "data:", ":", "id:")):
            said = next(line[5:] for line in said.splitlines() if line.startswith("data:") and "result" in line)
        return json.loads(said)["result"]

    async def call(self, tool, arguments):
        result = await asyncio.to_thread(self.say, "tools/call", {"name": tool, "arguments": arguments})
        if result.get("isError"):
            raise RuntimeError(f"{tool}: {result['content']}")
        return "".join(block["text"] for block in result["content"])

    async def definitions(self):
        tools = (await asyncio.to_thread(self.say, "tools/list", {}))["tools"]
        return [{key: tool[key] for key in ("name", "description", "inputSchema")} for tool in tools]


class Rival:
    """prometheus-mcp-server, in this process."""

    name = RIVAL

    def __init__(self, client):
        self.client = client

    async def call(self, tool, arguments):
        result = await self.client.call_tool(tool, arguments)
        return "".join(block.text for block in result.content)

    async def definitions(self):
        tools = await self.client.list_tools()
        return [{"name": tool.name, "description": tool.description, "inputSchema": tool.input_schema} for tool in tools]


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(url, child):
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            if child.poll() is not None:
                sys.exit(f"FAILED: {child.args[0]} ended with {child.returncode}")
            time.sleep(0.1)
    sys.exit(f"FAILED: {url} does not answer")


def begin(folder, program, end):
    """A Prometheus with the incident in it, and Tawny beside it."""
    made = folder / "incident.om"
    made.write_text(metrics(end))
    data = folder / "prometheus"
    subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", made, data], check=True, stdout=subprocess.DEVNULL)
    (folder / "prometheus.yml").write_text("{}\n")
    port = free_port()
    log = (folder / "log").open("w")
    prometheus = subprocess.Popen(
        ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={data}",
         f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=1d"],
        stdout=log, stderr=log,
    )
    url = f"http://127.0.0.1:{port}"
    wait_for(f"{url}/-/ready", prometheus)
    ours = free_port()
    (folder / "tawny.yaml").write_text(f"""
server: {{listen: "127.0.0.1:{ours}", data_dir: "{folder}/data"}}
metrics: {{main: {{type: prometheus, url: "{url}", scrape_interval: {STEP}s}}}}
services:
  - {{name: shop, platform: observed, metrics: {{selector: 'job="shop"'}}, signals: [{{preset: up}}]}}
mcp: {{clients: [{{name: comparison, token: {TOKEN}, rate: 10000}}]}}
log: {{level: error}}
""")
    tawny = subprocess.Popen([program, "serve", "--config", f"{folder}/tawny.yaml"], stdout=log, stderr=log)
    wait_for(f"http://127.0.0.1:{ours}/healthz", tawny)
    return [prometheus, tawny], url, f"http://127.0.0.1:{ours}"


async def ask(server, end):
    """Of each question: calls, tokens, whether the answer was there."""
    rows = []
    for text, known, sequences in questions(end):
        said = [await server.call(tool, arguments) for tool, arguments in sequences[server.name != "Tawny"]]
        counted = [len(tokens.encode(one)) for one in said]
        rows.append((text, known, len(said), sum(counted), max(counted), holds("\n".join(said), known)))
    definitions = len(tokens.encode(json.dumps(await server.definitions(), separators=(",", ":"), ensure_ascii=False)))
    return rows, definitions


async def compare(prometheus, tawny, end):
    os.environ["PROMETHEUS_URL"] = prometheus
    from fastmcp import Client
    from prometheus_mcp_server.server import mcp

    own = await ask(Tawny(tawny), end)
    async with Client(mcp) as client:
        return own, await ask(Rival(client), end)


def written(own, other):
    from importlib.metadata import version

    lines = [
        "# Beside another MCP server",
        "",
        f"Made by `scripts/mcp_comparison.py` on {datetime.date.today()} at {revision()}, on {machine()}: ten questions of an incident to",
        f"Tawny and to {RIVAL} {version(RIVAL)} (PyPI), on the same Prometheus of {SERIES} series. The metrics are made up, so the answers are",
        "known. Each question is as few calls as the server allows. Tokens are those of the texts that a model is given (o200k).",
        "",
        f"| question | known | calls | tokens | answer there | calls, {RIVAL} | tokens | answer there |",
        "|---|---|---|---|---|---|---|---|",
    ]
    yes = {True: "yes", False: "**no**"}
    for (text, known, calls, size, _, there), (_, _, their_calls, their_size, _, theirs) in zip(own[0], other[0], strict=True):
        lines.append(f"| {text} | {known:.6g} | {calls} | {size} | {yes[there]} | {their_calls} | {their_size} | {yes[theirs]} |")
    total = [sum(row[n] for row in side[0]) for side in (own, other) for n in (2, 3)]
    found = [sum(row[5] for row in side[0]) for side in (own, other)]
    lines.append(f"| together | | {total[0]} | {total[1]} | {found[0]} of 10 | {total[2]} | {total[3]} | {found[1]} of 10 |")
    lines += [
        "",
        f"Names, descriptions and input schemas of all tools: {own[1]} tokens, {other[1]} of {RIVAL}, which has metrics alone.",
        f"The longest answer: {max(row[4] for row in own[0])} tokens, {max(row[4] for row in other[0])} of {RIVAL}.",
        "",
        f"For one number at one moment {RIVAL} is shorter: Tawny also gives window, evidence id and what is untrusted. Over a range",
        "it gives every point, of a careless query every series.",
        "",
    ]
    return "\n".join(lines)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    end = int(time.time()) // STEP * STEP
    children = []
    with tempfile.TemporaryDirectory(prefix="tawny-mcp-") as folder:
        try:
            children, prometheus, tawny = begin(pathlib.Path(folder), program, end)
            own, other = asyncio.run(compare(prometheus, tawny, end))
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(timeout=30)
    page = written(own, other)
    (ROOT / "docs/mcp-comparison.md").write_text(page)
    print(page)
    missed = [row[0] for row in own[0] if not row[5]]
    long = [row[0] for row in own[0] if row[4] > CAP]
    for text in missed:
        print(f"FAILED: no answer: {text}")
    for text in long:
        print(f"FAILED: more than {CAP} tokens: {text}")
    print(f"mcp comparison: {10 - len(missed)} of 10 answered, {sum(row[3] for row in own[0])} tokens; {RIVAL}: {sum(row[5] for row in other[0])} of 10, {sum(row[3] for row in other[0])} tokens")
    sys.exit(1 if missed or long else 0)


if __name__ == "__main__":
    main()
