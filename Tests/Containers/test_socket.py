"""An application without any network, and the sidecar on a unix socket in a volume that both have."""

import json

import pytest

from podman import Application, podman

PLACE = "unix:/run/nomyo-proxy/http.sock"
VOLUME = "--volume=sockets:/run/nomyo-proxy"


@pytest.fixture
def start(pod):
    """Starts the sidecar of a pod that has a router; the socket is for the group of the application."""
    pod.router()

    def start():
        return pod.sidecar([VOLUME, "--group-add=65533"],
                           listen="unix:/run/nomyo-proxy/http.sock?mode=0660&group=65533").ready()

    return start


def test_the_sdk_needs_no_network_at_all(start, word):
    sidecar, application = start(), Application("none", options=[VOLUME])
    interfaces = application.exec("/usr/bin/python3", "-c", "import socket; print(socket.if_nameindex())").stdout
    assert [name for _, name in json.loads(interfaces.replace("(", "[").replace(")", "]").replace("'", '"'))] == ["lo"]
    said = application.does("sdk", PLACE, word)
    assert "echo" in said["models"] and (said["whole"], said["stream"]) == (word, word)
    assert word not in sidecar.log()


def test_others_than_the_group_are_kept_out(start, word):
    start()
    stranger = Application("none", options=[VOLUME, "--user=4711:4711"])
    refused = stranger.exec(*stranger.command("ask", PLACE, word), check=False)
    assert refused.returncode != 0 and "PermissionError" in refused.stderr
    # Nor does the application come to the socket that steers the daemon.
    application = Application("none", options=[VOLUME])
    refused = application.exec(
        *application.command("request", "unix:/run/nomyo-proxy/private/admin.sock", "GET", "/status"), check=False)
    assert refused.returncode != 0 and "PermissionError" in refused.stderr


def test_a_socket_that_a_killed_sidecar_left_is_taken_over(start, word):
    sidecar, application = start(), Application("none", options=[VOLUME])
    sidecar.signal("KILL")
    assert sidecar.exit_status() == 137
    left = application.exec(*application.command("ask", PLACE, word), check=False)
    assert "ConnectionRefusedError" in left.stderr
    podman("start", sidecar.name)
    sidecar.ready()
    assert application.does("ask", PLACE, word)["status"] == 200
