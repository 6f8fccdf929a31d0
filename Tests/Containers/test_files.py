"""The files of deploy/container, judged by a linter and a reader that were not written here."""

import pathlib
import subprocess

from compose_spec import PyCompose

CONTAINER = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "container"


def test_the_linter_has_nothing_to_say_about_the_dockerfile():
    done = subprocess.run(["hadolint", CONTAINER / "Dockerfile"], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_compose_file_allows_as_little_as_these_tests():
    compose = PyCompose.from_yaml((CONTAINER / "compose.yaml").read_text())
    compose.validate()
    sidecar, application = compose.services["nomyo-proxy"], compose.services["application"]
    assert sidecar.read_only and sidecar.cap_drop == {"ALL"} and sidecar.security_opt == {"no-new-privileges:true"}
    assert sidecar.ulimits == {"memlock": -1}
    assert not sidecar.ports and not sidecar.user and not sidecar.privileged
    assert application.network_mode == "service:nomyo-proxy"
    assert application.depends_on["nomyo-proxy"].condition.value == "service_healthy"
