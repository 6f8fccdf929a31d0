"""The watchdog: a process that answers nobody is ended and comes back; one whose router is away is left alone."""

import nomyo_router

from daemon import free_port, mark
from service import Service
from unit import until

QUICK = "[Service]\nWatchdogSec=4\nTimeoutAbortSec=1\nRestartSec=100ms\n"


def test_the_unit_has_a_watchdog(service: Service, router):
    service.start()
    assert service.get("WatchdogUSec") not in ("", "0", "infinity")
    assert service.get("TimeoutAbortUSec") not in ("", "0", "infinity")


def test_a_process_that_is_stuck_is_ended_and_comes_back(service: Service, router):
    """A stopped process takes no SIGABRT: it is what a stuck one looks like at its worst, and systemd has to kill it."""
    service.tcp.start()
    with service.dropped_in(QUICK):
        service.start()
        journal, first = service.journal(), service.pid
        service.do("kill", "--signal=SIGSTOP", "--kill-whom=main")
        journal.wait("Watchdog timeout (limit 4s)!")
        journal.wait("Failed with result 'watchdog'")
        until(lambda: service.get("NRestarts") == "1", service.story)
        said = mark()
        assert service.ask(said) == said
        assert service.pid not in (0, first)


def test_a_router_that_is_away_is_no_reason(service: Service, shared_router, api_key):
    router = nomyo_router.Router(*shared_router.keys, api_key=api_key, port=free_port()).start()
    service.configure(router={"url": router.url})
    with service.dropped_in(QUICK):
        service.start()
        pid, journal = service.pid, service.journal()
        router.stop()
        # Asks for five seconds and more, which is longer than the watchdog waits.
        refused = service.post(mark())
        assert refused.status_code >= 500
        assert (service.pid, service.get("NRestarts")) == (pid, "0")
        assert not journal.has("Watchdog timeout")
