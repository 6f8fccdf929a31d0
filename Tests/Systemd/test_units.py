"""The unit files, judged by systemd's own tools."""

import os
import pathlib
import shutil
import stat

import pytest

import installed
from service import Service
from unit import run

# Exposure as `systemd-analyze security` reckons it, in tenths: 15 is 1.5 of 10.
MOST_EXPOSED = 15
SYSTEM = ("nomyo-proxy.service", "nomyo-proxy.socket", "nomyo-proxy-unix.socket")


def verified(*arguments: str, **how) -> str:
    """What systemd-analyze finds wrong."""
    done = run("systemd-analyze", "verify", *arguments, **how)
    return done.stdout + done.stderr + ("" if done.returncode == 0 else f"status {done.returncode}")


def test_the_units_are_without_fault(installation):
    assert verified(*SYSTEM) == ""


def test_the_unit_for_users_is_without_fault(installation, tmp_path):
    environment = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}
    assert verified("--user", "/usr/lib/systemd/user/nomyo-proxy.service", env=environment) == ""


def test_verify_would_find_a_fault(installation, tmp_path):
    spoilt = tmp_path / "nomyo-proxy.service"
    spoilt.write_text((installed.UNITS / "nomyo-proxy.service").read_text().replace("ProtectHome=", "ProtectHouse="))
    assert "ProtectHouse" in verified(str(spoilt))


def test_the_service_is_hardly_exposed(installation):
    command = ("systemd-analyze", "security", "--offline=true", "--no-pager", "nomyo-proxy.service")
    judged = run(*command, f"--threshold={MOST_EXPOSED}")
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert run(*command, "--threshold=0").returncode != 0, "the threshold is not heeded"


@pytest.mark.parametrize("name", ["encrypted-key", "callers-keys", "network"])
def test_an_example_fits_the_service(service: Service, name: str):
    with service.dropped_in(installed.example(f"{name}.conf")):
        assert verified("nomyo-proxy.service") == ""


def test_notify_reload_is_for_systemd_253_and_later(service: Service):
    version = int(run("systemctl", "--version").stdout.split()[1])
    with service.dropped_in(installed.example("notify-reload.conf")):
        found = verified("nomyo-proxy.service")
        assert found == "" if version >= 253 else "Failed to parse service type, ignoring: notify-reload" in found
        assert service.get("Type") == ("notify-reload" if version >= 253 else "notify")


def test_there_is_a_group_for_callers_and_no_user(installation):
    assert run("getent", "group", "nomyo-proxy").returncode == 0
    assert run("getent", "passwd", "nomyo-proxy").returncode != 0
    assert run("getent", "passwd", "_nomyo-proxy").returncode != 0


def test_secrets_are_closed_and_the_configuration_is_open(service: Service):
    installed.KEY.chmod(0o644)
    installed.CONFIGURATION.chmod(0o600)
    shutil.chown(installed.KEY, "nobody")
    run("systemd-tmpfiles", "--create", "nomyo-proxy.conf", check=True)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (installed.KEY, installed.CONFIGURATION)}
    assert modes == {installed.KEY: 0o600, installed.CONFIGURATION: 0o644}
    assert (pathlib.Path(installed.KEY).owner(), installed.KEY.parent.stat().st_mode & 0o777) == ("root", 0o755)
