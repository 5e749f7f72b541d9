"""A real Prometheus scrapes every service of a talk in progress, with the shipped configuration.

    python live.py FOLDER_OF_PROGRAMS

Checks that every target is up, that each query of the dashboard and of the rules is answered, that every
metric they name is there, and that the images' health check passes. Nothing here sleeps for luck: what
must come is asked for until a deadline.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

DEPLOY = Path(__file__).resolve().parent.parent
DEADLINE_SECONDS = 60
POLL_SECONDS = 0.1
# What `detente_` and other words in a query are when they name no metric.
GROUPING = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
NO_METRICS = {"and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "inf", "nan"}


class Failed(Exception):
    """What is wrong, for whoever reads the output."""


class Running:
    """Processes that end with this one, however it ends."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.children: list[tuple[str, subprocess.Popen]] = []

    def start(self, name: str, *command: str, ready: bool = True) -> dict:
        """Starts a process; returns what its ready line says."""
        log = open(self.folder / f"{name}.log", "wb")
        out = subprocess.PIPE if ready else log
        # Nothing that happens to be set may change what is checked.
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("DETENTE_", "OTEL_"))}
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=log, env=clean)
        self.children.append((name, child))
        if not ready:
            return {}
        line = child.stdout.readline()
        if not line:
            raise Failed(f"{name} did not start: {self.log(name)}")
        return json.loads(line)

    def log(self, name: str) -> str:
        lines = (self.folder / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-15:])

    def check(self) -> None:
        for name, child in self.children:
            if child.poll() is not None:
                raise Failed(f"{name} ended early ({child.returncode}): {self.log(name)}")

    def stop(self) -> None:
        for _, child in reversed(self.children):
            child.send_signal(signal.SIGTERM)
        for _, child in reversed(self.children):
            try:
                child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


class Prometheus:
    """Asks a Prometheus over its HTTP API."""

    def __init__(self, port: int):
        self.base = f"http://127.0.0.1:{port}"

    def get(self, path: str, **parameters: str):
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.base}{path}?{query}", timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise Failed(f"{path} {parameters}: {error.read().decode(errors='replace')}") from error

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base}/-/ready", timeout=10) as answer:
                return answer.status == 200
        except OSError:
            return False

    def targets(self) -> dict[str, str]:
        active = self.get("/api/v1/targets", state="active")["activeTargets"]
        return {target["labels"]["instance"]: target["health"] for target in active}

    def names(self) -> set[str]:
        return set(self.get("/api/v1/label/__name__/values"))

    def unwell(self) -> list[str]:
        """Alerts that could not be evaluated, or have not been yet."""
        rules = [rule for group in self.get("/api/v1/rules")["groups"] for rule in group["rules"]]
        return [f"{rule['name']}: {rule['health']}" for rule in rules if rule["health"] != "ok"]

    def value(self, query: str) -> float | None:
        result = self.get("/api/v1/query", query=query)["result"]
        return float(result[0]["value"][1]) if result else None


def eventually(what: str, running: Running, holds) -> None:
    """Waits until `holds()` is empty or none; what it still says is the failure."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while left := holds():
        running.check()
        if time.monotonic() > deadline:
            raise Failed(f"{what}: after {DEADLINE_SECONDS} s still {left}")
        time.sleep(POLL_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_services(running: Running, programs: Path) -> dict[str, str]:
    """Starts every service; returns where each shows its metrics, by its name in the configuration."""
    shown = ("--metrics", "127.0.0.1:0")
    store, record = str(running.folder / "traces.db"), str(running.folder / "talks.db")
    # Ports of its own choice, all of them: another observatory may run on this machine.
    free = ("--listen", "127.0.0.1:0", "--page", "127.0.0.1:0")
    observatory = running.start(
        "observatory", str(programs / "detente-observatory"), *free, "--store", store, *shown
    )
    otlp = ("--otlp", f"http://{observatory['address']}")
    mediator = running.start(
        "mediator", str(programs / "detente-mediator"), "--listen", "127.0.0.1:0", "--record", record, *otlp, *shown
    )
    ready = {"observatory": observatory, "mediator": mediator}
    for name in ("us", "china"):
        # So slow that the talk is in progress for as long as this takes.
        seat = ("--mediator", f"http://{mediator['address']}", "--listen", "127.0.0.1:0", "--pace", "500ms")
        ready[name] = running.start(name, str(programs / f"detente-{name}"), *seat, *otlp, *shown)
    talk = [str(programs / "detente"), "talk", "--mediator", f"http://{mediator['address']}"]
    subprocess.run([*talk, "convene", "geneva-2025"], check=True, capture_output=True)
    # A refusal, so that there is one to count.
    refused = subprocess.run([*talk, "adjourn", "no-such-talk"], capture_output=True, check=False)
    if refused.returncode == 0:
        raise Failed("a talk that is not there was adjourned")
    return {name: told["metrics"] for name, told in ready.items()}


def configure(folder: Path, metrics: dict[str, str]) -> tuple[Path, set[str]]:
    """The shipped configuration with this machine's addresses, and faster; every target must be known."""
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text())
    config["global"] = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "1s"}
    config["rule_files"] = [str(DEPLOY / "prometheus" / rules) for rules in config["rule_files"]]
    targets = set()
    for job in config["scrape_configs"]:
        for static in job["static_configs"]:
            names = [target.split(":")[0] for target in static["targets"]]
            static["targets"] = [metrics[name] for name in names]
            targets.update(static["targets"])
    if targets != set(metrics.values()):
        raise Failed(f"the configuration scrapes {sorted(targets)} of {metrics}")
    path = folder / "prometheus.yaml"
    path.write_text(yaml.safe_dump(config))
    return path, targets


