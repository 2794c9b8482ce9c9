#!/usr/bin/env python3
"""corpus.py FOLDER [--cases N] [--seed S]: made cases, with labels.jsonl beside them. The same arguments write the same bytes.

Each case is a small service in one of six languages, 5 to 30 changes of it, a fault that one of them brought or that came
from elsewhere, and what a watch would have known. A family is a kind of fault, or a kind of innocence.
"""
import argparse, difflib, hashlib, json, pathlib, random
from datetime import datetime, timedelta, timezone
from vocabulary import AUTHORS, LANGUAGES, LIBRARIES, MODULES, camel, words

GUILTY = ["null", "query", "pool", "timeout", "migration", "bump", "route", "leak", "rate-limit", "retry", "flag", "field", "lock", "cpu"]
INNOCENT = ["control", "before", "dependency", "traffic", "same-hour", "nothing-runs"]


class Service:
    """Files of a service, as they are now."""

    def __init__(self, rng):
        self.rng = rng
        self.language = rng.choice(sorted(LANGUAGES))
        self.write = LANGUAGES[self.language]
        self.modules = rng.sample(sorted(MODULES), 6)
        self.name = rng.choice(["shop", "store", "market", "kiosk", "bazaar"]) + "-" + self.modules[0]
        self.files = {}
        for module in self.modules:
            self.files[self.path(module)] = self.module(module)
        self.files["config/production.yaml"] = self.config()
        self.files["deploy/nginx.conf"] = self.proxy()
        self.files[self.write["manifest"]] = [self.write["bump"].format(lib=lib, v="%d.%d.%d" % (rng.randint(1, 4), rng.randint(0, 20), rng.randint(0, 9))) for lib in LIBRARIES[self.language]]
        self.files["README.md"] = ["# " + self.name, "", "How to run it."]
        self.files[".github/workflows/ci.yml"] = ["on: push", "jobs:", "  test:", "    runs-on: ubuntu-22.04"]

    def path(self, module):
        return self.write["file"].format(**words(module, "x", "x"))

    def module(self, module):
        lines = []
        for function in MODULES[module][2]:
            columns = self.rng.sample(MODULES[module][3], 3)
            lines.append(self.write["open"].format(**words(module, function, columns[0])))
            for kind in ["cache", "query", "let", "check", "log", "call"]:
                lines.append(self.write[kind].format(**words(module, function, self.rng.choice(columns))))
            lines += [self.write["close"], ""]
        return lines

    def config(self):
        lines = ["server:", "  workers: 8", "  port: 8080", "database:", "  pool:", "    size: 20", "    wait_ms: 2000", "cache:", "  ttl_seconds: 300", "  max_entries: 10000", "rate_limit:", "  requests_per_second: 200", "clients:"]
        for module in self.modules:
            lines += [f"  {module}:", "    timeout_ms: 3000", "    retries: 2"]
        lines.append("features:")
        return lines + [f"  new_{MODULES[m][2][0]}: false" for m in self.modules]

    def proxy(self):
        lines = ["server {", "  listen 80;"]
        for module in self.modules:
            lines += [f"  location /api/{module} {{", f"    proxy_pass http://{module}_upstream;", "    proxy_read_timeout 10s;", "  }"]
        return lines + ["}"]


def patch(path, old, new):
    diff = list(difflib.unified_diff(old, new, "a/" + path, "b/" + path, lineterm="", n=3))
    return "\n".join(diff)


class History:
    """Changes, one after another."""

    def __init__(self, rng, service):
        self.rng, self.service, self.changes = rng, service, []

    def commit(self, title, body, files):
        entries = []
        for path, new in files.items():
            old = self.service.files.get(path, [])
            text = patch(path, old, new)
            added = sum(1 for l in text.split("\n")[2:] if l.startswith("+"))
            removed = sum(1 for l in text.split("\n")[2:] if l.startswith("-"))
            entries.append({"path": path, "status": "M" if old else "A", "additions": added, "deletions": removed, "patch": text})
            self.service.files[path] = new
        name = hashlib.sha256(f"{title}{len(self.changes)}{self.rng.random()}".encode()).hexdigest()[:10]
        self.changes.append({"id": name, "title": title, "body": body, "author": self.rng.choice(AUTHORS), "merged_at": None, "files": entries})
        return name


def changed(lines, at, new):
    return lines[:at] + new + lines[at + 1:]


def find(lines, mark, rng):
    return rng.choice([at for at, line in enumerate(lines) if mark in line])


