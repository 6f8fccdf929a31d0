"""Every fault at every phase of an exchange where it makes sense: what the caller gets, and that it passes.

`TABLE` is what docs/faults.md shows and what is held against what happens. FAULTS_WRITE=1 writes the page anew.
"""

import os
import pathlib
from concurrent.futures import ThreadPoolExecutor

import pytest

import fault_dns
from daemon import ROOT
from fault_cells import BRIEF, DEADLINE, PATIENT, Fault, Observed
from fault_table import Row, page

PAGE = pathlib.Path(ROOT / "docs/faults.md")
AT_ONCE = 8  # cells; nearly all of their time is waiting
SLACK = 1.5  # seconds that a busy machine may add to a deadline; what hangs, hangs for much longer
SOON = 1.0  # recovery
LOOKS = 5

SAVED = "200"
UNREACHABLE = "502 upstream_unreachable"
TIMEOUT = "504 upstream_timeout"
UNSENT_TOO_LATE = "504 deadline_passed"
# Instead of the failure, where the time ends in a pause after three failures in a row, or would.
IN_A_PAUSE = ["503 upstream_unreachable", UNSENT_TOO_LATE]

AGAIN = "tries for a connection for 10 s"
RESEAL = "seals anew and sends again, `router.retries` times"
LOOK_AGAIN = "looks for the key for 10 s"
WAIT = "waits"
FINAL = "gives up: another attempt would show the same"
SILENCE = "gives the connection up, 5 s after bytes that nobody acknowledges, else about 25 s; seals anew"

TEN, CALLERS, NONE = "10 s", "its deadline", "at once"
ATTEMPTS = "three attempts and 2 s"

NEW = "a new connection"
FLOW = "bytes that flow again, or a new connection"
LOOK = "the next look at the key; they are half a second apart"
TRY = "the end of the try under way, `router.connect_timeout`"
TRY_SECONDS = 3.0  # with the time-out of these tests

TABLE = [
    Row("dns", "no such name", AGAIN, SAVED, UNREACHABLE, (1, 0), TEN, LOOK, SOON),
    Row("dns", "fails", AGAIN, SAVED, UNREACHABLE, (1, 0), TEN, LOOK, SOON),
    Row("dns", "late", WAIT, SAVED, SAVED, (1, 1), CALLERS, FLOW, SOON),
    Row("dns", "silent", AGAIN, SAVED, TIMEOUT, (1, 0), TEN, TRY, TRY_SECONDS),
    Row("connect", "refused", AGAIN, SAVED, UNREACHABLE, (1, 0), TEN, NEW, SOON),
    Row("connect", "slow start", AGAIN, SAVED, UNREACHABLE, (1, 0), TEN, LOOK, SOON),
    Row("connect", "blackhole", AGAIN, SAVED, TIMEOUT, (1, 0), TEN, NEW, SOON),
    Row("connect", "close", RESEAL, SAVED, UNREACHABLE, (1, 0), ATTEMPTS, NEW, SOON),
    Row("connect", "reset", RESEAL, SAVED, UNREACHABLE, (1, 0), ATTEMPTS, NEW, SOON),
    Row("connect", "stall", WAIT, SAVED, TIMEOUT, (1, 0), CALLERS, FLOW, SOON),
    Row("connect", "vanish", SILENCE, TIMEOUT, TIMEOUT, (1, 0), CALLERS, NEW, SOON),
    Row("tls", "slow", AGAIN, SAVED, TIMEOUT, (1, 0), TEN, FLOW, SOON),
    Row("tls", "close", AGAIN, SAVED, UNREACHABLE, (1, 0), TEN, NEW, SOON),
    Row("tls", "reset", AGAIN, SAVED, UNREACHABLE, (1, 0), TEN, NEW, SOON),
    Row("tls", "stall", AGAIN, SAVED, TIMEOUT, (1, 0), TEN, FLOW, SOON),
    Row("tls", "vanish", AGAIN, SAVED, TIMEOUT, (1, 0), TEN, NEW, SOON),
    Row("tls", "unknown authority", FINAL, UNREACHABLE, UNREACHABLE, (0, 0), NONE, NEW, SOON),
    Row("tls", "wrong name", FINAL, UNREACHABLE, UNREACHABLE, (0, 0), NONE, NEW, SOON),
    Row("tls", "expired", FINAL, UNREACHABLE, UNREACHABLE, (0, 0), NONE, NEW, SOON),
    Row("key", "slow", LOOK_AGAIN, SAVED, UNSENT_TOO_LATE, (1, 0), TEN, FLOW, SOON),
    Row("key", "close", LOOK_AGAIN, SAVED, UNREACHABLE, (1, 0), TEN, LOOK, SOON),
    Row("key", "reset", LOOK_AGAIN, SAVED, UNREACHABLE, (1, 0), TEN, LOOK, SOON),
    Row("key", "stall", LOOK_AGAIN, SAVED, UNSENT_TOO_LATE, (1, 0), TEN, FLOW, SOON),
    Row("key", "vanish", LOOK_AGAIN, SAVED, UNSENT_TOO_LATE, (1, 0), TEN, "the end of the look under way, at most 5 s", 6.0),
    Row("request_body", "slow", WAIT, SAVED, TIMEOUT, (1, 1), CALLERS, FLOW, SOON),
    Row("request_body", "close", RESEAL, SAVED, UNREACHABLE, (3, 3), ATTEMPTS, NEW, SOON),
    Row("request_body", "reset", RESEAL, SAVED, UNREACHABLE, (3, 3), ATTEMPTS, NEW, SOON),
    Row("request_body", "stall", WAIT, SAVED, TIMEOUT, (1, 1), CALLERS, FLOW, SOON),
    Row("request_body", "vanish", SILENCE, TIMEOUT, TIMEOUT, (2, 1), CALLERS, NEW, SOON),
    Row("waiting", "slow", WAIT, SAVED, TIMEOUT, (1, 1), CALLERS, FLOW, SOON),
    Row("waiting", "close", RESEAL, SAVED, UNREACHABLE, (3, 3), ATTEMPTS, NEW, SOON),
    Row("waiting", "reset", RESEAL, SAVED, UNREACHABLE, (3, 3), ATTEMPTS, NEW, SOON),
    Row("waiting", "stall", WAIT, SAVED, TIMEOUT, (1, 1), CALLERS, FLOW, SOON),
    Row("waiting", "vanish", SILENCE, TIMEOUT, TIMEOUT, (1, 1), CALLERS, NEW, SOON),
    Row("answer_head", "slow", WAIT, SAVED, TIMEOUT, (1, 1), CALLERS, FLOW, SOON),
    Row("answer_head", "close", RESEAL, SAVED, UNREACHABLE, (3, 3), ATTEMPTS, NEW, SOON),
    Row("answer_head", "reset", RESEAL, SAVED, UNREACHABLE, (3, 3), ATTEMPTS, NEW, SOON),
    Row("answer_head", "stall", WAIT, SAVED, TIMEOUT, (1, 1), CALLERS, FLOW, SOON),
    Row("answer_head", "vanish", SILENCE, TIMEOUT, TIMEOUT, (1, 1), CALLERS, NEW, SOON),
    Row("answer_body", "slow", WAIT, SAVED, TIMEOUT, (1, 1), CALLERS, FLOW, SOON),
    Row("answer_body", "close", RESEAL, SAVED, UNREACHABLE, (3, 3), ATTEMPTS, NEW, SOON),
    Row("answer_body", "reset", RESEAL, SAVED, UNREACHABLE, (3, 3), ATTEMPTS, NEW, SOON),
    Row("answer_body", "stall", WAIT, SAVED, TIMEOUT, (1, 1), CALLERS, FLOW, SOON),
    Row("answer_body", "vanish", SILENCE, TIMEOUT, TIMEOUT, (1, 1), CALLERS, NEW, SOON),
]


