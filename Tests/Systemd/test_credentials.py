"""The API key as a credential: plain, encrypted, and none at all. (test_start.py has who can see it.)"""

import pytest

import installed
from callers import error_of, prompt
from daemon import mark
from service import Service
from unit import run


@pytest.fixture
def encrypted(service: Service, api_key) -> Service:
    """The key encrypted as the example says, and nowhere else."""
    installed.KEY.unlink()
    installed.ENCRYPTED_KEY.parent.mkdir(mode=0o700, exist_ok=True)
    done = run("systemd-creds", "encrypt", "--with-key=host", "--name=router-api-key", "-", str(installed.ENCRYPTED_KEY),
               input=api_key)
    assert done.returncode == 0, done.stderr
    assert api_key.encode() not in installed.ENCRYPTED_KEY.read_bytes()
    return service


def test_an_encrypted_key_reaches_the_router(encrypted: Service, router, api_key):
    with encrypted.dropped_in(installed.example("encrypted-key.conf")):
        encrypted.start()
        encrypted.ask(mark())
        assert router.exchanges[0].header("Authorization") == f"Bearer {api_key}"


def test_a_spoilt_key_is_refused_by_systemd(encrypted: Service):
    spoilt = bytearray(installed.ENCRYPTED_KEY.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    installed.ENCRYPTED_KEY.write_bytes(spoilt)
    with encrypted.dropped_in(installed.example("encrypted-key.conf")):
        assert encrypted.command("start").returncode != 0
        assert encrypted.get("ExecMainStatus") == "243"  # EXIT_CREDENTIALS


def test_without_the_encrypted_key_the_start_is_passed_over(service: Service):
    with service.dropped_in(installed.example("encrypted-key.conf")):
        service.start()
        assert (service.state, service.get("ConditionResult")) == ("inactive", "no")


def test_callers_can_bring_their_own_keys(service: Service, router, api_key):
    installed.KEY.unlink()
    with service.dropped_in(installed.example("callers-keys.conf")):
        service.start()
        with service.sdk() as sdk:
            own = sdk.with_options(api_key=api_key)
            said = mark()
            answer = own.chat.completions.create(**prompt(said))
        assert answer.choices[0].message.content == said
        assert router.exchanges[0].header("Authorization") == f"Bearer {api_key}"


def test_a_key_that_is_replaced_counts_after_a_restart(service: Service, router, api_key):
    installed.write_secret(installed.KEY, mark("key"))
    service.start()
    refused = service.post(mark())
    assert (refused.status_code, error_of(refused)["code"]) == (401, "upstream_authentication")
    installed.write_secret(installed.KEY, api_key)
    service.do("restart")
    said = mark()
    assert service.ask(said) == said
