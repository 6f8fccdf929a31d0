"""Client keys in a directory: what the package saves loads here, what is saved here loads in the package.

Nothing that cannot be loaded is ever replaced, and every refusal says which file and what to do.
"""

import os
import pathlib
import re
import secrets
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from callers import post, prompt
from daemon import Proxy, mark
from nomyo_router import package
from test_trust import fingerprint

NOT_CONFIGURED = 78
START_SECONDS = 20


class KeyFiles:
    """A key directory, and the package's view of it."""

    def __init__(self, directory: pathlib.Path, password: str | None = None):
        self.directory, self.password = directory / "client_keys", password
        self.private, self.public = self.directory / "private_key.pem", self.directory / "public_key.pem"
        self.password_file = directory / "password"
        self.configure(password)

    def configure(self, password: str | None) -> None:
        """The password that the daemon is told, which need not be the right one."""
        self.password_file.unlink(missing_ok=True)
        if password is not None:
            self.password_file.touch(mode=0o600)
            self.password_file.write_text(password + "\n", encoding="utf-8")

    def settings(self, **more) -> dict:
        """The table `keys` of the configuration."""
        named = {"password_file": str(self.password_file)} if self.password_file.exists() else {}
        return {"mode": "directory", "directory": str(self.directory)} | named | more

    def made_by_the_package(self) -> str:
        """Lets the package make and save a pair; its fingerprint."""
        holder = package.SecureCompletionClient("https://router.invalid", secure_memory=False)
        holder.generate_keys(save_to_file=True, key_dir=str(self.directory), password=self.password)
        return fingerprint(holder.public_key_pem)

    def loaded_by_the_package(self, *, with_public: bool = True, password: str | None = None):
        """The package's client with the pair that lies there."""
        holder = package.SecureCompletionClient("https://router.invalid", secure_memory=False)
        public = str(self.public) if with_public else None
        holder.load_keys(str(self.private), public, password=password or self.password)
        return holder

    def bytes(self) -> dict[str, bytes]:
        """Everything that lies there."""
        return {path.name: path.read_bytes() for path in self.directory.iterdir()}


def logged_fingerprints(proxy: Proxy) -> list[str]:
    """The fingerprints of the client keys that the daemon says it has, oldest first."""
    lines = [line for line in proxy.log().splitlines() if "client key" in line]
    found = [re.search(r"sha256/[A-Za-z0-9+/]{43}=", line) for line in lines]
    return list(dict.fromkeys(match.group() for match in found if match))


def assert_announced(proxy: Proxy, router, expected: str) -> None:
    """One exchange, sealed and answered by the package's code for exactly this key."""
    asked = mark("prompt")
    answer = post(proxy, prompt(asked))
    assert answer.status_code == 200 and answer.json()["choices"][0]["message"]["content"] == asked
    assert fingerprint(router.exchanges[-1].caller_key) == expected


@pytest.fixture(params=["plain", "password", "password beyond ASCII"])
def files(request, tmp_path) -> KeyFiles:
    password = {"plain": None, "password": mark("password"), "password beyond ASCII": mark("pässwörd-🔑")}
    return KeyFiles(tmp_path, password[request.param])


@pytest.fixture
def plain(tmp_path) -> KeyFiles:
    return KeyFiles(tmp_path)


@pytest.fixture
def protected(tmp_path) -> KeyFiles:
    return KeyFiles(tmp_path, mark("password"))


@pytest.fixture
def refused(start_proxy, router):
    """Starts a proxy that has to stop at once, and to leave everything as it is; returns its log."""

    def start(files: KeyFiles, *named: str, path: pathlib.Path | None = None, **keys) -> str:
        before, mode = files.bytes(), files.private.lstat().st_mode
        proxy = start_proxy(router, ready=False, keys=files.settings(**keys))
        assert proxy.process.wait(START_SECONDS) == NOT_CONFIGURED, proxy.log()
        log = proxy.log()
        for text in (str(path or files.private), *named):
            assert text in log, f"{text!r} is not in the log:\n{log}"
        assert files.bytes() == before and files.private.lstat().st_mode == mode
        assert router.exchanges == []
        return log

    return start


def test_files_of_the_package_load_and_stay_as_they_are(files, start_proxy, router):
    made = files.made_by_the_package()
    before = files.bytes()
    proxy = start_proxy(router, keys=files.settings())
    assert logged_fingerprints(proxy) == [made]
    assert_announced(proxy, router, made)
    assert proxy.stop() == 0
    assert files.bytes() == before


def test_files_of_the_daemon_load_in_the_package(files, start_proxy, router):
    proxy = start_proxy(router, keys=files.settings())
    (made,) = logged_fingerprints(proxy)
    assert_announced(proxy, router, made)
    for with_public in (True, False):
        holder = files.loaded_by_the_package(with_public=with_public)
        assert fingerprint(holder.public_key_pem) == made
        derived = holder.private_key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        assert fingerprint(derived.decode()) == made
    for wrong in (mark("wrong"), *([] if files.password is None else [""])):
        with pytest.raises(ValueError):
            package.SecureCompletionClient("https://router.invalid", secure_memory=False).load_keys(
                str(files.private), password=wrong
            )


