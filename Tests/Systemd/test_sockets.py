"""Sockets that systemd holds: they start the service, reach it by every way, and lose nothing while it restarts."""

import json

import httpx

from callers import prompt
from daemon import mark
from load import Load
from service import SOCKET, Service
from unit import run, until

RESTARTS = 20
EXCHANGES = 3  # of each caller between two restarts, at least


def test_the_first_connection_starts_the_service_and_is_answered(service: Service, router):
    service.tcp.start()
    assert service.state == "inactive"
    said = mark()
    assert service.ask(said) == said
    service.is_in("active")  # systemd may hear that it is ready after the caller has the answer
    again = mark()
    assert service.ask(again, "http://[::1]:12439") == again


def test_a_caller_that_comes_while_it_stops_is_answered_by_the_next(service: Service, router):
    service.tcp.start()
    service.start()
    first = service.pid
    service.do("kill", "--signal=SIGTERM")
    # A caller that is faster than the signal is still the first one's.
    until(lambda: service.state != "active", service.story)
    said = mark()
    assert service.ask(said) == said
    assert service.pid not in (0, first)


def as_user(group: str | None, *command: str):
    """Runs a command as nobody, in this group besides its own."""
    groups = f"--groups={group}" if group else "--clear-groups"
    return run("setpriv", "--reuid=65534", "--regid=65534", groups, *command)


def test_the_unix_socket_is_for_the_group(service: Service, router):
    service.unix.start()
    said = mark()
    request = ["curl", "--silent", "--show-error", "--max-time", "30", "--unix-socket", SOCKET,
               "--json", json.dumps(prompt(said)), "http://localhost/v1/chat/completions"]
    refused = as_user(None, *request)
    assert refused.returncode != 0 and service.state == "inactive", refused.stdout
    answered = as_user("nomyo-proxy", *request)
    assert json.loads(answered.stdout)["choices"][0]["message"]["content"] == said, answered.stderr
    service.unix.stop()
    assert not run("test", "-e", SOCKET).returncode == 0, "the socket stays behind"


def test_sockets_are_told_apart_by_name(service: Service, router):
    service.configure(listen=["systemd:unix", "127.0.0.1:12440"])
    service.unix.start()
    service.start()
    said = mark()
    with httpx.Client(transport=httpx.HTTPTransport(uds=SOCKET)) as client:
        answer = client.post("http://localhost/v1/chat/completions", json=prompt(said), timeout=30)
    assert answer.json()["choices"][0]["message"]["content"] == said
    assert service.ask(said, "http://127.0.0.1:12440") == said


def test_a_name_that_no_socket_has_is_a_fault_of_the_configuration(service: Service):
    service.configure(listen=["systemd:other"])
    service.unix.start()
    journal = service.journal()
    assert service.command("start").returncode != 0
    assert service.get("ExecMainStatus") == "78"
    assert journal.has("systemd passed no socket named other")
    assert service.get("NRestarts") == "0", "what does not mend itself is tried again"


def test_without_ipv6_the_other_address_is_enough(service: Service, router):
    """`disable_ipv6` belongs to the box's network; the mount makes it writable for this command alone."""
    switch = "mount -o remount,bind,rw /proc/sys && echo {} >/proc/sys/net/ipv6/conf/lo/disable_ipv6"
    off = run("unshare", "--mount", "sh", "-c", switch.format(1))
    assert off.returncode == 0, off.stderr
    try:
        service.tcp.start()
        said = mark()
        assert service.ask(said) == said
    finally:
        run("unshare", "--mount", "sh", "-c", switch.format(0) + " && ip address replace ::1/128 dev lo", check=True)


def test_restarts_under_load_lose_nothing(service: Service, router):
    service.tcp.start()
    service.unix.start()
    service.start()
    processes = {service.pid}
    with Load(service) as load:
        for _ in range(RESTARTS):
            load.until_each_answered(EXCHANGES)
            service.do("restart")
            processes.add(service.pid)
    assert len(processes) == RESTARTS + 1
    assert load.lost == []