def harmless(history, only_inert=False):
    """A change that hurts nothing."""
    rng, s = history.rng, history.service
    module = rng.choice(s.modules)
    path = s.path(module)
    function, column = rng.choice(MODULES[module][2]), rng.choice(MODULES[module][3])
    w = words(module, function, column)
    lines = s.files[path]
    kind = rng.choice(["docs", "test", "ci"] if only_inert else ["docs", "test", "ci", "log", "log", "feature", "feature", "comment", "order", "bump", "config", "field", "proxy", "call"])
    if kind == "docs":
        return history.commit(f"Describe {module} in the README", "", {"README.md": s.files["README.md"] + [f"{module}: see {function}."]})
    if kind == "test":
        return history.commit(f"Test {function} without {column}", "", {f"tests/{module}_{function}_test.txt": [f"{function} {column} {rng.randint(1, 99)}"] + s.files.get(f"tests/{module}_{function}_test.txt", [])})
    if kind == "ci":
        return history.commit("Run checks on " + rng.choice(["pull requests", "a newer image", "two cores"]), "", {".github/workflows/ci.yml": s.files[".github/workflows/ci.yml"] + [f"    timeout-minutes: {rng.randint(5, 60)}"]})
    if kind == "log":
        at = lines.index(s.write["open"].format(**w))
        return history.commit(f"Log {column} in {module}", "Helps support to find a customer's case.", {path: lines[:at + 1] + [s.write["log"].format(**w)] + lines[at + 1:]})
    if kind == "feature":
        new = rng.choice(["archive", "export", "preview", "count", "share"]) + "_" + MODULES[module][1]
        w = words(module, new, column)
        body = [s.write["open"].format(**w)] + [s.write[k].format(**w) for k in ["query", "check", "log"]] + [s.write["close"], ""]
        return history.commit(f"Add {new.replace('_', ' ')}", f"Customers asked for it: {new.replace('_', ' ')} by {column}.", {path: lines + body})
    if kind == "comment":
        at = rng.randrange(len(lines))
        return history.commit(f"Explain {module}", "", {path: lines[:at] + [s.write["comment"] + f"{function} is called by the nightly job too."] + lines[at:]})
    if kind == "order":
        return history.commit(f"Tidy {module}", "No change in behaviour.", {path: [line.rstrip() for line in lines[6:]] + lines[:6] if len(lines) > 40 else lines[::1] + [""]})
    if kind == "bump":
        return bump(history, patch_only=True)[0]
    if kind == "config":
        config = s.files["config/production.yaml"]
        at = find(config, rng.choice(["ttl_seconds: ", " port: ", "workers: ", "wait_ms: "]), rng)
        key, value = config[at].rsplit(" ", 1)
        return history.commit(f"Tune {key.strip(' :').replace('_', ' ')}", "", {"config/production.yaml": changed(config, at, [f"{key} {int(value) + rng.choice([1, 2, 10])}"])})
    if kind == "field":
        at = lines.index(s.write["open"].format(**w)) + 1
        return history.commit(f"Normalise {column} of {module}", "", {path: lines[:at] + [s.write["let"].format(**w)] + lines[at:]})
    if kind == "proxy":
        proxy = s.files["deploy/nginx.conf"]
        at = find(proxy, "proxy_read_timeout", rng)
        return history.commit("Give uploads more time", "", {"deploy/nginx.conf": changed(proxy, at, [f"    proxy_read_timeout {rng.randint(11, 60)}s;"])})
    at = find(lines, s.write["close"], rng)
    return history.commit(f"Tell {module} about {column}", "", {path: lines[:at] + [s.write["call"].format(**w)] + lines[at:]})


def bump(history, patch_only=False):
    rng, s = history.rng, history.service
    manifest = s.files[s.write["manifest"]]
    at = rng.randrange(len(manifest))
    lib = LIBRARIES[s.language][at]
    old = next(part for part in manifest[at].replace("'", " ").replace('"', " ").replace("^", "").replace("v", " ").replace("==", " ").replace(":", " ").split() if part[0].isdigit() and "." in part)
    major, minor, last = (int(n) for n in old.split("."))
    new = f"{major}.{minor}.{last + 1}" if patch_only else f"{major + 1}.0.0"
    line = s.write["bump"].format(lib=lib, v=new)
    return history.commit(f"Bump {lib.split('/')[-1].split(':')[-1]} from {old} to {new}", "", {s.write["manifest"]: changed(manifest, at, [line])}), lib


