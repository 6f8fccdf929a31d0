"""The manual pages: mandoc and man-db have no complaint, and they say what the programs say of themselves."""

import gzip
import subprocess

import pytest
from package import DIST, ROOT, output

PAGES = ("man8/nomyo-proxy.8", "man8/nomyo-dev-router.8", "man5/nomyo-proxy.toml.5")


@pytest.fixture(params=PAGES)
def page(request, tree, tmp_path):
    text = gzip.decompress((tree / "usr/share/man" / f"{request.param}.gz").read_bytes())
    file = tmp_path / request.param.rpartition("/")[2]
    file.write_bytes(text)
    return file


def test_mandoc_has_no_complaint(page):
    said = subprocess.run(["mandoc", "-T", "lint", "-W", "all", page], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "")


def test_man_shows_it_without_a_warning(page):
    said = subprocess.run(
        ["man", "--warnings=all", "--local-file", page], capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
    assert said.stderr == ""
    assert len(said.stdout.splitlines()) > 40
    assert "@" not in page.read_text().splitlines()[0]


def test_apropos_can_find_it(page):
    assert output("lexgrog", page).startswith(f"{page}: \"{page.name.rpartition('.')[0]} - ")


def test_commands_and_options_are_those_of_the_programs():
    output(ROOT / "tools/manual", DIST)


def test_each_command_is_in_the_manual(tmp_path):
    """Asked of the help for people, and not of what the page is written from."""
    text = output("man", "--local-file", ROOT / "deploy/man/nomyo-proxy.8", env={"PATH": "/usr/bin:/bin", "MANWIDTH": "200"})
    commands = list(commands_below())
    assert ["trust", "accept"] in commands and ["run"] in commands
    for command in commands:
        assert f"       {' '.join(command)}" in text, command


def commands_below(*path):
    """The commands that --help lists, down to those that have none below them."""
    said = output(DIST / "nomyo-proxy", *path, "--help")
    listed = said.partition("SUBCOMMANDS:\n")[2].partition("\n\n")[0]
    names = [line.split()[0] for line in listed.splitlines() if line[2:3].strip()]
    for name in names:
        yield from commands_below(*path, name)
    if path and not names:
        yield list(path)
