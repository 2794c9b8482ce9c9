#!/usr/bin/env python3
"""Real exporters and frameworks under a real Prometheus: are their presets found, is every signal seen, does
a watch come to a verdict? Prints a table and writes docs/verify/exporters.md.

What it needs is fetched once, by the ordinary clients of Debian (apt-get download, nothing is installed), PyPI,
npm and crates.io, into .tawny/exporters; a run that was stopped goes on from there. Everything listens on loopback.

    scripts/exporters.py                    # everything
    scripts/exporters.py flask express      # only these
    scripts/exporters.py --pages DIR        # only keep each metrics page as DIR/NAME.prom
"""

import argparse
import datetime
import json
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "scripts/exporters"
CACHE = ROOT / ".tawny/exporters"
DEBS = CACHE / "root"
DEBIAN = [
    "prometheus-node-exporter", "prometheus-nginx-exporter", "prometheus-redis-exporter", "prometheus-postgres-exporter",
    "prometheus-blackbox-exporter", "prometheus-haproxy-exporter", "nginx", "redis-server", "redis-tools", "haproxy",
    "liblua5.3-0", "libjemalloc2", "liblzf1", "libatomic1", "libopentracing-c-wrapper0", "libopentracing1",
]
# The presets that each has to be given, beside `up` where there is no `http`.
EXPECTED = {
    "prometheus": {"http", "process"},
    "node": {"host"},
    "shop": {"http", "process", "queue", "database", "business"},
    "nginx": {"http"},
    "redis": {"cache"},
    "postgres": {"database"},
    "blackbox": {"http"},
    "haproxy": {"http"},
    "flask": {"http", "process"},
    "starlette": {"http", "process"},
    "fastapi": {"http", "process"},
    "django": {"http", "process"},
    "otel": {"http", "process"},
    "otel-old": {"http", "process"},
    "grpc": {"grpc", "process"},
    "express": {"http", "process"},
    "fastify": {"http", "process"},
    "axum": {"http"},
}
INTERVAL_S = 2
WARM_S = 150
VERDICT_WITHIN_S = 300


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def sh(*command, **more):
    subprocess.run([str(part) for part in command], check=True, **more)


def once(name, make):
    """Makes something that stays, unless it is there."""
    mark = CACHE / f"{name}.done"
    if not mark.exists():
        print(f"fetching {name} …", file=sys.stderr, flush=True)
        make()
        mark.touch()


def fetch_debian():
    folder = CACHE / "deb"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    download = ["apt-get", "download", "-qq", *DEBIAN]
    quiet = {"cwd": folder, "stderr": subprocess.DEVNULL}
    if subprocess.run(download, **quiet).returncode != 0:
        sh("apt-get", "update", "-qq")
        sh(*download, cwd=folder)
    for package in folder.glob("*.deb"):
        sh("dpkg", "-x", package, DEBS)


def fetch_python():
    sh(sys.executable, "-m", "venv", CACHE / "venv")
    sh(CACHE / "venv/bin/pip", "install", "-q", "-r", HERE / "requirements.txt")


def fetch_node():
    folder = CACHE / "node"
    folder.mkdir(exist_ok=True)
    (folder / "package.json").write_text('{"private": true}')
    sh("npm", "install", "--silent", "express", "express-prom-bundle", "prom-client", "fastify", "fastify-metrics", cwd=folder)


def fetch_axum():
    environment = dict(os.environ, CARGO_TARGET_DIR=str(CACHE / "axum"))
    source = CACHE / "axum-source"
    shutil.copytree(HERE / "axum", source, dirs_exist_ok=True)
    sh("cargo", "build", "-q", cwd=source, env=environment)


