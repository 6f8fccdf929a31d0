"""Enclava's routes as its reference has them: plain HTTP for the simple chat, OpenAI's SDK for the rest."""

import re

import httpx
import openai
import pytest

from callers import error_of, post
from daemon import mark
from replies import MODEL

BOT = {
    "id": "support",
    "name": "Support Assistant",
    "type": "customer_support",
    "model": MODEL,
    "description": "Customer support chatbot",
    "system_prompt": "You help customers.",
    "temperature": 0.3,
}
CHAT = "/api/v1/chatbot/external/support/chat"


@pytest.fixture
def enclava(start_proxy, router):
    """A proxy with a chatbot, and the name of the key that its callers bring."""
    return start_proxy(router, **{"[chatbots]": BOT})


def ask(proxy, message: str, conversation: str | None = None, key: str = "enclv_a") -> httpx.Response:
    body = {"message": message} | ({"conversation_id": conversation} if conversation else {})
    return post(proxy, body, CHAT, authorization=f"Bearer {key}")


def messages(router) -> list[tuple[str, str]]:
    return [(each["role"], each["content"]) for each in router.exchanges[-1].payload["messages"]]


def test_a_conversation_goes_on_for_its_caller_alone(enclava, router):
    first = ask(enclava, one := mark()).json()
    assert set(first) == {"conversation_id", "response", "timestamp"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first["timestamp"])
    assert messages(router) == [("system", BOT["system_prompt"]), ("user", one)]
    second = ask(enclava, two := mark(), first["conversation_id"]).json()
    assert second["conversation_id"] == first["conversation_id"]
    assert messages(router)[1:] == [("user", one), ("assistant", first["response"]), ("user", two)]
    assert router.exchanges[-1].payload["temperature"] == 0.3
    foreign = ask(enclava, "three", first["conversation_id"], key="enclv_b")
    assert foreign.status_code == 404 and error_of(foreign)["code"] == "conversation_not_found"
    assert len(router.exchanges) == 2


def test_the_list_has_every_member_of_the_reference(enclava):
    [bot] = httpx.get(enclava.url + "/api/v1/chatbot/list").json()["chatbots"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", bot.pop("created_at"))
    assert bot == {name: BOT[name] for name in ("id", "name", "type", "model", "description")}


def test_the_sdk_takes_a_chatbot_for_a_base_url(enclava, router):
    url = enclava.url + "/api/v1/chatbot/external/support"
    with openai.OpenAI(base_url=url, api_key="enclv_a", max_retries=0) as client:
        [model] = client.models.list().data
        assert model.id == MODEL and model.model_extra["permission"] == [] and model.model_extra["parent"] is None
        question = mark()
        answer = client.chat.completions.create(model="any", messages=[{"role": "user", "content": question}])
        assert question in answer.choices[0].message.content
        assert messages(router) == [("system", BOT["system_prompt"]), ("user", question)]
        assert router.exchanges[-1].payload["model"] == MODEL
        stream = client.chat.completions.create(
            model="any", messages=[{"role": "user", "content": question}], stream=True
        )
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == answer.choices[0].message.content


def test_a_chatbot_that_does_not_exist_is_not_found(enclava):
    for tail in ("chat", "chat/completions"):
        answer = post(enclava, {"message": "hello"}, f"/api/v1/chatbot/external/nobody/{tail}")
        assert answer.status_code == 404 and error_of(answer)["code"] == "chatbot_not_found"


@pytest.mark.parametrize(
    "body", [{}, {"message": ""}, {"message": 1}, {"message": "a", "stream": True}, {"message": "a", "tools": []}]
)
def test_bad_messages_are_refused_by_name(enclava, router, body):
    answer = post(enclava, body, CHAT)
    assert answer.status_code == 400 and error_of(answer)["param"] in {"message", "stream", "tools"}
    assert router.exchanges == []
