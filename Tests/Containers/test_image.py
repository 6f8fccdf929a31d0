"""What is in the image, and that two makers of images understand it alike."""

import json
import os
import pathlib
import tarfile

import pytest

from podman import SIDECAR, Application, podman

MEGABYTE = 10**6
CONTAINER = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "container"


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, tarfile.TarInfo]:
    """Every file of the image as podman sees it."""
    name, archive = "files", tmp_path_factory.mktemp("image") / "files.tar"
    podman("create", "--name", name, SIDECAR)
    podman("export", "--output", str(archive), name)
    podman("rm", name)
    with tarfile.open(archive) as tar:
        return {"/" + member.name.rstrip("/"): member for member in tar.getmembers()}


def test_it_is_smaller_than_it_should_be(archive):
    size = json.loads(podman("inspect", SIDECAR).stdout)[0]["Size"]
    assert size < 60 * MEGABYTE and archive.stat().st_size < 25 * MEGABYTE


def test_the_report_accounts_for_every_byte(archive, files):
    rows = [line.split(maxsplit=1) for line in archive.with_suffix(".txt").read_text().splitlines()]
    sizes = {name: int(size) for size, name in rows}
    assert sizes.pop("archive, compressed") == archive.stat().st_size
    unpacked = sizes.pop("unpacked")
    assert unpacked == sum(sizes.values())
    added = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/run/.containerenv"}  # by podman
    assert unpacked == sum(file.size for name, file in files.items() if file.isfile() and name not in added)


def test_the_same_program_makes_the_same_bytes(archive):
    assert archive.read_bytes() == pathlib.Path(os.environ["AGAIN"]).read_bytes()


def test_there_is_no_shell_and_nothing_to_run_but_the_program(files):
    runnable = {name for name, file in files.items() if file.isfile() and file.mode & 0o111}
    loader = {name for name in runnable if "/ld-linux" in name}
    assert runnable - loader == {"/usr/bin/nomyo-proxy"} and len(loader) == 1
    for shell in ("/bin/sh", "sh", "bash"):
        done = podman("run", "--rm", "--network=none", f"--entrypoint={shell}", SIDECAR, "-c", "true", check=False)
        assert done.returncode == 127, done.stderr


def test_nobody_but_root_can_change_it_and_nothing_gives_rights(files):
    ours = {name: file for name, file in files.items() if not name.startswith(("/dev", "/proc", "/sys"))}
    assert {(file.uid, file.gid) for file in ours.values()} == {(0, 0)}
    assert not [name for name, file in ours.items() if file.mode & 0o6000]
    open_to_all = {name for name, file in ours.items() if file.mode & 0o002}
    assert open_to_all == {"/run/nomyo-proxy", "/var/lib/nomyo-proxy"}
    assert all(ours[name].mode & 0o1000 for name in open_to_all)


def test_every_library_has_its_licence_and_a_record_for_scanners(files):
    packages = {name.split("/")[4] for name in files if name.startswith("/usr/share/doc/") and name.endswith("/copyright")}
    recorded = {name.rsplit("/", 1)[1] for name in files if name.startswith("/var/lib/dpkg/status.d/")}
    assert packages - recorded == {"nomyo-proxy"} and {"libc6", "libcurl4", "libssl3"} <= recorded


def test_buildah_makes_the_same_configuration_of_the_dockerfile(tmp_path):
    text = (CONTAINER / "Dockerfile").read_text()
    last = "FROM scratch" + text.rsplit("FROM scratch", 1)[1].replace("COPY --from=build /image/", "COPY ")
    for folder in ("base", "program"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / folder).touch()
    (tmp_path / "Dockerfile").write_text(last)
    ours = json.loads(podman("inspect", SIDECAR).stdout)[0]
    label = "org.opencontainers.image."
    arguments = [f"--build-arg={name.upper()}={ours['Labels'][label + name]}" for name in ("version", "revision", "created")]
    podman("build", "--format=docker", "--tag=reference", *arguments, str(tmp_path), seconds=120)
    reference = json.loads(podman("inspect", "reference").stdout)[0]
    reference["Config"]["Labels"].pop("io.buildah.version")
    assert ours["Config"] == reference["Config"]
    assert ours.get("HealthCheck", ours.get("Healthcheck")) == reference.get("HealthCheck", reference.get("Healthcheck")) != None


def test_it_runs_with_nothing_but_what_is_in_it(files):
    done = podman("run", "--rm", "--network=none", "--read-only", SIDECAR, "--version")
    version = json.loads(podman("inspect", SIDECAR).stdout)[0]["Labels"]["org.opencontainers.image.version"]
    assert done.stdout.startswith(f"nomyo-proxy {version} ")


# What the C library and libcurl read of it


def test_names_are_found_in_the_hosts_file_and_by_asking_a_name_server(pod, tmp_path, word):
    hosts, resolver = tmp_path / "hosts", tmp_path / "resolv.conf"
    hosts.write_text("127.0.0.1 localhost by-file.test\n")
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:1\n")
    pod.router()
    # Root with its capabilities: port 53 takes one.
    Application(pod.network, ("dns", "by-dns.test", "127.0.0.1"), ["--user=0", "--cap-add=NET_BIND_SERVICE"])
    volumes = [f"--volume={hosts}:/etc/hosts:ro", f"--volume={resolver}:/etc/resolv.conf:ro"]
    for port, name in enumerate(("by-file.test", "by-dns.test"), 12440):
        pod.sidecar(volumes, listen=f"127.0.0.1:{port}", router_url=f"http://{name}:12434").ready()
