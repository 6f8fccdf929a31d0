"""The package's life: installed, upgraded, removed, purged. Runs last, because nothing is left after it."""

import pathlib

import installed
from daemon import mark
from service import STATE, Service
from unit import run

LEFT = ("/etc/nomyo-proxy", "/var/lib/nomyo-proxy", str(STATE), "/run/nomyo-proxy", "/run/nomyo-proxy-callers",
        "/usr/bin/nomyo-proxy", "/lib/systemd/system/nomyo-proxy.service", "/usr/lib/systemd/user/nomyo-proxy.service",
        "/usr/lib/sysusers.d/nomyo-proxy.conf", "/usr/lib/tmpfiles.d/nomyo-proxy.conf")


def test_after_the_installation_the_service_is_enabled_and_waits_for_a_key(installation):
    assert (installation["enabled"], installation["state"], installation["failed"]) == ("enabled", "inactive", "")
    assert installation["sockets"] == "inactive inactive"
    assert str(installed.KEY) in installation["said"], "nobody is told what to do next"


def test_an_upgrade_restarts_what_runs_and_keeps_what_is_there(service: Service, router, tmp_path):
    service.start()
    pid, trust = service.pid, (STATE / "trust.json").read_bytes()
    changed = installed.CONFIGURATION.read_text()
    installed.dpkg("--install", "--force-confold", installed.next_version(tmp_path))
    service.is_in("active")
    assert service.pid != pid
    assert installed.CONFIGURATION.read_text() == changed
    assert (STATE / "trust.json").read_bytes() == trust
    said = mark()
    assert service.ask(said) == said


def test_an_upgrade_leaves_alone_what_was_stopped_or_disabled(service: Service, tmp_path):
    service.do("disable")
    installed.dpkg("--install", "--force-confold", installed.next_version(tmp_path))
    assert (service.state, service.get("UnitFileState")) == ("inactive", "disabled")
    service.do("enable")


def test_a_removal_stops_everything_and_keeps_the_configuration(service: Service, router, api_key):
    service.tcp.do("enable", "--now")
    service.unix.do("enable", "--now")
    service.start()
    pid = service.pid
    installed.dpkg("--remove", "nomyo-proxy")
    assert not pathlib.Path(f"/proc/{pid}").exists()
    assert run("ss", "--listening", "--tcp", "--no-header", "sport = :12439").stdout == ""
    assert installed.KEY.read_text().strip() == api_key
    assert (STATE / "trust.json").exists()
    assert run("systemctl", "--failed", "--no-legend").stdout == ""


def test_a_purge_leaves_nothing(installation):
    installed.dpkg("--purge", "nomyo-proxy")
    assert [path for path in LEFT if pathlib.Path(path).exists() or pathlib.Path(path).is_symlink()] == []
    assert [str(path) for path in pathlib.Path("/etc/systemd").rglob("*nomyo*")] == []
    assert [str(path) for path in pathlib.Path("/var/lib").rglob("*nomyo-proxy*") if "dpkg" not in path.parts] == []
    assert "nomyo" not in run("getent", "passwd").stdout
    assert run("systemctl", "list-units", "--all", "--no-legend", "nomyo-proxy*").stdout == ""
