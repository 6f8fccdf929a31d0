"""A router that cannot be reached when the service starts."""

import httpx
import pytest

import nomyo_router
from daemon import free_port, mark
from service import Service
from unit import until


@pytest.fixture
def late_router(service: Service, shared_router, api_key):
    """The address of a router that is not there, configured, and a way to make it appear."""
    port, started = free_port(), []

    def appear() -> None:
        started.append(nomyo_router.Router(*shared_router.keys, api_key=api_key, port=port).start())

    service.configure(router={"url": f"http://127.0.0.1:{port}"})
    yield appear
    for router in started:
        router.stop()


def waiting_for(service: Service) -> list[str] | None:
    """What `/readyz` names; nothing while nobody listens."""
    try:
        return httpx.get(service.url + "/readyz", timeout=10).json().get("waiting_for")
    except httpx.TransportError:
        return None


def test_the_service_waits_says_for_what_and_comes_up_by_itself(service: Service, late_router):
    service.do("start", "--no-block")
    until(lambda: waiting_for(service) == ["router_key"], service.story)
    until(lambda: "router" in service.get("StatusText"), service.story)
    assert service.state == "activating"
    late_router()
    service.is_in("active")
    said = mark()
    assert service.ask(said) == said


def test_start_gives_up_after_its_time_and_the_service_does_not(service: Service, late_router):
    with service.dropped_in("[Unit]\nJobRunningTimeoutSec=8\n[Service]\nTimeoutStartSec=5\n"):
        begun = service.command("start")
        assert begun.returncode != 0 and "timed out" in begun.stderr, begun.stderr
        assert service.state == "activating"
        pid = service.pid
        late_router()
        service.is_in("active")
        assert (service.pid, service.get("NRestarts")) == (pid, "0")
        said = mark()
        assert service.ask(said) == said
