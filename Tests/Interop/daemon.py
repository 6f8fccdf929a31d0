"""Starts the binaries under test, waits until they are ready, keeps their logs, stops them."""

import contextlib
import itertools
import json
import os
import pathlib
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import httpx

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS = 200
STOP_SECONDS = 60
#: For requests in clear text: without it `httpx` reads every certificate authority, for tens of milliseconds.
CLEAR = False

# Below the ports that the kernel gives to whoever asks for any, so that nobody gets one by chance between its choice
# and its use; others in each of the sessions that run at once (run-shared).
_first_port = 20_000 + 4_000 * int(os.environ.get("INTEROP_SESSION") or 0)
_ports = itertools.cycle(random.sample(range(_first_port, _first_port + 4_000), 4_000))
_marks: list[str] = []


def mark(kind: str = "mark") -> str:
    """A random word for a prompt, an answer or a key. None of them may ever stand in a log."""
    _marks.append(f"{kind}-{secrets.token_hex(8)}")
    return _marks[-1]


def marks() -> list[str]:
    """Every mark made so far."""
    return list(_marks)


def binary(variable: str, name: str) -> str:
    """The path of a binary under test; relative ones count from the root of the repository."""
    build = os.environ.get("BUILD_DIR") or ".build"
    path = (ROOT / (os.environ.get(variable) or f"{build}/debug/{name}")).resolve()
    assert os.access(path, os.X_OK), f"{path} is not there: build it, or let {variable} name it"
    return str(path)


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    while True:
        port = next(_ports)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def toml(settings: dict, path: str = "") -> str:
    """The few forms of TOML that the tests write: strings, integers, booleans, lists and tables."""
    plain = {key: value for key, value in settings.items() if not isinstance(value, dict)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
    for key, value in settings.items():
        if isinstance(value, dict):
            lines += ["", f"[{path}{key}]", toml(value, f"{path}{key}.")]
    return "\n".join(lines)


def merged(base: dict, changes: dict) -> dict:
    """`base` with `changes` laid over it, table by table."""
    made = dict(base)
    for key, value in changes.items():
        made[key] = merged(made.get(key, {}), value) if isinstance(value, dict) else value
    return made


class Process:
    """One running binary in a directory of its own, its output in a file."""

    every: list["Process"] = []

    def __init__(self, name: str, arguments: list[str], directory: pathlib.Path, environment: dict[str, str]):
        self.name, self.directory = name, directory
        self._log, self._kept_log = directory / "log", ""
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("NOMYO_", "XDG_", "LISTEN_")) and not key.lower().endswith("_proxy")
        }
        # Nothing listens on port 9: whoever heeded these variables would reach nobody.
        nowhere = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https", "all")}
        places = {
            "HOME": directory,
            "XDG_RUNTIME_DIR": directory,
            "RUNTIME_DIRECTORY": directory,
            "XDG_STATE_HOME": directory,
            "STATE_DIRECTORY": directory,
            "XDG_CONFIG_HOME": directory,
        }
        self._environment = kept | nowhere | {key: str(value) for key, value in places.items()} | environment
        with open(self._log, "wb") as log:
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=directory,
                env=self._environment,
            )
        Process.every.append(self)

    def log(self) -> str:
        """Everything that it wrote to standard output and standard error so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else self._kept_log

    def wait_until(self, url: str, status: int = 200, seconds: float = START_SECONDS) -> httpx.Response:
        """Asks until the answer has this status; fails with the log when it ends or takes too long."""
        deadline, last = time.monotonic() + seconds, None
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"{self.name} ended with {self.process.poll()}:\n{self.log()}"
            try:
                last = httpx.get(url, timeout=5, verify=CLEAR)
                if last.status_code == status:
                    return last
            except httpx.TransportError as error:
                last = error
            time.sleep(0.02)
        raise AssertionError(f"no {status} from {url} in {seconds} s, last {last!r}; log:\n{self.log()}")

    def stop(self) -> int:
        """Ends it with SIGTERM as a service manager would; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.name} did not stop on SIGTERM; log:\n{self.log()}") from None
        finally:
            if self.directory.exists():
                self._kept_log = self.log()
                shutil.rmtree(self.directory, ignore_errors=True)
        return status


class Proxy(Process):
    """`nomyo-proxy run` towards a router, with a configuration made of defaults for tests and changes."""

    def __init__(
        self,
        router_url: str,
        *,
        api_key: str | None = None,
        changes: dict | None = None,
        state: dict[str, bytes] | None = None,
    ):
        self.port, self.api_key = free_port(), api_key
        directory = pathlib.Path(tempfile.mkdtemp(prefix="nomyo-proxy-"))
        for name, content in (state or {}).items():
            (directory / name).write_bytes(content)
            (directory / name).chmod(0o600)
        settings = {
            "listen": [f"127.0.0.1:{self.port}"],
            "router": {
                "url": router_url,
                "allow_http": True,
                "trust": "tls",  # most tests let the router change its key as it likes
                "rate": {"per_second": 0},  # and send as fast as they can
            },
            "stream": {"commit_after": "500ms"},
            "log": {"level": "debug"},  # at this level, too, no content may be logged
        }
        configuration = directory / "config.toml"
        configuration.write_text(toml(merged(settings, changes or {})))
        self._program = binary("NOMYO_PROXY", "nomyo-proxy")
        arguments = [self._program, "run", "--config", str(configuration)]
        super().__init__("nomyo-proxy", arguments, directory, {"NOMYO_API_KEY": api_key} if api_key else {})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def chat_url(self) -> str:
        return self.url + "/v1/chat/completions"

    def ready(self) -> "Proxy":
        self.wait_until(self.url + "/readyz")
        return self

    def stop_quietly(self) -> None:
        """Ends it and leaves its directory for other commands."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOP_SECONDS)

    def keyed(self) -> "Proxy":
        """Waits until it has a client key, whatever else is missing."""
        deadline = time.monotonic() + START_SECONDS
        while "client_key" in httpx.get(self.url + "/readyz", verify=CLEAR).json().get("waiting_for", []):
            assert time.monotonic() < deadline, f"no client key in {START_SECONDS} s; log:\n{self.log()}"
            time.sleep(0.05)
        return self

    def admin(self, method: str, path: str, seconds: float = 30, **how) -> httpx.Response:
        """Asks over the admin socket."""
        transport = httpx.HTTPTransport(uds=str(self.directory / "admin.sock"), verify=CLEAR)
        with httpx.Client(transport=transport, timeout=seconds) as client:
            return client.request(method, "http://localhost" + path, **how)

    def command(self, *arguments: str, seconds: float = 30) -> subprocess.CompletedProcess:
        """Runs another command of the program under the same configuration and in the same place."""
        return subprocess.run(
            [self._program, *arguments, "--config", str(self.directory / "config.toml")],
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=self.directory,
            env=self._environment,
        )


class DevRouter(Process):
    """`nomyo-dev-router` on a free port."""

    def __init__(self, *arguments: str):
        self.port = free_port()
        directory = pathlib.Path(tempfile.mkdtemp(prefix="nomyo-dev-router-"))
        command = [binary("NOMYO_DEV_ROUTER", "nomyo-dev-router"), "--listen", f"127.0.0.1:{self.port}"]
        super().__init__("nomyo-dev-router", [*command, *arguments], directory, {})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> "DevRouter":
        self.wait_until(self.url + "/pki/public_key")
        return self
