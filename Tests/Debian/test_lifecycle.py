"""Installation into a root of its own that has what the packages ask for, and no systemd: first start aside, all of a package's life.

With a running systemd it is Tests/Systemd's.
"""

import os
import shutil
import subprocess

import pytest
from package import DIST, NAMES, only

if os.geteuid() != 0:
    pytest.skip("a root of its own takes root", allow_module_level=True)

WHAT_TO_DO = "put the API key into /etc/nomyo-proxy/router-api-key (mode 0600), then: systemctl start nomyo-proxy"


class Machine:
    """The root, and commands in it."""

    def __init__(self, root):
        self.root = root

    def run(self, *command, status=0, **variables):
        """What it prints. Swift's runtime reads the command line from /proc, so there is one, as everywhere."""
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", f"--root={self.root}", "--mount-proc", *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive",
                 **variables})
        assert done.returncode == status, f"{command}: status {done.returncode}\n{done.stdout}"
        return done.stdout

    def install(self, *names):
        """dpkg itself looks whether all that is asked for is there; it need not wait for the disk here."""
        return self.run("dpkg", "--force-unsafe-io", "--install", *(f"/{only(DIST, name).name}" for name in names))

    def path(self, name):
        return self.root / name.lstrip("/")

    def state(self, name):
        return self.run("dpkg-query", "--show", "--showformat=${db:Status-Abbrev}", name).strip()


@pytest.fixture
def machine(root):
    machine = Machine(root)
    for name in NAMES:
        shutil.copy(only(DIST, name), root)
    yield machine
    machine.run("dpkg", "--force-unsafe-io", "--purge", *NAMES)


def test_the_programs_run_with_what_the_packages_ask_for_and_nothing_else(machine):
    machine.install(*NAMES)
    assert not machine.path("/usr/bin/systemctl").exists()
    assert not machine.path("/usr/bin/swift").exists()
    assert machine.run("nomyo-proxy", "--version").startswith("nomyo-proxy ")
    assert "file /etc/nomyo-proxy/config.toml." in machine.run("nomyo-proxy", "check")
    assert "--forward" in machine.run("nomyo-dev-router", "--help")
    assert "not found" not in machine.run("ldd", "/usr/bin/nomyo-proxy", "/usr/bin/nomyo-dev-router")
    assert machine.run("dpkg", "--verify", *NAMES) == ""


def test_the_first_installation_enables_and_says_what_to_do(machine):
    said = machine.install("nomyo-proxy")
    assert said.count(WHAT_TO_DO) == 1
    assert machine.path("/etc/systemd/system/multi-user.target.wants/nomyo-proxy.service").is_symlink()
    assert not list(machine.path("/etc/systemd/system").rglob("*.socket"))


def test_with_a_key_there_is_nothing_to_say(machine):
    machine.path("/etc/nomyo-proxy").mkdir()
    machine.path("/etc/nomyo-proxy/router-api-key").write_text("key\n")
    assert WHAT_TO_DO not in machine.install("nomyo-proxy")


def test_an_upgrade_keeps_the_configuration_and_what_was_disabled(machine):
    machine.install("nomyo-proxy")
    configuration = machine.path("/etc/nomyo-proxy/config.toml")
    configuration.write_text('[log]\nlevel = "debug"\n')
    wanted = machine.path("/etc/systemd/system/multi-user.target.wants/nomyo-proxy.service")
    # What systemctl would do. The helper wants to know which package's script calls it.
    machine.run("deb-systemd-helper", "disable", "nomyo-proxy.service", DPKG_MAINTSCRIPT_PACKAGE="nomyo-proxy")
    assert not wanted.is_symlink()
    said = machine.install("nomyo-proxy")
    assert WHAT_TO_DO not in said
    assert configuration.read_text() == '[log]\nlevel = "debug"\n'
    assert not wanted.is_symlink()


def test_a_removal_keeps_configuration_key_and_state_and_what_comes_back_is_a_first_installation(machine):
    machine.install("nomyo-proxy")
    machine.path("/etc/nomyo-proxy/router-api-key").write_text("key\n")
    machine.path("/var/lib/private/nomyo-proxy").mkdir(parents=True)
    machine.run("dpkg", "--remove", "nomyo-proxy")
    assert machine.state("nomyo-proxy") == "rc"
    assert not machine.path("/usr/bin/nomyo-proxy").exists()
    assert not machine.path("/lib/systemd/system/nomyo-proxy.service").exists()
    assert machine.path("/etc/nomyo-proxy/router-api-key").read_text() == "key\n"
    assert machine.path("/var/lib/private/nomyo-proxy").is_dir()
    machine.path("/etc/nomyo-proxy/router-api-key").unlink()
    assert machine.install("nomyo-proxy").count(WHAT_TO_DO) == 1
    assert not list(machine.path("/run").glob("nomyo-proxy*"))


def test_a_purge_leaves_nothing(machine):
    before = paths(machine.root)
    machine.install("nomyo-proxy")
    machine.path("/etc/nomyo-proxy/router-api-key").write_text("key\n")
    machine.path("/etc/nomyo-proxy/access-tokens").write_text("tokens\n")
    machine.path("/var/lib/private/nomyo-proxy/client_keys").mkdir(parents=True)
    machine.path("/var/lib/private/nomyo-proxy/trust.json").write_text("{}")
    machine.path("/var/lib/nomyo-proxy").symlink_to("private/nomyo-proxy")
    machine.path("/run/nomyo-proxy").mkdir()
    machine.run("dpkg", "--purge", "nomyo-proxy")
    left = {path for path in paths(machine.root) - before if "nomyo" in path}
    assert left == set()


def paths(root):
    return {str(path.relative_to(root)) for top in ("etc", "lib", "run", "usr", "var") for path in
            (root / top).rglob("*")}
