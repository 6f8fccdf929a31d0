"""What the packages hold, what they ask for, and what lintian thinks of them."""

import gzip
import re
import subprocess

from package import DIST, NAMES, ROOT, Package, only, output

UNITS = ROOT / "deploy/systemd"
DOCUMENTS = "usr/share/doc/nomyo-proxy"


def shell_places(name):
    return {
        f"usr/share/bash-completion/completions/{name}", f"usr/share/zsh/vendor-completions/_{name}",
        f"usr/share/fish/vendor_completions.d/{name}.fish"}


def common_places(name):
    notices = {f"usr/share/doc/{name}/notices/{each}.txt" for each in
               ("swift-http-types", "swift-log", "swift-nio", "swift-nio-ssl", "swift-service-lifecycle")}
    documents = {f"usr/share/doc/{name}/{each}" for each in ("changelog.Debian.gz", "changelog.gz", "copyright")}
    return {f"usr/bin/{name}", f"usr/share/man/man8/{name}.8.gz", f"usr/share/lintian/overrides/{name}",
            *shell_places(name), *documents, *notices}


def unit_places():
    """Where each file of deploy/systemd belongs."""
    for unit in (each.relative_to(UNITS) for each in UNITS.rglob("*") if each.is_file()):
        kind, name = str(unit.parent), unit.name
        if kind == ".":
            assert unit.suffix in (".service", ".socket"), f"{unit}: neither a unit nor an example"
            yield f"lib/systemd/system/{name}"
        elif kind == "user":
            yield f"usr/lib/systemd/user/{name}"
        elif kind in ("sysusers.d", "tmpfiles.d"):
            yield f"usr/lib/{unit}"
        else:
            assert unit.parts[0] == "examples", f"{unit}: nothing says where it goes"
            yield f"{DOCUMENTS}/{unit}"


def files(package):
    return {path.removesuffix(".gz") for path, (mode, _) in package.entries().items() if not mode.startswith("d")}


def bare(places):
    return {place.removesuffix(".gz") for place in places}


def test_the_package_of_the_daemon_has_these_files_and_no_others(proxy):
    documents = {f"{DOCUMENTS}/{each.name}" for each in
                 (ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md"))}
    expected = common_places("nomyo-proxy") | set(unit_places()) | documents | {
        "etc/nomyo-proxy/config.toml", "usr/share/man/man5/nomyo-proxy.toml.5.gz"}
    assert files(proxy) == bare(expected)


def test_the_package_of_the_router_for_development_has_these_files_and_no_others():
    assert files(Package("nomyo-dev-router")) == bare(common_places("nomyo-dev-router"))


def test_everything_is_roots_and_only_the_program_can_be_run(package):
    for path, (mode, owner) in package.entries().items():
        assert owner == "root/root", path
        wanted = "drwxr-xr-x" if mode.startswith("d") else "-rw-r--r--"
        assert mode == ("-rwxr-xr-x" if path == f"usr/bin/{package.name}" else wanted), path


def test_the_configuration_is_a_conffile_and_the_one_of_the_repository(proxy, tree):
    assert proxy.control("conffiles").split() == ["/etc/nomyo-proxy/config.toml"]
    assert (tree / "etc/nomyo-proxy/config.toml").read_bytes() == (
        ROOT / "etc/nomyo-proxy/config.toml").read_bytes()


def test_each_library_that_is_loaded_is_asked_for_with_a_version(package):
    """dpkg-shlibdeps computed it; readelf and dpkg are asked here."""
    program = DIST / package.name
    loaded = re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "--dynamic", program))
    assert len(loaded) > 3
    asked = package.dependencies()
    for library in loaded:
        owners = output("dpkg-query", "--search", library)
        names = {line.partition(":")[0] for line in owners.splitlines() if re.search(rf"/{re.escape(library)}$", line)}
        owner = names & set(asked)
        assert owner, f"{library} is in {names}, none of which is asked for"
        assert re.fullmatch(r"\(>= [0-9][^ ]*\)", asked[owner.pop()])


def test_the_daemon_asks_for_these_and_no_others(proxy):
    assert set(proxy.dependencies()) == {
        "ca-certificates", "libc6", "libcurl4", "libgcc-s1", "libssl3", "libstdc++6", "libsystemd0", "libzstd1",
        "zlib1g"}


def test_the_version_is_the_one_of_the_sources(package):
    number = re.search(r'^let version = "(.*)"$', (ROOT / "Package.swift").read_text(), re.MULTILINE)[1]
    version = package.field("Version")
    assert re.fullmatch(re.escape(number) + r"(~git\d{14}\.[0-9a-f]{8,}|~local)?(\+changed)?-1", version)
    assert package.file.name == f"{package.name}_{version}_{package.field('Architecture')}.deb"
    if "~git" in version:
        # What is built before a release gives way to it.
        assert subprocess.run(["dpkg", "--compare-versions", version, "lt", f"{number}-1"], check=False).returncode == 0


def test_the_changelogs_say_the_commit_and_what_changed(tree, package):
    documents = tree / "usr/share/doc" / package.name
    own = gzip.decompress((documents / "changelog.Debian.gz").read_bytes()).decode()
    assert own.startswith(f"nomyo-proxy ({package.field('Version')}) ")
    assert gzip.decompress((documents / "changelog.gz").read_bytes()) == (ROOT / "CHANGELOG.md").read_bytes()


def test_the_copyright_file_names_each_swift_package_that_was_fetched(tree):
    text = (tree / DOCUMENTS / "copyright").read_text()
    fetched = [each.name for each in (DIST.parent / "checkouts").iterdir() if each.is_dir()]
    assert len(fetched) > 5
    for name in fetched:
        assert f"\nFiles: checkouts/{name}/*\n" in text


def test_lintian_has_nothing_to_say():
    """Hints of the level `info` are about how the compiler writes programs."""
    said = subprocess.run(
        ["lintian", "--allow-root", "--fail-on=error,warning", *(only(DIST, name) for name in NAMES)],
        capture_output=True, text=True, timeout=600, check=False)
    assert (said.returncode, said.stdout) == (0, ""), said.stdout + said.stderr
