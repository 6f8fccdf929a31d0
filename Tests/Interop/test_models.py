"""The list of models, in OpenAI's shape although the router's has another."""

import httpx
import openai
import pytest

from callers import error_of
from nomyo_router import MODELS
from replies import MODEL


def test_the_list_names_the_routers_models(sdk):
    models = sdk.models.list().data
    assert [model.id for model in models] == list(MODELS)
    for model in models:
        assert model.object == "model" and isinstance(model.created, int) and isinstance(model.owned_by, str)


async def test_the_async_client_can_iterate_over_them(async_sdk):
    assert [model.id async for model in async_sdk.models.list()] == list(MODELS)


def test_the_document_says_that_it_is_a_list(proxy):
    document = httpx.get(proxy.url + "/v1/models", timeout=5).json()
    assert document["object"] == "list" and len(document["data"]) == len(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_the_sdk_retrieves_a_model_by_its_name(sdk, name):
    assert sdk.models.retrieve(name).id == name


@pytest.mark.parametrize("spelling", [MODEL, MODEL.replace("/", "%2F"), MODEL.replace("/", "%2f")])
@pytest.mark.parametrize("base", ["/v1/models/", "/api/v1/models/", "/models/"])
def test_a_name_with_a_slash_is_found_plain_and_encoded(proxy, spelling, base):
    answer = httpx.get(proxy.url + base + spelling, timeout=5)
    assert answer.status_code == 200 and answer.json()["id"] == MODEL
    assert answer.json()["object"] == "model"


def test_an_unknown_model_is_not_found(sdk, proxy):
    with pytest.raises(openai.NotFoundError) as raised:
        sdk.models.retrieve("nobody/nothing")
    assert raised.value.code == "model_not_found"
    answer = httpx.get(proxy.url + "/v1/models/..%2f..%2fpki%2fpublic_key", timeout=5)
    assert answer.status_code in (400, 404) and error_of(answer)


def test_the_list_needs_no_key_of_the_caller(proxy):
    assert httpx.get(proxy.url + "/v1/models", timeout=5).status_code == 200


@pytest.mark.parametrize("path", ["/v1/models", "/api/v1/models", "/models", "/v1/models/", "/v1/v1/models"])
def test_the_list_answers_under_each_of_its_names(proxy, path):
    assert httpx.get(proxy.url + path, timeout=5).json()["object"] == "list"


def test_a_configured_list_asks_no_router(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router, models={"list": ["my/model", "other"]})
    document = httpx.get(proxy.url + "/v1/models", timeout=5).json()
    assert [model["id"] for model in document["data"]] == ["my/model", "other"]
    assert not [each for each in router.others if each.target == "/v1/models"]


def test_no_model_is_listed_with_what_only_the_router_should_know(proxy, router):
    asked = [each for each in router.others if each.target == "/v1/models"]
    for each in asked:
        assert each.header("X-Public-Key") is None and each.header("X-Payload-ID") is None
    for model in httpx.get(proxy.url + "/v1/models", timeout=5).json()["data"]:
        assert {"id", "object", "created", "owned_by"} <= set(model)
