"""What the daemon holds when nothing is under way."""

import asyncio

from .caller import Wire
from .sampling import daemon_status, in_flight, queued

QUIET_SECONDS = 8
ROUNDS = 6
COUNTED = ("descriptors", "threads", "in_flight", "queue")
# Workers of the runtime's pool, by the ends of their names: they come with work and go some seconds after it.
POOL = ("-qos", ".overcommit")


async def held(proxy):
    """Memory, threads and descriptors before anything is asked, then what it says itself."""
    memory, _, descriptors = proxy.resources()
    names = proxy.thread_names()
    pool = sum(count for name, count in names.items() if name.endswith(POOL))
    while (status := await daemon_status(proxy)) is None:
        await asyncio.sleep(0.1)
    return {"memory": memory, "threads": names.total() - pool, "pool": pool, "descriptors": descriptors,
            "in_flight": in_flight(status), "queue": queued(status), "names": dict(names),
            "open": dict(proxy.descriptor_kinds())}


async def at_rest(proxy, callers, relay, bound=None):
    """What the daemon holds after a while of rest; after some more of them where that is more than `bound`.

    Its connections to the router are ended first. It notices that when it sends the next request, so it gets
    some; one connection is left then, before a soak as after it. When it looked at the router's key just then
    there are two, which the next round ends.
    """
    for _ in range(ROUNDS):
        relay.end_links(with_reset=False)
        for _ in range(3):
            wire = Wire(callers.port)
            await asyncio.wait_for(callers.ask(wire, "4 KB", False), 60)
            wire.close()
            await asyncio.sleep(1.1)  # libcurl looks through its idle connections once a second
        await asyncio.sleep(QUIET_SECONDS)
        now = await held(proxy)
        if bound is None or all(now[name] <= bound[name] for name in COUNTED):
            break
    return now
