"""podman, as far as the tests need it: containers that share a network namespace, and what they say."""

import json
import os
import pathlib
import secrets
import subprocess
import time

HERE = pathlib.Path(__file__).parent
SIDECAR, APPLICATION = "localhost/nomyo-proxy:tested", "localhost/application:tested"
PROXY, ROUTER = "http://127.0.0.1:12439", "http://127.0.0.1:12434"
# How deploy/container/README.md and deploy/kubernetes say that it be run: nothing is allowed.
LOCKED_DOWN = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
SECONDS = 30


def podman(
    *arguments: str, check: bool = True, seconds: float = 60, input: str | None = None
) -> subprocess.CompletedProcess:
    """Runs podman to its end."""
    done = subprocess.run(["podman", *arguments], capture_output=True, text=True, timeout=seconds, input=input)
    assert not check or done.returncode == 0, f"podman {' '.join(arguments)}: {done.stderr}{done.stdout}"
    return done


def until(holds, what: str, seconds: float = SECONDS):
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(0.05)
    return found


class Container:
    """A running container."""

    every: list[str] = []

    def __init__(self, image: str, *command: str, options: tuple[str, ...] | list[str] = ()):
        self.name = f"test-{secrets.token_hex(4)}"
        Container.every.append(self.name)
        podman("run", "--detach", "--name", self.name, *options, image, *command)

    @classmethod
    def remove_all(cls) -> None:
        """Removes every container, those that use another one's namespace before that."""
        while cls.every:
            podman("rm", "--force", "--time", "0", "--ignore", cls.every.pop())
        podman("volume", "prune", "--force")

    def exec(self, *command: str, check: bool = True) -> subprocess.CompletedProcess:
        """Runs a command inside."""
        return podman("exec", self.name, *command, check=check)

    def log(self) -> str:
        """Everything that it wrote so far."""
        done = podman("logs", self.name)
        return done.stdout + done.stderr

    def lines(self) -> list[dict]:
        """Its log, each line of which has to be a JSON object."""
        return [json.loads(line) for line in self.log().splitlines()]

    def logged(self, message: str) -> dict | None:
        """The first line of the log with this message."""
        return next((line for line in self.lines() if line["message"] == message), None)

    def until_logged(self, message: str) -> dict:
        return until(lambda: self.logged(message), lambda: f"nothing logged as {message}:\n{self.log()}")

    @property
    def state(self) -> dict:
        return json.loads(podman("inspect", self.name).stdout)[0]["State"]

    @property
    def process(self) -> pathlib.Path:
        """Its first process in the tests' /proc."""
        return pathlib.Path(f"/proc/{self.state['Pid']}")

    def exit_status(self) -> int:
        """Waits until it has ended."""
        return int(podman("wait", self.name).stdout)

    def signal(self, name: str) -> None:
        podman("kill", "--signal", name, self.name)

    def stop(self, seconds: int = 20) -> int:
        """Stops it as an engine does: SIGTERM, and SIGKILL when the time is over. Returns its exit status."""
        podman("stop", "--time", str(seconds), self.name)
        return self.exit_status()


class Sidecar(Container):
    """nomyo-proxy from the image, locked down, in front of the router of the same network namespace."""

    def __init__(self, network: str, options: list[str] = (), user: str | None = None, **settings: str):
        """`settings` are variables without their NOMYO_PROXY_, in small letters."""
        defaults = {
            "router_url": ROUTER, "router_allow_http": "true", "router_rate_per_second": "0",
            "router_key_refresh": "1s", "log_level": "debug",
            # Keys that are made quickly: how good they are is tested elsewhere.
            "keys_bits": "3072", "keys_pool": "0", "router_minimum_key_bits": "2048",
        }
        variables = [f"--env=NOMYO_PROXY_{key.upper()}={value}" for key, value in (defaults | settings).items()]
        users = ["--user", user] if user else []
        super().__init__(
            SIDECAR, options=[*LOCKED_DOWN, "--network", network, *users, *variables, *options])

    def health(self, *arguments: str) -> subprocess.CompletedProcess:
        """The probe of an engine that has no HTTP probe."""
        return self.exec("nomyo-proxy", "health", *arguments, check=False)

    def ready(self) -> "Sidecar":
        until(lambda: self.health("--ready").returncode == 0, lambda: f"not ready:\n{self.log()}")
        return self

    def status(self) -> dict:
        return json.loads(self.exec("nomyo-proxy", "status", "--json").stdout)


class Application(Container):
    """A container with Python and OpenAI's SDK that does what it is told by `exec`."""

    OPTIONS = [*LOCKED_DOWN, f"--volume={HERE / 'application'}:/application:ro", "--user=65533:65533"]

    def __init__(self, network: str, command: tuple[str, ...] = ("wait",), options: list[str] = ()):
        super().__init__(
            APPLICATION, *self.command(*command), options=[*self.OPTIONS, "--network", network, *options])

    @staticmethod
    def command(name: str, *arguments: str) -> list[str]:
        return ["/usr/bin/python3", "/application/application.py", name, *arguments]

    def does(self, *command: str) -> dict:
        """Runs one of its commands; returns what that printed last."""
        return json.loads(self.exec(*self.command(*command)).stdout.splitlines()[-1])

    def starts(self, *command: str) -> subprocess.Popen:
        """Starts one of its commands."""
        return subprocess.Popen(
            ["podman", "exec", self.name, *self.command(*command)], stdout=subprocess.PIPE, text=True)


class Router(Container):
    """nomyo-dev-router on the libraries of the image."""

    def __init__(self, network: str, *arguments: str):
        program = os.environ["NOMYO_DEV_ROUTER"]
        super().__init__(
            SIDECAR, "--bits=2048", *arguments,
            options=[*LOCKED_DOWN, "--network", network, f"--volume={program}:/usr/bin/nomyo-dev-router:ro",
                     "--entrypoint=/usr/bin/nomyo-dev-router"])
