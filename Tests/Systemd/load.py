"""Callers that never pause and never ask twice, and a count of what they lost."""

import itertools
import threading
from collections.abc import Callable

import httpx
import openai

from service import SOCKET, Service
from unit import until

# A service that stops listens to a connection without a request for 250 ms more. On a busy machine a caller may let one
# stand for longer than that, and takes another one then: no client can tell whether it comes too late.
LIMITS = httpx.Limits(keepalive_expiry=0.1)
MODEL = "echo"  # what nomyo-dev-router has; the router of the tests has any
_numbers = itertools.count()


class Caller(threading.Thread):
    """One caller with OpenAI's SDK, which retries nothing; its answers have to say what it asked."""

    def __init__(self, url: str, connect: Callable[[], httpx.Client], keeps: bool):
        super().__init__()
        self.url, self.connect, self.keeps = url, connect, keeps
        self.stop, self.answered, self.lost = threading.Event(), 0, []

    def run(self) -> None:
        client = self.connect()
        while not self.stop.is_set():
            if not self.keeps:
                client.close()
                client = self.connect()
            try:
                self.exchange(client, f"question {next(_numbers)}")
                self.answered += 1
            except (openai.OpenAIError, ValueError) as error:
                self.lost.append(f"{error!r} {error.__cause__!r}")
        client.close()

    def exchange(self, client: httpx.Client, said: str) -> None:
        sdk = openai.OpenAI(base_url=self.url + "/v1", api_key="any", max_retries=0, timeout=60, http_client=client)
        answer = sdk.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": said}])
        if answer.choices[0].message.content != said:
            raise ValueError("the answer to something else")


def by_address() -> httpx.Client:
    return httpx.Client(limits=LIMITS)


def by_path() -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(uds=SOCKET, limits=LIMITS), timeout=60)


class Load:
    """Six callers: over IPv4, IPv6 and the unix socket, on connections that are kept and on new ones each time."""

    def __init__(self, service: Service):
        ways = ((service.url, by_address), ("http://[::1]:12439", by_address), ("http://localhost", by_path))
        self.callers = [Caller(url, connect, keeps) for keeps in (True, False) for url, connect in ways]

    def __enter__(self) -> "Load":
        for caller in self.callers:
            caller.start()
        return self

    def __exit__(self, *_) -> None:
        for caller in self.callers:
            caller.stop.set()
        for caller in self.callers:
            caller.join()

    def until_each_answered(self, count: int) -> None:
        """Waits until each caller has so many answers more than now."""
        goals = [caller.answered + count for caller in self.callers]
        until(
            lambda: all(caller.answered >= goal for caller, goal in zip(self.callers, goals)),
            lambda: f"answered {[caller.answered for caller in self.callers]}, wanted {goals}; lost {self.lost[:3]}",
        )

    @property
    def answered(self) -> int:
        return sum(caller.answered for caller in self.callers)

    @property
    def lost(self) -> list[str]:
        return [lost for caller in self.callers for lost in caller.lost]
