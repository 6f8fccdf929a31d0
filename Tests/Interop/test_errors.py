"""What goes wrong at the router, and which of the SDK's error classes the caller meets."""

import time

import httpx
import openai
import pytest

from callers import error_of, post, prompt, sdk_for
from daemon import free_port, mark
from replies import dropped, late, refusal, says, sealed, unsealed


def raised_by(proxy, error: type[openai.APIError], **options) -> openai.APIError:
    """The error that a chat raises in the SDK."""
    with sdk_for(proxy, **options) as client, pytest.raises(error) as raised:
        client.chat.completions.create(**prompt(mark("prompt")))
    return raised.value


@pytest.mark.parametrize(
    "status, error, kind",
    [
        (400, openai.BadRequestError, "invalid_request_error"),
        (403, openai.PermissionDeniedError, "permission_error"),
        (404, openai.NotFoundError, "invalid_request_error"),
    ],
)
def test_a_refusal_keeps_its_status_and_says_that_it_came_from_the_router(proxy, router, status, error, kind):
    router.always(refusal(status, "the router says no"))
    raised = raised_by(proxy, error)
    assert raised.status_code == status and raised.type == kind and raised.code.startswith("upstream_")
    assert len(router.exchanges) == 1, "it was sent again"


def test_the_routers_401_is_told_apart_from_the_callers_own(start_proxy, router):
    proxy = start_proxy(router)
    router.always(refusal(401, "Invalid NOMYO API key"))
    raised = raised_by(proxy, openai.AuthenticationError)
    assert raised.code == "upstream_authentication" and raised.type == "authentication_error"
    assert len(router.exchanges) == 1
    assert proxy.api_key not in raised.response.text


def test_the_routers_429_becomes_a_rate_limit_error_with_its_retry_after(start_proxy, router):
    proxy = start_proxy(router, router={"retries": 0})
    router.always(refusal(429, "slow down", retry_after="7"))
    raised = raised_by(proxy, openai.RateLimitError)
    assert raised.type == "rate_limit_error" and raised.code
    assert 1 <= int(raised.response.headers["retry-after"]) <= 7


def test_the_routers_503_becomes_an_internal_server_error_with_its_number(start_proxy, router):
    proxy = start_proxy(router, router={"retries": 0})
    router.always(refusal(503, "busy"))
    raised = raised_by(proxy, openai.InternalServerError)
    assert raised.status_code == 503 and raised.type == "server_error" and raised.code


@pytest.mark.parametrize("status", [500, 501, 502, 504, 520])
def test_other_failures_of_the_router_become_internal_server_errors(unretried, router, status):
    router.always(refusal(status, "broken"))
    raised = raised_by(unretried, openai.InternalServerError)
    assert raised.status_code in (500, 502, 504) and raised.code.startswith("upstream_")


@pytest.mark.parametrize("status", [201, 204, 302, 307, 405, 409, 413, 418, 422])
def test_statuses_that_mean_nothing_here_are_errors_and_never_answers(proxy, router, status):
    router.always(refusal(status, "odd", location=router.url + "/elsewhere"))
    raised = raised_by(proxy, openai.APIStatusError)
    assert raised.status_code in (status, 502) and raised.status_code >= 400
    assert raised.code.startswith("upstream_")
    assert len(router.exchanges) == 1 and not [each for each in router.others if each.target == "/elsewhere"]


@pytest.mark.parametrize(
    "status, error", [(409, openai.ConflictError), (422, openai.UnprocessableEntityError)]
)
def test_the_sdk_knows_the_class_of_every_number_that_is_passed_on(unretried, router, status, error):
    router.always(refusal(status, [{"loc": ["body"], "msg": "odd", "type": "odd"}]))
    raised = raised_by(unretried, openai.APIStatusError)
    assert isinstance(raised, error if raised.status_code == status else openai.InternalServerError)


def test_a_proxy_that_is_gone_is_a_connection_error(start_proxy, router):
    proxy = start_proxy(router)
    proxy.stop()
    raised_by(proxy, openai.APIConnectionError)


