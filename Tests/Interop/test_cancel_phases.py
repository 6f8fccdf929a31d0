"""A caller that goes away frees its place, its upstream transfer and its memory, wherever its request is.

The time that this takes is measured by Benchmarks/cancel; here a busy machine gets some more.
"""

import collections
import os
import pathlib
import time

import h11
import pytest

import nomyo_router
from callers import Caller, post, prompt
from daemon import Proxy
from received import Exchange
from replies import late, refusal, says, unsealed
from watching import memory, until

SOON = 5.0
NEVER = late(60, says("nobody hears this"))
IDLE = {"in_flight": 0, "waiting": 0, "at_router": 0}
PACED = {"rate": {"per_second": 1, "burst": 1}}


class DrippingRouter(nomyo_router.Router):
    """Begins its answers and never ends them."""

    async def _answer(self, request, wire, reader, writer) -> bool:
        if not isinstance(request, Exchange):
            return await super()._answer(request, wire, reader, writer)
        await self._open(request)
        fields = [("Content-Type", "application/json"), ("Content-Length", "1000000")]
        writer.write(wire.send(h11.Response(status_code=200, headers=fields)))
        while not await self._caller_left(0.01, wire, reader):
            writer.write(wire.send(h11.Data(data=b"{" + b" " * 99)))
        request.client_gone.set()
        return False


def busy(proxy: Proxy) -> dict:
    status = proxy.admin("GET", "/status").raise_for_status().json()
    pacing = status["pacing"]
    in_flight = status["exchanges"]["in_flight"]
    return {"in_flight": in_flight, "waiting": pacing["waiting"], "at_router": pacing["in_flight"]}


def becomes(proxy: Proxy, seconds: float, **wanted: int) -> None:
    """Waits until these counters have these values."""
    deadline = time.monotonic() + seconds
    while not wanted.items() <= (now := busy(proxy)).items():
        assert time.monotonic() < deadline, f"{now} instead of {wanted}; log:\n{proxy.log()}"
        time.sleep(0.002)


def descriptors(proxy: Proxy) -> collections.Counter:
    """How many files and sockets the proxy has open, by kind."""
    kinds = collections.Counter()
    for link in pathlib.Path(f"/proc/{proxy.process.pid}/fd").iterdir():
        try:
            kinds[os.readlink(link).split("[")[0]] += 1
        except FileNotFoundError:
            pass
    return kinds


@pytest.fixture
def dripping(server_keys):
    router = DrippingRouter(*server_keys).start()
    yield router
    router.stop()


FORMS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


@FORMS
def test_in_the_queue(start_proxy, router, stream):
    proxy = start_proxy(router, router=PACED)
    router.behaviour = lambda asked: says("here") if asked.last_content == "next" else NEVER
    first = Caller(proxy, "first")
    router.wait_for(1)
    queued = [Caller(proxy, "queued", stream=stream) for _ in range(8)]
    assert until(lambda: busy(proxy)["waiting"] >= 5)
    for each in queued:
        each.leave()
    becomes(proxy, SOON, in_flight=1, waiting=0, at_router=1)
    # Those who left would take seconds if they still held their places.
    began = time.monotonic()
    assert post(proxy, prompt("next")).status_code == 200
    assert time.monotonic() - began < 4
    first.leave()
    becomes(proxy, SOON, **IDLE)
    said = [each.last_content for each in router.exchanges]
    # Some of the queue may have had their turn while the others were still being counted.
    assert [each for each in said if each != "queued"] == ["first", "next"] and said.count("queued") <= 3


@FORMS
def test_waiting_for_the_routers_key(start_proxy, start_router, stream):
    router = start_router()
    router.key_reply = lambda: late(60, unsealed("never", "text/plain"))
    proxy = start_proxy(router, ready=False)
    proxy.wait_until(proxy.url + "/healthz")
    proxy.keyed()
    callers = [Caller(proxy, "early", stream=stream) for _ in range(3)]
    becomes(proxy, 5, in_flight=3)
    for each in callers:
        each.leave()
    becomes(proxy, SOON, **IDLE)
    assert not router.exchanges


def test_sealing(start_proxy, start_router):
    # Of its own, because opening so much takes the router longer than this test.
    router = start_router()
    router.always(NEVER)
    proxy = start_proxy(router)
    for _ in range(5):
        caller = Caller(proxy, "x" * (8 << 20))
        becomes(proxy, 5, in_flight=1)
        caller.leave()
        becomes(proxy, SOON, **IDLE)
    # Whatever was sealed before its caller was missed must not stay there.
    # The router, which opens one after the other, hears of each when it is through with it.
    for exchange in router.exchanges:
        assert exchange.client_gone.wait(30)


@FORMS
def test_waiting_for_the_router(proxy, router, stream):
    router.always(NEVER)
    caller = Caller(proxy, "tell", stream=stream)
    [exchange] = router.wait_for(1)
    becomes(proxy, 5, in_flight=1, at_router=1)
    caller.leave()
    assert exchange.client_gone.wait(SOON)
    becomes(proxy, SOON, **IDLE)


@FORMS
def test_reading_the_answer(start_proxy, dripping, stream):
    proxy = start_proxy(dripping)
    caller = Caller(proxy, "tell", stream=stream)
    [exchange] = dripping.wait_for(1)
    time.sleep(0.3)
    assert busy(proxy)["in_flight"] == 1 and not exchange.client_gone.is_set()
    caller.leave()
    assert exchange.client_gone.wait(SOON)
    becomes(proxy, SOON, **IDLE)


@FORMS
def test_between_two_attempts(proxy, router, stream):
    router.will(refusal(502, "for a moment", retry_after="3"))
    caller = Caller(proxy, "tell", stream=stream)
    [exchange] = router.wait_for(1)
    becomes(proxy, SOON, in_flight=1, at_router=0)
    caller.leave()
    becomes(proxy, SOON, **IDLE)
    # The second attempt would come three seconds after the first.
    time.sleep(max(0, exchange.arrived + 4 - time.monotonic()))
    assert len(router.exchanges) == 1


def test_nothing_is_left_behind(start_proxy, router):
    proxy = start_proxy(router)
    router.always(NEVER)

    def cancel(count: int) -> None:
        for _ in range(count):
            router.exchanges.clear()
            caller = Caller(proxy, "x" * (2 << 20))
            [exchange] = router.wait_for(1)
            caller.leave()
            assert exchange.client_gone.wait(SOON)
        becomes(proxy, SOON, **IDLE)

    cancel(20)
    files = descriptors(proxy)
    # The heap keeps some megabytes for each thread that allocates for the first time; fifty prompts would be a hundred
    # and more, each time anew.
    for _ in range(3):
        resident = memory(proxy, "VmRSS")
        cancel(50)
        # Fewer are well: an idle connection to the router may have been closed meanwhile.
        assert until(lambda: not descriptors(proxy) - files), descriptors(proxy) - files
        grown = memory(proxy, "VmRSS") - resident
        if grown < 12:
            break
    assert grown < 12, f"{grown:.1f} MiB more in each round"
