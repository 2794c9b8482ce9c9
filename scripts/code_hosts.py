#!/usr/bin/env python3
"""The code hosts against servers that others wrote.

1. A GitHub emulator with state of its own (npm `emulate`): what Tawny tells of a release must be what was put there.
2. GitHub's published OpenAPI through Prism: every request that Tawny sends must validate; those that open a request, too, which
   the emulator answers: what is there afterwards must be what was asked for, once.
3. GitLab: requests validated by its published OpenAPI where that can be had, and answered as its documentation says.

    scripts/code_hosts.py [FOLDER]   # where the servers are installed; .tawny/code-hosts

Exits with 1 when something is wrong.
"""

import base64
import datetime
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
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
# `emulate` 0.12.2 is vercel-labs/emulate; later numbers under that name are another program.
PACKAGES = ["node@22", "emulate@0.12.2", "@stoplight/prism-cli@5.14.2", "@octokit/openapi"]
# No registry has it: it is read from GitLab's repository, or from the file that GITLAB_OPENAPI names.
GITLAB_OPENAPI = "https://gitlab.com/gitlab-org/gitlab/-/raw/v18.1.1-ee/doc/api/openapi/openapi_v2.yaml"
FIRST, SECOND = "1" * 40, "ed899a2f4b50b4370feeea94676502b42383c746"
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
    for _ in range(960):
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


