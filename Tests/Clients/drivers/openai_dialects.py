"""The other endpoints that the OpenAI SDK speaks to: responses, legacy completions, embeddings."""

import json

import openai
import pydantic

from report import PATIENCE, check, mark
from texts import MODEL, TOOL_SCHEMA, TOOL_TEXT, weather


class Report(pydantic.BaseModel):
    city: str
    degrees: int


client = openai.OpenAI(max_retries=0, timeout=PATIENCE)
TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": TOOL_TEXT,
    "parameters": TOOL_SCHEMA,
    "strict": True,
}


@check("responses")
def responses():
    answer = client.responses.create(model=MODEL, input=mark("whole-responses"), instructions="Be brief.")
    return {"text": answer.output_text, "finish": answer.status, "usage": answer.usage.total_tokens}


@check("responses in a stream")
def responses_in_a_stream():
    text, numbers, kinds, final = "", [], [], None
    for event in client.responses.create(model=MODEL, input=mark("stream-responses"), stream=True):
        numbers.append(event.sequence_number)
        kinds.append(event.type)
        if event.type == "response.output_text.delta":
            text += event.delta
        if event.type == "response.completed":
            final = event.response.output_text
    ordered = list(dict.fromkeys(kinds))
    return {"text": text, "final": final, "gaps": numbers != list(range(len(numbers))), "kinds": ordered}


@check("responses .stream()")
def responses_stream_helper():
    with client.responses.stream(model=MODEL, input=mark("stream-responses-helper")) as stream:
        text = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
        return {"text": text, "final": stream.get_final_response().output_text}


def _tool_round(name: str, ask) -> dict:
    history = [{"role": "user", "content": mark(name)}]
    asked = ask(history)
    calls = [each for each in asked.output if each.type == "function_call"]
    history += [each.model_dump(exclude={"parsed_arguments"}, exclude_none=True) for each in asked.output]
    history += [
        {
            "type": "function_call_output",
            "call_id": call.call_id,
            "output": weather(**json.loads(call.arguments)),
        }
        for call in calls
    ]
    final = ask(history)
    return {
        "calls": [[call.call_id, call.name, json.loads(call.arguments)] for call in calls],
        "text": final.output_text,
    }


@check("responses with tools")
def responses_with_tools():
    return _tool_round(
        "tools-responses", lambda history: client.responses.create(model=MODEL, input=history, tools=[TOOL])
    )


@check("responses with tools in a stream")
def responses_with_tools_in_a_stream():
    def ask(history: list):
        with client.responses.stream(model=MODEL, input=history, tools=[TOOL]) as stream:
            return stream.get_final_response()

    return _tool_round("tools-responses-stream", ask)


@check("responses .parse")
def responses_parse():
    answer = client.responses.parse(model=MODEL, input=mark("parse-responses"), text_format=Report)
    return answer.output_parsed.model_dump()


@check("stateless responses")
def stateless():
    """What a proxy without a memory must not ignore."""
    try:
        client.responses.create(model=MODEL, input=mark("whole"), previous_response_id="resp_1")
    except openai.BadRequestError as error:
        return [error.param, error.code]


@check("completions")
def completions():
    answer = client.completions.create(model=MODEL, prompt=mark("whole-completions"), max_tokens=500)
    return {"text": answer.choices[0].text, "finish": answer.choices[0].finish_reason}


@check("completions in a stream")
def completions_in_a_stream():
    pieces = [
        chunk.choices[0].text
        for chunk in client.completions.create(model=MODEL, prompt=mark("stream-completions"), stream=True)
        if chunk.choices
    ]
    return {"text": "".join(pieces), "pieces": len(pieces)}


@check("embeddings")
def embeddings():
    """There are none without an embedder of the user's own."""
    try:
        client.embeddings.create(model=MODEL, input="a text")
    except openai.APIStatusError as error:
        return error.status_code
