"""Stopping: what is in flight is answered, what takes longer than the drain is told so, and nothing is killed."""

import concurrent.futures
import time

import pytest

from callers import error_of
from daemon import mark
from replies import completion, late, message, sealed
from service import Service
from unit import until

GIVEN_UP = "75"  # sysexits.h: a temporary failure


def answer(text: str, seconds: float):
    """The router's answer, so long after it has the question."""
    return late(seconds, sealed(completion(message(text))))


@pytest.fixture
def pool():
    with concurrent.futures.ThreadPoolExecutor() as pool:
        yield pool


def test_a_request_in_flight_is_answered(service: Service, router, pool):
    service.start()
    said = mark()
    router.always(answer(said, 1.5))
    asked = pool.submit(service.post, mark())
    router.wait_for(1)
    service.stop()
    assert asked.result().json()["choices"][0]["message"]["content"] == said
    assert (service.state, service.get("Result"), service.get("ExecMainStatus")) == ("inactive", "success", "0")


def test_what_outlives_the_drain_is_told_so_and_the_status_says_it(service: Service, router, pool):
    service.configure(shutdown={"drain": "1s"})
    service.start()
    router.always(answer(mark(), 30))
    asked = pool.submit(service.post, mark())
    router.wait_for(1)
    journal, began = service.journal(), time.monotonic()
    service.stop()
    assert time.monotonic() - began < 20, "the answer was waited for"
    refused = asked.result()
    assert (refused.status_code, error_of(refused)["code"]) == (503, "shutting_down")
    assert (service.get("Result"), service.get("ExecMainStatus")) == ("exit-code", GIVEN_UP)
    assert not any("SIGKILL" in line or "Killing" in line for line in journal.messages())
    service.start()


def test_status_says_that_it_drains(service: Service, router, pool):
    service.start()
    # Long enough to be looked at twice meanwhile, also on a busy machine.
    router.always(answer(mark(), 6))
    asked = pool.submit(service.post, mark())
    router.wait_for(1)
    service.do("stop", "--no-block")
    # systemd stops it as soon as it is told to; the daemon says so when it has heard of it.
    until(lambda: "Draining" in service.get("StatusText"), service.story)
    assert service.state == "deactivating"
    assert asked.result().status_code == 200
    service.is_in("inactive")
