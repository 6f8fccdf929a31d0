"""Faults beyond the table: outages, dead connections, streams, bad lines, and many faults one after another."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import fault_dns
from callers import prompt
from daemon import mark
from fault_cells import Fault, Stand
from fault_link import Pace
from watching import memory, until
from wire_text import read_stream

SLACK = 1.5  # seconds that a busy machine may add
TRIES = 10.0  # for so long a connection is tried for
SOON = 1.0


@pytest.fixture(scope="module")
def stand(server_keys):
    """Starts stands of a test's own: `stand(router={"retries": 0})`."""
    stands = []

    def start(**settings) -> Stand:
        stands.append(Stand(server_keys, settings=settings))
        stands[-1].start(ready=True)
        stands[-1].ask()
        return stands[-1]

    yield start
    for each in stands:
        each.stop()


def begin_outage(at: Stand) -> None:
    at.way.refuse()
    at.way.break_all("reset")


def long_outage(at: Stand) -> dict:
    begin_outage(at)
    first, second = at.ask_meanwhile(deadline=None), at.ask_meanwhile(deadline=None)
    waiting = [first(), second()]
    time.sleep(1)  # some probes in vain
    afterwards = at.ask(deadline=None)
    state = at.status()["pacing"]["held_by"]
    at.way.heal()
    return {"waiting": waiting, "afterwards": afterwards, "held_by": state, "recovery": at.recover()[0]}


@pytest.fixture(scope="module", autouse=True)
def long_outage_meanwhile(request, stand):
    """It takes ten seconds of waiting, so it goes on beside the other tests."""
    if not any(item.name.startswith("test_after_ten_seconds") for item in request.session.items):
        yield None
        return
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(long_outage, stand())


def test_everybody_who_waits_through_an_outage_is_saved_and_sent_once(stand):
    at = stand()
    sent = at.sent
    begin_outage(at)
    waiting = [at.ask_meanwhile(deadline=None) for _ in range(8)]
    time.sleep(4)
    at.way.heal()
    healed = time.monotonic()
    assert [str(answer()) for answer in waiting] == ["200"] * 8
    assert time.monotonic() - healed < SOON + SLACK
    assert at.sent - sent == 8


def test_a_changed_network_costs_time_and_no_request(stand):
    at = stand()
    at.way.slow(Pace(latency=0.3))
    waiting = [at.ask_meanwhile() for _ in range(4)]
    assert [str(answer()) for answer in waiting] == ["200"] * 4
    at.way.heal()
    assert at.way.break_all("vanish") >= 4
    answers = [at.ask(15.0) for _ in range(6)]
    assert [str(answer) for answer in answers] == ["200"] * 6
    assert answers[0].seconds < 8, "what nobody acknowledges is given up after five seconds"
    assert max(answer.seconds for answer in answers[1:]) < SLACK, "one death is enough to distrust the others"


def test_a_router_that_is_gone_while_it_thinks_costs_time_and_no_request(stand):
    at = stand()
    at.way.at("waiting", "vanish", times=1)
    answer = at.ask(60.0)
    assert str(answer) == "200" and answer.seconds < 40


def test_a_changed_network_costs_each_dead_connection_one_request_and_no_more(stand):
    at = stand()
    at.way.slow(Pace(latency=0.3))
    waiting = [at.ask_meanwhile() for _ in range(4)]
    assert [str(answer()) for answer in waiting] == ["200"] * 4
    at.way.heal()
    before, dead = at.in_use(), at.way.break_all("vanish")
    assert dead >= 4
    answers = [at.ask(1.0) for _ in range(dead)]
    assert {str(answer) for answer in answers} <= {"200", "504 upstream_timeout"}
    # On a dead connection these would take five seconds.
    living = [at.ask() for _ in range(3)]
    assert [str(answer) for answer in living] == ["200"] * 3
    assert all(answer.seconds < 1.0 + SLACK for answer in answers + living)

    def is_over() -> bool:
        after = at.in_use()
        return after["in flight"] == 0 and after["socket"] <= before["socket"]

    assert until(is_over), (before, at.in_use())


@pytest.mark.skipif(fault_dns.reason_to_skip() is not None, reason=str(fault_dns.reason_to_skip()))
def test_a_resolver_that_fails_concerns_nobody_who_has_been_connected(server_keys):
    at = Stand(server_keys, dns=True)
    try:
        at.start(ready=True)
        at.ask()
        at.names.mode = "fails"
        assert str(at.ask()) == "200"
        # The address is known for a minute.
        at.way.break_all("reset")
        assert str(at.ask()) == "200"
    finally:
        at.stop()


@pytest.mark.parametrize("certificate", ["unknown authority", "wrong name", "expired"])
def test_a_wrong_certificate_is_looked_at_once(server_keys, certificate):
    with Fault("tls", certificate).standing(server_keys) as at:
        at.start(ready=True)
        at.ask()
        Fault("tls", certificate).begin(at)
        connections = at.way.connections
        answer = at.ask()
        assert str(answer) == "502 upstream_unreachable" and answer.seconds < SLACK
        assert at.way.connections == connections + 1 and answer.sent == 0


