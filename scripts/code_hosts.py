#!/usr/bin/env python3
"""The code hosts against servers that others wrote.

1. A GitHub emulator with state of its own (npm `emulate`): what Tawny tells of a release must be what was put there.
2. GitHub's published OpenAPI through Prism: every request that Tawny sends must validate.

    scripts/code_hosts.py [FOLDER]   # where the servers are installed; .tawny/code-hosts

Exits with 1 when something is wrong.
"""

import base64
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
# `emulate` 0.12.2 is vercel-labs/emulate; later numbers under that name are another program.
PACKAGES = ["node@22", "emulate@0.12.2", "@stoplight/prism-cli@5.14.2", "@octokit/openapi"]
TOKEN = "ghp_emulated"
SEED = f"""tokens:
  {TOKEN}:
    login: octocat
    scopes: [repo]
github:
  users:
    - login: octocat
      name: Octocat
      email: octocat@example.com
  repos:
    - owner: octocat
      name: shop
      auto_init: true
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def install(folder):
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules/.bin/prism").exists():
        subprocess.run(["npm", "i", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    node = shutil.which("node", path=folder / "node_modules/.bin") or "node"
    return node


def serve(folder, node, name, *arguments):
    log = (folder / f"{name}.log").open("w")
    program = (folder / "node_modules/.bin" / name).resolve()
    return subprocess.Popen([node, program, *arguments], cwd=folder, stdout=log, stderr=subprocess.STDOUT)


def ask(url, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", "User-Agent": "check"}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or "null")


def until_up(url, process):
    for _ in range(240):
        if process.poll() is not None:
            raise SystemExit(f"the server at {url} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.25)
    raise SystemExit(f"the server at {url} did not come up")


def commit(repo, branch, path, text, message):
    content = base64.b64encode(text.encode()).decode()
    put = ask(f"{repo}/contents/{path}", {"message": message, "content": content, "branch": branch}, "PUT")
    return put["commit"]["sha"]


def changes(api, path, old, new):
    program = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug/examples/changes"
    done = subprocess.run(
        [program, "github", api, path, old, new], env={**os.environ, "CODE_TOKEN": TOKEN}, text=True, capture_output=True
    )
    assert TOKEN not in done.stdout + done.stderr, "the token was printed"
    return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr}


def emulated(folder, node, failures):
    """What was put into the emulator is what is told."""
    (folder / "seed.yaml").write_text(SEED)
    port = free_port()
    server = serve(folder, node, "emulate", "start", "-s", "github", "-p", str(port), "--seed", "seed.yaml")
    try:
        api = f"http://127.0.0.1:{port}"
        until_up(f"{api}/rate_limit", server)
        repo = f"{api}/repos/octocat/shop"
        main = ask(repo)["default_branch"]
        first = ask(f"{repo}/commits?sha={main}")[0]["sha"]
        direct = commit(repo, main, "src/pay.rs", "fn pay() {}\n", "Pay")
        ask(f"{repo}/git/refs", {"ref": "refs/heads/side", "sha": direct})
        side = commit(repo, "side", "src/refund.rs", "fn refund() {}\n", "Refund\n\nCustomers asked for it.")
        pull = ask(f"{repo}/pulls", {"title": "Refunds", "head": "side", "base": main, "body": "Why."})["number"]
        ask(f"{repo}/pulls/{pull}/merge", {"merge_method": "merge"}, "PUT")
        head = ask(f"{repo}/git/ref/heads/{main}")["object"]["sha"]
        told = changes(api, "octocat/shop", first, head)
        expect(failures, "relation", told.get("relation"), "Ahead")
        known = {one["id"]: one for one in told.get("changes", [])}
        expect(failures, "commits", set(known), {direct, side})
        if side in known:
            expect(failures, "files", [file["path"] for file in known[side]["files"]], ["src/refund.rs"])
            expect(failures, "title", known[side]["title"], "Refund")
            expect(failures, "request", (known[side]["request"] or {}).get("title"), "Refunds")
            expect(failures, "none", (known.get(direct) or {}).get("request"), None)
        back = changes(api, "octocat/shop", head, first)
        expect(failures, "back", (back.get("relation"), back.get("gone")), ("Behind", 2))
        nothing = changes(api, "octocat/shop", "v9", head)
        expect(failures, "unknown", "error" in nothing, True)
        print(f"emulated: {json.dumps(told)[:1500]}")
    finally:
        server.terminate()
        server.wait()


def expect(failures, what, found, wanted):
    print(f"{'ok  ' if found == wanted else 'FAIL'} {what}: {found!r}" + ("" if found == wanted else f", not {wanted!r}"))
    if found != wanted:
        failures.append(what)


def described(folder, node, failures):
    """Each request is validated by GitHub's own description of its API."""
    port = free_port()
    document = "node_modules/@octokit/openapi/generated/api.github.com.json"
    server = serve(folder, node, "prism", "mock", "-p", str(port), "-h", "127.0.0.1", document)
    refused, asked = [], []

    class Between(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            # The document names its answers `application/json` alone; GitHub asks for the other name.
            headers = {name: "application/json" if name.lower() == "accept" else value for name, value in headers.items()}
            request = urllib.request.Request(f"http://127.0.0.1:{port}{self.path}", headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:
                    status, body = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, body = error.code, error.read()
            asked.append(self.path.split("?")[0])
            if status >= 400:
                refused.append(f"{self.path}: {status} {body[:300]!r}")
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    try:
        until_up(f"http://127.0.0.1:{port}/rate_limit", server)
        between = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between)
        threading.Thread(target=between.serve_forever, daemon=True).start()
        api = f"http://127.0.0.1:{between.server_address[1]}"
        told = changes(api, "octocat/hello-world", "v1", "v2/with space")
        print(f"described: {json.dumps(told)[:600]}")
        # The examples of the document hold one commit, whose files and requests are asked for.
        for wanted in ["/compare/", "/commits/", "/pulls"]:
            expect(failures, f"asked {wanted}", any(wanted in path for path in asked), True)
        expect(failures, "refused", refused, [])
        print(f"{len(asked)} requests validated")
        between.shutdown()
    finally:
        server.terminate()
        server.wait()


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".tawny/code-hosts").resolve()
    node = install(folder)
    failures = []
    emulated(folder, node, failures)
    described(folder, node, failures)
    print(f"code hosts: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
