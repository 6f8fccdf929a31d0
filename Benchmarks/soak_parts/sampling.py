"""One row of figures for every second of a soak."""

import asyncio
import time

FIELDS = ["time", "memory", "threads", "descriptors", "exchanges", "p50", "p99", "in_flight", "queue", "lost"]


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


async def daemon_status(proxy):
    """The daemon's own account; None when it does not answer within 5 s."""
    try:
        return (await proxy.admin("GET", "/status", seconds=5))[1]
    except (OSError, EOFError, ValueError, TimeoutError):
        return None


def in_flight(status):
    return status["exchanges"]["in_flight"]


def queued(status):
    return status.get("pacing", {}).get("waiting", 0)


class ProxyEnded(Exception):
    """The daemon went away while it was under load."""


class Sampler:
    def __init__(self, proxy, callers, start):
        self.proxy, self.callers, self.start = proxy, callers, start
        self.rows = []
        self.mute_seconds = 0  # in which the admin socket said nothing

    async def run(self):
        """A row a second until cancelled."""
        due, last = time.monotonic() + 1, time.monotonic()
        while True:
            await asyncio.sleep(max(0, due - time.monotonic()))
            due = max(due + 1, time.monotonic())
            taken = self.callers.take_latencies()
            now = time.monotonic()
            rate, last = len(taken) / (now - last), now
            if not self.proxy.is_running:
                raise ProxyEnded(f"the proxy ended with status {self.proxy.process.poll()} under load")
            memory, threads, descriptors = self.proxy.resources()
            status = await daemon_status(self.proxy)
            self.mute_seconds += status is None
            self.rows.append(dict(zip(FIELDS, [
                round(now - self.start, 2), round(memory, 2), threads, descriptors, round(rate, 1),
                percentile(taken, 0.5), percentile(taken, 0.99), in_flight(status) if status else None,
                queued(status) if status else None, len(self.callers.losses)], strict=True)))
            if len(self.rows) % 60 == 0:
                print(self.rows[-1], flush=True)
