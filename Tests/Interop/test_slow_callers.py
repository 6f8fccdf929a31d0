"""Slow senders and slow readers hold nobody else back, and what they send and leave lying takes bounded memory."""

import resource
import statistics

import pytest

from callers import error_of, post, prompt
from http_shapes import head
from slow_callers import SECONDS, NormalCaller, SlowCallers, connect, connections, unread
from watching import memory, until

MEBIBYTE = 1 << 20
SLOW = 500
#: A pair is made in a fraction of the time, and none ahead.
QUICK = {"primes": 4, "pool": 0}
#: Longer than it takes: nobody is sent away while it is measured.
PATIENT = {"header_timeout": "10m", "body_timeout": "10m", "write_timeout": "10m"}
QUIET = {"level": "warning"}


@pytest.fixture(scope="module", autouse=True)
def descriptors():
    """Room for all of them in this process and in the daemon, which inherits it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def medians(disturbed, alone, samples: int) -> tuple[float, float]:
    """The medians of one caller at each of two daemons, asked in turns: what else happens on this machine happens to both."""
    callers = [NormalCaller(disturbed), NormalCaller(alone)]
    for caller in callers * 5:
        caller.ask()
    pairs = [[caller.ask() for caller in callers] for _ in range(samples)]
    for caller in callers:
        caller.close()
    return tuple(map(statistics.median, zip(*pairs, strict=True)))


def test_a_thousand_slow_callers_do_not_slow_a_normal_one_down(start_proxy, dev_router):
    disturbed, alone = (start_proxy(dev_router.url, keys=QUICK, log=QUIET, limits=PATIENT) for _ in range(2))
    before = memory(disturbed, "VmRSS")
    slow = SlowCallers(disturbed, senders=SLOW, readers=SLOW)
    try:
        slow.until_settled()
        said = []
        for _ in range(10):  # Another process may have had the processors when it mattered.
            beside, undisturbed = medians(disturbed, alone, samples=100)
            said.append(f"{beside * 1000:.2f} ms beside them, {undisturbed * 1000:.2f} ms alone: {beside / undisturbed:.2f}")
            if beside <= 1.5 * undisturbed:
                break
        else:
            raise AssertionError("; ".join(said))
        assert slow.held() == (SLOW, SLOW), "some of them were sent away: they were not beside it"
        # Of each what its sockets do not take of one answer, and of no more than that, whatever it has asked for.
        after = memory(disturbed, "VmRSS")
        print(*said, f"{before:.0f} MiB before them, {after:.0f} MiB with them", sep="\n")
        assert after - before < 256
    finally:
        slow.close()
    assert until(lambda: len(connections(disturbed.port)) < 10, SECONDS), "slow callers stay when they have left"


@pytest.fixture(scope="module")
def half_sent() -> bytes:
    """A body of 9.9 MiB of which the end is missing."""
    size = int(9.9 * MEBIBYTE)
    return head(b"Content-Length: %d" % (size + 1)) + b" " * size


def test_bodies_under_way_share_a_bounded_room(start_proxy, router, half_sent):
    proxy = start_proxy(router, keys=QUICK, limits={"bodies": "64MiB"})
    before = most = memory(proxy, "VmRSS")
    senders = []
    for _ in range(60):
        senders.append(connect(proxy.port))
        try:
            senders[-1].sendall(half_sent)
        except OSError:
            pass  # It was refused in the middle of it.
        most = max(most, memory(proxy, "VmRSS"))
    assert until(lambda: not unread(proxy.port), SECONDS), "some of it is not read"
    # Each of the others was refused, or has given way to one that came later.
    refused = [sender for sender in senders if is_refused(sender)]
    assert len(refused) >= 60 - 6, f"{len(refused)} are refused"
    assert most - before < 64 + 48, f"{before:.0f} MiB before, {most:.0f} MiB at most"
    assert post(proxy, prompt("a small request")).status_code == 200
    for sender in senders:
        sender.close()
    assert until(lambda: not connections(proxy.port), SECONDS), "a connection stays when its caller has left"
    # All the room is there again.
    whole = b" " * (9 * MEBIBYTE)  # no JSON: only its size matters
    assert [post(proxy, whole).status_code for _ in range(8)] == [400] * 8


def is_refused(sender) -> bool:
    sender.settimeout(0.5)
    try:
        return sender.recv(12) in (b"HTTP/1.1 503", b"")
    except TimeoutError:
        return False
    except OSError:
        return True


def test_who_has_no_room_is_told_and_who_stalls_gives_way(start_proxy, router, half_sent):
    proxy = start_proxy(router, keys=QUICK, limits={"bodies": "16MiB"})
    stalled = connect(proxy.port)
    stalled.sendall(half_sent)
    # Megabytes of it may still be on their way, and another request would be whole before it.
    assert until(lambda: not unread(proxy.port), SECONDS), "some of it is not read"
    large = b" " * (8 * MEBIBYTE)
    answer = post(proxy, large)
    assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
    assert error_of(answer)["code"] == "too_many_bodies" and answer.headers["connection"] == "close"
    assert until(lambda: post(proxy, large).status_code == 400, SECONDS), "the stalled one keeps its room"
    assert stalled.recv(12) == b"HTTP/1.1 503"
    stalled.close()
