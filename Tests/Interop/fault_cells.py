"""One fault at one phase: how it is brought about, and what a caller and the daemon make of it.

Every cell has a router, a fault proxy and a daemon of its own, so that many can run at once. It has two scenes: the
fault lasts for `BRIEF` seconds while a request is under way; and it lasts longer than a request may take, then it
ends and the next requests come.
"""

import collections
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import fault_dns
import nomyo_router
from callers import prompt
from daemon import Proxy, mark
from fault_link import Pace
from fault_proxy import ACTIONS, FaultProxy
from fault_tls import CERTIFICATES, TLSFront

BRIEF = 0.8  # seconds: shorter than all attempts at an exchange together
DEADLINE = 1.5  # of the request that meets the lasting fault
PATIENT = 8.0  # the deadline of every other request; what nobody acknowledges is given up after five
CONNECT = "1300ms"  # the configured time for a connection; a SYN is sent again after one second and after three
CRAWL = Pace(rate=150)  # a key document or an answer would take many seconds

#: Bytes that pass at a phase before the fault comes.
AFTER = {"request_body": 1000, "answer_head": 20, "answer_body": 100}
SETTINGS = {"keys": {"bits": 3072, "primes": 3, "pool": 0}, "router": {"connect_timeout": CONNECT}}


@dataclass(frozen=True)
class Answer:
    """What a caller got. `sent` is how often its request was sealed and began to pass."""

    status: int
    code: str | None
    seconds: float
    sent: int = 0
    should_retry: str | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, [str(self.status), self.code]))


@dataclass(frozen=True)
class Observed:
    """What was seen of one cell. Seconds of `recovery` run from the fault's end to the first new answer."""

    brief: Answer
    lasting: Answer
    recovery: float
    refused_meanwhile: list[str]
    left_over: dict[str, tuple[int, int]]  # what is in use, before and after, where it is more than before
    resent: int  # sealed requests that passed more than once
    lasted: float  # seconds of the brief fault

    @property
    def was_brief(self) -> bool:
        """Whether it ended before the last attempt, which comes more than a second after the first."""
        return self.lasted < BRIEF + 0.2


