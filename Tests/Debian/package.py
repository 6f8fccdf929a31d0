"""What is in a Debian package, as dpkg-deb tells it."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIST = pathlib.Path(os.environ["DIST"])
NAMES = ("nomyo-proxy", "nomyo-dev-router")


def output(*command, **options):
    """What a command prints; a failure shows all of it."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, f"{command}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def only(folder, name):
    """The one package of this name in a folder."""
    found = list(folder.glob(f"{name}_*.deb"))
    assert len(found) == 1, f"{len(found)} packages {name} in {folder}; make deb writes them"
    return found[0]


class Package:
    """One package that `make deb` wrote."""

    def __init__(self, name, folder=DIST):
        self.name = name
        self.file = only(folder, name)

    def field(self, name):
        return output("dpkg-deb", "--field", self.file, name).strip()

    def entries(self):
        """Path to mode and owner, without a slash at either end."""
        entries = {}
        for line in output("dpkg-deb", "--contents", self.file).splitlines():
            mode, owner, _, _, _, path = line.split(maxsplit=5)
            entries[path.removeprefix("./").rstrip("/")] = (mode, owner)
        return entries

    def control(self, name):
        """A file of the control archive."""
        return output("dpkg-deb", "--info", self.file, name)

    def extract(self, folder):
        output("dpkg-deb", "--extract", self.file, folder)
        return folder

    def dependencies(self):
        """Name of a package to the version that is asked for, or None."""
        found = {}
        for each in self.field("Depends").split(", "):
            name, _, version = each.partition(" ")
            found[name] = version or None
        return found