class Place:
    """One run: its folder, its processes, what is scraped and who is visited."""

    def __init__(self, folder, program):
        self.folder, self.program = folder, program
        self.processes, self.jobs, self.visited, self.restart = [], {}, [], {}
        self.over = threading.Event()

    def start(self, name, *command, env=None, user=None):
        log = open(self.folder / f"{name}.log", "ab")
        library = f"{DEBS}/usr/lib/x86_64-linux-gnu"
        environment = dict(os.environ, **(env or {}))
        if str(command[0]).startswith(str(DEBS)):
            environment["LD_LIBRARY_PATH"] = library
        process = subprocess.Popen([str(p) for p in command], stdout=log, stderr=log, env=environment, user=user, cwd=self.folder)
        self.processes.append(process)
        return process

    def service(self, job, *command, port, visit=None, **more):
        """A process that a deployment replaces."""
        self.jobs[job] = f"127.0.0.1:{port}"
        self.visited += [visit] if visit else []
        self.restart[job] = (command, more, self.start(job, *command, **more))

    def replace(self, job):
        if job not in self.restart:
            return
        command, more, process = self.restart[job]
        process.terminate()
        process.wait(20)
        self.restart[job] = (command, more, self.start(job, *command, **more))

    def visit(self):
        """About fifteen requests per second for each, one of a hundred a bad one."""
        count = 0
        while not self.over.is_set():
            count += 1
            for base in self.visited:
                path = "/bad" if count % 100 == 0 else "/"
                try:
                    urllib.request.urlopen(base + path, timeout=2).read()
                except OSError:
                    pass
            self.over.wait(0.05)

    def end(self):
        self.over.set()
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def debian_bin(name):
    for folder in ("usr/bin", "usr/sbin"):
        if (DEBS / folder / name).exists():
            return DEBS / folder / name
    raise FileNotFoundError(name)


def start_debian(place, wanted):
    folder = place.folder
    if "node" in wanted:
        port = free_port()
        place.service("node", debian_bin("prometheus-node-exporter"), f"--web.listen-address=127.0.0.1:{port}", port=port)
    if wanted & {"nginx", "blackbox", "haproxy"}:
        port = free_port()
        (folder / "nginx").mkdir()
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.err; events {{}}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/nginx; proxy_temp_path {folder}/nginx;\n"
            f"fastcgi_temp_path {folder}/nginx; uwsgi_temp_path {folder}/nginx; scgi_temp_path {folder}/nginx;\n"
            f"server {{ listen 127.0.0.1:{port}; location /stub_status {{ stub_status; }}\n"
            f"location /bad {{ return 500; }} location / {{ return 200 'well'; }} }} }}\n")
        place.start("nginx-server", debian_bin("nginx"), "-c", folder / "nginx.conf")
        place.visited.append(f"http://127.0.0.1:{port}")
        if "nginx" in wanted:
            own = free_port()
            place.service("nginx", debian_bin("prometheus-nginx-exporter"), f"-web.listen-address=127.0.0.1:{own}",
                          f"-nginx.scrape-uri=http://127.0.0.1:{port}/stub_status",
                          "-nginx.retries=30", "-nginx.retry-interval=1s", port=own)  # it ends if nginx is not there yet
        if "haproxy" in wanted:
            front, own = free_port(), free_port()
            (folder / "haproxy.cfg").write_text(
                "defaults\n mode http\n timeout connect 2s\n timeout client 9s\n timeout server 9s\n"
                f"frontend metrics\n bind 127.0.0.1:{own}\n http-request use-service prometheus-exporter\n"
                f"frontend shop\n bind 127.0.0.1:{front}\n default_backend shop\n"
                f"backend shop\n server one 127.0.0.1:{port}\n")
            place.service("haproxy", debian_bin("haproxy"), "-db", "-f", folder / "haproxy.cfg", port=own, visit=f"http://127.0.0.1:{front}")
        if "blackbox" in wanted:
            own = free_port()
            (folder / "blackbox.yml").write_text("modules: {http_2xx: {prober: http}}\n")
            place.service("blackbox", debian_bin("prometheus-blackbox-exporter"), f"--config.file={folder}/blackbox.yml",
                          f"--web.listen-address=127.0.0.1:{own}", port=own)
            place.jobs["blackbox"] = {"target": f"127.0.0.1:{own}", "path": "/probe", "probes": f"http://127.0.0.1:{port}/"}
    if "redis" in wanted:
        port, own = free_port(), free_port()
        place.start("redis-server", debian_bin("redis-check-rdb").with_name("redis-server"), "--port", port, "--bind", "127.0.0.1", "--save", "")
        place.service("redis", debian_bin("prometheus-redis-exporter"), f"-web.listen-address=127.0.0.1:{own}",
                      f"-redis.addr=redis://127.0.0.1:{port}", port=own)
        threading.Thread(target=ask_redis, args=(place, port), daemon=True).start()
    if "postgres" in wanted:
        start_postgres(place)