def test_without_retries_nothing_is_tried_again(stand):
    at = stand(router={"retries": 0})
    for phase in ("request_body", "waiting", "answer_head"):
        at.way.at(phase, "reset", after=0)
        answer = at.ask()
        assert str(answer) == "502 upstream_unreachable" and answer.sent <= 1 and answer.seconds < SLACK
        at.way.heal()
    begin_outage(at)
    answer = at.ask()
    assert str(answer) == "502 upstream_unreachable" and answer.seconds < SLACK
    at.way.heal()
    assert at.recover()[0] <= SOON + SLACK


@pytest.fixture(scope="module")
def streaming(stand):
    return stand(stream={"commit_after": "200ms", "keepalive": "200ms"})


@pytest.mark.parametrize(
    "phase, action", [("waiting", "reset"), ("answer_head", "close"), ("answer_body", "stall")]
)
def test_a_stream_that_has_begun_outlives_a_short_fault(streaming, phase, action):
    streaming.way.at(phase, action, after=0 if phase == "waiting" else 20)
    said = mark("answer")
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_stream, streaming.proxy.chat_url, prompt(said))
        time.sleep(0.6)
        streaming.way.heal()
        stream = reading.result(20)
    assert stream.text == said and stream.events[-1] == "[DONE]"


def test_a_stream_that_is_cut_for_good_ends_with_an_error(streaming):
    streaming.way.at("waiting", "reset")
    stream = read_stream(streaming.proxy.chat_url, prompt(mark("prompt")))
    streaming.way.heal()
    error = json.loads(stream.events[-1])["error"]
    assert error["code"] == "upstream_unreachable" and not stream.text and "[DONE]" not in stream.events


@pytest.mark.parametrize("action", ["reset", "stall", "vanish"])
def test_a_look_at_the_key_that_fails_holds_up_nobody_who_has_one(stand, action):
    at = stand(router={"key_refresh": "1s"})
    hits = at.way.hits
    at.way.at("key", action)
    deadline = time.monotonic() + 5
    while at.way.hits == hits:
        assert time.monotonic() < deadline, "the key was not looked at"
        time.sleep(0.05)
    answers = [at.ask() for _ in range(3)]
    assert [str(answer) for answer in answers] == ["200"] * 3 and all(each.seconds < SLACK for each in answers)


def test_a_long_and_uneven_way_changes_nothing_but_the_time(stand):
    at = stand()
    at.way.slow(Pace(latency=0.1, jitter=0.1, rate=50_000))
    waiting = [at.ask_meanwhile() for _ in range(6)]
    answers = [answer() for answer in waiting]
    assert [str(answer) for answer in answers] == ["200"] * 6
    assert all(answer.seconds >= 0.2 for answer in answers)


def test_many_faults_leave_nothing_behind(stand):
    at = stand(router={"retries": 0})
    faults = [
        Fault("waiting", "reset"),
        Fault("request_body", "close"),
        Fault("answer_head", "vanish"),
        Fault("answer_body", "stall"),
        Fault("answer_body", "reset"),
        Fault("connect", "refused"),
    ]

    def suffer(rounds: int) -> None:
        for fault in faults * rounds:
            fault.begin(at)
            waiting = [at.ask_meanwhile(0.2) for _ in range(4)]
            answers = [answer() for answer in waiting]
            fault.end(at)
            # 429 is for those whose time is shorter than the pause that the failures before brought about.
            assert all(answer.status in (429, 502, 503, 504) for answer in answers), (fault, answers)
        assert at.recover()[0] <= SOON + SLACK

    suffer(2)
    before = at.at_rest()
    # A thread that allocates for the first time takes some megabytes; a leak goes on.
    for _ in range(3):
        resident = memory(at.proxy, "VmRSS")
        suffer(8)
        after = at.at_rest(wanted=before)
        assert all(count <= before.get(name, 0) for name, count in after.items()), (before, after)
        grown = memory(at.proxy, "VmRSS") - resident
        if grown < 4:
            break
    assert grown < 4, f"{grown:.1f} MiB more in each round"


def test_after_ten_seconds_callers_are_told_at_once_until_the_router_is_back(long_outage_meanwhile):
    seen = long_outage_meanwhile.result()
    for answer in seen["waiting"]:
        assert answer.status in (502, 503) and answer.code == "upstream_unreachable"
        assert TRIES - 1 < answer.seconds < TRIES + 1 + SLACK and answer.should_retry == "false"
    assert str(seen["afterwards"]) == "503 upstream_unreachable" and seen["afterwards"].seconds < SLACK
    assert seen["held_by"] == "unreachable" and seen["recovery"] <= SOON + SLACK