def observe(row: Row, keys) -> Observed:
    """One look at a cell; more where recovery or the fault took long, because once says nothing on a busy machine."""
    fault = Fault(row.phase, row.name)
    for _ in range(LOOKS):
        observed = fault.observe(keys)
        if observed.was_brief and (row.within is None or observed.recovery <= row.within):
            break
    return observed


@pytest.fixture(scope="module")
def observations(request, server_keys):
    """What was observed of each cell that is asked for; they run ahead, some at once."""
    chosen = [item.callspec.params["row"] for item in request.session.items if item.function is test_a_fault]
    pool = ThreadPoolExecutor(AT_ONCE)
    skip_dns = fault_dns.reason_to_skip()
    # Those that take longest come first.
    runs = {
        row.label: pool.submit(observe, row, server_keys)
        for row in sorted(chosen, key=lambda row: row.brief == SAVED)
        if row.phase != "dns" or not skip_dns
    }
    yield lambda row: runs[row.label].result()
    pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_a_fault(row, observations):
    if row.phase == "dns" and (reason := fault_dns.reason_to_skip()):
        pytest.skip(reason)
    seen: Observed = observations(row)
    wanted = [row.lasting, *(IN_A_PAUSE if row.does in (AGAIN, RESEAL, LOOK_AGAIN) else [])]
    if row.does in (AGAIN, RESEAL):
        wanted.append(TIMEOUT)  # the deadline passed while the last attempt was under way
    # Whether the peer's kernel still acknowledged the last bytes decides which of the two times it is.
    hoped = {row.brief, SAVED} if row.does == SILENCE else {row.brief}
    assert (str(seen.brief) in hoped or not seen.was_brief) and str(seen.lasting) in wanted, seen
    # Nobody waits beyond the deadline.
    assert seen.brief.seconds < PATIENT + SLACK and seen.lasting.seconds < DEADLINE + SLACK, seen
    # No more attempts than are allowed, none twice under the same seal, and none for the caller's tool to add to.
    assert seen.brief.sent <= row.sent[0] and seen.lasting.sent <= row.sent[1] and not seen.resent, seen
    assert seen.lasting.should_retry == "false" or seen.lasting.sent < 2, seen
    assert row.within is None or seen.recovery <= row.within, seen
    assert not seen.left_over, seen


def test_the_page_is_what_the_table_says():
    text = page(TABLE, brief=BRIEF)
    if os.environ.get("FAULTS_WRITE"):
        PAGE.write_text(text)
    assert PAGE.read_text() == text, "docs/faults.md is old: run test_faults.py with FAULTS_WRITE=1"


def test_no_cell_stands_twice_and_all_phases_are_there():
    labels = [row.label for row in TABLE]
    assert len(set(labels)) == len(labels)
    for phase in ("request_body", "waiting", "answer_head", "answer_body", "key"):
        assert {row.name for row in TABLE if row.phase == phase} == {"slow", "close", "reset", "stall", "vanish"}
    assert {row.name for row in TABLE if row.phase == "dns"} == set(fault_dns.MODES) - {"answers"}