def test_an_impatient_caller_gets_a_timeout_error(proxy, router):
    router.will(late(60, says("too late")))
    raised_by(proxy, openai.APITimeoutError, timeout=0.4)


def test_a_router_that_never_answers_is_a_504(start_proxy, router):
    proxy = start_proxy(router, router={"retries": 0, "response_timeout": "2s"})
    router.always(late(60, says("too late")))
    began = time.monotonic()
    raised = raised_by(proxy, openai.InternalServerError)
    assert raised.status_code == 504 and "timeout" in raised.code
    assert 1.5 < time.monotonic() - began < 8
    assert router.exchanges[0].client_gone.wait(5), "the transfer went on"


def test_a_router_that_hangs_up_is_a_502(unretried, router):
    router.always(dropped())
    raised = raised_by(unretried, openai.InternalServerError)
    assert raised.status_code == 502 and raised.code.startswith("upstream_")


def test_a_router_that_is_not_there_is_an_error_that_says_so(start_proxy):
    proxy = start_proxy(f"http://127.0.0.1:{free_port()}", ready=False, router={"retries": 0})
    proxy.wait_until(proxy.url + "/healthz")
    answer = post(proxy, prompt("hello"))
    assert answer.status_code in (502, 503)
    assert error_of(answer)["type"] == "server_error"


@pytest.mark.parametrize(
    "detail, said",
    [
        ("context length 256 exceeded", "context length 256 exceeded"),
        ([{"loc": ["body", "n"], "msg": "n must be 1", "type": "value_error"}], "n must be 1"),
    ],
)
def test_the_routers_reason_is_in_the_message(proxy, router, detail, said):
    router.always(refusal(400, detail))
    assert said in error_of(post(proxy, prompt("hello")))["message"]


@pytest.mark.parametrize(
    "body, content_type",
    [
        (b"", "application/json"),
        (b"<html><h1>nginx</h1></html>", "text/html"),
        (b"[1, 2]", "application/json"),
        (b'{"detail": null}', "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b'{"detail": ' + b"[" * 100_000, "application/json"),
        (b'{"detail": "' + b"x" * (2 << 20) + b'"}', "text/plain"),
    ],
    ids=["empty", "HTML", "array", "null", "not UTF-8", "deep", "long"],
)
def test_any_body_of_a_refusal_makes_a_short_well_formed_error(proxy, router, body, content_type):
    router.always(unsealed(body, content_type, status=400))
    answer = post(proxy, prompt("hello"))
    assert answer.status_code == 400 and len(answer.content) < 8192
    assert "<h1>" not in error_of(answer)["message"]
    assert post(proxy, prompt("hello"), "/nowhere").status_code == 404, "still alive"


def test_an_answer_without_choices_is_no_answer(proxy, router):
    said = mark("answer")
    router.always(sealed({"error": {"message": said}}))
    answer = post(proxy, prompt("hello"))
    assert answer.status_code >= 500 and error_of(answer)["code"].startswith("upstream_")


def test_a_failure_has_the_headers_of_every_answer(proxy, router):
    router.always(refusal(403, "no"))
    answer = post(proxy, prompt("hello"))
    assert answer.headers["x-request-id"] and answer.headers["content-type"].startswith("application/json")


def test_after_every_kind_of_failure_the_next_request_succeeds(unretried, router):
    router.will(refusal(500, "x"), dropped(), refusal(400, "x"), says("cut", sends=10), unsealed("<html>"))
    for _ in range(5):
        assert post(unretried, prompt("fails")).status_code >= 400
    answer = post(unretried, prompt("works"))
    assert answer.json()["choices"][0]["message"]["content"] == "works"


def test_the_proxy_answers_health_checks_while_the_router_fails(unretried, router):
    router.always(refusal(500, "x"))
    post(unretried, prompt("fails"))
    assert httpx.get(unretried.url + "/healthz", timeout=5).status_code == 200
