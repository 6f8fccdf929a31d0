"""The router that plays the model, the proxy in front of it, and what the drivers of all clients saw."""

import os

for _variable in [name for name in os.environ if name.lower().endswith("_proxy") and name != "NOMYO_PROXY"]:
    del os.environ[_variable]  # everything here is on the loopback interface

from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.register_assert_rewrite("judges")

import nomyo_router
from clients import CLIENTS
from daemon import Proxy
from driving import drive
from model import Model
from replies import MODEL
from texts import CODEX_MODEL

AT_ONCE = 4  # drivers; a good part of their time is waiting

#: No key of its own: every caller brings one, and with it its own rate and its own breaker.
SETTINGS = {
    "router": {"retries": 0},
    "models": {"aliases": {f'"{CODEX_MODEL}"': MODEL}},
    "stream": {"commit_after": "4s", "keepalive": "1s"},
}


@pytest.fixture(scope="session")
def model() -> Model:
    return Model()


@pytest.fixture(scope="session")
def router(model):
    router = nomyo_router.Router(nomyo_router.server_key()).start()
    router.behaviour = model
    yield router
    router.stop()


@pytest.fixture(scope="session")
def proxy(router):
    proxy = Proxy(router.url, changes=SETTINGS).ready()
    yield proxy
    proxy.stop()


@pytest.fixture(scope="session")
def seen(request, proxy, model):
    """What each client saw, by name; the drivers of all that are asked for run ahead, some at once."""
    asked_for = [item.callspec for item in request.session.items if hasattr(item, "callspec")]
    wanted = {callspec.params["client"].name for callspec in asked_for}
    pool = ThreadPoolExecutor(AT_ONCE)
    runs = {
        client.name: pool.submit(drive, client, proxy.url, model)
        for client in CLIENTS
        if client.name in wanted
    }
    yield lambda name: runs[name].result()
    pool.shutdown(cancel_futures=True)
