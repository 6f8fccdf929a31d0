"""Runs last: nothing that was asked, answered or used as a key stands in any log of this session."""

import re

import pytest

from daemon import Process, marks

EXPECTED_EXITS = {0, 69, 75, 78}  # sysexits that a test may provoke; a trap is a negative number


def proxies() -> list[Process]:
    """Every proxy that ran, stopped ones included."""
    ran = [process for process in Process.every if process.name == "nomyo-proxy"]
    if not ran:
        pytest.skip("no proxy ran in this session")
    return ran


def test_no_log_holds_a_prompt_an_answer_or_a_key():
    logs = [process.log() for process in proxies()]
    assert any(log.strip() for log in logs), "nothing was logged at all, so this test sees nothing"
    leaks = {found for log in logs for found in marks() if found in log}
    assert not leaks, f"logged: {sorted(leaks)}"


def test_no_log_holds_key_material_or_sealed_text():
    for process in proxies():
        log = process.log()
        assert not re.search(r"BEGIN (?:RSA )?(?:PUBLIC|PRIVATE) KEY|BEGIN%20PUBLIC", log), process.name
        assert "encrypted_payload" not in log and "encrypted_aes_key" not in log


def test_no_process_ended_by_itself():
    crashed = [
        (process.name, process.process.returncode, process.log()[-2000:])
        for process in Process.every
        if (process.process.poll() or 0) not in EXPECTED_EXITS
    ]
    assert crashed == []