def queries() -> dict[str, str]:
    """Every query of dashboard and rules, by where it stands."""
    found = {}
    for file in sorted((DEPLOY / "grafana" / "dashboards").glob("*.json")):
        dashboard = json.loads(file.read_text())
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                found[f"{file.name}: {panel['title']} {target['refId']}"] = plain(target["expr"])
        for variable in dashboard["templating"]["list"]:
            series = re.fullmatch(r"label_values\((.*), *\w+\)", variable["definition"])
            found[f"{file.name}: ${variable['name']}"] = series.group(1)
    for group in yaml.safe_load((DEPLOY / "prometheus" / "rules.yaml").read_text())["groups"]:
        found.update({f"rules.yaml: {rule['alert']}": rule["expr"] for rule in group["rules"]})
    return found


def plain(query: str) -> str:
    """A query as Grafana sends it: its own variables replaced."""
    query = query.replace("$__rate_interval", "1m").replace("$instance", ".*")
    if "$" in query:
        raise Failed(f"a variable nobody replaces: {query}")
    return query


def metrics_of(query: str) -> set[str]:
    """The metrics a query names: what is left once labels, ranges, strings and functions are gone."""
    bare = re.sub(r'"(\\.|[^"\\])*"', "", query)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare)
    bare = GROUPING.sub("", bare)
    words = re.findall(r"(?<![\w.])[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()", bare)
    return {word for word in words if word not in NO_METRICS}


def check_health(programs: Path, metrics: str) -> None:
    """The images' own health check, said to a service that runs and to a port where nobody is."""
    for dockerfile in sorted((DEPLOY / "docker").glob("*.Dockerfile")):
        found = re.search(r'CMD (\["bash", "-c".*\])', dockerfile.read_text())
        command = json.loads(found.group(1))
        for port, expected in ((metrics.split(":")[1], True), (str(free_port()), False)):
            said = [part.replace("/9464", f"/{port}") for part in command]
            healthy = subprocess.run(said, capture_output=True, timeout=10, check=False).returncode == 0
            if healthy != expected:
                raise Failed(f"{dockerfile.name}: the health check at port {port} says {healthy}")


def check(running: Running, programs: Path) -> str:
    metrics = start_services(running, programs)
    config, targets = configure(running.folder, metrics)
    port = free_port()
    data = f"--storage.tsdb.path={running.folder / 'data'}"
    listen = f"--web.listen-address=127.0.0.1:{port}"
    running.start("prometheus", "prometheus", f"--config.file={config}", data, listen, ready=False)
    prometheus = Prometheus(port)
    eventually("Prometheus is ready", running, lambda: not prometheus.ready())
    eventually(
        "every target is up",
        running,
        lambda: {t: h for t, h in prometheus.targets().items() if h != "up"} or targets ^ set(prometheus.targets()),
    )
    asked = queries()
    named = {where: metrics_of(query) for where, query in asked.items()}
    if nameless := [where for where, names in named.items() if not names]:
        raise Failed(f"no metric in {nameless}")
    wanted = set().union(*named.values())
    eventually("every metric named in dashboard and rules is there", running, lambda: sorted(wanted - prometheus.names()))
    for query in asked.values():
        prometheus.value(query)
    eventually("every rule is evaluated", running, prometheus.unwell)
    if prometheus.value("sum(detente_talks_open)") != 1:
        raise Failed("the talk is not in progress any more: what was scraped is not what an operator sees")
    check_health(programs, metrics["mediator"])
    return f"{len(targets)} services up, {len(asked)} queries answered, {len(wanted)} metrics found"


def main() -> int:
    programs = Path(sys.argv[1]).resolve()
    # An end that is asked for ends the children too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="detente-deploy-") as folder:
        running = Running(Path(folder))
        try:
            print(check(running, programs))
            return 0
        except Failed as failed:
            print(f"failed: {failed}", file=sys.stderr)
            return 1
        finally:
            running.stop()


if __name__ == "__main__":
    sys.exit(main())
