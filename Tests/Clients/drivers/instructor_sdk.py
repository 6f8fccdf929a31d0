"""Instructor: typed answers by tools, by JSON and by a schema, whole and as they grow."""

import instructor
import openai
import pydantic
from instructor.core import InstructorRetryException

from openai_flow import gathered
from report import PATIENCE, URL, check, key, left, main, mark, refusals
from texts import BIG, MODEL, UNICODE


class Report(pydantic.BaseModel):
    city: str
    degrees: int


def patched(api_key: str = key(), mode=instructor.Mode.TOOLS):
    sdk = openai.OpenAI(base_url=URL + "/v1", api_key=api_key, max_retries=0, timeout=PATIENCE)
    return instructor.from_openai(sdk, mode=mode)


client = patched()


def prompt(name: str, text: str = "") -> dict:
    return {
        "model": MODEL,
        "messages": [{"role": "user", "content": mark(name) + text}],
        "response_model": None,
    }


@check("models")
def models():
    return [model.id for model in client.client.models.list()]


@check("whole")
def whole():
    answer = client.chat.completions.create(**prompt("whole"))
    return {"text": answer.choices[0].message.content, "usage": answer.usage.total_tokens}


@check("stream")
def stream():
    return gathered(client.chat.completions.create(**prompt("stream"), stream=True))


@check("structured output")
def structured():
    return client.chat.completions.create(**prompt("parse") | {"response_model": Report}).model_dump()


@check("structured output as JSON")
def as_json():
    how = prompt("parse-json") | {"response_model": Report}
    return patched(mode=instructor.Mode.JSON).chat.completions.create(**how).model_dump()


@check("structured output by a schema")
def by_schema():
    how = prompt("parse-schema") | {"response_model": Report}
    return patched(mode=instructor.Mode.JSON_SCHEMA).chat.completions.create(**how).model_dump()


@check("structured output as it grows")
def partial():
    how = prompt("parse-partial") | {"response_model": Report}
    seen = [each.model_dump() for each in client.chat.completions.create_partial(**how)]
    return {"pieces": len(seen), "last": seen[-1]}


@refusals
def refused(api_key: str, text: str, streamed: bool):
    how = {"model": MODEL, "messages": [{"role": "user", "content": text}], "response_model": Report}
    try:
        if streamed:
            return list(patched(api_key).chat.completions.create_partial(**how, max_retries=0))
        return patched(api_key).chat.completions.create(**how, max_retries=0)
    except InstructorRetryException as error:  # tells what it gave up on
        raise error.__cause__ from error


@check("cancel")
def cancel():
    answer = client.chat.completions.create(**prompt("cancel"), stream=True)
    first = next(iter(answer))
    answer.close()
    left()
    return first.choices[0].delta.role


@check("wait")
def wait():
    return client.chat.completions.create(**prompt("wait")).choices[0].message.content


@check("wait, streamed")
def wait_streamed():
    return gathered(client.chat.completions.create(**prompt("wait-streamed"), stream=True))["text"]


@check("unicode")
def unicode():
    return {
        "text": client.chat.completions.create(**prompt("unicode", UNICODE)).choices[0].message.content,
        "streamed": gathered(client.chat.completions.create(**prompt("unicode", UNICODE), stream=True))[
            "text"
        ],
    }


@check("2 MiB")
def big():
    return client.chat.completions.create(**prompt("big", BIG)).choices[0].message.content


main()
