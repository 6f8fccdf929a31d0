"""What the release programs are made of and how they are linked, judged by binutils, ldd and the published schema.

When a test here fails because something new has come in: look at what it is and why, and if it is meant to be there, put it
into the list at the top, the packages, the images and `docs/operations.md`.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from daemon import ROOT, binary

PROGRAMS = {"nomyo-proxy": "NOMYO_PROXY", "nomyo-dev-router": "NOMYO_DEV_ROUTER"}
#: What the programs ask for themselves, and what is part of every C and C++ program.
BASE = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "libcurl.so.4", "libcrypto.so.3"}
NEEDED = {
    "nomyo-proxy": BASE | {"libsystemd.so.0", "libz.so.1", "libzstd.so.1"},
    "nomyo-dev-router": BASE,
}
#: What Debian's libcurl, libsystemd and these in turn ask for.
BY_OTHERS = set(
    """
    libnghttp2.so.14 libidn2.so.0 librtmp.so.1 libssh2.so.1 libpsl.so.5 libssl.so.3 libgssapi_krb5.so.2
    libldap-2.5.so.0 liblber-2.5.so.0 libbrotlidec.so.1 libbrotlicommon.so.1 libunistring.so.2 libgnutls.so.30
    libhogweed.so.6 libnettle.so.8 libgmp.so.10 libkrb5.so.3 libk5crypto.so.3 libcom_err.so.2 libkrb5support.so.0
    libsasl2.so.2 libp11-kit.so.0 libtasn1.so.6 libkeyutils.so.1 libresolv.so.2 libffi.so.8 libzstd.so.1 libz.so.1
    libcap.so.2 libgcrypt.so.20 libgpg-error.so.0 liblzma.so.5 liblz4.so.1
    """.split()
)
LOADER = re.compile(r"ld-linux-\S+\.so\.\d$|linux-vdso")
NEW = "a shared library that this program did not need before: see the top of Tests/Interop/test_supply_chain.py"


def said(*command: object, **how) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, **how)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request) -> pathlib.Path:
    """A release program; debug builds are linked to Swift's own libraries and in another way."""
    path = pathlib.Path(binary(PROGRAMS[request.param], request.param))
    if "libswiftCore" in said("readelf", "-dW", path):
        pytest.skip("this is a debug build")
    return path


def dynamic(program: pathlib.Path) -> str:
    return said("readelf", "--dynamic", "--wide", program)


def test_the_libraries_that_a_program_asks_for_are_those_that_are_known(program):
    found = set(re.findall(r"\(NEEDED\).*\[(\S+)\]", dynamic(program)))
    found = {name for name in found if not LOADER.search(name)}
    assert found <= NEEDED[program.name], NEW
    assert found == NEEDED[program.name], "some are no longer needed: take them off the list"


def test_and_so_are_those_that_they_ask_for_in_turn(program):
    found = {line.split()[0].rsplit("/")[-1] for line in said("ldd", program).splitlines()}
    found = {name for name in found if not LOADER.search(name)}
    assert found <= NEEDED[program.name] | BY_OTHERS, NEW


def test_the_program_can_be_loaded_anywhere(program):
    assert re.search(r"Type:\s+DYN", said("readelf", "--file-header", program))
    assert re.search(r"\(FLAGS_1\).*\bPIE\b", dynamic(program))


def test_addresses_of_foreign_functions_are_write_protected_from_the_start(program):
    assert "GNU_RELRO" in said("readelf", "--program-headers", "--wide", program)
    assert re.search(r"\(BIND_NOW\)|\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*\bNOW\b", dynamic(program))


def test_nothing_is_both_writable_and_executable(program):
    headers = said("readelf", "--program-headers", "--wide", program)
    flags = re.findall(r"^\s+(LOAD|GNU_STACK)\s+(?:0x\S+\s+){5}([RWE ]+?)\s+0x", headers, re.MULTILINE)
    assert [kind for kind, _ in flags].count("GNU_STACK") == 1 and len(flags) > 2
    assert not [each for each in flags if "W" in each[1] and "E" in each[1]]
    assert not re.search(r"TEXTREL", dynamic(program))


def test_libraries_are_looked_for_where_the_system_has_them(program):
    assert not re.search(r"\((RPATH|RUNPATH)\)", dynamic(program))


