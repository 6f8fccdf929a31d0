"""Runs the driver of a client in the client's own environment and listens to it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

from daemon import ROOT
from model import Model

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 600
#: The time in which the router sees that a caller has gone, also on a busy machine; the answer would take a minute.
GONE_SECONDS = 10.0
#: The time in which a request gets from a command line to the router.
ARRIVAL_SECONDS = 40.0


@dataclass
class Seen:
    """What a driver printed: `checks` by name, and when the router noticed that it had left."""

    client: str
    checks: dict[str, dict] = field(default_factory=dict)
    gone: dict[str, float | None] = field(default_factory=dict)
    status: int | None = None
    seconds: float = 0
    errors: str = ""

    def __getitem__(self, check: str):
        """What a check saw; fails with what was raised instead."""
        line = self.checks.get(check)
        ended = f"{self.client} ended with {self.status} before the check {check!r}"
        assert line, f"{ended}:\n{self.errors[-3000:]}"
        assert "seen" in line, f"{self.client}, {check}: {line['raised']}\n{line['trace']}"
        return line["seen"]


def environment_directory(name: str) -> pathlib.Path:
    """The virtual environment of that name, made by `run`."""
    return ROOT / (os.environ.get("BUILD_DIR") or ".build") / "clients" / name


def surroundings(home: pathlib.Path, client, url: str) -> dict[str, str]:
    """The variables of a driver: the set-up, nothing of this machine, and nobody outside of it within reach."""
    nowhere = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https", "all")}
    setup = client.setup.replace("http://127.0.0.1:12439", url)
    exported = [word.partition("=") for word in setup.split()] if client.language == "sh" else []
    return nowhere | {
        "no_proxy": "127.0.0.1,localhost",
        "NO_PROXY": "127.0.0.1,localhost",
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(HERE / "drivers"),
        "PYTHONPYCACHEPREFIX": str(environment_directory("pycache")),
        "CLIENT_NAME": client.name,
        "CLIENT_KIND": client.kind,
        "CLIENT_URL": url,
        "CLIENT_SETUP": setup,
        "CLIENT_CHECKS": os.environ.get("CLIENT_CHECKS", ""),
        **{name: value for name, equals, value in exported if equals and name.isupper()},
    }


def drive(client, url: str, model: Model) -> Seen:
    """Runs the driver of a `clients.Client` to its end."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="nomyo-client-"))
    seen, began = Seen(client.name), time.monotonic()
    python = environment_directory(client.environment) / "bin/python"
    variables = surroundings(home, client, url)
    with open(home / "stderr", "w+b") as errors:
        process = subprocess.Popen(
            [str(python), str(HERE / "drivers" / client.driver)],
            cwd=home,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        watchdog = threading.Timer(SECONDS, process.kill)
        watchdog.start()
        try:
            for line in process.stdout:
                _take(line, seen, process, model)
            seen.status = process.wait()
        finally:
            watchdog.cancel()
            process.kill()
        errors.seek(0)
        seen.errors = errors.read().decode(errors="replace")
    seen.seconds = time.monotonic() - began
    if directory := os.environ.get("CLIENTS_SEEN"):
        pathlib.Path(directory, f"{client.name}.json").write_text(
            json.dumps(vars(seen), indent=1, ensure_ascii=False)
        )
    shutil.rmtree(home, ignore_errors=True)
    return seen


def _take(line: str, seen: Seen, process: subprocess.Popen, model: Model) -> None:
    try:
        said = json.loads(line)
    except ValueError:
        seen.errors += line  # some SDKs print
        return
    if check := said.get("begun"):
        model.wait_for(seen.client, check, ARRIVAL_SECONDS)
        _go_on(process)
    elif check := said.get("left"):
        began = time.monotonic()
        exchange = model.wait_for(seen.client, check, ARRIVAL_SECONDS)
        gone = exchange is not None and exchange.client_gone.wait(GONE_SECONDS)
        seen.gone[check] = time.monotonic() - began if gone else None
        _go_on(process)
    else:
        seen.checks[said["check"]] = said


def _go_on(process: subprocess.Popen) -> None:
    process.stdin.write("go on\n")
    process.stdin.flush()
