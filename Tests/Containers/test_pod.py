"""An application and the sidecar in one network namespace, both with nothing allowed."""

import errno
import json
import os

import pytest

from podman import PROXY, ROUTER, podman, until


def secret_file(value: str) -> list[str]:
    """Options that mount a secret as engines do: a file that only the sidecar's user can read."""
    podman("secret", "rm", "router-api-key", check=False)
    podman("secret", "create", "router-api-key", "-", input=value)
    return ["--secret=router-api-key,uid=65532,gid=65532,mode=0400"]


def test_the_sdk_gets_models_answers_and_streams_and_nothing_of_them_is_logged(pod, word):
    key = word.replace("mark", "key")
    router, application = pod.router("--api-key", key), pod.application()
    sidecar = pod.sidecar(secret_file(key), router_api_key_file="/run/secrets/router-api-key").ready()
    said = application.does("sdk", PROXY, word)
    assert "echo" in said["models"] and (said["whole"], said["stream"]) == (word, word)
    assert {"starting", "listening", "ready"} <= {line["message"] for line in sidecar.lines()}
    for log in (sidecar.log(), router.log()):
        assert word not in log and key not in log and "of-the-application" not in log


def test_probes_tell_alive_from_ready_and_say_what_is_missing(pod):
    sidecar = pod.sidecar()
    until(lambda: sidecar.health().returncode == 0, "never alive")
    sidecar.until_logged("client key")
    alive, ready = sidecar.health(), sidecar.health("--ready")
    assert (alive.returncode, json.loads(alive.stdout)) == (0, {"status": "alive"})
    assert ready.returncode == 1
    assert json.loads(ready.stdout)["waiting_for"] == ["router_key"] and json.loads(ready.stdout)["reason"]
    assert podman("healthcheck", "run", sidecar.name).returncode == 0
    pod.router()
    sidecar.ready()
    assert json.loads(sidecar.health("--ready").stdout) == {"status": "ready"}


def test_the_engines_own_check_fails_when_nobody_answers(pod):
    # The image's HEALTHCHECK asks the configured address; on another port there is nobody.
    nobody = pod.sidecar(listen="127.0.0.1:1")
    assert nobody.exit_status() != 0  # ports below 1024 take a capability
    assert "127.0.0.1:1" in nobody.log()
    failed = podman("healthcheck", "run", nobody.name, check=False)
    assert failed.returncode != 0


def test_nothing_is_allowed_and_nothing_of_the_root_can_be_written(pod):
    pod.router()
    sidecar = pod.sidecar().ready()
    status = dict(line.split(":\t", 1) for line in (sidecar.process / "status").read_text().splitlines())
    assert status["Uid"].split() == ["65532"] * 4 and status["Gid"].split() == ["65532"] * 4
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    for folder in ("", "etc", "usr/bin", "var/lib/nomyo-proxy", "run/nomyo-proxy"):
        # Not even root can, from outside.
        with pytest.raises(OSError) as refused:
            (sidecar.process / "root" / folder / "written").write_text("")
        assert refused.value.errno == errno.EROFS, folder
    assert "Read-only file system" in sidecar.logged("the router's key is remembered only while the daemon runs")["reason"]


@pytest.mark.parametrize("user", ["1000660000:0", "4242:4242", "0:0"])
def test_any_user_will_do_and_finds_volumes_to_write_to(pod, user, word):
    pod.router()
    application = pod.application()
    volumes = [f"--volume={user.replace(':', '-')}:/var/lib/nomyo-proxy", "--tmpfs=/run/nomyo-proxy"]
    sidecar = pod.sidecar([*volumes, f"--user={user}"]).ready()
    assert application.does("ask", PROXY, word)["status"] == 200
    assert sidecar.status()["version"].startswith("nomyo-proxy ")  # over the admin socket in /run/nomyo-proxy
    known = sidecar.exec("nomyo-proxy", "trust", "show").stdout
    fingerprint = next(part for part in known.split() if part.startswith("sha256/"))
    # What is remembered outlives the container.
    sidecar.stop()
    again = pod.sidecar([*volumes, f"--user={user}"]).ready()
    assert fingerprint in again.exec("nomyo-proxy", "trust", "show").stdout
    assert not [line for line in again.lines() if line["level"] in ("warning", "error") and "remembered" in line["message"]]


