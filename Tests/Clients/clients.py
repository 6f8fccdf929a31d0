"""The clients: where each is installed, what drives it, and what its user has to set."""

from dataclasses import dataclass, field

import exceptions as raised
from driving import HERE

#: What every client goes through, unless `without` says why not.
COMMON = (
    "models",
    "whole",
    "stream",
    "tools",
    "tools in a stream",
    "errors",
    "errors of streams",
    "cancel",
    "wait",
    "wait, streamed",
    "unicode",
    "2 MiB",
)


@dataclass(frozen=True)
class Client:
    """One client. `errors` names its exception for each status of the router."""

    name: str
    package: str
    environment: str
    driver: str
    setup: str
    errors: dict[int, str]
    more: tuple[str, ...] = ()
    without: dict[str, str] = field(default_factory=dict)
    kind: str = ""  # of a driver that serves several
    language: str = "sh"  # of `setup`

    @property
    def checks(self) -> list[str]:
        """What it goes through."""
        return [*(check for check in COMMON if check not in self.without), *self.more]

    @property
    def version(self) -> str:
        """The version that is pinned."""
        if not self.package:
            return "of the machine"
        pins = (HERE / "environments" / f"{self.environment}.txt").read_text().splitlines()
        [version] = [pin.partition("==")[2] for pin in pins if pin.startswith(self.package + "==")]
        return version


_SHELL = """\
export OPENAI_BASE_URL=http://127.0.0.1:12439/v1
export OPENAI_API_KEY=unused"""
_SHELL_0 = _SHELL.replace("BASE_URL", "API_BASE")
_HELPERS = ("one model", ".stream()", ".stream() with tools", ".parse", "asyncio")
_DIALECTS = (
    "responses",
    "responses in a stream",
    "responses .stream()",
    "responses with tools",
    "responses with tools in a stream",
    "responses .parse",
    "stateless responses",
    "completions",
    "completions in a stream",
    "embeddings",
)
_NO_LIST = {"models": "is told the model, lists none"}
_ALL_OPENAI = _HELPERS + _DIALECTS