def ask_redis(place, port):
    """Two of three keys are there."""
    time.sleep(2)
    with socket.create_connection(("127.0.0.1", port)) as redis:
        redis.sendall(b"SET a 1\r\n")
        redis.recv(64)
        count = 0
        while not place.over.wait(0.02):
            count += 1
            redis.sendall(b"GET b\r\n" if count % 3 == 0 else b"GET a\r\n")
            redis.recv(64)


def start_postgres(place):
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    data, port, own = place.folder / "postgres", free_port(), free_port()
    data.mkdir()
    user = None
    if os.geteuid() == 0:
        user = "postgres"
        entry = pwd.getpwnam(user)
        os.chown(data, entry.pw_uid, entry.pw_gid)
        place.folder.chmod(0o755)
    sh(programs / "initdb", "-D", data, "-U", "tawny", "-A", "trust", user=user, cwd="/", stdout=subprocess.DEVNULL)
    place.start("postgres-server", programs / "postgres", "-D", data, "-p", port, "-k", data, "-c", "listen_addresses=127.0.0.1", user=user)
    place.service("postgres", debian_bin("prometheus-postgres-exporter"), f"--web.listen-address=127.0.0.1:{own}", port=own,
                  env={"DATA_SOURCE_NAME": f"postgresql://tawny@127.0.0.1:{port}/postgres?sslmode=disable"})


def start_frameworks(place, wanted):
    python = CACHE / "venv/bin/python"
    for name in ("flask", "starlette", "fastapi", "django"):
        if name in wanted:
            port = free_port()
            place.service(name, python, HERE / f"{name}_app.py", port, port=port, visit=f"http://127.0.0.1:{port}")
    for name, names in (("otel", "http"), ("otel-old", "")):
        if name in wanted:
            port, own = free_port(), free_port()
            place.service(name, python, HERE / "otel_app.py", port, own, port=own, visit=f"http://127.0.0.1:{port}",
                          env={"OTEL_SEMCONV_STABILITY_OPT_IN": names})
    if "grpc" in wanted:
        port, own = free_port(), free_port()
        place.service("grpc", python, HERE / "grpc_app.py", port, own, port=own)
    for name in ("express", "fastify"):
        if name in wanted:
            port = free_port()
            place.service(name, "node", HERE / f"{name}_app.js", port, port=port, visit=f"http://127.0.0.1:{port}",
                          env={"NODE_PATH": str(CACHE / "node/node_modules")})
    if "axum" in wanted:
        port = free_port()
        place.service("axum", CACHE / "axum/debug/axum-shop", port, port=port, visit=f"http://127.0.0.1:{port}")
    if "shop" in wanted:
        port, fault = free_port(), free_port()
        place.service("shop", place.program, "mock-service", "--listen", f"127.0.0.1:{port}", "--fault-listen", f"127.0.0.1:{fault}",
                      port=port, visit=f"http://127.0.0.1:{port}")
        place.visited.append(f"http://127.0.0.1:{port}/products")
        threading.Thread(target=buy, args=(place, port), daemon=True).start()


def buy(place, port):
    """Customers who go to the till."""
    while not place.over.wait(0.1):
        try:
            urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/checkout", method="POST", data=b""), timeout=2).read()
        except OSError:
            pass