def test_c_code_has_a_stack_protector(program):
    """Swift has none; it checks bounds instead. That C has it shows in the function that a damaged stack ends in."""
    assert "__stack_chk_fail" in said("readelf", "--dyn-syms", "--wide", program)


def test_our_own_c_code_has_a_stack_protector_and_so_has_that_of_packages():
    objects = ROOT / ".build-release" / "release"
    with_it = {
        folder: [path for path in sorted((objects / f"{folder}.build").rglob("*.o")) if "__stack_chk_fail" in said("nm", path)]
        for folder in ("CPlatform", "CNIOLinux", "CTOML")
    }
    if not any((objects / f"{folder}.build").exists() for folder in with_it):
        pytest.skip("the release build was made elsewhere")
    assert all(with_it.values()), with_it


# MARK: The bill of materials


@pytest.fixture(scope="module")
def bill(tmp_path_factory) -> pathlib.Path:
    dist = pathlib.Path(binary("NOMYO_PROXY", "nomyo-proxy")).parent
    build = ROOT / ".build-release"
    if not (build / "workspace-state.json").exists() or not (dist / "nomyo-dev-router").exists():
        pytest.skip("there is no release build")
    made = [tmp_path_factory.mktemp("sbom") / name for name in ("one", "two")]
    for file in made:
        said(sys.executable, ROOT / "tools/sbom", "--build", build, "--dist", dist, file)
    assert made[0].read_bytes() == made[1].read_bytes(), "made twice, it is not the same"
    return made[0]


def test_it_keeps_to_the_published_schema(bill):
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill.read_text())
    assert fault is None, fault
    broken = json.loads(bill.read_text()) | {"components": [{"name": "without a type"}]}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(broken)) is not None


def resolved(package: dict) -> set[tuple[str, str]]:
    """A package and all below it, as SwiftPM lists them."""
    below = set().union(*(resolved(each) for each in package["dependencies"]))
    return below | {(each["identity"], each["version"]) for each in package["dependencies"]}


def test_no_swift_package_of_the_build_is_missing(bill):
    command = ["swift", "package", "--cache-path", ".build-cache", "--scratch-path", ".build-release"]
    listed = said(*command, "show-dependencies", "--format", "json", cwd=ROOT)
    wanted = resolved(json.loads(listed[listed.index("{") :]))
    parts = {part["purl"]: part for part in json.loads(bill.read_text())["components"]}
    found = {(part["name"], part["version"]) for purl, part in parts.items() if purl.startswith("pkg:swift/")}
    assert len(wanted) > 5 and wanted <= found
    revisions = [part["properties"] for purl, part in parts.items() if purl.startswith("pkg:swift/")]
    assert all(re.fullmatch("[0-9a-f]{40}", each[0]["value"]) for each in revisions)
    assert all(part.get("licenses") for purl, part in parts.items() if purl.startswith("pkg:swift/"))


def test_no_shared_library_of_the_programs_is_missing(bill):
    parts = [part for part in json.loads(bill.read_text())["components"] if part["purl"].startswith("pkg:deb/")]
    named = {name for part in parts for each in part["properties"] for name in each["value"].split()}
    for name, variable in PROGRAMS.items():
        lines = said("ldd", binary(variable, name)).splitlines()
        loaded = {os.path.basename(line.split(" => ")[-1].split()[0]) for line in lines if "/" in line}
        assert loaded <= named, loaded - named
    for part in parts:
        installed = said("dpkg-query", "-W", "-f", "${Version}", part["name"]) if ":" not in part["name"] else ""
        assert part["version"] == installed


def test_it_says_what_it_is_about(bill):
    document = json.loads(bill.read_text())
    about = document["metadata"]["component"]
    stated = said(binary("NOMYO_PROXY", "nomyo-proxy"), "--version")
    commit = next(each["value"] for each in about["properties"] if each["name"] == "nomyo-proxy:commit")
    assert about["version"] in stated and commit in stated
    references = [each["ref"] for each in document["dependencies"]]
    known = [part["bom-ref"] for part in document["components"]] + [about["bom-ref"]]
    assert set(known) <= set(references) and len(references) == len(set(references))
