"""What falls to the first process of a container, and memory that cannot be locked there by itself."""

import os
import resource

import pytest

from podman import PROXY, Application, until

CAN_RAISE_LIMITS = 24  # CAP_SYS_RESOURCE, linux/capability.h


def may_raise_limits() -> bool:
    """Whether root of this machine may grant more than its own hard limits."""
    with open("/proc/self/status") as file:
        effective = next(int(line.split()[1], 16) for line in file if line.startswith("CapEff"))
    return bool(effective >> CAN_RAISE_LIMITS & 1)


def test_orphans_of_other_processes_leave_no_zombies(pod):
    sidecar = pod.sidecar()
    sidecar.until_logged("listening")
    visitor = Application("none", options=[f"--pid=container:{sidecar.name}"])
    assert visitor.does("orphan") == {"heir": "1", "zombies": 0}
    assert sidecar.state["Status"] == "running"


@pytest.mark.parametrize("signal", ["TERM", "INT"])
def test_a_stop_in_the_middle_of_the_start_is_heeded(pod, tmp_path, signal):
    # Nobody ever writes to this pipe, so the daemon never gets past its configuration.
    os.mkfifo(tmp_path / "config.toml")
    sidecar = pod.sidecar([f"--volume={tmp_path}:/configuration:ro", "--env=NOMYO_PROXY_CONFIG=/configuration/config.toml"])
    until(lambda: "fifo" in (sidecar.process / "wchan").read_text() or "wait_for_partner" in (sidecar.process / "wchan").read_text(),
          "it does not wait for its configuration")
    sidecar.signal(signal)
    assert sidecar.exit_status() in (130, 143)


def protection(sidecar) -> str | None:
    """What is warned of memory, once."""
    sidecar.until_logged("listening")
    warnings = [line["reason"] for line in sidecar.lines() if line["message"] == "memory not fully protected"]
    assert len(warnings) <= 1
    return warnings[0] if warnings else None


def test_memory_that_cannot_be_locked_is_warned_of_once(pod):
    sidecar = pod.sidecar(["--ulimit=memlock=65536"])
    warning = protection(sidecar)
    assert "65536 bytes" in warning
    assert "--ulimit memlock=-1" in warning and "--cap-add IPC_LOCK" in warning


def test_memory_that_has_to_be_locked_and_cannot_be_is_a_refusal(pod):
    sidecar = pod.sidecar(["--ulimit=memlock=65536"], privacy_secure_memory="required")
    assert sidecar.exit_status() == 77
    assert "--ulimit memlock=-1" in sidecar.log() and "--cap-add IPC_LOCK" in sidecar.log()


@pytest.mark.parametrize("mode", ["auto", "required"])
def test_the_capability_grants_it(pod, mode, word):
    pod.router()
    sidecar = pod.sidecar(["--ulimit=memlock=65536", "--cap-add=IPC_LOCK"], privacy_secure_memory=mode).ready()
    assert protection(sidecar) is None
    assert pod.application().does("ask", PROXY, word)["status"] == 200
    locked = (sidecar.process / "status").read_text().split("VmLck:")[1].split()[0]
    assert int(locked) * 1024 > 10 * 65536


def test_the_limit_grants_it(pod):
    if not may_raise_limits() and resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] != resource.RLIM_INFINITY:
        pytest.skip("root of this machine may not lift a memory-lock limit")
    sidecar = pod.sidecar(["--ulimit=memlock=-1:-1"], privacy_secure_memory="required")
    assert protection(sidecar) is None
