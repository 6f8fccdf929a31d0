"""What the service says in the journal and in its status. (conftest.py looks after each test for what it must not.)"""

import re

from daemon import mark
from service import Service
from unit import until

ID = re.compile(r"[0-9a-f]{32}")


def test_an_exchange_is_one_entry_with_fields(service: Service, router):
    service.start()
    journal = service.journal()
    answer = service.post(mark())
    identifier = answer.headers["x-request-id"]
    until(lambda: any(each.get("NOMYO_REQUEST_ID") == identifier for each in journal.entries()), "no entry")
    [entry] = [each for each in journal.entries() if each.get("NOMYO_REQUEST_ID") == identifier]
    assert entry["SYSLOG_IDENTIFIER"] == "nomyo-proxy"
    assert ID.fullmatch(entry["MESSAGE_ID"]) and entry["PRIORITY"] == "6"
    assert entry["_SYSTEMD_UNIT"] == service.name
    assert entry["_TRANSPORT"] == "journal", "the entry came as a line of text"
    assert entry["NOMYO_STATUS"] == "200", entry
    assert entry["NOMYO_KEY_GENERATION"] == "1"
    assert entry["NOMYO_ROUTE"] == "chat.completions"
    assert 0 < float(entry["NOMYO_ROUTER_MS"]) < float(entry["NOMYO_TOTAL_MS"])


def test_every_entry_has_a_message_id(service: Service, router):
    journal = service.journal()
    service.start()
    service.ask(mark())
    service.stop()
    entries = [each for each in journal.entries() if each.get("SYSLOG_IDENTIFIER") == "nomyo-proxy"]
    without = [each["MESSAGE"] for each in entries if not ID.fullmatch(each.get("MESSAGE_ID", ""))]
    assert len(entries) > 5 and without == []


def test_the_status_tells_key_traffic_and_the_last_error(service: Service, router):
    service.start()
    text = service.get("StatusText")
    assert text.startswith("Ready") and "client key 1" in text and "0 in flight" in text
