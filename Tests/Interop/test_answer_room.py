"""A router that gives everybody a large answer at once: all of them share a room, and small ones always find some."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from callers import error_of, post, prompt
from daemon import mark
from hostile_daemon import SLACK, Hostile
from hostile_router import HONEST, Wire, honest
from replies import completion, message
from watching import MEBIBYTE, forget_peak, memory, until

ROOM = 16  # MiB, the least that can be configured
LARGE = 8  # MiB: two have room
CALLERS = 20


@pytest.fixture(scope="module")
def crowd(hostile_router):
    made = Hostile(hostile_router, 12, api_key=None, limits={"bodies": f"{ROOM}MiB"})
    yield made
    made.stop()


def ask(crowd: Hostile) -> httpx.Response:
    """Under a key of its own, which has a rate of its own."""
    bearer = "Bearer " + mark("key")
    return post(crowd.proxy, prompt("all at once"), authorization=bearer, x_request_timeout="15")


def test_large_answers_share_a_room_and_small_ones_pass(crowd):
    over = threading.Event()

    def all_but_the_end(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (LARGE * MEBIBYTE))
        wire.endlessly(b"x" * MEBIBYTE, at_most=(LARGE - 1) * MEBIBYTE)
        over.wait(60)

    crowd.router.reset()
    crowd.router.behaviour = all_but_the_end
    forget_peak(crowd.proxy)
    with ThreadPoolExecutor(CALLERS) as pool:
        asking = [pool.submit(ask, crowd) for _ in range(CALLERS)]
        assert until(lambda: sum(each.done() for each in asking) >= CALLERS - 2, 15)
        refused = [each.result() for each in asking if each.done()]
        crowd.router.behaviour = honest
        small = ask(crowd)
        over.set()
        answers = [each.result() for each in asking]
    assert small.status_code == 200 and small.json()["choices"][0]["message"]["content"] == HONEST
    # Who was refused has cost the router its work: another try would cost as much again.
    assert {(each.status_code, error_of(each)["code"], each.headers["x-should-retry"]) for each in refused} == {
        (503, "too_many_answers", "false")
    }
    assert sorted(each.status_code for each in answers) == [502] * 2 + [503] * (CALLERS - 2)
    taken = memory(crowd.proxy, "VmHWM") - crowd.at_rest
    assert taken < 2 * ROOM + SLACK, f"{taken:.0f} MiB"


def test_afterwards_there_is_room_again(crowd):
    crowd.router.reset()
    text = "x" * (5 * MEBIBYTE)
    crowd.router.behaviour = lambda wire: wire.says(completion(message(text)), "Connection: close")
    for _ in range(4):  # together they have more than the room
        answer = ask(crowd)
        assert answer.status_code == 200 and answer.json()["choices"][0]["message"]["content"] == text
        crowd.router.settle()
