#!/usr/bin/env python3
"""The pages before a real browser: pictures of each into docs/pages, axe-core in both colour schemes and on a phone,
html-validate, the policy of each answer, the weight of a first visit, and a decision on a phone without scripts; then
people (scripts/pages_people.mjs): one watches live, one decides on a phone, two press at once, in both languages.

    scripts/pages.py              # all of it
    scripts/pages.py --no-pictures   # judges alone
    scripts/pages.py --only people   # one part: asked, empty or people

Plays `tawny demo` to a question, looks, answers in the browser, and looks again; and at a server where nothing happened
yet. Installs playwright-core, axe-core and html-validate under .tawny/pages. Needs npm, Chromium, Prometheus and
target/debug/tawny. Exit code 1 when something is wrong.
"""

import json
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from webhooks import port  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("TAWNY", str(ROOT / "target/debug/tawny"))
HOME = ROOT / ".tawny/pages"
PACKAGES = ["playwright-core@1.65.1", "axe-core@4", "html-validate@9"]
PICTURES = ROOT / "docs/pages"
MOST_PICTURE = 60 * 1024
# One look at all pages of a server, in seconds.
LONGEST = 900
EMPTY = """
server: {{listen: "127.0.0.1:{port}", data_dir: "{folder}/data"}}
metrics:
  main: {{type: prometheus, url: "http://127.0.0.1:9"}}
people: [{{name: ann, roles: [responder, operator]}}]
services:
  - name: shop
    platform: {{type: observed, instances: [{{id: a}}]}}
    metrics: {{selector: 'job="shop"'}}
    signals: [{{preset: up}}]
"""


def installed():
    HOME.mkdir(parents=True, exist_ok=True)
    stamp = HOME / "installed"
    if not stamp.exists() or stamp.read_text() != " ".join(PACKAGES):
        run = ["npm", "i", "--no-audit", "--no-fund", *PACKAGES]
        subprocess.run(run, cwd=HOME, check=True, stdout=subprocess.DEVNULL)
        stamp.write_text(" ".join(PACKAGES))