def changes(kind, api, path, old, new):
    program = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug/examples/changes"
    done = subprocess.run(
        [program, kind, api, path, old, new], env={**os.environ, "CODE_TOKEN": TOKEN}, text=True, capture_output=True
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
        told = changes("github", api, "octocat/shop", first, head)
        expect(failures, "relation", told.get("relation"), "Ahead")
        known = {one["id"]: one for one in told.get("changes", [])}
        expect(failures, "commits", set(known), {direct, side})
        if side in known:
            expect(failures, "files", [file["path"] for file in known[side]["files"]], ["src/refund.rs"])
            expect(failures, "title", known[side]["title"], "Refund")
            expect(failures, "request", (known[side]["request"] or {}).get("title"), "Refunds")
            expect(failures, "none", (known.get(direct) or {}).get("request"), None)
        back = changes("github", api, "octocat/shop", head, first)
        expect(failures, "back", (back.get("relation"), back.get("gone")), ("Behind", 2))
        nothing = changes("github", api, "octocat/shop", "v9", head)
        expect(failures, "unknown", "error" in nothing, True)
        print(f"emulated: {json.dumps(told)[:1500]}")
    finally:
        server.terminate()
        server.wait()


RESULTS = []


def expect(failures, what, found, wanted):
    RESULTS.append((what, "ok" if found == wanted else "failed"))
    print(f"{'ok  ' if found == wanted else 'FAIL'} {what}: {found!r}" + ("" if found == wanted else f", not {wanted!r}"))
    if found != wanted:
        failures.append(what)


class Between(http.server.ThreadingHTTPServer):
    """Stands between Tawny and Prism: notes what is asked and what Prism refuses, and may answer itself."""

    def __init__(self, port, headers=None, answer=None, prefix="", behind=None):
        super().__init__(("127.0.0.1", 0), Pass)
        self.port, self.more, self.answer, self.prefix, self.behind = port, headers or {}, answer, prefix, behind
        self.asked, self.refused, self.unknown = [], [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Pass(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.passed(None)

    def do_POST(self):
        self.passed(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def passed(self, sent):
        server = self.server
        own = {name: value for name, value in self.headers.items() if name.lower() not in ["host", "content-length"]}
        headers = {**own, **server.more}
        # The description of GitLab names a list of things without the brackets that GitLab itself demands.
        path = self.path.removeprefix(server.prefix).replace("[]=", "=")
        # Its names of branches have slashes, which the description of GitHub counts as one part of the path.
        before, ref, name = path.partition("/git/ref/")
        path = before + ref + urllib.parse.quote(name, safe="?=&%")
        status, body = 200, b""
        if server.port:
            status, body = Pass.forwarded(f"http://127.0.0.1:{server.port}{path}", headers, sent)
        server.asked.append(self.path.split("?")[0])
        if b"NO_PATH_MATCHED" in body:
            server.unknown.append(self.path.split("?")[0])
        elif status >= 400:
            server.refused.append(f"{self.path}: {status} {body[:300]!r}")
        if server.behind:
            status, body = Pass.forwarded(f"{server.behind}{self.path}", own, sent)
        elif server.answer:
            status, told = server.answer(self.path)
            body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @staticmethod
    def forwarded(url, headers, sent=None):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, sent, headers), timeout=120) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def log_message(self, *_):
        pass


def described(folder, node, failures):
    """Each request is validated by GitHub's own description of its API."""
    port = free_port()
    document = "node_modules/@octokit/openapi/generated/api.github.com.json"
    server = serve(folder, node, "prism", "mock", "-p", str(port), "-h", "127.0.0.1", document)
    try:
        until_up(f"http://127.0.0.1:{port}/rate_limit", server)
        # The document names its answers `application/json` alone; GitHub asks for the other name.
        between = Between(port, {"Accept": "application/json"})
        told = changes("github", between.url, "octocat/hello-world", "v1", "v2/with space")
        print(f"described: {json.dumps(told)[:600]}")
        # The examples of the document hold one commit, whose files and requests are asked for.
        for wanted in ["/compare/", "/commits/", "/pulls"]:
            expect(failures, f"asked {wanted}", any(wanted in path for path in between.asked), True)
        expect(failures, "refused", between.refused + between.unknown, [])
        print(f"{len(between.asked)} requests validated")
        between.shutdown()
        proposed(folder, node, port, failures)
    finally:
        server.terminate()
        server.wait()


def propose(api, suspect, fix):
    program = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug/examples/propose"
    done = subprocess.run(
        [program, "github", api, "octocat/shop", suspect, fix],
        env={**os.environ, "CODE_TOKEN": TOKEN}, text=True, capture_output=True,
    )  # fmt: skip
    assert TOKEN not in done.stdout + done.stderr, "the token was printed"
    return json.loads(done.stdout) if done.returncode == 0 else [{"error": done.stderr}] * 2


def text_at(repo, path, ref):
    try:
        return base64.b64decode(ask(f"{repo}/contents/{path}?ref={ref}")["content"]).decode()
    except urllib.error.HTTPError as error:
        return error.code


def proposed(folder, node, prism, failures):
    """What Tawny opens, twice, is there once; each request on the way is validated by GitHub's description."""
    (folder / "seed.yaml").write_text(SEED)
    port = free_port()
    server = serve(folder, node, "emulate", "start", "-s", "github", "-p", str(port), "--seed", "seed.yaml")
    try:
        api = f"http://127.0.0.1:{port}"
        until_up(f"{api}/rate_limit", server)
        repo = f"{api}/repos/octocat/shop"
        main = ask(repo)["default_branch"]
        commit(repo, main, "src/pay.rs", "fn pay() {}\n", "Pay")
        suspect = commit(repo, main, "src/fee.rs", "fn fee() {}\n", "Fees")
        commit(repo, main, "src/tax.rs", "fn tax() {}\n", "Taxes")
        between = Between(prism, {"Accept": "application/json"}, behind=api)
        for fix, draft, fee in [("revert", False, 404), ("hotfix", True, "fn fee() {}\n// mended\n")]:
            ended = propose(between.url, suspect, fix)
            print(f"{fix}: {json.dumps(ended)[:800]}")
            expect(failures, f"{fix}: opened", [one.get("outcome") for one in ended], ["opened", "opened"])
            branch = f"tawny/{fix}-{suspect[:7]}-dep_1"
            pulls = [one for one in ask(f"{repo}/pulls?state=all&per_page=100") if one["head"]["ref"] == branch]
            expect(failures, f"{fix}: once", len(pulls), 1)
            if not pulls:
                continue
            pull = pulls[0]
            expect(failures, f"{fix}: draft", bool(pull.get("draft")), draft)
            expect(failures, f"{fix}: into", (pull["base"]["ref"], pull["state"]), (main, "open"))
            expect(failures, f"{fix}: known again", f"<!-- Tawny-Fix: {fix}/dep_1/{suspect} -->" in pull["body"], True)
            expect(failures, f"{fix}: labels", [one["name"] for one in pull.get("labels", [])], ["tawny"])
            expect(failures, f"{fix}: the suspect's file", text_at(repo, "src/fee.rs", branch), fee)
            expect(failures, f"{fix}: what came later", text_at(repo, "src/tax.rs", branch), "fn tax() {}\n")
            expect(failures, f"{fix}: {main} as it was", text_at(repo, "src/fee.rs", main), "fn fee() {}\n")
            ask(f"{repo}/pulls/{pull['number']}", {"state": "closed"}, "PATCH")
            trouble = [one.get("trouble", {}).get("trouble") for one in propose(between.url, suspect, fix)]
            expect(failures, f"{fix}: closed stays closed", trouble, ["closed", "closed"])
        for wanted in ["/git/trees", "/git/commits", "/git/refs", "/pulls", "/labels"]:
            expect(failures, f"asked {wanted}", any(path.endswith(wanted) for path in between.asked), True)
        expect(failures, "refused", between.refused + between.unknown, [])
        print(f"{len(between.asked)} requests to open one validated")
        between.shutdown()
    finally:
        server.terminate()
        server.wait()


def gitlab_document(folder):
    """GitLab's own description, from GITLAB_OPENAPI or from its repository; none where neither is to be had."""
    given = os.environ.get("GITLAB_OPENAPI")
    if given:
        return pathlib.Path(given).resolve()
    kept = folder / "gitlab.yaml"
    if not kept.exists():
        try:
            with urllib.request.urlopen(GITLAB_OPENAPI, timeout=20) as answer:
                kept.write_bytes(answer.read())
        except OSError as error:
            print(f"GitLab's description cannot be had ({error}): set GITLAB_OPENAPI to a copy of {GITLAB_OPENAPI}")
            return None
    return kept


def gitlab_answers(path):
    """Answers as GitLab's documentation shows them, of one release of one commit, merged by one request."""
    path = urllib.parse.urlsplit(path).path
    commit = lambda sha, parents, title: {
        "id": sha, "short_id": sha[:8], "created_at": "2026-11-20T11:50:22.000+00:00", "parent_ids": parents,
        "title": title, "message": f"{title}\n\nCloses #7", "author_name": "Example User",
        "author_email": "user@example.com", "authored_date": "2026-11-20T11:50:22.000+00:00",
        "committer_name": "Administrator", "committer_email": "admin@example.com",
        "committed_date": "2026-11-20T11:50:22.000+00:00", "trailers": {}, "extended_trailers": {},
        "web_url": f"https://gitlab.example.com/janedoe/gitlab-foss/-/commit/{sha}",
    }  # fmt: skip
    diff = {
        "diff": "@@ -71,6 +71,8 @@\n sanitized\n+one\n+two\n", "collapsed": False, "too_large": False,
        "new_path": "doc/update/5.4-to-6.0.md", "old_path": "doc/update/5.4-to-6.0.md", "a_mode": "100755",
        "b_mode": "100644", "new_file": False, "renamed_file": False, "deleted_file": False, "generated_file": None,
    }  # fmt: skip
    user = {"id": 1, "name": "Administrator", "username": "admin", "state": "active", "avatar_url": None}
    request = {
        "id": 84, "iid": 14, "project_id": 4, "title": "Refunds", "description": "Why.", "state": "merged",
        "merged_by": user, "merge_user": user, "merged_at": "2026-11-20T12:00:00.000Z", "author": user, "reviewers": [],
        "labels": ["Manage"], "draft": False, "sha": SECOND, "merge_commit_sha": None, "squash_commit_sha": None,
    }  # fmt: skip
    if path.endswith("/merge_base"):
        return (404, {"message": "404 Merge Base Not Found"}) if "apart" in path else (200, commit(FIRST, [], "Begin"))
    if path.endswith("/compare"):
        return 200, {"commit": commit(SECOND, [], "Refund"), "commits": [], "diffs": [diff], "compare_timeout": False,
                     "compare_same_ref": False}  # fmt: skip
    if path.endswith("/merge_requests"):
        return 200, [request]
    if path.endswith("/diff"):
        return 200, [diff]
    if path.endswith("/commits"):
        return 200, [commit(SECOND, [FIRST], "Refund")]
    return 200, commit(FIRST if path.endswith("v1") else SECOND, [FIRST], "Refund")


def described_gitlab(folder, node, failures):
    """Each request is validated by GitLab's own description of its API, and answered as its documentation says."""
    document = gitlab_document(folder)
    port, server = None, None
    if document:
        port = free_port()
        server = serve(folder, node, "prism", "mock", "-p", str(port), "-h", "127.0.0.1", str(document))
    try:
        prefix = ""
        if server:
            until_up(f"http://127.0.0.1:{port}/api/v4/version", server)
            # Some copies name the server in another place than the paths.
            prefix = "" if '"/api/v4/' in document.read_text() else "/api/v4"
        between = Between(port, answer=gitlab_answers, prefix=prefix)
        told = changes("gitlab", f"{between.url}/api/v4", "group/sub/shop", "v1", "v2")
        one = (told.get("changes") or [{}])[0]
        expect(failures, "GitLab: commit", (one.get("id"), one.get("title")), (SECOND, "Refund"))
        expect(failures, "GitLab: files", [file["path"] for file in one.get("files", [])], ["doc/update/5.4-to-6.0.md"])
        request = {"number": 14, "title": "Refunds", "merger": "admin"}
        expect(failures, "GitLab: request", one.get("request"), request)
        apart = changes("gitlab", f"{between.url}/api/v4", "group/apart", "v1", "v2")
        expect(failures, "GitLab: unrelated", apart.get("relation"), "Unrelated")
        for wanted in ["/commits/v1", "/merge_base", "/commits", "/diff", "/merge_requests", "/compare"]:
            expect(failures, f"asked {wanted}", any(path.endswith(wanted) for path in between.asked), True)
        if server:
            expect(failures, "GitLab: refused", between.refused, [])
            print(f"{len(between.asked) - len(between.unknown)} requests to GitLab validated, not described: {between.unknown}")
        between.shutdown()
    finally:
        if server:
            server.terminate()
            server.wait()


def written(gitlab):
    revision = ["git", "rev-parse", "--short", "HEAD"]
    revision = subprocess.run(revision, cwd=ROOT, text=True, capture_output=True, check=True).stdout.strip()
    day = datetime.datetime.now(datetime.timezone.utc).date()
    lines = [
        f"# Code hosts that others wrote, {day}", "",
        "Written by `scripts/code_hosts.py` (`make verify`). Nothing here was typed by hand.", "",
        f"Revision {revision}. Servers: {', '.join(PACKAGES)}; GitLab's own description: {'yes' if gitlab else 'not to be had'}.", "",
        "| what | result |", "|---|---|", *[f"| {what} | {result} |" for what, result in RESULTS], "",
    ]  # fmt: skip
    page = ROOT / f"docs/verify/code-hosts-{day}.md"
    page.write_text("\n".join(lines))
    print(page.relative_to(ROOT))


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".tawny/code-hosts").resolve()
    node = install(folder)
    failures = []
    emulated(folder, node, failures)
    described(folder, node, failures)
    described_gitlab(folder, node, failures)
    print(f"code hosts: {len(failures)} failed")
    written(gitlab_document(folder) is not None)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
