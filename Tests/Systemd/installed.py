"""The package, installed and taken away again with dpkg, and what an operator then writes."""

import os
import pathlib
import subprocess

from daemon import ROOT
from unit import run

UNITS = ROOT / "deploy/systemd"
CONFIGURATION = pathlib.Path("/etc/nomyo-proxy/config.toml")
KEY = pathlib.Path("/etc/nomyo-proxy/router-api-key")
ENCRYPTED_KEY = pathlib.Path("/etc/credstore.encrypted/nomyo-proxy.router-api-key")


def package() -> pathlib.Path:
    """The Debian package under test; relative paths count from the root of the repository."""
    named = os.environ.get("NOMYO_DEB")
    found = [ROOT / named] if named else sorted((ROOT / ".build-release/dist").glob("nomyo-proxy_*.deb"))
    assert len(found) == 1 and found[0].is_file(), f"one package is needed, not {found}: make deb writes it"
    return found[0].resolve()


def dpkg(*arguments: str | pathlib.Path) -> str:
    """Runs dpkg; what it and the package's scripts said."""
    done = run("dpkg", *map(str, arguments), seconds=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def next_version(folder: pathlib.Path) -> pathlib.Path:
    """The same package with a higher version."""
    tree, upgrade = folder / "tree", folder / "upgrade.deb"
    subprocess.run(["dpkg-deb", "--raw-extract", package(), tree], check=True)
    control = tree / "DEBIAN/control"
    lines = [line + "+next" if line.startswith("Version: ") else line for line in control.read_text().splitlines()]
    control.write_text("\n".join(lines) + "\n")
    subprocess.run(["dpkg-deb", "-Znone", "--build", tree, upgrade], check=True, stdout=subprocess.DEVNULL)
    return upgrade


def write_secret(path: pathlib.Path, text: str) -> None:
    """A file that only root can read, as the documentation has it made."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")


def example(name: str) -> str:
    """A drop-in as it stands in the repository."""
    return (UNITS / "examples" / name).read_text()
