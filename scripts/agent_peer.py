#!/usr/bin/env python3
"""The analyst before a server that others wrote: npm @copilotkit/aimock, which speaks OpenAI's chat completions.

1. `tawny agent test` says of it what it can: answers, tools, several at once, form, parts, token counts; and of a model that is
   overrun or unknown there, why it does not answer.
2. A whole investigation in the demo: calls in parallel, their answers, a draft, the sceptic's pass, a draft, all streamed. What
   the draft invents is cut.

    scripts/agent_peer.py TAWNY [FOLDER]   # where the server is installed; .tawny/agent-peer

Exits with 1 when something is wrong, and with 2 when something that it needs is missing.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from waiting import until  # noqa: E402
from webhooks import port  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = "@copilotkit/aimock@1.43.0"
INVENTED = "7613 customers have left for good."


def draft(summary):
    """A draft that accuses nobody, and invents a number."""
    unknown = {"was": "unknown", "id": None}
    return json.dumps({
        "summary": summary,
        "impact": [{"text": INVENTED, "cites": []}],
        "queries": [],
        "hypotheses": [{"conclusion": unknown, "because": "Nothing else was looked at.", "refuted_by": None}],
        "evidence_for": [],
        "evidence_against": [],
        "ruled_out": [],
        "conclusion": unknown,
        "mechanism": "",
        "place": None,
        "contributing": [],
        "time_lost": [],
        "recommendation": {"action": "hold", "because": "More has to be known.", "risk": "It goes on."},
        "solution": "Find out more.",
        "action_items": [],
    })


def calls(*all):
    return {"toolCalls": [{"name": name, "arguments": json.dumps(arguments)} for name, arguments in all]}


def fixtures():
    ready = {"userMessage": "Answer with the one word"}
    gauges = {"userMessage": "Call the tool read_gauge"}
    explain = {"userMessage": "explain why this deployment hurts"}
    looked = calls(("note_plan", {"hypotheses": []}), ("list_deployments", {}), ("list_services", {}))
    limit = {"error": {"message": "Rate limit reached", "type": "rate_limit_error"}}
    return {"fixtures": [
        {"match": {"model": "overrun"}, "response": limit | {"status": 429}},
        {"match": ready, "response": {"content": "ready"}},
        {"match": gauges | {"hasToolResult": False}, "response": calls(("read_gauge", {"name": "a"}), ("read_gauge", {"name": "b"}))},
        {"match": gauges | {"hasToolResult": True}, "response": {"content": "41"}},
        {"match": {"userMessage": "Give the colour red"}, "response": {"content": '{"colour": "red", "count": 3}'}},
        {"match": {"userMessage": "now be the sceptic"}, "response": {"content": draft("It holds: the cause is not known.")}},
        {"match": explain | {"hasToolResult": False}, "response": looked},
        {"match": explain | {"hasToolResult": True}, "response": {"content": draft("The cause is not known.")}},
    ]}


def installed(folder):
    if not shutil.which("npm"):
        print("skipped: npm is not there")
        sys.exit(2)
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "node_modules/.bin/llmock"
    if not program.exists():
        subprocess.run(["npm", "i", "--no-audit", "--no-fund", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return program


def tried(tawny, folder, url, model):
    """Exit code and document of `tawny agent test` for one model."""
    service = '{name: a, platform: {type: observed}, metrics: {selector: \'job="a"\'}, signals: [{preset: http}]}'
    file = folder / f"{model}.yaml"
    file.write_text(
        'metrics: {p: {type: prometheus, url: "http://127.0.0.1:9"}}\n'
        f"services: [{service}]\n"
        f"agent: {{endpoints: [{{name: peer, url: \"{url}\", model: {model}, key: a-key-for-the-peer}}]}}\n"
    )
    done = subprocess.run([tawny, "--json", "agent", "test", "--config", file], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


def main():
    tawny = str(pathlib.Path(sys.argv[1]).resolve())
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / ".tawny/agent-peer").resolve()
    program = installed(folder)
    wrong = []

    def check(what, good, seen=""):
        print(f"agent peer: {'good' if good else 'WRONG'}: {what}{'' if good else f': {seen}'}", flush=True)
        if not good:
            wrong.append(what)

    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        (place / "fixtures.json").write_text(json.dumps(fixtures()))
        at = port()
        server = subprocess.Popen(
            [program, "-p", str(at), "-f", place / "fixtures.json", "--strict", "--log-level", "warn"],
            stdout=subprocess.DEVNULL, env=os.environ | {"AIMOCK_API_KEYS": "a-key-for-the-peer"},
        )
        try:
            url = f"http://127.0.0.1:{at}/v1"

            def journal():
                asked = urllib.request.Request(
                    f"http://127.0.0.1:{at}/__aimock/journal", headers={"Authorization": "Bearer a-key-for-the-peer"}
                )
                try:
                    with urllib.request.urlopen(asked, timeout=5) as answer:
                        return answer.read().decode()
                except OSError:
                    return None

            until("the server answers", journal)
            code, document = tried(tawny, place, url, "wise")
            went = {one["ability"]: one["went"] for one in document["endpoints"][0]["tried"]}
            check("tawny agent test finds all that is needed", code == 0 and document["ok"], document)
            for ability in ["answers", "streams", "counts", "tools", "parallel", "form"]:
                check(f"tawny agent test: {ability}", went.get(ability) == "good", went)
            code, document = tried(tawny, place, url, "overrun")
            seen = document["endpoints"][0]
            check("tawny agent test says that a model is overrun", code == 3 and "429" in json.dumps(seen), seen)

            demo = subprocess.run(
                [tawny, "--json", "demo", "--model", url, "--model-name", "wise", "--answer", "hold", "--scenario", "latency"],
                capture_output=True, text=True, env=os.environ | {"TAWNY_DEMO_MODEL_KEY": "a-key-for-the-peer"},
            )
            document = json.loads(demo.stdout)
            report = document.get("root_cause") or {}
            spent = report.get("spent") or {}
            check("the demo ends as it has to", demo.returncode == 0, demo.stderr[-2000:])
            check("its report is the model's", report.get("written_by") == "model", report)
            check("three requests: calls, a draft, and what the sceptic left", spent.get("calls") == 3, spent)
            check("two tools were asked", spent.get("steps") == 2, spent)
            check("tokens are counted", spent.get("tokens_in", 0) > 0 and spent.get("tokens_out", 0) > 0, spent)
            check("what was invented is cut", report.get("cut", 0) >= 1, report)
            text = pathlib.Path(report["path"]).read_text() if report.get("path") else ""
            check("nothing invented is told", text and "7613" not in text and "customers have left" not in text, text)
            check("the model concluded nothing", report.get("conclusion", {}).get("was") == "unknown", report)
        finally:
            server.terminate()
            server.wait()
    print(f"agent peer: {PACKAGE}: {'all good' if not wrong else f'{len(wrong)} wrong'}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
