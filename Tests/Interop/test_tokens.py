"""Local tokens with the programs that people use: SDKs, curl, a browser, the commands; and what leaves the machine."""

import concurrent.futures
import hashlib
import os
import re
import stat
import subprocess

import anthropic
import httpx
import openai
import pytest

from callers import PATIENCE, error_of, post, prompt
from chromium import Chromium
from daemon import Proxy, binary, mark
from replies import MODEL, late, says
from test_curl import curl
from test_docs_page import ENDED, LISTED, PAGE, outcome, read, send, show
from test_reload import reload
from watching import until

CHAT = {"model": MODEL, "messages": [{"role": "user", "content": "x"}]}


def command(*arguments: str, home) -> subprocess.CompletedProcess:
    """A command without a daemon and without any configuration but these arguments."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return subprocess.run(
        [binary("NOMYO_PROXY", "nomyo-proxy"), *arguments],
        capture_output=True,
        text=True,
        timeout=20,
        env=environment,
    )


def line(name: str, token: str) -> str:
    return f"{name}:{hashlib.sha256(token.encode()).hexdigest()}\n"


def metrics(proxy) -> list[str]:
    return proxy.admin("GET", "/metrics").text.splitlines()


@pytest.fixture(scope="module")
def guarded(shared_router, tmp_path_factory):
    """A proxy that asks for a token at trace level, with `token`, `other` and the `file` that knows them."""
    file = tmp_path_factory.mktemp("tokens") / "tokens"
    made = [
        command("tokens", "new", name, "--write", "--access-tokens-file", str(file), home=file.parent).stdout.strip()
        for name in ("laptop", "server")
    ]
    changes = {
        "access": {"tokens_file": str(file)},
        "limits": {"in_flight_per_token": 3},
        "log": {"level": "trace"},
    }
    proxy = Proxy(shared_router.url, api_key=mark("key"), changes=changes)
    proxy.file, (proxy.token, proxy.other) = file, made
    yield proxy.ready()
    proxy.stop()
    for token in made:
        assert token not in proxy.log()


SPELLINGS = ["authorization", "x-api-key", "api-key"]


def carried(spelling: str, token: str) -> dict:
    return {spelling: f"Bearer {token}" if spelling == "authorization" else token}


# MARK: Who comes in


@pytest.mark.parametrize("stream", [False, True])
def test_openais_sdk_brings_a_token_as_its_key(guarded, router, stream):
    right = openai.OpenAI(base_url=guarded.url + "/v1", api_key=guarded.token, max_retries=0, timeout=PATIENCE)
    wrong = openai.OpenAI(base_url=guarded.url + "/v1", api_key=mark("wrong"), max_retries=2, timeout=PATIENCE)
    router.will(says("let in"))
    answer = right.chat.completions.create(**CHAT, stream=stream)
    text = "".join(each.choices[0].delta.content or "" for each in answer if each.choices) if stream else answer.choices[0].message.content
    assert text == "let in"
    with pytest.raises(openai.AuthenticationError) as refused:
        wrong.chat.completions.create(**CHAT, stream=stream)
    assert refused.value.code == "unknown_token" and "nomyo-proxy tokens new NAME" in str(refused.value)
    assert [each.id for each in right.models.list()]
    with pytest.raises(openai.AuthenticationError):
        wrong.models.list()
    assert len(router.exchanges) == 1


def test_anthropics_sdk_brings_one_as_key_or_as_bearer(guarded, router):
    router.always(says("let in"))
    question = {"model": MODEL, "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}
    for how in ({"api_key": guarded.token}, {"auth_token": guarded.token, "api_key": None}):
        client = anthropic.Anthropic(base_url=guarded.url, max_retries=0, timeout=PATIENCE, **how)
        assert client.messages.create(**question).content[0].text == "let in"
    wrong = anthropic.Anthropic(base_url=guarded.url, api_key=mark("wrong"), max_retries=2, timeout=PATIENCE)
    with pytest.raises(anthropic.AuthenticationError) as refused:
        wrong.messages.create(**question)
    said = refused.value.body
    assert said["type"] == "error" and said["error"]["type"] == "authentication_error"
    # Claude Code takes the name of the header for a key that Anthropic refused.
    assert "x-api-key" not in said["error"]["message"]
    assert len(router.exchanges) == 2


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_curl_and_each_spelling(guarded, router, tmp_path, spelling):
    def ask(token: str) -> str:
        field = f"{spelling}: {carried(spelling, token)[spelling]}"
        return curl("-o", "/dev/null", "-w", "%{http_code}", "-H", field, "--json", '{"model":"m"}', guarded.url + "/v1/messages/count_tokens").stdout

    assert ask(guarded.token) != "401" and ask(mark("wrong")) == "401" and ask("") == "401"
    assert ask(guarded.token[:-1]) == ask(guarded.token + "a") == ask(guarded.token.upper()) == "401"


@pytest.mark.parametrize(
    "method, path, shape",
    [
        ("POST", "/v1/chat/completions", "openai"),
        ("POST", "/v1/completions", "openai"),
        ("POST", "/v1/responses", "openai"),
        ("GET", "/v1/models", "openai"),
        ("GET", "/nowhere", "openai"),
        ("DELETE", "/v1/models", "openai"),
        ("POST", "/v1/messages", "anthropic"),
        ("POST", "/v1/messages/count_tokens", "anthropic"),
        ("POST", "/api/chat", "ollama"),
        ("GET", "/api/tags", "ollama"),
        ("DELETE", "/api/delete", "ollama"),
        ("GET", "/", "openai"),
        ("GET", "/api/v1/chatbot/list", "openai"),
    ],
)
def test_without_a_token_every_route_says_no_in_its_own_shape(guarded, router, method, path, shape):
    answer = httpx.request(method, guarded.url + path, content=b"", timeout=PATIENCE)
    assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["connection"] == "close", "a connection is held by somebody without a token"
    if shape == "ollama":
        assert isinstance(answer.json()["error"], str)
    elif shape == "anthropic":
        assert answer.json()["error"]["type"] == "authentication_error"
    else:
        assert error_of(answer)["code"] == "missing_token"
    assert router.exchanges == []


def test_probes_need_no_token_and_learn_little(guarded):
    assert httpx.get(guarded.url + "/healthz").json() == {"status": "alive"}
    assert httpx.get(guarded.url + "/readyz").json() == {"status": "ready"}
    for arguments in (["health"], ["health", "--ready"], ["status"], ["doctor"]):
        done = guarded.command(*arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    assert "laptop, server" in done.stdout


# MARK: Where it goes


@pytest.mark.parametrize("api_key", ["", None], ids=["a key of the daemon's", "no key"])
def test_nothing_that_a_caller_brings_reaches_the_router_or_a_log(start_proxy, start_router, tmp_path, api_key):
    token, file = mark("token"), tmp_path / "tokens"
    file.write_text(line("me", token))
    router = start_router()
    proxy = start_proxy(router, api_key=api_key, access={"tokens_file": str(file)}, log={"level": "trace"})
    loose = {"cookie": f"session={mark('cookie')}", "proxy-authorization": f"Basic {mark('basic')}"}
    secrets = [token, *loose.values()]
    for spelling in SPELLINGS:
        for good in (token, mark("wrong")):
            secrets.append(good)
            fields = carried(spelling, good) | loose
            for body in (prompt("x"), prompt("x", stream=True)):
                answer = httpx.post(proxy.chat_url, json=body, headers=fields, timeout=PATIENCE)
                assert answer.status_code == (200 if good == token else 401)
            httpx.get(proxy.url + "/v1/models", headers=fields, timeout=PATIENCE)
    own = {f"Bearer {proxy.api_key}"} if proxy.api_key else {None}
    received = [*router.exchanges, *router.others]
    assert len(router.exchanges) == 6
    for request in received:
        text = f"{request.target} {request.headers} {request.body}"
        assert not [each for each in secrets if each.split("=")[-1].split(" ")[-1] in text]
    assert {each.header("authorization") for each in router.exchanges} == own
    log = proxy.log()
    assert '"token":"me"' in log or "token=me" in log
    assert not [each for each in secrets if each.split("=")[-1].split(" ")[-1] in log]


def test_the_name_stands_in_log_and_metrics(guarded, router):
    post(guarded, prompt("x"), authorization=f"Bearer {guarded.other}")
    post(guarded, b"{", authorization=f"Bearer {guarded.other}")

    def is_logged(message: str) -> bool:
        return any(message in each and "server" in each for each in guarded.log().splitlines())

    # An exchange is logged and counted when its answer has gone out, which its caller may see first.
    assert until(lambda: is_logged('"exchange"') and is_logged("request refused"), 30)
    said = metrics(guarded)
    assert any(re.fullmatch(r'nomyo_proxy_token_exchanges_total\{token="server"\} \d+', each) for each in said)
    named = {each for each in said if "token=" in each}
    assert {re.search(r'token="([^"]*)"', each)[1] for each in named} == {"laptop", "server"}


def test_one_token_cannot_take_every_place(guarded, router):
    router.will(*[late(4, says("slow"))] * 3)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        field = f"Bearer {guarded.token}"
        slow = [pool.submit(post, guarded, prompt(str(n)), authorization=field) for n in range(3)]
        router.wait_for(3)
        fourth = post(guarded, prompt("4"), authorization=field)
        assert fourth.status_code == 429 and error_of(fourth)["code"] == "too_many_requests_of_token"
        assert int(fourth.headers["retry-after"]) >= 1
        shaped = post(guarded, prompt("5", max_tokens=5), "/v1/messages", authorization=field)
        assert shaped.status_code == 429 and shaped.json()["error"]["type"] == "rate_limit_error"
        assert post(guarded, prompt("other"), authorization=f"Bearer {guarded.other}").status_code == 200
        assert [each.result().status_code for each in slow] == [200] * 3
    assert post(guarded, prompt("again"), authorization=field).status_code == 200


# MARK: Changes


def test_a_reload_takes_tokens_in_and_out(start_proxy, start_router, tmp_path):
    old, new, file = mark("token"), mark("token"), tmp_path / "tokens"
    file.write_text(line("old", old))
    proxy = start_proxy(start_router(), access={"tokens_file": str(file)})
    status = lambda token: post(proxy, prompt("x"), authorization=f"Bearer {token}").status_code
    assert (status(old), status(new)) == (200, 401)
    file.write_text(line("new", new))
    assert (status(old), status(new)) == (200, 401)
    said = reload(proxy)
    assert "tokens_added" in said and "tokens_removed" in said
    assert (status(old), status(new)) == (401, 200)
    file.write_text("new " + new)
    said = reload(proxy)
    assert "configuration not reloaded" in said and f"{file}:1: " in said and new not in said
    assert (status(old), status(new)) == (401, 200)
    file.write_text("# nobody\n")
    assert "every caller is refused" in reload(proxy)
    assert (status(old), status(new)) == (401, 401)
    reload(proxy, lambda text: text.replace("tokens_file", "# tokens_file"))
    assert post(proxy, prompt("x")).status_code == 200


# MARK: The commands


def test_a_token_is_shown_once_and_what_to_do_with_it_is_said(tmp_path):
    done = command("tokens", "new", "laptop", home=tmp_path)
    token = done.stdout.strip()
    assert done.returncode == 0 and re.fullmatch(r"nomyoproxy_[A-Za-z0-9_-]{43}", token)
    assert line("laptop", token).strip() in done.stderr and token not in done.stderr
    assert "access.tokens_file" in done.stderr and "reload" in done.stderr and "once" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_write_adds_the_line_and_keeps_the_rest(tmp_path):
    file = tmp_path / "tokens"
    new = lambda name: command("tokens", "new", name, "--write", "--access-tokens-file", str(file), home=tmp_path)
    first = new("a")
    assert first.returncode == 0 and stat.S_IMODE(file.stat().st_mode) == 0o644
    file.write_text("# mine\n" + file.read_text())
    file.chmod(0o600)
    second = new("b")
    assert file.read_text() == "# mine\n" + line("a", first.stdout.strip()) + line("b", second.stdout.strip())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and str(file) in second.stderr
    before = file.read_bytes()
    again = new("a")
    assert again.returncode == 1 and again.stdout == "" and "already" in again.stderr
    assert file.read_bytes() == before and [each.name for each in tmp_path.iterdir()] == ["tokens"]
    listed = command("tokens", "list", "--access-tokens-file", str(file), home=tmp_path)
    assert listed.stdout == "a\nb\n" and listed.returncode == 0


@pytest.mark.parametrize("arguments", [["new", "a", "--write"], ["list"]])
def test_a_command_without_a_file_says_how_to_name_one(tmp_path, arguments):
    done = command("tokens", *arguments, home=tmp_path)
    assert done.returncode == 78 and done.stdout == "" and "--access-tokens-file" in done.stderr


@pytest.mark.parametrize("name", ["", "two words", "a:b", "a#b", "x" * 65, "nomyoproxy_x"])
def test_what_cannot_be_a_name_is_refused(tmp_path, name):
    done = command("tokens", "new", name, home=tmp_path)
    assert done.returncode == 64 and done.stdout == ""


def test_a_broken_file_is_told_with_its_lines_and_not_touched(tmp_path):
    file = tmp_path / "tokens"
    file.write_text("a:1\nok\n")
    for arguments in (["tokens", "new", "b", "--write"], ["tokens", "list"], ["check"]):
        done = command(*arguments, "--access-tokens-file", str(file), home=tmp_path)
        assert done.returncode == 78 and done.stdout == ""
        assert f"{file}:1: " in done.stderr and f"{file}:2: " in done.stderr
    assert file.read_text() == "a:1\nok\n"


# MARK: The documentation page


def test_the_page_asks_for_a_token_and_sends_it_only_then(guarded, router):
    browser = Chromium()
    try:
        tab = browser.tab()
        tab.open(guarded.url + PAGE, LISTED)
        assert "asks for a token" in tab.evaluate("document.querySelector('.overview').innerText")
        show(tab, "getModel")
        send(tab)
        # Nothing was sent: the browser points at the empty field.
        assert tab.evaluate("document.activeElement.id") == "token"
        assert not [url for url in tab.requested if "/v1/models" in url]
        assert tab.complaints == []
        tab.evaluate(
            f"(() => {{ const field = document.getElementById('token'); field.value = '{guarded.token}';"
            " field.dispatchEvent(new Event('change')); })()"
        )
        tab.wait_for("document.getElementById('state').textContent === 'Ready'")
        tab.evaluate("document.querySelector('.console input').value = 'openai/gpt-oss-20b'")
        send(tab)
        tab.wait_for(ENDED)
        assert outcome(tab).startswith("200")
        tab.evaluate("document.getElementById('token').value = 'nomyoproxy_wrong'")
        send(tab)
        tab.wait_for("document.querySelector('.outcome').innerText.startsWith('401')")
        tab.wait_for(ENDED)
        assert "does not know the one that this request brings" in read(tab)
        assert tab.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
        assert not [url for url in tab.requested if guarded.token in url]
        assert not [url for url in tab.requested if not url.startswith((guarded.url + "/", "data:"))]
        tab.close()
    finally:
        browser.stop()
