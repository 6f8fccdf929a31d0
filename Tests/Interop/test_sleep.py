"""A machine that sleeps: the process stands still, the world does not, and afterwards everything goes on by itself."""

import concurrent.futures
import signal
import time

from callers import post, prompt
from replies import late, says


def stand_still(proxy, seconds: float) -> None:
    proxy.process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    proxy.process.send_signal(signal.SIGCONT)


def test_connections_that_died_during_a_sleep_cost_nobody_a_request(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router)
    assert post(proxy, prompt("before")).status_code == 200
    proxy.process.send_signal(signal.SIGSTOP)
    router.hang_up()  # the router closes every connection that it holds open
    time.sleep(0.5)
    proxy.process.send_signal(signal.SIGCONT)
    began = time.monotonic()
    assert post(proxy, prompt("after")).status_code == 200
    assert time.monotonic() - began < 3


def test_a_request_that_slept_through_its_answer_still_gets_it(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router)
    router.will(late(1, says("good morning")))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        asking = pool.submit(post, proxy, prompt("good night"))
        router.wait_for(1)
        stand_still(proxy, 2.5)
        answer = asking.result(10)
    assert answer.json()["choices"][0]["message"]["content"] == "good morning"


def test_a_deadline_passes_during_a_sleep(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router)
    router.will(late(60, says("never")))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        asking = pool.submit(post, proxy, prompt("good night"), x_request_timeout="4")
        router.wait_for(1)
        stand_still(proxy, 4.5)
        began = time.monotonic()
        assert asking.result(10).status_code == 504
    assert time.monotonic() - began < 2, "the time of the sleep was not counted"


def test_the_rate_is_kept_across_a_sleep(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router, router={"rate": {"per_second": 2, "burst": 2}})
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        asking = [pool.submit(post, proxy, prompt(str(number))) for number in range(8)]
        router.wait_for(2)
        stand_still(proxy, 1.5)
        assert [each.result(20).status_code for each in asking] == [200] * 8
    # Counted from the start, because a busy machine makes requests late, never early.
    for number, arrived in enumerate(sorted(each.arrived for each in router.exchanges), start=1):
        assert number <= 2 * (int(arrived - start) + 1), (number, arrived - start)
