"""What goes wrong during a soak, one thing at a time, each with its beginning and its end."""

import asyncio
import random
import signal
import time
from dataclasses import dataclass

# From the end of one fault to the beginning of the next: longer than an exchange that was hit takes to come
# back, so that none is hit more often than it may be tried again.
CALM = (3.0, 6.0)
TURN_SECONDS = 7.0
# Connections are tried for during 10 s; an outage that lasted this long was none that has to be got over.
LONGEST_OUTAGE = 8.0
# How often an exchange is tried again. No more requests than this are broken by one fault: where there are few, one
# exchange may meet them all, and only one event tells of it.
RETRIES = 2


@dataclass
class Event:
    """A fault, a rotation or a reload."""

    kind: str
    begin: float
    end: float | None = None
    note: str = ""

    @property
    def is_outage(self):
        return self.kind.startswith("outage")


class Faults:
    """Breaks things between proxy and router; every kind comes once before any comes again."""

    def __init__(self, relay, router, seed):
        self.relay, self.router = relay, router
        self.random = random.Random(seed)
        self.events = []
        self.kinds = [
            ("outage: router killed", self.router_killed), ("outage: router stopped", self.router_stopped),
            ("outage: connections refused", self.refused), ("all connections reset", self.reset_all),
            ("idle connections reset", self.reset_idle), ("idle connections closed", self.close_idle),
            ("requests cut", self.cut_requests), ("answers cut", self.cut_answers), ("stall", self.stall),
            ("router aborts", self.router_aborts), ("router truncates", self.router_truncates),
            ("router answers 500", self.status(500)), ("router answers 502", self.status(502)),
            ("router answers 504", self.status(504)), ("router changes its key", self.router_rotates)]

    async def run(self):
        """Until it is cancelled, which ends the fault under way."""
        while True:
            round_of_all = self.random.sample(self.kinds, len(self.kinds))
            for kind, action in round_of_all:
                await asyncio.sleep(self.random.uniform(*CALM))
                event = Event(kind, time.monotonic())
                self.events.append(event)
                try:
                    event.note = str(await action() or "")
                except (OSError, EOFError, ValueError, TimeoutError) as error:
                    # Half an hour is not to end because a busy router was slow to misbehave.
                    event.note = f"not to be had: {type(error).__name__} {error}"
                finally:
                    event.end = time.monotonic()

    async def repair(self):
        """Whatever was under way: the way to the router is open again. For the last exchanges this is one outage more."""
        event = Event("outage: repair", time.monotonic())
        self.events.append(event)
        self.relay.flow()
        self.relay.cut(True, [])
        try:
            await self.router.stop()
            await self.router.start()
            self.relay.close_door()
            await self.relay.open()
        finally:
            event.end = time.monotonic()

    async def _outage(self, between):
        self.relay.close_door()
        try:
            await between()
            await asyncio.sleep(self.random.uniform(1, 3.5))
        finally:
            if not self.router.program.is_running:
                await self.router.start()
            await self.relay.open()

    async def router_killed(self):
        await self._outage(lambda: self.router.stop(signal.SIGKILL))

    async def router_stopped(self):
        await self._outage(lambda: self.router.stop(signal.SIGTERM))

    async def refused(self):
        async def break_links():
            self.relay.end_links()

        await self._outage(break_links)

    async def reset_all(self):
        return f"{self.relay.end_links()} connections"

    async def reset_idle(self):
        return f"{self.relay.end_links(idle_only=True)} connections"

    async def close_idle(self):
        return f"{self.relay.end_links(idle_only=True, with_reset=False)} connections"

    async def cut_requests(self):
        self.relay.cut(True, [self.random.randint(1, 6000) for _ in range(RETRIES)])

    async def cut_answers(self):
        self.relay.cut(False, [self.random.randint(0, 6000) for _ in range(RETRIES)])

    async def stall(self):
        self.relay.stall()
        try:
            await asyncio.sleep(self.random.uniform(0.5, 2))
        finally:
            self.relay.flow()

    async def router_aborts(self):
        await self.router.told("/dev/fault", mode="drop", count=RETRIES)

    async def router_truncates(self):
        await self.router.told("/dev/fault", mode="truncate", count=RETRIES)

    def status(self, code):
        async def answer():
            await self.router.told("/dev/fault", mode=f"status-{code}", count=RETRIES)

        return answer

    async def router_rotates(self):
        await self.router.told("/dev/rotate")


class Turns:
    """Rotations of the client key and reloads, in turn, whatever else is going on."""

    def __init__(self, proxy, can_reload):
        self.proxy, self.can_reload = proxy, can_reload
        self.kinds = [("POST /rotate", self.ask), ("SIGUSR1", self.user), ("SIGHUP", self.hang_up)]
        self.events, self.failures = [], []

    async def run(self):
        while True:
            for kind, action in self.kinds:
                await asyncio.sleep(TURN_SECONDS)
                if kind == "SIGHUP" and not self.can_reload:
                    continue
                event = Event(kind, time.monotonic())
                self.events.append(event)
                await action()
                event.end = time.monotonic()

    async def ask(self):
        try:
            status, _ = await self.proxy.admin("POST", "/rotate", seconds=60)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            status = f"{type(error).__name__} {error}"
        if status != 200:
            self.failures.append(f"POST /rotate: {status}")

    async def user(self):
        self.proxy.tell(signal.SIGUSR1)

    async def hang_up(self):
        self.proxy.tell(signal.SIGHUP)


def excuse(loss, events):
    """Why an exchange could not be saved by design; empty where it could."""
    if "the answer broke off before its end" in loss.what:
        return "an answer that broke off is refused like a forged one, and not asked for again"
    met = [event for event in events
           if event.begin < loss.end and (event.end or loss.end) > loss.begin - 0.5]
    for event in met:
        length = (event.end or loss.end) - event.begin
        if event.is_outage and length > LONGEST_OUTAGE:
            return f"the router was away for {length:.0f} s"
    if len(met) > RETRIES:
        return f"hit up to {len(met)} times: " + ", ".join(event.kind for event in met)
    return ""