class Tawny:
    """A running `tawny`, and what it has printed."""

    def __init__(self, *arguments, folder):
        command = [PROGRAM, *arguments]
        self.child = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.child.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def until(self, pattern, seconds):
        """The first line that has it."""
        end, said = time.monotonic() + seconds, []
        while time.monotonic() < end:
            try:
                line = self.lines.get(timeout=1)
            except queue.Empty:
                continue
            if line is None:
                break
            said.append(line)
            found = re.search(pattern, line)
            if found:
                return found
        raise SystemExit(f"never said {pattern}:\n{''.join(said[-30:])}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        try:
            self.child.wait(30)
        except subprocess.TimeoutExpired:
            self.child.kill()


def look(told, script="pages.mjs"):
    told |= {"modules": str(HOME), "chromium": shutil.which("chromium") or "chromium"}
    told["out"] = None if "--no-pictures" in sys.argv else str(PICTURES)
    begun = time.time()
    command = ["node", str(ROOT / "scripts" / script)]
    run = subprocess.run(command, input=json.dumps(told), text=True, env=os.environ, timeout=LONGEST)
    if told["out"]:
        shrink(begun)
    return run.returncode


def shrink(begun):
    """A palette, as large as the bytes allow: a fraction of the bytes, and nobody sees it."""
    for file in PICTURES.glob("*.png"):
        if file.stat().st_mtime < begun:
            continue
        whole = file.read_bytes()
        for colours in (160, 64, 40, 24) if shutil.which("pngquant") else ():
            file.write_bytes(whole)
            subprocess.run(["pngquant", "--force", "--ext", ".png", "--strip", str(colours), str(file)])
            if file.stat().st_size <= MOST_PICTURE:
                break
        if file.stat().st_size > MOST_PICTURE:
            print(f"note: {file.name} is {file.stat().st_size // 1024} KB")


def asked(folder):
    """A deployment that waits for an answer, and the same when it was rolled back."""
    link = r"(http://[^/\s]+)(/login/\S+)"
    with Tawny("demo", "--scenario", "latency", "--keep", "--dir", folder, folder=folder) as demo:
        found = demo.until(link, 240)
        url = found[1]
        named = demo.until(r"/deployments/(\S+)", 20)
        path = f"/deployments/{named[1]}"
        time.sleep(3)
        pages = [
            ("overview", "/"),
            ("question", path),
            ("signal", f"{path}/signals/latency"),
            ("approvals", "/approvals"),
            ("service", "/services/shop"),
            ("incidents", "/incidents"),
            ("statistics", "/statistics"),
            ("search", "/search?q=shop"),
            ("report", f"{path}/report"),
        ]
        shared = link_to(named[1], url, folder)
        stranger = {"name": "shared", "path": shared, "stranger": True}
        failed = look({"url": url, "link": found[0], "pages": [*named_pages(pages), stranger], "decide": path})
        # The old version comes back, and the cure is waited for.
        demo.until(r"outcome", 240)
        time.sleep(3)
        login = again(url, folder)
        pages = [("rolled-back", path), ("overview-after", "/"), ("postmortem", f"{path}/postmortem")]
        failed |= look({"url": url, "link": login, "pages": named_pages(pages)})
    return failed


def asks(url, folder, *verb, token="token"):
    """What a verb of `tawny` prints, asked by one of the demo's people."""
    token = (pathlib.Path(folder) / token).read_text().strip()
    env = os.environ | {"TAWNY_URL": url, "TAWNY_TOKEN": token}
    run = subprocess.run([PROGRAM, *verb], env=env, capture_output=True, text=True, check=True)
    return run.stdout + run.stderr


def again(url, folder, token="token"):
    return re.search(r"http://\S+/login/\S+", asks(url, folder, "login", token=token))[0]


def link_to(deployment, url, folder):
    """Where whoever has a link sees this deployment."""
    return re.search(r"/shared/\S+", asks(url, folder, "share", deployment))[0]


def people(folder):
    """A release that is held and fine, until the browser's script injects a fault; in either language."""
    failed = 0
    for language in ("en", "zh-CN"):
        place = pathlib.Path(folder) / language
        place.mkdir()
        with Tawny("--json", "demo", "--scenario", "latency", "--no-fault", "--keep", "--dir", str(place), folder=folder) as demo:
            ready = json.loads(demo.until(r"^(\{.*\"ready\".*\})", 240)[1])
            url = ready["server_url"]
            gray = min(ready["fault_urls"])
            told = {
                "url": url,
                "path": f"/deployments/{ready['deployment_id']}",
                "fault": ready["fault_urls"][gray],
                # Ana watches and is woken; Ben is another person, at a desk.
                "links": {
                    "watcher": again(url, place),
                    "phone": again(url, place),
                    "desk": again(url, place, "token-ben"),
                },
                "language": language,
            }
            # Before and since: something must have been measured of the new version.
            time.sleep(8)
            failed |= look(told, "pages_people.mjs")
    return failed


def named_pages(pages):
    return [{"name": name, "path": path} for name, path in pages]


def denied(name, path, status, stranger=False, judged_only=True):
    """A page that says why not, and what to do."""
    return {"name": name, "path": path, "status": status, "stranger": stranger, "judged_only": judged_only}


def empty(folder):
    """A server where nothing happened yet."""
    at = port()
    file = pathlib.Path(folder) / "tawny.yaml"
    file.write_text(EMPTY.format(port=at, folder=folder))
    with Tawny("serve", "--config", str(file), folder=folder) as server:
        link = server.until(r"http://\S+/login/\S+", 60)[0]
        pages = [
            ("empty-overview", "/"),
            ("empty-approvals", "/approvals"),
            ("empty-service", "/services/shop"),
            ("empty-incidents", "/incidents"),
            ("empty-statistics", "/statistics"),
            ("empty-search", "/search"),
        ]
        refused = [
            denied("not-found", "/deployments/nobody", 404, judged_only=False),
            denied("no-page", "/nonsense", 404),
            denied("no-service", "/services/nobody", 404),
            denied("login", "/", 401, stranger=True),
            denied("used-link", "/login/nobody", 401, stranger=True),
        ]
        return look({"url": f"http://127.0.0.1:{at}", "link": link, "pages": named_pages(pages) + refused})


def main():
    installed()
    PICTURES.mkdir(parents=True, exist_ok=True)
    if not subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True).stdout.strip():
        print("note: no Chinese font here, its pictures have empty boxes; on Debian: fonts-wqy-zenhei")
    failed = 0
    parts = {"asked": asked, "empty": empty, "people": people}
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else None
    for name, part in parts.items():
        if only not in (None, name):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                failed |= part(folder)
            except (SystemExit, subprocess.SubprocessError, OSError) as error:
                # The other parts say what they have to say all the same.
                print(f"FAILED {name}: {error}")
                failed = 1
    print("passed" if not failed else "FAILED")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