def start_prometheus(place, wanted):
    port = free_port()
    if "prometheus" in wanted:
        place.jobs["prometheus"] = f"127.0.0.1:{port}"
    configs = []
    for job, target in place.jobs.items():
        config = {"job_name": job, "static_configs": [{"targets": [target]}]}
        if isinstance(target, dict):
            config["metrics_path"] = target["path"]
            config["static_configs"] = [{"targets": [target["target"]]}]
            config["params"] = {"module": ["http_2xx"], "target": [target["probes"]]}
        configs.append(config)
    interval = f"{INTERVAL_S}s"
    (place.folder / "prometheus.yml").write_text(json.dumps(
        {"global": {"scrape_interval": interval, "scrape_timeout": interval}, "scrape_configs": configs}))
    place.start("prometheus", "prometheus", f"--config.file={place.folder}/prometheus.yml",
                f"--storage.tsdb.path={place.folder}/tsdb", f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn")
    return f"http://127.0.0.1:{port}"


def tawny(place, *arguments, env=None, good=(0,)):
    done = subprocess.run([place.program, *map(str, arguments), "--json"], capture_output=True, text=True, cwd=place.folder,
                          env=dict(os.environ, **(env or {})))
    if done.returncode not in good:
        raise RuntimeError(f"tawny {arguments[0]}: exit {done.returncode}: {done.stderr.strip()} {done.stdout[:2000]}")
    return json.loads(done.stdout), done.returncode


def keep_pages(place, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for job, target in place.jobs.items():
        url = f"http://{target}/metrics"
        if isinstance(target, dict):
            url = f"http://{target['target']}{target['path']}?module=http_2xx&target={target['probes']}"
        page = urllib.request.urlopen(url, timeout=5).read().decode()
        (folder / f"{job}.prom").write_text("\n".join(few(page)) + "\n")


def few(page):
    """Of series alike (one name, the same labels) the first three: a preset asks for no more."""
    seen = {}
    yield "# Recorded from the real thing by scripts/exporters.py --pages; of series alike, the first three."
    for line in page.splitlines():
        name = re.match(r"([a-zA-Z_:][\w:]*)(\{.*\})?\s", line)
        if name:
            alike = (name[1], tuple(re.findall(r'(\w+)="', name[2] or "")))
            seen[alike] = seen.get(alike, 0) + 1
            if seen[alike] <= 3:
                yield line


def watch(place, url):
    """init, check-config, a deployment of each: what came of it, by job."""
    began = time.monotonic()
    found, _ = tawny(place, "init", "--prometheus", url, "--yes", "--force", "--person", "ann")
    init_s = time.monotonic() - began
    checked, checked_exit = tawny(place, "check-config", place.folder / "tawny.yaml", good=(0, 2))
    listen = free_port()
    text = (place.folder / "tawny.yaml").read_text().replace("127.0.0.1:7700", f"127.0.0.1:{listen}")
    (place.folder / "tawny.yaml").write_text(text)
    place.start("tawny", place.program, "serve", "--config", place.folder / "tawny.yaml")
    env = {"TAWNY_TOKEN": (place.folder / "tawny.token").read_text().strip(), "TAWNY_URL": f"http://127.0.0.1:{listen}"}
    wait_for(lambda: tawny(place, "status", env=env), 30)
    results = {service["name"]: {"init": service, "init_s": init_s} for service in found["services"]}
    for service in checked["services"]:
        results[service["service"]]["check"] = service
    results_exit = checked_exit
    told = time.monotonic()
    for name in results:
        tawny(place, "deploy", name, "v2", env=env)
        place.replace(name)
    while time.monotonic() - told < VERDICT_WITHIN_S:
        time.sleep(3)
        views, _ = tawny(place, "status", env=env)
        for view in views["deployments"]:
            result = results[view["service"]]
            if view.get("verdict") and view["verdict"] != result.get("verdict"):
                result["verdict"], result["verdict_s"] = view["verdict"], time.monotonic() - told
        if all(result.get("verdict") == "healthy" for result in results.values()):
            break
    return results, results_exit


def wait_for(what, seconds):
    end = time.monotonic() + seconds
    while True:
        try:
            return what()
        except (RuntimeError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def judge(name, result):
    """What is wrong with a result; empty when nothing is."""
    wrong = []
    presets = set(result["init"]["presets"]) - {"up"}
    expected = EXPECTED.get(name)
    if expected is not None and presets != expected:
        wrong.append(f"presets {sorted(presets)}, expected {sorted(expected)}")
    blind = [signal["key"] for signal in result["check"]["signals"] if signal["state"] == "blind"]
    if blind or result["check"]["error"]:
        wrong.append(f"blind: {blind} {result['check']['error'] or ''}")
    # What these two count, the run itself makes: connections, open files.
    fine = ("healthy", "inconclusive", "degraded") if name in ("node", "prometheus") else ("healthy", "inconclusive")
    if result.get("verdict") not in fine:
        wrong.append(f"verdict {result.get('verdict')}")
    return wrong


def table(results):
    rows = ["| job | presets | signals seen | left out | verdict | after |", "|---|---|---|---|---|---|"]
    for name, result in sorted(results.items()):
        signals = result["check"]["signals"]
        seen = [signal["key"] for signal in signals if signal["state"] != "blind"]
        wrong = judge(name, result)
        rows.append("| {} | {} | {}: {} | {} | {}{} | {} |".format(
            name, ", ".join(result["init"]["presets"]), len(seen), ", ".join(seen), ", ".join(result["check"]["absent"]) or "–",
            result.get("verdict", "none"), f" (**wrong: {'; '.join(wrong)}**)" if wrong else "",
            f"{result['verdict_s']:.0f} s" if "verdict_s" in result else "–"))
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("jobs", nargs="*", default=[], help=f"of: {' '.join(EXPECTED)}")
    parser.add_argument("--program", default=str(ROOT / "target/debug/tawny"))
    parser.add_argument("--page", type=pathlib.Path, default=ROOT / "docs/verify/exporters.md")
    parser.add_argument("--pages", type=pathlib.Path, help="keep each metrics page here, and do nothing else")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the run that stays")
    options = parser.parse_args()
    unknown = set(options.jobs) - set(EXPECTED)
    if unknown:
        parser.error(f"unknown: {' '.join(sorted(unknown))}")
    wanted = set(options.jobs) or set(EXPECTED)
    CACHE.mkdir(parents=True, exist_ok=True)
    once("debian", fetch_debian)
    once("python", fetch_python)
    once("node", fetch_node)
    if "axum" in wanted:
        once("axum", fetch_axum)
    folder = options.keep or CACHE / f"run-{os.getpid()}"
    folder.mkdir(parents=True)
    place = Place(folder.resolve(), options.program)
    try:
        start_debian(place, wanted)
        start_frameworks(place, wanted)
        url = start_prometheus(place, wanted)
        threading.Thread(target=place.visit, daemon=True).start()
        if options.pages:
            time.sleep(20)
            keep_pages(place, options.pages)
            return 0
        print(f"warming up for {WARM_S} s: {len(place.jobs)} jobs at {url}", file=sys.stderr, flush=True)
        time.sleep(WARM_S)
        results, exit_code = watch(place, url)
        missing = wanted - set(results)
        wrong = [f"{name}: {w}" for name, result in results.items() for w in judge(name, result)]
        wrong += [f"{name}: not found by init" for name in sorted(missing)]
        init_s = next(iter(results.values()))["init_s"]
        text = table(results)
        print(text)
        if wanted == set(EXPECTED):
            write_page(options.page, text, init_s, exit_code, wrong)
        print(f"{len(results) - len(wrong)} passed, {len(wrong)} failed")
        for line in wrong:
            print(line, file=sys.stderr)
        return 1 if wrong else 0
    finally:
        place.end()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def write_page(path, text, init_s, exit_code, wrong):
    path.parent.mkdir(parents=True, exist_ok=True)
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    version = subprocess.run(["prometheus", "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    path.write_text(
        f"# Real exporters and frameworks\n\n<!-- Written by scripts/exporters.py (make verify). -->\n\n"
        f"{date}, {version.split(' (')[0]}, scraped every {INTERVAL_S} s. `tawny init --yes` looked at all of it in "
        f"{init_s:.1f} s; `tawny check-config` then ended with {exit_code}. Each was told a deployment and restarted; the "
        f"verdict is the last one within {VERDICT_WITHIN_S} s, with {WARM_S} s of past to compare with and about fifteen "
        f"requests per second. {'Nothing went wrong.' if not wrong else 'What went wrong is in bold.'}\n\n{text}\n")


if __name__ == "__main__":
    sys.exit(main())
