"""The programs under test: started with a log each, and what the kernel and they themselves know of them."""

import asyncio
import atexit
import collections
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import time

from rig import PROXY, ROUTER, free_port

READY_SECONDS = 60
TCP_STATES = {"01": "established", "06": "time-wait", "08": "close-wait", "0A": "listening"}


def steady_port():
    """A free port that stays free while nobody listens there.

    The kernel gives the ports of its own range to connections, so one of those may be taken by the time that
    a listener comes back.
    """
    low, high = map(int, pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    ports = [port for port in range(20_000, 65_000) if not low <= port <= high]
    random.shuffle(ports)
    for port in ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass  # somebody listens there
    return free_port()


class Program:
    """One process with its output in a file; it does not outlive this one, unless that is killed."""

    def __init__(self, name, command, folder, environment=None):
        self.log = pathlib.Path(folder) / f"{name}.log"
        kept = {key: value for key, value in os.environ.items()
                if not key.startswith(("NOMYO_", "LISTEN_")) and not key.lower().endswith("_proxy")}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=kept | (environment or {}))
        atexit.register(self.process.kill)  # harmless when it has ended

    @property
    def pid(self):
        return self.process.pid

    @property
    def is_running(self):
        return self.process.poll() is None

    async def answers(self, port, path):
        """Waits until it answers 200 there."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.is_running:
            if await status_of(port, path) == 200:
                return self
            await asyncio.sleep(0.02)
        sys.exit(f"{self.log.stem} does not come up:\n{self.log.read_text(errors='replace')[-2000:]}")

    async def end(self, how=signal.SIGTERM, seconds=30):
        """Its exit status; it is killed when it takes longer than `seconds`."""
        if self.is_running:
            self.process.send_signal(how)
        deadline = time.monotonic() + seconds
        while self.is_running:
            if time.monotonic() > deadline:
                self.process.kill()
            await asyncio.sleep(0.02)
        return self.process.returncode

    def tell(self, number):
        self.process.send_signal(number)

    def heeds(self, number):
        """Whether it catches or ignores a signal, which would end it otherwise."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        masks = re.findall(r"^Sig(?:Ign|Cgt):\s+([0-9a-f]+)$", text, re.MULTILINE)
        return any(int(mask, 16) >> (number - 1) & 1 for mask in masks)

    def resources(self):
        """Resident memory in MiB, threads, open descriptors."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        memory, threads = (int(re.search(rf"{name}:\s+(\d+)", text)[1]) for name in ("VmRSS", "Threads"))
        return memory / 1024, threads, len(os.listdir(f"/proc/{self.pid}/fd"))

    def thread_names(self):
        """How many threads there are of each name."""
        names = collections.Counter()
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            try:
                names[(task / "comm").read_text().strip()] += 1
            except OSError:
                pass  # it has just ended
        return names

    def descriptor_kinds(self):
        """How many open descriptors there are of each kind; TCP sockets with their state and both ports."""
        sockets = {}
        for line in pathlib.Path(f"/proc/{self.pid}/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            local, remote = (int(fields[column].rsplit(":", 1)[1], 16) for column in (1, 2))
            sockets[f"socket:[{fields[9]}]"] = (TCP_STATES.get(fields[3], fields[3]), local, remote)
        kinds = collections.Counter()
        for descriptor in pathlib.Path(f"/proc/{self.pid}/fd").iterdir():
            try:
                target = os.readlink(descriptor)
            except OSError:
                continue  # it was closed meanwhile
            state, local, remote = sockets.get(target, ("", 0, 0))
            kinds[f"tcp {local} to {remote} {state}" if state else target.split(":[")[0]] += 1
        return kinds

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def status_of(port, path):
    """The status of a GET; None while nobody answers."""
    try:
        return (await asyncio.wait_for(plain_request(port, "GET", path), 2))[0]
    except (OSError, EOFError, ValueError, TimeoutError):
        return None


async def plain_request(place, method, path, body=b""):
    """Status and body of one request to a port of this machine, or to a unix socket."""
    if isinstance(place, int):
        reader, writer = await asyncio.open_connection("127.0.0.1", place)
    else:
        reader, writer = await asyncio.open_unix_connection(str(place))
    try:
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    if not body and not head:
        raise EOFError("no answer")
    return int(head.split(b" ", 2)[1]), body


class Proxy(Program):
    """`nomyo-proxy run` towards a port of this machine."""

    def __init__(self, router_port, folder, **settings):
        self.port = free_port()
        home = pathlib.Path(folder) / "proxy"
        home.mkdir(mode=0o700)
        self.admin_socket = home / "admin.sock"
        environment = {
            "NOMYO_PROXY_LISTEN": f"127.0.0.1:{self.port}", "NOMYO_API_KEY": "bench",
            "NOMYO_PROXY_ROUTER_URL": f"http://127.0.0.1:{router_port}",
            "NOMYO_PROXY_ROUTER_ALLOW_HTTP": "true", "NOMYO_PROXY_LOG_LEVEL": "notice",
            "STATE_DIRECTORY": str(home), "RUNTIME_DIRECTORY": str(home)}
        environment |= {f"NOMYO_PROXY_{name.upper()}": str(value) for name, value in settings.items()}
        super().__init__("nomyo-proxy", [PROXY, "run"], folder, environment)

    async def ready(self):
        return await self.answers(self.port, "/readyz")

    async def admin(self, method, path, seconds=10):
        """Status and document of a request over the admin socket."""
        status, body = await asyncio.wait_for(plain_request(self.admin_socket, method, path), seconds)
        return status, json.loads(body)


class Router:
    """`nomyo-dev-router`, which can be stopped and started again on the same port."""

    # The router's share of the processors is not what is measured; small keys leave more to the proxy.
    BITS = 2048

    def __init__(self, folder, *flags):
        self.port, self.folder, self.flags = steady_port(), folder, flags
        self.program = None

    async def start(self):
        self.program = Program(
            "nomyo-dev-router",
            [ROUTER, "--listen", f"127.0.0.1:{self.port}", "--bits", self.BITS, *self.flags], self.folder)
        await self.program.answers(self.port, "/pki/public_key")

    async def stop(self, how=signal.SIGTERM):
        await self.program.end(how, seconds=3)

    async def told(self, path, **members):
        """Asks it to misbehave, or to change its key."""
        status, _ = await asyncio.wait_for(
            plain_request(self.port, "POST", path, json.dumps(members).encode()), 30)
        if status != 200:
            raise ValueError(f"the router answers {status} to {path}")
