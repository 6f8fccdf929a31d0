"""The unit for users, under a user's own service manager."""

import os
import pathlib
import shutil

import pytest

import installed
import service as system
from daemon import free_port, mark, merged, toml
from unit import Unit, run

NAME = "somebody"


class UserService(Unit):
    """nomyo-proxy.service of a user whose manager runs without a login."""

    def __init__(self, home: pathlib.Path, runtime: pathlib.Path, port: int):
        self.home, self.runtime, self.url = home, runtime, f"http://127.0.0.1:{port}"
        self.as_user = ("setpriv", f"--reuid={NAME}", f"--regid={NAME}", "--init-groups", "env", "-i", f"HOME={home}",
                        f"XDG_RUNTIME_DIR={runtime}", f"PATH={os.environ['PATH']}")
        super().__init__("nomyo-proxy.service", (*self.as_user, "systemctl", "--user"))


@pytest.fixture
def user_service(installation, api_key, tmp_path):
    run("useradd", "--create-home", NAME, check=True)
    account = run("getent", "passwd", NAME).stdout.split(":")
    uid, home = int(account[2]), pathlib.Path(account[5])
    runtime = pathlib.Path(f"/run/user/{uid}")
    runtime.mkdir(mode=0o700, parents=True)
    port = free_port()
    made = UserService(home, runtime, port)
    folder = home / ".config/nomyo-proxy"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(toml(merged(system.SETTINGS, {"listen": [f"127.0.0.1:{port}"]})))
    installed.write_secret(folder / "router-api-key", api_key)
    for path in (home, runtime):
        run("chown", "--recursive", f"{NAME}:{NAME}", str(path), check=True)
    # What user@.service does, but for the login that PAM keeps records of.
    manager = run("systemd-run", "--unit=manager", "--property=Type=notify", f"--property=User={NAME}",
                  "--property=Delegate=yes", f"--setenv=XDG_RUNTIME_DIR={runtime}", "/lib/systemd/systemd", "--user")
    assert manager.returncode == 0, manager.stderr
    yield made
    run("systemctl", "stop", "manager.service")
    shutil.rmtree(runtime)
    run("userdel", "--remove", NAME)


def test_a_user_has_a_service_of_its_own(user_service: UserService, router, api_key):
    user_service.start()
    said = mark()
    assert system.Service().ask(said, user_service.url) == said
    assert router.exchanges[0].header("Authorization") == f"Bearer {api_key}"
    assert api_key not in user_service.process("environ")
    status = run(*user_service.as_user, "nomyo-proxy", "status", cwd="/")
    assert status.returncode == 0, status.stderr
    assert (user_service.home / ".local/state/nomyo-proxy/trust.json").is_file()
    lines = dict(line.split(":\t", 1) for line in user_service.process("status").splitlines())
    assert (lines["NoNewPrivs"], lines["Seccomp"]) == ("1", "2")
    user_service.stop()
    assert user_service.get("Result") == "success"


def test_without_a_key_a_users_start_is_passed_over(user_service: UserService):
    (user_service.home / ".config/nomyo-proxy/router-api-key").unlink()
    user_service.start()
    assert (user_service.state, user_service.get("ConditionResult")) == ("inactive", "no")
