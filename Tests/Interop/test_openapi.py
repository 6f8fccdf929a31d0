"""The OpenAPI document is valid, and what the daemon answers is what the document says."""

import os
import re
import subprocess
import sys

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from callers import PATIENCE
from embedder import Embedder
from replies import MODEL, completion, message, sealed

EXAMPLES = 5  # for each operation, beside those of the coverage phase
SECONDS = 400  # a release build takes a part of it
# A list of one table: `toml` writes a table's name between brackets.
CHATBOTS = {"[chatbots]": {"id": "support", "name": "Support", "model": MODEL}}
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SEED = "20261121"


@pytest.fixture
def embedder():
    embedder = Embedder()
    yield embedder
    embedder.stop()


@pytest.fixture(scope="module")
def document(shared_proxy) -> dict:
    answer = httpx.get(shared_proxy.url + "/api/v1/openapi.json", timeout=PATIENCE)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json")
    return answer.json()


def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    faults = OpenAPIV31SpecValidator(document).iter_errors()
    assert [f"{'/'.join(map(str, each.path))}: {each.message}" for each in faults] == []


def test_its_version_is_the_program_s(document, proxy):
    assert document["info"]["version"] in proxy.command("--version").stdout


def test_every_example_is_answered_as_the_document_says(document, proxy, router):
    """Every example body of every operation gets a documented status in a documented media type."""
    router.always(sealed(completion(message("Hello."))))
    wrong = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            examples = body.get("examples") or {"none": {"value": None}}
            for name, example in examples.items():
                content = {"json": example["value"]} if example["value"] is not None else {}
                target = re.sub(r"\{\w+\}", "unknown", path)
                answer = httpx.request(method, proxy.url + target, timeout=PATIENCE, **content)
                documented = operation["responses"].get(str(answer.status_code))
                if documented and "$ref" in documented:
                    documented = document["components"]["responses"][documented["$ref"].rsplit("/", 1)[1]]
                kind = answer.headers.get("content-type", "").split(";")[0]
                if not documented or kind not in documented["content"]:
                    wrong.append(f"{method} {path} {name}: {answer.status_code} {kind}")
    assert wrong == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/responses", 426),
        ("GET", "/v1/responses/{response_id}", 404),
        ("DELETE", "/v1/responses/{response_id}", 404),
        ("POST", "/api/pull", 501),
    ],
)
def test_what_is_refused_is_documented_with_its_status(document, proxy, method, path, status):
    """Asked as those ask who do not know that it is refused: for a WebSocket, an earlier answer, a model."""
    fields = {"Connection": "Upgrade", "Upgrade": "websocket"} if status == 426 else {}
    content = {"json": {"model": "x"}} if method == "POST" else {}
    target = proxy.url + path.replace("{response_id}", "resp_1")
    answer = httpx.request(method, target, headers=fields, timeout=PATIENCE, **content)
    assert answer.status_code == status and answer.json()["error"]
    responses = document["paths"][path][method.lower()]["responses"]
    assert str(status) in responses and "200" not in responses


def test_schemathesis_finds_no_server_error_and_nothing_undocumented(
    start_router, start_proxy, tmp_path, embedder
):
    router = start_router()
    router.always(sealed(completion(message("Hello."))))
    proxy = start_proxy(router, embeddings={"url": embedder.url}, **CHATBOTS)
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", proxy.url + "/api/v1/openapi.json"),
            *("--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES)),
            *("--seed", SEED, "--generation-database", "none", "--request-timeout", "10", "--no-color"),
            # One worker: with several, Python 3.11 fails in `ast.parse` now and then.
            *("--workers", "1", "--continue-on-failure", "--warnings", "off"),
            # A 501 is what it has to answer, and counts as a server error; the test above looks at it.
            *("--exclude-operation-id", "ollamaPull"),
            # Shorter deadlines make 504s, which is what they are for.
            *("--header", "X-Request-Timeout: 30"),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert run.returncode == 0, run.stdout[-20000:] + run.stderr[-2000:]
    assert proxy.process.poll() is None, proxy.log()
