"""What people type: curl with its own habits."""

import base64
import json
import random
import shutil
import subprocess

import pytest

from callers import prompt
from daemon import mark
from replies import says

#: It usually waits a second for a 100, and then sends the body without.
PATIENT = ("--expect100-timeout", "15")

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


def curl(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess:
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=30)


def test_a_two_mebibyte_body_is_asked_for_and_answered_at_once(proxy, router, tmp_path):
    router.will(says("read"))
    text = base64.b64encode(random.Random(3).randbytes(3 << 19)).decode()
    (tmp_path / "body").write_text(json.dumps(prompt(text)))
    done = curl(
        *PATIENT,
        "-v",
        "-o",
        str(tmp_path / "answer"),
        "-w",
        "%{http_code} %{time_total}",
        "-H",
        "Content-Type: application/json",
        "--data-binary",
        f"@{tmp_path}/body",
        proxy.chat_url,
    )
    status, seconds = done.stdout.split()
    assert status == "200", done.stderr
    assert "> Expect: 100-continue" in done.stderr and "< HTTP/1.1 100" in done.stderr
    assert float(seconds) < 12, "curl waited for a 100 that did not come"
    assert router.exchanges[0].last_content == text
    assert json.loads((tmp_path / "answer").read_text())["choices"][0]["message"]["content"] == "read"


def test_a_body_that_will_be_refused_is_refused_before_it_is_sent(proxy, router, tmp_path):
    (tmp_path / "body").write_bytes(b" " * (11 << 20))
    done = curl(
        *PATIENT,
        "-o",
        "/dev/null",
        "-w",
        "%{http_code} %{size_upload}",
        "-H",
        "Content-Type: application/json",
        "-H",
        "Expect: 100-continue",
        "--data-binary",
        f"@{tmp_path}/body",
        proxy.chat_url,
    )
    status, uploaded = done.stdout.split()
    assert status == "413" and int(uploaded) == 0, done.stderr


def test_the_shortest_command_works(proxy, router, tmp_path):
    asked = mark("prompt")
    (tmp_path / "body.json").write_text(json.dumps(prompt(asked), indent=2))
    done = curl(proxy.chat_url, "-d", f"@{tmp_path}/body.json")
    assert json.loads(done.stdout)["choices"][0]["message"]["content"] == asked, done


def test_a_stream_is_printed_as_it_comes(proxy, router):
    done = curl("-N", proxy.chat_url, "-d", "@-", text=json.dumps(prompt("a stream for curl", stream=True)))
    lines = [line for line in done.stdout.split("\n") if line]
    assert lines[-1] == "data: [DONE]" and done.returncode == 0
    pieces = [json.loads(line[6:])["choices"][0]["delta"].get("content", "") for line in lines[:-1]]
    assert "".join(pieces) == "a stream for curl"


def test_a_chunked_upload_is_read(proxy, router):
    done = curl("-T", "-", "-X", "POST", proxy.chat_url, text=json.dumps(prompt("chunk by chunk")))
    assert json.loads(done.stdout)["choices"][0]["message"]["content"] == "chunk by chunk", done


def test_http_1_0_is_answered(proxy, router):
    done = curl("--http1.0", proxy.chat_url, "-d", json.dumps(prompt("old times")))
    assert json.loads(done.stdout)["choices"][0]["message"]["content"] == "old times", done


def test_two_requests_of_one_curl_share_a_connection(proxy, router):
    done = curl(
        "-w",
        "%{num_connects}\n",
        "-o",
        "/dev/null",
        "-d",
        json.dumps(prompt("one")),
        proxy.chat_url,
        "-o",
        "/dev/null",
        proxy.chat_url,
    )
    assert done.stdout.split() == ["1", "0"] and len(router.exchanges) == 2


def test_head_is_answered_like_get(proxy, router):
    done = curl("-I", "-w", "%{http_code} %{size_download}", "-o", "/dev/null", proxy.url + "/v1/models")
    assert done.stdout == "200 0"
