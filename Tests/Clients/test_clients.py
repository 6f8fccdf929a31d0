"""Real clients, unmodified: what they made of the answers, and what of theirs reached the router.

What passed is shown in docs/clients.md. CLIENTS_WRITE=1 writes it anew.
"""

import os

import pytest

import page
from clients import CLIENTS, Client
from judges import JUDGES
from model import Model
from texts import BIG, CALLS, DETAIL, NOTE, TEXT, UNICODE

CELLS = [(client, check) for client in CLIENTS for check in client.checks]
passed: page.Passed = set()


NAMES = [f"{client.name}: {check}" for client, check in CELLS]


@pytest.mark.parametrize(("client", "check"), CELLS, ids=NAMES)
def test_client(client: Client, check: str, seen, model: Model):
    JUDGES[check](client, seen(client.name), model)
    passed.add((client.name, check))


def test_the_page_shows_what_passed(request):
    ran = {item.callspec.id for item in request.session.items if hasattr(item, "callspec")}
    if len(ran) < len(CELLS):
        pytest.skip("not all clients were asked for")
    before, between, after = page.parts(page.PAGE.read_text())
    made = page.generated(passed)
    if os.environ.get("CLIENTS_WRITE"):
        page.PAGE.write_text(before + made + after)
    else:
        assert between == made, "docs/clients.md is old: run Tests/Clients/run with CLIENTS_WRITE=1"


def test_nothing_of_it_was_logged(seen, proxy):
    """At the level debug: no prompt, no answer, no tool, no key."""
    log = proxy.log()
    assert "POST" in log or "request" in log, log[:2000]
    told = [
        TEXT[:30],
        TEXT[-30:],
        BIG[:30],
        UNICODE[:12],
        DETAIL,
        CALLS[0][0],
        "get_weather",
        NOTE[:5],
        "sk-",
    ]
    assert [word for word in told if word in log] == []


def test_every_client_says_why_when_it_has_not_all():
    for client in CLIENTS:
        assert all(client.without.values()) and set(client.errors) == set(page.STATUSES)
        assert set(client.checks) <= set(JUDGES)