def test_the_sidecar_alone_is_restarted_and_the_application_goes_on(pod, word):
    pod.router()
    sidecar, application = pod.sidecar().ready(), pod.application()
    asking = application.starts("outlast", PROXY, word)
    assert json.loads(asking.stdout.readline()) == {"answered": True}
    podman("restart", "--time", "20", sidecar.name)
    assert json.loads(asking.communicate(timeout=120)[0].splitlines()[-1]) == {"seen": [True, False, True]}
    assert sidecar.state["Status"] == "running"


# Stopping


def in_flight(sidecar, application, word: str, milliseconds: int):
    """A request that the router takes so long to answer, under way."""
    application.does("fault", ROUTER, f"delay-{milliseconds}", "1")
    asking = application.starts("ask", PROXY, word)
    until(lambda: sidecar.status()["exchanges"]["in_flight"] == 1, "no request came to be in flight")
    return asking


@pytest.fixture
def stoppable(pod):
    """Starts a sidecar that can be asked for its status, and an application."""
    pod.router()
    application = pod.application()

    def start(**settings: str):
        return pod.sidecar(["--tmpfs=/run/nomyo-proxy"], **settings).ready(), application

    return start


@pytest.mark.parametrize("signal", ["TERM", "INT"])
def test_a_request_in_flight_is_answered_before_the_container_ends(stoppable, word, signal):
    sidecar, application = stoppable()
    # Until the stop arrives, podman is called twice, which takes seconds on a busy machine.
    asking = in_flight(sidecar, application, word, 10000)
    if signal == "TERM":
        assert sidecar.stop(30) == 0
    else:
        sidecar.signal(signal)
        assert sidecar.exit_status() == 0
    answer = json.loads(asking.communicate(timeout=30)[0])
    assert answer["status"] == 200
    assert json.loads(answer["body"])["choices"][0]["message"]["content"] == word
    assert sidecar.logged("drained")["answered"] == 1


def test_one_that_outlives_the_drain_is_told_so_and_the_exit_status_says_it(stoppable, word):
    sidecar, application = stoppable(shutdown_drain="500ms")
    asking = in_flight(sidecar, application, word, 20000)
    assert sidecar.stop(30) == 75
    answer = json.loads(asking.communicate(timeout=30)[0])
    assert answer["status"] == 503 and json.loads(answer["body"])["error"]["code"] == "shutting_down"
    assert sidecar.logged("drained")["cancelled"] == 1


def test_a_second_signal_ends_the_drain(stoppable, word):
    sidecar, application = stoppable()
    asking = in_flight(sidecar, application, word, 20000)
    sidecar.signal("TERM")
    sidecar.until_logged("draining")
    sidecar.signal("TERM")
    assert sidecar.exit_status() == 75
    assert json.loads(asking.communicate(timeout=30)[0])["status"] == 503


def test_a_grace_period_shorter_than_the_drain_cuts_it_off(stoppable, word):
    sidecar, application = stoppable()
    asking = in_flight(sidecar, application, word, 20000)
    assert sidecar.stop(1) == 137
    asking.communicate(timeout=30)
    assert not sidecar.logged("drained")


def test_a_hangup_reads_the_configuration_anew(pod, tmp_path, word):
    pod.router("--api-key", "second")
    application = pod.application()
    tmp_path.chmod(0o755)
    key = tmp_path / "key"
    key.write_text("first")
    os.chown(key, 65532, 65532)
    key.chmod(0o600)
    sidecar = pod.sidecar([f"--volume={tmp_path}:/keys:ro"], router_api_key_file="/keys/key").ready()
    assert application.does("ask", PROXY, word)["status"] == 401
    key.write_text("second")
    sidecar.signal("HUP")
    sidecar.until_logged("configuration reloaded")
    until(lambda: application.does("ask", PROXY, word)["status"] == 200, lambda: sidecar.log())
