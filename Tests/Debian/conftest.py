"""The packages, what is in them, a second build of them, and a root file system to install them into."""

import os
import pathlib
import shutil
import subprocess

import pytest
from package import DIST, NAMES, ROOT, Package


@pytest.fixture(scope="session", autouse=True)
def slow(request, tmp_path_factory):
    """What takes long and some test wants, begun at once: the second build and the root file system."""
    wanted = {name for item in request.session.items for name in item.fixturenames}
    makers = {"again": build_again, "root": make_root}
    begun = {}
    for name in makers.keys() & wanted:
        folder = tmp_path_factory.mktemp(name)
        begun[name] = (folder, makers[name](folder))
    yield begun
    for folder, process in begun.values():
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def begin(folder, command, **options):
    with open(folder / "log", "w", encoding="utf-8") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **options)


def finished(folder, process):
    """Waits for what was begun."""
    status = process.wait(timeout=900)
    assert status == 0, f"status {status}:\n{(folder / 'log').read_text()[-4000:]}"


def build_again(folder):
    """Another user, another umask, another language, another time zone, and more than a year later."""
    out = folder / "out"
    out.mkdir(mode=0o777)
    (folder / "tmp").mkdir()
    other = ["--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else ["--map-root-user"]
    surroundings = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder / "tmp"), "TZ": "Asia/Kathmandu",
        "LC_ALL": "C", "LANG": "de_DE.UTF-8", "COLUMNS": "40"}
    build = f"umask 077 && exec faketime -f +400d {ROOT}/tools/package {DIST} {out}"
    return begin(folder, ["unshare", "--user", *other, "bash", "-c", build], env=surroundings)


def make_root(folder):
    """The essential packages of Debian and what the packages depend on, and nothing else."""
    needed = {name for package in NAMES for name in Package(package).dependencies()}
    sources = [each for each in ("/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources")
               if os.path.exists(each) and pathlib.Path(each).stat().st_size > 0]
    codename = next(line.partition("=")[2].strip() for line in open("/etc/os-release", encoding="utf-8")
                    if line.startswith("VERSION_CODENAME="))
    return begin(folder, [
        ROOT / "tools/again", folder / "root",
        "mmdebstrap", "--variant=essential", f"--include={','.join(sorted(needed))}", codename, folder / "root", *sources])


@pytest.fixture(params=NAMES)
def package(request):
    return Package(request.param)


@pytest.fixture(scope="session")
def proxy():
    return Package("nomyo-proxy")


@pytest.fixture(scope="session")
def tree(tmp_path_factory):
    """Both packages, unpacked."""
    folder = tmp_path_factory.mktemp("tree")
    for name in NAMES:
        Package(name).extract(folder)
    return folder


@pytest.fixture(scope="session")
def again(slow):
    folder, process = slow["again"]
    finished(folder, process)
    return folder / "out"


@pytest.fixture(scope="session")
def root(slow):
    folder, process = slow["root"]
    finished(folder, process)
    return folder / "root"
