"""Starting: without a key, with one, and what the service then is."""

import pathlib
import stat

import installed
from daemon import mark
from service import ADMIN_SOCKET, STATE, Service
from unit import run

DYNAMIC_UIDS = range(61184, 65520)  # systemd's documented range


def test_without_a_key_the_start_is_passed_over_and_is_no_failure(service: Service):
    installed.KEY.unlink()
    for unit in (service, service.tcp, service.unix):
        unit.start()
        assert (unit.state, unit.get("ConditionResult"), unit.get("Result")) == ("inactive", "no", "success")
    assert str(installed.KEY) in service.story(), "status does not say what is missing"
    assert run("systemctl", "--failed", "--no-legend").stdout == ""


def test_enabled_units_start_by_themselves(service: Service):
    run("systemctl", "enable", service.name, service.tcp.name, service.unix.name)
    try:
        assert service.name in run("systemctl", "list-dependencies", "--plain", "multi-user.target").stdout
        assert service.tcp.name in run("systemctl", "list-dependencies", "--plain", "sockets.target").stdout
    finally:
        run("systemctl", "disable", service.name, service.tcp.name, service.unix.name)


def test_what_is_started_answers_at_once(service: Service, router):
    service.start()
    said = mark()
    assert service.ask(said) == said
    assert router.exchanges[0].payload["messages"][-1]["content"] == said
    assert said.encode() not in router.exchanges[0].body
    assert service.get("StatusText"), service.story()


def test_the_service_has_a_user_of_its_own_and_no_rights(service: Service, router):
    service.start()
    lines = dict(line.split(":\t", 1) for line in service.process("status").splitlines())
    uid = int(lines["Uid"].split()[0])
    assert uid in DYNAMIC_UIDS
    assert all(int(lines[name], 16) == 0 for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"))
    assert (lines["NoNewPrivs"], lines["Seccomp"]) == ("1", "2")
    assert int(lines["VmLck"].split()[0]) > 0, "no memory is locked"
    assert {path.stat().st_uid for path in [STATE, *STATE.iterdir()]} == {uid}
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in [STATE, *STATE.iterdir()]} == {0}
    assert pathlib.Path("/var/lib/nomyo-proxy").resolve() == STATE
    admin = pathlib.Path(ADMIN_SOCKET).stat()
    assert (admin.st_uid, stat.S_IMODE(admin.st_mode)) == (uid, 0o600)


def test_the_key_is_seen_by_the_service_alone(service: Service, router, api_key):
    service.start()
    service.ask(mark())
    assert router.exchanges[0].header("Authorization") == f"Bearer {api_key}"
    assert api_key not in service.process("environ") + service.process("cmdline")
    for path in (installed.KEY, "/run/credentials/nomyo-proxy.service/router-api-key"):
        read = run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat", str(path))
        assert read.returncode != 0 and "Permission denied" in read.stderr


def test_the_state_outlives_the_process_and_its_user(service: Service, router):
    service.start()
    remembered = (STATE / "trust.json").read_bytes()
    service.stop()
    assert not pathlib.Path(ADMIN_SOCKET).parent.exists()
    service.start()
    assert (STATE / "trust.json").read_bytes() == remembered
    listed = service.admin("trust", "log")
    assert listed.returncode == 0, listed.stderr
    assert len([line for line in listed.stdout.splitlines() if "sha256/" in line]) >= 1


def test_commands_as_root_find_the_service(service: Service, router):
    service.start()
    for command in (["status"], ["health"], ["keys"], ["trust"], ["check"]):
        done = service.admin(*command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
