"""Fixtures: the installed service inside the box, in its first state before each test, and the router behind it."""

import os

for _variable in [name for name in os.environ if name.lower().endswith("_proxy") and name != "NOMYO_PROXY"]:
    del os.environ[_variable]  # everything here is on the loopback interface

import pytest

import installed
import nomyo_router
from daemon import mark, marks
from service import ROUTER_PORT, Service
from unit import Journal, run


def pytest_sessionstart(session: pytest.Session) -> None:
    """What is installed, started and removed here must not be done to a machine that somebody uses."""
    if os.environ.get("container") != "box":
        pytest.exit("not in the box: use Tests/Systemd/run", 2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the package leaves behind is looked at when everything else has run."""
    items.sort(key=lambda item: item.path.name == "test_package.py")


@pytest.fixture(scope="session")
def installation() -> dict[str, str]:
    """The package installed; what was said and how the units were right after it, before anybody did anything."""
    said = installed.dpkg("--install", installed.package())
    service = Service()
    return {
        "said": said,
        "enabled": service.get("UnitFileState"),
        "state": service.state,
        "sockets": service.tcp.state + " " + service.unix.state,
        "failed": run("systemctl", "--failed", "--no-legend").stdout,
    }


@pytest.fixture(scope="session")
def api_key() -> str:
    return mark("key")


@pytest.fixture(scope="session")
def shared_router(api_key):
    router = nomyo_router.Router(nomyo_router.server_key(), api_key=api_key, port=ROUTER_PORT).start()
    yield router
    router.stop()


@pytest.fixture
def router(shared_router):
    """The router that the service is told to use, with nothing on record and echoing."""
    shared_router.reset()
    return shared_router


@pytest.fixture
def service(installation, api_key):
    """The service: configured, with a key, not running; stopped and set back afterwards.

    Whatever a test did, no prompt, answer or key may stand in the journal after it.
    """
    service, journal = Service(), Journal()
    service.configure()
    installed.write_secret(installed.KEY, api_key)
    yield service
    service.reset()
    text = "\n".join(journal.messages())
    assert not [word for word in marks() if word in text]
