"""What falls to the first process of a container, and memory that cannot be locked there by itself."""

import os
import pathlib
import resource
import subprocess
import sys

import pytest

from podman import PROXY, until

CAN_RAISE_LIMITS = 24  # CAP_SYS_RESOURCE, linux/capability.h

# Leaves 20 processes without a parent, one after the other, and prints who inherits each.
ORPHANS = """
import os, time
for _ in range(20):
    reader, writer = os.pipe()
    if os.fork() == 0:
        parent = os.getpid()
        if os.fork() == 0:
            while os.getppid() == parent:
                time.sleep(0.001)
            os.write(writer, str(os.getppid()).encode())
        os._exit(0)
    os.close(writer)
    os.wait()
    print(os.read(reader, 16).decode())
"""


def read(file: pathlib.Path) -> str:
    """A file in /proc; empty when what it tells of is gone meanwhile."""
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def states_of_children(process) -> list[str]:
    """The states (proc_pid_stat(5)) of a process's children."""
    states = []
    for thread in (process / "task").iterdir():
        for child in read(thread / "children").split():
            if stat := read(pathlib.Path(f"/proc/{child}/stat")):
                states.append(stat.rpartition(")")[2].split()[0])
    return states


def test_orphans_leave_no_zombies(pod):
    sidecar = pod.sidecar()
    sidecar.until_logged("listening")
    process = sidecar.process
    # As a debugger's container that joins the namespace of processes would.
    visit = ["nsenter", "--target", process.name, "--pid", sys.executable, "-c", ORPHANS]
    heirs = subprocess.run(visit, check=True, capture_output=True, text=True, timeout=30).stdout.split()
    assert heirs == ["1"] * 20
    until(lambda: not states_of_children(process), lambda: f"children in states {states_of_children(process)}")
    assert sidecar.state["Status"] == "running"


@pytest.mark.parametrize("signal, status", [("TERM", 143), ("INT", 130)])
def test_a_stop_in_the_middle_of_the_start_is_heeded(pod, tmp_path, signal, status):
    tmp_path.chmod(0o755)
    pipe = tmp_path / "config.toml"
    os.mkfifo(pipe)
    pipe.chmod(0o644)
    sidecar = pod.sidecar([f"--volume={tmp_path}:/pipe:ro", "--env=NOMYO_PROXY_CONFIG=/pipe/config.toml"])
    # Opening succeeds when the daemon reads; it waits for as long as nothing is written.
    with open(pipe, "w"):
        sidecar.signal(signal)
        assert sidecar.exit_status() == status


# Memory


def may_raise_limits() -> bool:
    """Whether root of this machine may grant more than its own hard limits."""
    with open("/proc/self/status") as file:
        effective = next(int(line.split()[1], 16) for line in file if line.startswith("CapEff"))
    return bool(effective >> CAN_RAISE_LIMITS & 1)


def limited(to: str) -> list[str]:
    """Options for so much memory to lock; the limits that podman otherwise takes from its configuration stay."""
    kept = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    hard = {name: resource.getrlimit(limit)[1] for name, limit in kept.items()}
    return [f"--ulimit=memlock={to}", *(f"--ulimit={name}={limit}:{limit}" for name, limit in hard.items())]


def protection(sidecar) -> str | None:
    """What is warned of memory, once."""
    sidecar.until_logged("listening")
    warnings = [line["reason"] for line in sidecar.lines() if line["message"] == "memory not fully protected"]
    assert len(warnings) <= 1
    return warnings[0] if warnings else None


def test_memory_that_cannot_be_locked_is_warned_of_once(pod):
    warning = protection(pod.sidecar(limited("65536")))
    assert "65536 bytes" in warning
    assert "--ulimit memlock=-1" in warning and "--cap-add IPC_LOCK" in warning


def test_memory_that_has_to_be_locked_and_cannot_be_is_a_refusal(pod):
    sidecar = pod.sidecar(limited("65536"), privacy_secure_memory="required")
    assert sidecar.exit_status() == 77
    assert "--ulimit memlock=-1" in sidecar.log() and "--cap-add IPC_LOCK" in sidecar.log()


@pytest.mark.parametrize("mode", ["auto", "required"])
def test_the_capability_grants_it(pod, mode, word):
    pod.router()
    sidecar = pod.sidecar([*limited("65536"), "--cap-add=IPC_LOCK"], privacy_secure_memory=mode).ready()
    assert protection(sidecar) is None
    assert pod.application().does("ask", PROXY, word)["status"] == 200
    locked = (sidecar.process / "status").read_text().split("VmLck:")[1].split()[0]
    assert int(locked) * 1024 > 10 * 65536


def test_the_limit_grants_it(pod):
    if not may_raise_limits() and resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] != resource.RLIM_INFINITY:
        pytest.skip("root of this machine may not lift a memory-lock limit")
    assert protection(pod.sidecar(limited("-1:-1"), privacy_secure_memory="required")) is None
