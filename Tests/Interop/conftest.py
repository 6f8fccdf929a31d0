"""Fixtures: routers that the tests script, the proxy in front of them, and the SDKs that talk to it."""

import os

for _variable in [name for name in os.environ if name.lower().endswith("_proxy") and name != "NOMYO_PROXY"]:
    del os.environ[_variable]  # everything here is on the loopback interface
for _variable in [name for name in os.environ if name.startswith("OPENAI_")]:
    del os.environ[_variable]

import nomyo
import pytest

import nomyo_router
from callers import async_sdk_for, sdk_for
from daemon import DevRouter, Process, Proxy, mark
from hostile_daemon import Hostile
from hostile_router import HostileRouter


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What was logged is looked at when everything else has run."""
    items.sort(key=lambda item: item.path.name == "test_secrecy.py")


@pytest.fixture(scope="session")
def server_keys() -> list:
    """Two RSA-4096 pairs made by the package; making one takes up to two seconds."""
    return [nomyo_router.server_key(), nomyo_router.server_key()]


@pytest.fixture(scope="session")
def shared_router(server_keys):
    router = nomyo_router.Router(*server_keys).start()
    yield router
    router.stop()


@pytest.fixture(scope="session")
def shared_proxy(shared_router):
    proxy = Proxy(shared_router.url, api_key=mark("key")).ready()
    yield proxy
    proxy.stop()


@pytest.fixture(scope="session")
def shared_unretried(shared_router):
    changes = {"router": {"retries": 0}, "stream": {"commit_after": "30s"}}
    proxy = Proxy(shared_router.url, api_key=mark("key"), changes=changes).ready()
    yield proxy
    proxy.stop()


@pytest.fixture
def router(shared_router) -> nomyo_router.Router:
    """The router that `proxy` and `unretried` talk to, with nothing on record and echoing."""
    shared_router.reset()
    return shared_router


@pytest.fixture
def proxy(shared_proxy, router) -> Proxy:
    """The proxy that most tests share."""
    assert shared_proxy.process.poll() is None, f"the proxy ended:\n{shared_proxy.log()}"
    return shared_proxy


@pytest.fixture
def unretried(shared_unretried, router) -> Proxy:
    """A proxy that never sends a request twice by itself, and begins no stream before it knows the answer."""
    assert shared_unretried.process.poll() is None, f"the proxy ended:\n{shared_unretried.log()}"
    return shared_unretried


@pytest.fixture
def start_router(server_keys):
    """Starts routers of the test's own."""
    routers = []

    def start(**how) -> nomyo_router.Router:
        routers.append(nomyo_router.Router(*server_keys, **how).start())
        return routers[-1]

    yield start
    for each in routers:
        each.stop()


@pytest.fixture
def start_proxy():
    """Starts proxies of the test's own: `start_proxy(router, stream={"keepalive": "1s"})`."""
    started: list[Process] = []

    def start(
        router: nomyo_router.Router | str,
        /,
        *,
        api_key: str | None = "",
        ready: bool = True,
        state: dict[str, bytes] | None = None,
        **changes,
    ):
        url = router if isinstance(router, str) else router.url
        proxy = Proxy(url, api_key=mark("key") if api_key == "" else api_key, changes=changes, state=state)
        started.append(proxy)
        return proxy.ready() if ready else proxy

    yield start
    for each in started:
        each.stop()


@pytest.fixture(scope="session")
def hostile_router(server_keys):
    router = HostileRouter(server_keys[0].public_key_pem).start()
    yield router
    router.stop()


@pytest.fixture(scope="session")
def shared_hostile(hostile_router):
    hostile = Hostile(hostile_router, 2)
    yield hostile
    hostile.stop()


@pytest.fixture
def hostile(shared_hostile):
    """A daemon that takes answers of up to 2 MiB from a router that means harm."""
    with shared_hostile.case():
        yield shared_hostile


@pytest.fixture(scope="session")
def dev_router():
    router = DevRouter().ready()
    yield router
    router.stop()


@pytest.fixture
def sdk(proxy):
    """The official SDK, pointed at the shared proxy; it never tries twice."""
    with sdk_for(proxy) as client:
        yield client


@pytest.fixture
async def async_sdk(proxy):
    async with async_sdk_for(proxy) as client:
        yield client


@pytest.fixture(scope="session")
def nomyo_keys(tmp_path_factory) -> str:
    """A directory with a client key pair as the package saves it, so that each client need not make one."""
    directory = str(tmp_path_factory.mktemp("client_keys"))
    package = nomyo_router.package.SecureCompletionClient("https://router.invalid", secure_memory=False)
    package.generate_keys(save_to_file=True, key_dir=directory)
    return directory


@pytest.fixture
def nomyo_client(nomyo_keys):
    """Makes clients of the `nomyo` package: `nomyo_client(url, api_key=..., max_retries=...)`."""

    def make(url: str, *, max_retries: int = 0, **how) -> nomyo.SecureChatCompletion:
        return nomyo.SecureChatCompletion(
            url, allow_http=True, secure_memory=False, key_dir=nomyo_keys, max_retries=max_retries, **how
        )

    return make
