"""A daemon before a hostile router, and what has to hold after whatever the router did to it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from callers import prompt
from daemon import CLEAR, Proxy, mark
from hostile_router import HONEST, HostileRouter
from replies import MODEL
from watching import MEBIBYTE, descriptors, forget_peak, log_lines, memory, until

#: The most that an answer may take while it is read and passed on, as a multiple of `limits.response`: see docs/operations.md.
TIMES_THE_LIMIT = 5
#: What comes on top of it, in MiB: buffers, threads, and what the heap keeps.
SLACK = 32


MESSAGES = [{"role": "user", "content": "hello"}]
#: One request in each dialect.
DIALECTS = {
    "chat": ("/v1/chat/completions", {"model": MODEL, "messages": MESSAGES}),
    "completions": ("/v1/completions", {"model": MODEL, "prompt": "hello"}),
    "responses": ("/v1/responses", {"model": MODEL, "input": "hello"}),
    "anthropic": ("/v1/messages", {"model": MODEL, "max_tokens": 9, "messages": MESSAGES}),
    "ollama": ("/api/chat", {"model": MODEL, "messages": MESSAGES, "stream": False}),
    "enclava": ("/api/v1/chatbot/external/bot/chat", {"message": "hello"}),
}


def streamed(dialect: str, answer: httpx.Response) -> list[dict]:
    """The events of a stream, read as the strictest and the laxest of readers do: no line ends but where events do."""
    text = answer.content.decode()
    lines = text.splitlines()  # at U+2028, U+0085 and their kind as well
    if dialect == "ollama":
        return [json.loads(line, parse_int=str) for line in lines]
    assert lines == text.split("\n")[:-1]
    events = []
    for line in lines:
        name, colon, value = line.partition(": ")
        assert not line or colon and name in ("data", "event", ""), line[:200]
        if name == "data" and value != "[DONE]":
            events.append(json.loads(value, parse_int=str))
    return events


@dataclass
class Outcome:
    """What a caller got, after how long, and what it cost."""

    answer: httpx.Response
    seconds: float
    mebibytes: float

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def error(self) -> dict:
        return self.answer.json()["error"]

    @property
    def said(self) -> tuple[int, str]:
        return self.status, self.error["code"]


class Hostile:
    """The router and a daemon that talks to it, with a limit for answers."""

    def __init__(self, router: HostileRouter, limit: int, /, *, api_key: str | None = "", **changes):
        self.router, self.limit, self.api_key = router, limit, api_key
        settings = {
            "router": {"retries": 0, "trust": "tls"},
            "limits": {"response": f"{limit}MiB"},
            "keys": {"bits": 3072, "pool": 0},
        }
        for table, values in changes.items():
            settings[table] = settings.get(table, {}) | values
        self.proxy = Proxy(router.url, api_key=mark("key") if api_key == "" else api_key, changes=settings).ready()
        self.at_rest = memory(self.proxy, "VmRSS")
        # One for all, because it takes milliseconds to make one; each request has its own connection.
        self._client = httpx.Client(verify=CLEAR, limits=httpx.Limits(max_keepalive_connections=0))

    @property
    def bound(self) -> float:
        return TIMES_THE_LIMIT * self.limit + SLACK

    def ask(
        self, path: str = "/v1/chat/completions", body: dict | None = None, *, within: float = 10, grace: float = 1.5,
        method="POST", **fields
    ) -> Outcome:
        """One request with so many seconds of time; its cost is checked."""
        body = prompt(mark("prompt")) if body is None else body
        headers = {"x-request-timeout": str(within)} | fields
        if self.api_key is None:
            headers["authorization"] = "Bearer " + mark("key")
        self.router.settle()
        forget_peak(self.proxy)
        began = time.monotonic()
        how = {"json": body} if method == "POST" else {}
        answer = self._client.request(method, self.proxy.url + path, headers=headers, timeout=within + 20, **how)
        seconds = time.monotonic() - began
        outcome = Outcome(answer, seconds, memory(self.proxy, "VmHWM") - self.at_rest)
        # A request is in memory as it came, padded, sealed and on its way.
        bound = self.bound + TIMES_THE_LIMIT * len(json.dumps(body)) / MEBIBYTE
        assert outcome.mebibytes < bound, f"{outcome.mebibytes:.0f} MiB for {self.limit} MiB"
        assert outcome.seconds < within + grace, f"{outcome.seconds:.1f} s for {within}"
        return outcome

    def refused(self, *expected: tuple[int, str], **how) -> Outcome:
        """Asks, and gets one clear error that is one of these."""
        outcome = self.ask(**how)
        assert outcome.status != 200, outcome.answer.text[:500]
        error = outcome.error
        assert set(error) >= {"message", "type", "code"} and len(outcome.answer.content) < 2000, error
        assert error["message"].isprintable(), error["message"]
        assert outcome.said in expected, (outcome.said, error["message"])
        return outcome

    def serves(self) -> None:
        """A normal request succeeds."""
        self.router.reset()
        outcome = self.ask()
        assert outcome.status == 200, outcome.answer.text
        assert outcome.answer.json()["choices"][0]["message"]["content"] == HONEST

    @contextmanager
    def case(self) -> Iterator["Hostile"]:
        """What a case leaves behind: a daemon that serves, and a log without a word of the router's."""
        self.router.reset()
        begin = len(self.proxy.log())
        yield self
        assert self.proxy.process.poll() is None, self.proxy.log()[-4000:]
        self.serves()
        for line in log_lines(self.proxy.log()[begin:]):
            assert len(json.dumps(line)) < 2000, line

    def leaves_nothing(self, descriptors_before: int) -> None:
        """Nothing is under way and no descriptor is left."""
        def in_flight() -> int:
            return self.proxy.admin("GET", "/status").json()["exchanges"]["in_flight"]

        assert until(lambda: in_flight() == 0), self.proxy.admin("GET", "/status").text
        self.serves()
        assert until(lambda: descriptors(self.proxy) <= descriptors_before + 2), (
            descriptors(self.proxy), descriptors_before)

    def stop(self) -> None:
        self._client.close()
        self.proxy.stop()