CLIENTS = [
    Client("openai 0.28", "openai", "openai-0", "openai_old.py", _SHELL_0, raised.OPENAI_0, ("one model",)),
    Client("openai 1.12", "openai", "openai-1.12", "openai_now.py", _SHELL, raised.OPENAI, ("one model",)),
    Client("openai 1.109", "openai", "openai-1.109", "openai_now.py", _SHELL, raised.OPENAI, _ALL_OPENAI),
    Client("openai 2", "openai", "openai-2", "openai_now.py", _SHELL, raised.OPENAI, _ALL_OPENAI),
    Client("openai 3", "openai", "openai-3", "openai_now.py", _SHELL, raised.OPENAI, _ALL_OPENAI),
    Client(
        name="anthropic",
        package="anthropic",
        environment="openai-3",
        driver="anthropic_sdk.py",
        setup="export ANTHROPIC_BASE_URL=http://127.0.0.1:12439\nexport ANTHROPIC_API_KEY=unused",
        errors=raised.ANTHROPIC,
        more=("stream helper", "count_tokens"),
    ),
    Client(
        name="ollama",
        package="ollama",
        environment="openai-3",
        driver="ollama_sdk.py",
        setup="export OLLAMA_HOST=http://127.0.0.1:12439",
        errors=raised.OLLAMA,
        more=("names with :latest", "generate", "format", "show", "ps", "embed"),
    ),
    Client(
        name="litellm",
        package="litellm",
        environment="openai-2",
        driver="litellm_sdk.py",
        setup='litellm.completion(model="openai/Qwen/Qwen3-0.6B", messages=messages,\n'
        '                   api_base="http://127.0.0.1:12439/v1", api_key="unused")',
        language="python",
        errors=raised.LITELLM,
        more=("anthropic/", "ollama_chat/", "its responses"),
        without=_NO_LIST,
    ),
    Client(
        name="langchain-openai",
        package="langchain-openai",
        environment="openai-3",
        driver="langchain_chat.py",
        setup='ChatOpenAI(model="Qwen/Qwen3-0.6B",\n'
        '           base_url="http://127.0.0.1:12439/v1", api_key="unused")',
        language="python",
        errors=raised.LANGCHAIN_OPENAI,
        more=("structured output",),
        without=_NO_LIST,
        kind="chat",
    ),
    Client(
        name="langchain-openai, responses",
        package="langchain-openai",
        environment="openai-3",
        driver="langchain_chat.py",
        setup='ChatOpenAI(model="Qwen/Qwen3-0.6B", use_responses_api=True,\n'
        '           base_url="http://127.0.0.1:12439/v1", api_key="unused")',
        language="python",
        errors=raised.LANGCHAIN_OPENAI,
        more=("structured output",),
        without=_NO_LIST,
        kind="responses",
    ),
    Client(
        name="langchain-anthropic",
        package="langchain-anthropic",
        environment="openai-3",
        driver="langchain_chat.py",
        setup='ChatAnthropic(model="Qwen/Qwen3-0.6B",\n'
        '              base_url="http://127.0.0.1:12439", api_key="unused")',
        language="python",
        errors=raised.LANGCHAIN_ANTHROPIC,
        without=_NO_LIST,
        kind="anthropic",
        more=("structured output",),
    ),
    Client(
        name="langchain-ollama",
        package="langchain-ollama",
        environment="openai-3",
        driver="langchain_chat.py",
        setup='ChatOllama(model="Qwen/Qwen3-0.6B", base_url="http://127.0.0.1:12439")',
        language="python",
        errors=raised.OLLAMA,
        more=("structured output",),
        without=_NO_LIST,
        kind="ollama",
    ),
    Client(
        name="llama-index-llms-openai-like",
        package="llama-index-llms-openai-like",
        environment="openai-2",
        driver="llama_index_like.py",
        setup='OpenAILike(model="Qwen/Qwen3-0.6B", is_chat_model=True, is_function_calling_model=True,\n'
        '           api_base="http://127.0.0.1:12439/v1", api_key="unused")',
        language="python",
        errors=raised.OPENAI,
        more=("structured output",),
        without=_NO_LIST,
    ),
    Client(
        name="instructor",
        package="instructor",
        environment="openai-2",
        driver="instructor_sdk.py",
        setup="client = instructor.from_openai(OpenAI(\n"
        '    base_url="http://127.0.0.1:12439/v1", api_key="unused"))',
        language="python",
        errors=raised.OPENAI,
        more=(
            "structured output",
            "structured output as JSON",
            "structured output by a schema",
            "structured output as it grows",
        ),
        without=dict.fromkeys(("tools", "tools in a stream"), "makes its answers of them"),
    ),
    Client(
        name="pydantic-ai",
        package="pydantic-ai-slim",
        environment="openai-3",
        driver="pydantic_ai_agent.py",
        setup='provider = OpenAIProvider(base_url="http://127.0.0.1:12439/v1", api_key="unused")\n'
        'agent = Agent(OpenAIChatModel("Qwen/Qwen3-0.6B", provider=provider))',
        language="python",
        errors=raised.PYDANTIC_AI,
        more=("structured output",),
        without=_NO_LIST,
        kind="chat",
    ),
    Client(
        name="pydantic-ai, responses",
        package="pydantic-ai-slim",
        environment="openai-3",
        driver="pydantic_ai_agent.py",
        setup='provider = OpenAIProvider(base_url="http://127.0.0.1:12439/v1", api_key="unused")\n'
        'agent = Agent(OpenAIResponsesModel("Qwen/Qwen3-0.6B", provider=provider))',
        language="python",
        errors=raised.PYDANTIC_AI,
        more=("structured output",),
        without=_NO_LIST,
        kind="responses",
    ),
    *(
        Client(
            name="openai-agents" + name,
            package="openai-agents",
            environment="openai-3",
            driver="openai_agents.py",
            setup=f'{_SHELL}\n# in Python: {model}(model="Qwen/Qwen3-0.6B", openai_client=AsyncOpenAI())',
            errors=raised.OPENAI,
            more=("structured output",),
            without=_NO_LIST,
            kind=kind,
        )
        for name, kind, model in [
            ("", "responses", "OpenAIResponsesModel"),
            (", chat", "chat", "OpenAIChatCompletionsModel"),
        ]
    ),
    Client(
        name="llm",
        package="llm",
        environment="openai-3",
        driver="llm_cli.py",
        setup="# extra-openai-models.yaml\n- model_id: nomyo\n  model_name: Qwen/Qwen3-0.6B\n"
        "  api_base: http://127.0.0.1:12439/v1\n  api_key_name: nomyo\n"
        "  supports_tools: true\n  supports_schema: true",
        language="yaml",
        errors=raised.OPENAI,
        more=("structured output",),
        without=_NO_LIST,
    ),
    Client(
        name="aider",
        package="aider-chat",
        environment="aider",
        driver="aider_chat.py",
        setup=_SHELL_0 + "\naider --model openai/Qwen/Qwen3-0.6B",
        errors=raised.LITELLM,
        more=("edit of a file",),
        without=_NO_LIST | dict.fromkeys(("tools", "tools in a stream"), "edits by text"),
    ),
    Client(
        name="Node's fetch",
        package="",
        environment="tools",
        driver="node.py",
        setup='fetch("http://127.0.0.1:12439/v1/chat/completions",\n'
        '      {method: "POST", body: JSON.stringify({model, messages})})',
        language="js",
        errors=raised.STATUS,
    ),
    Client(
        name="curl",
        package="",
        environment="tools",
        driver="curl.py",
        setup="curl http://127.0.0.1:12439/v1/chat/completions \\\n"
        """  -d '{"model": "Qwen/Qwen3-0.6B", "messages": [{"role": "user", "content": "Hello"}]}'""",
        errors=raised.STATUS,
    ),
    Client(
        name="Claude Code",
        package="claude-agent-sdk",
        environment="agents",
        driver="claude_code.py",
        setup="export ANTHROPIC_BASE_URL=http://127.0.0.1:12439 ANTHROPIC_API_KEY=unused\n"
        "export ANTHROPIC_MODEL=Qwen/Qwen3-0.6B CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
        errors=raised.MESSAGE,
        more=("a task with a tool", "a task by its SDK"),
        without=_NO_LIST
        | {"tools": "see the task", "tools in a stream": "see the task"}
        | {"errors of streams": "has streams only", "wait": "has streams only"},
    ),
    Client(
        name="Codex",
        package="openai-codex-cli-bin",
        environment="agents",
        driver="codex_cli.py",
        setup='# config.toml\nmodel = "Qwen/Qwen3-0.6B"\nmodel_provider = "nomyo"\n\n'
        "[model_providers.nomyo]\n"
        'name = "nomyo"\nbase_url = "http://127.0.0.1:12439/v1"\n'
        'env_key = "NOMYO_KEY"\nwire_api = "responses"',
        language="toml",
        errors=raised.MESSAGE,
        more=("a task with a tool", "a custom tool"),
        without=_NO_LIST
        | {"tools": "see the task", "tools in a stream": "see the task"}
        | {"errors of streams": "has streams only", "wait": "has streams only", "whole": "has streams only"}
        | {"2 MiB": "refuses a prompt over 1 MiB itself"},
    ),
]