def fault(history, family):
    """Brings the fault; gives the change, the symptoms, and the route that hurts."""
    rng, s = history.rng, history.service
    module = rng.choice(s.modules)
    path = s.path(module)
    lines = s.files[path]
    table, thing, functions, columns = MODULES[module]
    function, column = rng.choice(functions), rng.choice(columns)
    w = words(module, function, column)
    start = lines.index(s.write["open"].format(**w))
    route = f"/api/{module}"
    labels = {"route": route}
    config = s.files["config/production.yaml"]
    inside = lambda mark: next((at for at in range(start, min(start + 14, len(lines))) if mark in lines[at]), start + 1)
    vague = rng.random() < 0.35
    if family == "null":
        at = inside("issing") if s.language != "java" else inside("requireNonNull")
        new = changed(lines, at, [s.write["bare"].format(**w)])
        name = history.commit(rng.choice([f"Simplify {function.replace('_', ' ')}", f"Read {column} directly", f"Less noise in {module}"]), "The check was never hit.", {path: new})
        trace = [line.format(file=path, line=at + 1, **w) for line in s.write["trace"]]
        return name, ("error_ratio", "up", labels if vague else {}), [] if vague and rng.random() < 0.3 else ["\n".join(trace)]
    if family == "query":
        at = inside("SELECT")
        by = rng.choice([c for c in columns if c != column])
        new = changed(lines, at, [s.write["query"].format(**{**w, "w": f"lower({by})"})])
        name = history.commit(f"Find {thing} by {by.replace('_', ' ')} in any case", "", {path: new})
        return name, ("latency_p95", "up", labels), [] if vague else [f"slow query (2.4 s): SELECT {column} FROM {table} WHERE lower({by}) = $1"]
    if family in ("pool", "rate-limit", "timeout", "retry", "flag"):
        return settings(history, family, module, function, config, labels, vague)
    if family == "migration":
        text = [f"ALTER TABLE {table} DROP COLUMN {column};"]
        name = history.commit(f"Drop what nobody reads from {table}", "", {f"migrations/2026{rng.randint(1000, 9999)}_tidy_{table}.sql": text})
        return name, ("error_ratio", "up", labels), [f'ERROR: column "{column}" does not exist at character 8' if vague else f'ERROR: column {table}.{column} does not exist (query of {function})']
    if family == "bump":
        name, lib = bump(history)
        short = lib.split("/")[-1].split(":")[-1]
        return name, (rng.choice(["error_ratio", "cpu"]), "up", {}), [] if vague else [f"{short}: unknown option keep_alive, see the notes on upgrading"]
    if family == "route":
        proxy = s.files["deploy/nginx.conf"]
        at = find(proxy, f"location {route} ", rng)
        name = history.commit("Shorter paths for the public API", "", {"deploy/nginx.conf": changed(proxy, at, [f"  location /v2/{module} {{"])})
        return name, ("error_ratio", "up", labels), [f"404 Not Found {route}/17"] if not vague else ["404 Not Found"]
    if family == "leak":
        new = lines[:start + 1] + [s.write["cache"].format(**w).replace("get", "remember_forever").replace("fetch", "remember_forever")] + lines[start + 1:]
        name = history.commit(f"Keep {table} in memory", "Saves a query for each request.", {path: new})
        return name, ("memory", "up", {}), [] if vague else ["container was killed: out of memory"]
    if family == "field":
        at = inside(".post" if s.language != "go" else ".Post")
        w2 = {**w, "f": function.replace("_", "-")}
        new = changed(lines, at, [s.write["call"].format(**w2)])
        name = history.commit(f"Kebab case for {module} calls", "As the style guide says.", {path: new})
        return name, ("error_ratio", "up", labels), [f"POST /{module}/{function.replace('_', '-')} answered 404"] if not vague else [f"{module} answered 404"]
    if family == "lock":
        at = inside("SELECT")
        line = lines[at].replace("WHERE id", "WHERE id FOR UPDATE OF " + table + " --") if "WHERE id" in lines[at] else s.write["query"].format(**{**w, "w": "id FOR UPDATE --"})
        name = history.commit(f"Lock the {thing} while it is read", "", {path: changed(lines, at, [line])})
        return name, ("latency_p99", "up", labels), [] if vague else [f"deadlock detected while locking tuple in relation {table}"]
    new = lines[:start + 1] + [s.write["let"].format(**w).replace("normalise", "compress_level_19")] + lines[start + 1:]
    name = history.commit(f"Compress {column.replace('_', ' ')} better", "", {path: new})
    return name, ("cpu", "up", {} if vague else labels), []


def settings(history, family, module, function, config, labels, vague):
    """A value of the configuration that hurts."""
    rng = history.rng
    of = next(at for at, line in enumerate(config) if line == f"  {module}:")
    put = lambda at, line, title: history.commit(title, "", {"config/production.yaml": changed(config, at, [line])})
    if family == "pool":
        name = put(config.index(next(l for l in config if l.startswith("    size:"))), f"    size: {rng.randint(1, 3)}", rng.choice(["Fewer idle connections", "Save memory on the database"]))
        return name, ("latency_p95", "up", {}), [] if vague else ["timed out waiting for a connection from the pool"]
    if family == "rate-limit":
        name = put(config.index(next(l for l in config if "requests_per_second" in l)), "  requests_per_second: 20", "Protect us from crawlers")
        return name, ("error_ratio", "up", {}), ["429 Too Many Requests"]
    if family == "timeout":
        name = put(of + 1, "    timeout_ms: 30", rng.choice([f"Fail fast when {module} is slow", f"Do not wait for {module}"]))
        return name, ("error_ratio", "up", {}), [f"call of {module} exceeded its deadline"] if not vague else ["deadline exceeded"]
    if family == "retry":
        name = put(of + 2, "    retries: 50", f"Be patient with {module}")
        return name, ("throughput", "up", {"dependency": module}), [] if vague else [f"{module}: attempt 49 failed, backing off"]
    flag = f"new_{MODULES[module][2][0]}"
    name = put(next(at for at, l in enumerate(config) if flag in l), f"  {flag}: true", f"Roll out the new way to {MODULES[module][2][0].replace('_', ' ')}")
    return name, ("error_ratio", "up", labels if vague else {}), [] if vague else [f"{MODULES[module][2][0]}: variant new is not configured"]