def test_the_daemon_keeps_the_packages_names_and_modes_in_a_closed_directory(files, start_proxy, router):
    proxy = start_proxy(router, keys=files.settings())
    assert sorted(files.bytes()) == ["private_key.pem", "public_key.pem"]
    for path, mode in ((files.directory, 0o700), (files.private, 0o600), (files.public, 0o644)):
        assert stat.S_IMODE(path.stat().st_mode) == mode, path
    label = "PRIVATE KEY" if files.password is None else "ENCRYPTED PRIVATE KEY"
    assert files.private.read_text().startswith(f"-----BEGIN {label}-----\n")
    assert fingerprint(files.public.read_text()) == logged_fingerprints(proxy)[0]


def test_a_restart_announces_the_same_key(protected, start_proxy, router):
    first = start_proxy(router, keys=protected.settings())
    (made,) = logged_fingerprints(first)
    before = protected.bytes()
    assert first.stop() == 0
    second = start_proxy(router, keys=protected.settings())
    assert logged_fingerprints(second) == [made]
    assert_announced(second, router, made)
    assert protected.bytes() == before


def test_a_public_file_of_another_key_is_repaired_with_a_warning(plain, start_proxy, router):
    made = plain.made_by_the_package()
    plain.public.write_text(router.key.public_key_pem)
    private = plain.private.read_bytes()
    proxy = start_proxy(router, keys=plain.settings())
    assert logged_fingerprints(proxy) == [made]
    assert str(plain.public) in proxy.log()
    assert fingerprint(plain.public.read_text()) == made
    assert plain.private.read_bytes() == private


def test_what_an_interrupted_save_left_is_taken_away(plain, start_proxy, router):
    made = plain.made_by_the_package()
    left = plain.directory / ".private_key.pem.unfinished"
    left.write_bytes(plain.private.read_bytes()[:700])
    proxy = start_proxy(router, keys=plain.settings())
    assert logged_fingerprints(proxy) == [made]
    assert not left.exists()


def test_a_key_of_four_primes_serves_here_and_is_refused_by_the_package(plain, start_proxy, router):
    proxy = start_proxy(router, keys=plain.settings(primes=4))
    (made,) = logged_fingerprints(proxy)
    assert_announced(proxy, router, made)  # the package seals for it as for any other
    with pytest.raises(ValueError, match="Invalid key"):
        plain.loaded_by_the_package()
    assert proxy.stop() == 0
    again = start_proxy(router, keys=plain.settings(primes=4))
    assert logged_fingerprints(again) == [made]


def test_a_wrong_password_stops_the_start(protected, refused):
    protected.made_by_the_package()
    wrong = mark("wrong")
    protected.configure(wrong)
    refused(protected, "password", "keys.password_file")


def test_a_missing_password_stops_the_start(protected, refused):
    protected.made_by_the_package()
    protected.configure(None)
    refused(protected, "password", "keys.password_file")


def test_a_needless_password_stops_the_start(plain, refused):
    plain.made_by_the_package()
    plain.configure(mark("needless"))
    refused(plain, "password", "keys.password_file")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_private_key_that_others_can_read_stops_the_start(plain, refused, mode):
    plain.made_by_the_package()
    plain.private.chmod(mode)
    refused(plain, "chmod 600")


def test_a_directory_that_others_can_write_stops_the_start(plain, refused):
    plain.made_by_the_package()
    plain.directory.chmod(0o777)
    refused(plain, "chmod 700", path=plain.directory)


@pytest.mark.parametrize(
    "content", [b"", b"not a key\n", secrets.token_bytes(4096)], ids=["empty", "text", "noise"]
)
def test_garbage_stops_the_start(plain, refused, content):
    plain.made_by_the_package()
    plain.private.write_bytes(content)
    refused(plain, "move it away")


def test_half_a_key_stops_the_start(plain, refused):
    plain.made_by_the_package()
    plain.private.write_bytes(plain.private.read_bytes()[:1500])
    refused(plain, "move it away")


def test_a_key_of_another_algorithm_stops_the_start(plain, refused):
    plain.made_by_the_package()
    key = ec.generate_private_key(ec.SECP256R1())
    plain.private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    refused(plain, "not an RSA key")


def test_a_link_in_place_of_the_private_key_stops_the_start(plain, refused):
    plain.made_by_the_package()
    elsewhere = plain.directory.parent / "elsewhere.pem"
    os.rename(plain.private, elsewhere)
    plain.private.symlink_to(elsewhere)
    refused(plain, "symbolic link")


def test_two_daemons_do_not_share_a_directory(plain, start_proxy, router):
    first = start_proxy(router, keys=plain.settings())
    before = plain.bytes()
    second = start_proxy(router, ready=False, keys=plain.settings())
    assert second.process.wait(START_SECONDS) in (75, NOT_CONFIGURED)
    assert str(plain.directory) in second.log() and "in use by another process" in second.log()
    assert plain.bytes() == before
    assert_announced(first, router, logged_fingerprints(first)[0])