class _LocalConnection(http.client.HTTPConnection):
    def __init__(self, path: pathlib.Path):
        super().__init__("localhost", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


class Stand:
    """A daemon, what is on its way to the router, and the router."""

    def __init__(self, keys, *, tls: bool = False, dns: bool = False, listening: bool = True, settings=None):
        self.router = nomyo_router.Router(*keys).start()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="nomyo-faults-"))
        self.front = TLSFront(self.router.port, self.directory).start() if tls else None
        self.names = fault_dns.NameServer().start() if dns else None
        self.way = FaultProxy(self.front.port if tls else self.router.port, listening=listening).start()
        self.settings = settings or {}
        self.proxy: Proxy | None = None

    def start(self, *, ready: bool) -> None:
        """A new daemon in place of the last."""
        self._stop_proxy()
        scheme, host = "https" if self.front else "http", fault_dns.NAME if self.names else "127.0.0.1"
        router = SETTINGS["router"] | ({"ca_file": self.front.ca_file} if self.front else {})
        changes = SETTINGS | self.settings | {"router": router | self.settings.get("router", {})}
        how = {"api_key": mark("key"), "changes": changes}
        url = f"{scheme}://{host}:{self.way.port}"
        self.proxy = fault_dns.NamedProxy(self.names, url, **how) if self.names else Proxy(url, **how)
        self._wait_until(lambda: self._readiness() == [] if ready else "client_key" not in self._readiness())

    def stop(self) -> None:
        self._stop_proxy()
        for each in (self.way, self.names, self.front, self.router):
            if each:
                each.stop()
        shutil.rmtree(self.directory)

    def _stop_proxy(self) -> None:
        if self.proxy:
            self.proxy.stop()
            self.proxy = None

    def _readiness(self) -> list[str]:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=5)
            connection.request("GET", "/readyz")
            return json.loads(connection.getresponse().read()).get("waiting_for", [])
        except OSError:
            assert self.proxy.process.poll() is None, self.proxy.log()
            return ["client_key"]
        finally:
            connection.close()

    def _wait_until(self, fact: Callable[[], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not fact():
            assert time.monotonic() < deadline, f"not in {seconds} s; log:\n{self.proxy.log()}"
            time.sleep(0.02)

    # What can be asked

    @property
    def sent(self) -> int:
        """How many sealed requests went out so far; TLS is looked at behind its end."""
        return len(self.router.exchanges if self.front else self.way.payload_ids)

    def ask(self, deadline: float | None = PATIENT) -> Answer:
        """One request over a connection of its own."""
        sent, began = self.sent, time.monotonic()
        fields = {"content-type": "application/json"}
        if deadline is not None:
            fields["x-request-timeout"] = str(deadline)
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=30)
        try:
            body = json.dumps(prompt(mark("prompt")))
            connection.request("POST", "/v1/chat/completions", body, fields)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        code = json.loads(text)["error"]["code"] if answer.status != 200 else None
        seconds = time.monotonic() - began
        return Answer(answer.status, code, seconds, self.sent - sent, answer.getheader("x-should-retry"))

    def ask_meanwhile(self, deadline: float | None = PATIENT) -> Callable[[], Answer]:
        """Begins a request; the result waits for its answer."""
        answers: list[Answer] = []
        asking = threading.Thread(target=lambda: answers.append(self.ask(deadline)))
        asking.start()

        def answer() -> Answer:
            asking.join(40)
            return answers[0]

        return answer

    def recover(self, limit: float = 6) -> tuple[float, list[str]]:
        """Asks until there is an answer: after how long, and what was said before."""
        began, refused = time.monotonic(), []
        while (answer := self.ask(limit)).status != 200:
            refused.append(str(answer))
            if time.monotonic() > began + limit:
                return float("inf"), refused
            time.sleep(0.02)
        return time.monotonic() - began, refused

    def status(self) -> dict:
        connection = _LocalConnection(self.proxy.directory / "admin.sock")
        try:
            connection.request("GET", "/status")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def in_use(self) -> dict:
        """Counters and descriptors, by kind, that stand for something under way."""
        status = self.status()
        used = {"in flight": status["exchanges"]["in_flight"]}
        used |= {f"pacing {name}": status["pacing"][name] for name in ("waiting", "in_flight")}
        used["held back"] = int(status["pacing"]["held_by"] is not None)
        kinds = collections.Counter()
        for descriptor in pathlib.Path(f"/proc/{self.proxy.process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                target = os.readlink(descriptor)
                kinds["file" if target.startswith("/") else target.split(":")[0]] += 1
        return used | dict(kinds)

    def at_rest(self, wanted: dict | None = None, seconds: float = 6) -> dict:
        """What is in use when nothing is under way; waits for `wanted` as long as that may take."""
        self.way.break_all("reset")
        time.sleep(1.05)  # libcurl looks for dead connections once in a second, and only when there is work
        self.ask()
        deadline, last = time.monotonic() + seconds, {}
        while time.monotonic() < deadline:
            used = self.in_use()
            if used == (wanted or last):
                return used
            last = used
            time.sleep(0.1)
        return last


@dataclass(frozen=True)
class Fault:
    """A phase and what happens there."""

    phase: str
    name: str

    @property
    def is_met_cold(self) -> bool:
        """Whether only a daemon meets it that has just been started."""
        return self.phase in ("dns", "key") or self.name == "slow start"

    def begin(self, stand: Stand) -> None:
        way = stand.way
        if self.phase in ("dns", "connect", "tls"):
            way.break_all("reset")  # so that a new connection is needed
        if self.phase == "dns":
            stand.names.mode = self.name
        elif self.name in ("refused", "slow start"):
            way.refuse()
        elif self.name == "blackhole":
            way.blackhole()
        elif self.name in CERTIFICATES:
            stand.front.show(self.name)
        else:
            action = CRAWL if self.name == "slow" else self.name
            assert action is CRAWL or action in ACTIONS
            way.at(self.phase, action, after=AFTER.get(self.phase, 0))

    def end(self, stand: Stand) -> None:
        if stand.names:
            stand.names.mode = "answers"
        if stand.front:
            stand.front.show("good")
        stand.way.heal()

    @contextlib.contextmanager
    def standing(self, keys, **settings) -> Iterator[Stand]:
        """What it takes to bring this fault about."""
        stand = Stand(keys, tls=self.phase == "tls", dns=self.phase == "dns", settings=settings)
        try:
            yield stand
        finally:
            stand.stop()

    def observe(self, keys) -> Observed:
        """Both scenes."""
        with self.standing(keys) as stand:
            stand.start(ready=True)
            stand.ask()
            at_rest = stand.at_rest()
            self.meet(stand)
            began = time.monotonic()
            waiting = stand.ask_meanwhile()
            time.sleep(BRIEF)
            self.end(stand)
            lasted = time.monotonic() - began
            brief = waiting()
            self.meet(stand)
            # A late answer is waited for; how long that takes is looked at afterwards.
            lasting = stand.ask(PATIENT if self.name == "late" else DEADLINE)
            self.end(stand)
            recovery, refused = stand.recover()
            left = stand.at_rest(wanted=at_rest)
            more = {name: (at_rest.get(name, 0), count) for name, count in left.items()}
            identifiers = stand.way.payload_ids
            return Observed(
                brief,
                lasting,
                recovery,
                refused,
                {name: (before, after) for name, (before, after) in more.items() if after > before},
                len(identifiers) - len(set(identifiers)),
                lasted,
            )

    def meet(self, stand: Stand) -> None:
        """From now on the daemon runs into it."""
        self.begin(stand)
        if self.is_met_cold:
            stand.start(ready=False)
