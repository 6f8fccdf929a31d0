// Node's own fetch, used as a script without any SDK would. Reads one command a line, writes one answer a line.
import { createInterface } from "node:readline";

const base = process.env.CLIENT_URL + "/v1";
let leaving = null;

const options = (key, body, signal) => ({
  method: "POST",
  headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
  body: JSON.stringify(body),
  signal,
});

// The events of a stream: what stands after `data: ` up to `[DONE]`.
async function* events(response) {
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    rest += text;
    for (let end; (end = rest.indexOf("\n\n")) >= 0; rest = rest.slice(end + 2)) {
      const line = rest.slice(0, end);
      if (!line.startsWith("data: ")) throw new Error(`not an event: ${line}`);
      if (line === "data: [DONE]") return;
      yield JSON.parse(line.slice(6));
    }
  }
  throw new Error("the stream ended without [DONE]");
}

async function gathered(response) {
  const made = { text: "", pieces: 0, finish: null, calls: [] };
  for await (const chunk of events(response)) {
    for (const { delta, finish_reason } of chunk.choices) {
      made.text += delta.content ?? "";
      made.pieces += delta.content ? 1 : 0;
      made.finish = finish_reason ?? made.finish;
      for (const { index, id, function: part } of delta.tool_calls ?? []) {
        const call = (made.calls[index] ??= ["", "", ""]);
        call[0] += id ?? "";
        call[1] += part.name ?? "";
        call[2] += part.arguments ?? "";
      }
    }
  }
  made.calls = made.calls.map(([id, name, text]) => [id, name, JSON.parse(text)]);
  return made;
}

const commands = {
  async models() {
    return (await (await fetch(base + "/models")).json()).data.map((model) => model.id);
  },
  async ask({ key, body }) {
    const response = await fetch(base + "/chat/completions", options(key, body));
    if (!response.ok) return { status: response.status, body: await response.json() };
    if (body.stream) return await gathered(response);
    const { choices: [{ message, finish_reason }], usage } = await response.json();
    const calls = (message.tool_calls ?? []).map((call) => [
      call.id, call.function.name, JSON.parse(call.function.arguments),
    ]);
    return { text: message.content, finish: finish_reason, usage: usage.total_tokens, calls };
  },
  async begin({ key, body }) {
    leaving = new AbortController();
    const response = await fetch(base + "/chat/completions", options(key, body, leaving.signal));
    const { value } = await events(response).next();
    return value.choices[0].delta.role;
  },
  async leave() {
    leaving.abort();
    return "left";
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, command, ...how } = JSON.parse(line);
  const answer = (value) => process.stdout.write(JSON.stringify({ id, ...value }) + "\n");
  commands[command](how).then((value) => answer({ value }), (error) => answer({ error: String(error.cause ?? error) }));
}