def case(seed, number, family):
    rng = random.Random(f"{seed}/{number}")
    service = Service(rng)
    history = History(rng, service)
    guilty = family in GUILTY
    count = rng.randint(5, 30)
    place = rng.randrange(count)
    culprit, finding, errors = None, None, []
    for at in range(count):
        if guilty and at == place:
            culprit, finding, errors = fault(history, family)
        else:
            harmless(history, only_inert=family == "nothing-runs")
    if not guilty:
        # The symptoms of a fault that is not among the changes.
        kind = rng.choice(GUILTY)
        other = Service(rng)
        other.modules, other.language, other.write = service.modules, service.language, service.write
        other.files = {**service.files, **{service.path(m): other.module(m) for m in service.modules}}
        _, finding, errors = fault(History(rng, other), kind)
    begin = datetime(2026, 3, 1, tzinfo=timezone.utc) + timedelta(hours=number, seconds=rng.randint(0, 3000))
    say = lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ")
    for at, change in enumerate(history.changes):
        change["merged_at"] = say(begin - timedelta(hours=count - at, minutes=rng.randint(0, 50)))
    onset = begin + timedelta(seconds=rng.randint(5, 400))
    if family == "before":
        onset = begin - timedelta(seconds=rng.randint(90, 1800))
    moved = family == "control"
    names = ["stable fleet", "neighbouring service", "static pages"][:rng.randint(1, 3)]
    controls = [{"name": n, "moved": moved, "onset": say(onset + timedelta(seconds=rng.randint(-20, 20))) if moved else None} for n in names]
    busy = rng.random() < 0.3
    dependencies = [{"service": "ledger", "moved": False, "onset": None}]
    if family == "dependency":
        dependencies.append({"service": "vault", "moved": True, "onset": say(onset - timedelta(seconds=rng.randint(5, 120)))})
    elif guilty and rng.random() < 0.3:
        # What the fault does to others, later.
        dependencies[0].update(moved=True, onset=say(onset + timedelta(seconds=rng.randint(30, 300))))
    context = {"controls": controls, "first_instance_changed_at": say(begin), "traffic": {"moved": busy or family == "traffic", "explains": family == "traffic"}, "same_hour_before": {"seen": family == "same-hour"}, "dependencies": dependencies, "neighbours": [{"service": "ledger", "version": "7.1", "deployed_at": say(onset - timedelta(minutes=rng.randint(1, 90)))}] if rng.random() < 0.3 else []}
    signal, direction, labels = finding
    name = f"made_{number:04}"
    meta = {"id": name, "repo": f"made/{family}", "service": service.name, "from": f"1.{number}.0", "to": f"1.{number}.1", "onset": say(onset), "environment": "production"}
    symptoms = {"findings": [{"signal": signal, "direction": direction, "onset": say(onset), "labels": {"service": service.name, **labels}}], "errors": errors}
    label = {"case": name, "culprit": culprit or "none", "family": family, "language": service.language, "n_changes": count}
    return name, meta, history.changes, symptoms, context, label


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("folder", type=pathlib.Path)
    parse.add_argument("--cases", type=int, default=40)
    parse.add_argument("--seed", type=int, default=7)
    a = parse.parse_args()
    families = [GUILTY[i % len(GUILTY)] if i % 10 < 7 else INNOCENT[i % len(INNOCENT)] for i in range(a.cases)]
    labels = []
    for number, family in enumerate(families):
        name, meta, changes, symptoms, context, label = case(a.seed, number, family)
        folder = a.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        line = lambda value: json.dumps(value, sort_keys=True) + "\n"
        (folder / "case.json").write_text(line(meta))
        (folder / "changes.jsonl").write_text("".join(line(c) for c in changes))
        (folder / "symptoms.json").write_text(line(symptoms))
        (folder / "context.json").write_text(line(context))
        labels.append(line(label))
    (a.folder / "labels.jsonl").write_text("".join(labels))


if __name__ == "__main__":
    main()
