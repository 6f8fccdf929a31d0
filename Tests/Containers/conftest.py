"""Fixtures: the images, and pods made of them."""

import os
import pathlib
import secrets

import pytest

from podman import APPLICATION, SIDECAR, Application, Container, Router, Sidecar, podman

IMAGE_SECONDS = 300  # to write all files of an image


@pytest.fixture(scope="session")
def archive() -> pathlib.Path:
    """The archive under test."""
    return pathlib.Path(os.environ["IMAGE"])


@pytest.fixture(scope="session", autouse=True)
def images(archive) -> None:
    """Both images in podman's store."""
    # As `docker-archive`, because podman heeds a HEALTHCHECK only there.
    identity = podman("pull", "--quiet", f"docker-archive:{archive}", seconds=IMAGE_SECONDS).stdout.strip()
    podman("tag", identity, SIDECAR)
    podman("import", "--quiet", os.environ["APPLICATION"], APPLICATION, seconds=IMAGE_SECONDS)


class Pod:
    """Containers in one network namespace, which belongs to none of those under test, as in a pod of Kubernetes."""

    def __init__(self) -> None:
        self.holder = Application("none")
        self.network = f"container:{self.holder.name}"

    def router(self, *arguments: str) -> Router:
        return Router(self.network, *arguments)

    def sidecar(self, options: list[str] = (), **settings: str) -> Sidecar:
        return Sidecar(self.network, options, **settings)

    def application(self) -> Application:
        return Application(self.network)


@pytest.fixture
def pod() -> Pod:
    """A pod with nothing in it."""
    return Pod()


@pytest.fixture(autouse=True)
def nothing_left():
    """Whatever a test started is gone after it."""
    yield
    Container.remove_all()


@pytest.fixture
def word() -> str:
    """A random word for a prompt."""
    return f"mark-{secrets.token_hex(8)}"
