"""The documentation page in a browser: it lists every route, sends requests and shows what comes back."""

import json
import urllib.parse

import httpx
import pytest

from callers import PATIENCE
from chromium import Chromium
from daemon import mark
from replies import completion, late, message, refusal, sealed, tool_call

PAGE = "/api/v1/docs"
CTRL = 2
# A list of one table: `toml` writes a table's name between brackets.
HELPER = {"[chatbots]": {"id": "helper", "model": "my/first"}}
LISTED = "document.querySelectorAll('#chapters a').length > 0"
ENDED = "document.querySelector('.clock')?.textContent.includes('·')"


@pytest.fixture(scope="module")
def browser():
    browser = Chromium()
    yield browser
    browser.stop()


@pytest.fixture
def tab(browser, proxy):
    """A tab that shows the page; after the test nothing stands in its console, and all it loaded is ours."""
    tab = browser.tab()
    tab.size(1440, 900)
    tab.open(proxy.url + PAGE, LISTED)
    yield tab
    tab.evaluate("0")  # takes note of what is still under way
    foreign = [url for url in tab.requested if not url.startswith((proxy.url + "/", "data:"))]
    complaints = list(tab.complaints)
    tab.close()
    assert foreign == []
    assert complaints == []


def show(tab, operation: str) -> None:
    tab.evaluate(f"location.hash = {json.dumps(operation)}")
    tab.wait_for(f"document.querySelector('[aria-current=page]')?.hash === '#{operation}'")


def write(tab, body: dict) -> None:
    """Puts a body into the editor as typing it would."""
    text = json.dumps(json.dumps(body))
    tab.evaluate(
        f"(() => {{ const area = document.querySelector('textarea'); area.value = {text};"
        " area.dispatchEvent(new Event('input')); })()"
    )


def send(tab) -> None:
    tab.evaluate("document.querySelector('.console .primary').click()")


def body(tab) -> dict:
    return json.loads(tab.evaluate("document.querySelector('textarea').value"))


def read(tab) -> str:
    return tab.evaluate("document.querySelector('.transcript').innerText")


def outcome(tab) -> str:
    return tab.evaluate("document.querySelector('.outcome').innerText")


def test_the_page_comes_with_a_policy_that_lets_nothing_else_in(proxy):
    answer = httpx.get(proxy.url + PAGE, timeout=PATIENCE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(each.split(" ", 1) for each in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["frame-ancestors"] == "'none'" and policy["connect-src"] == "'self'"
    for name in ("script-src", "style-src"):
        assert policy[name].startswith("'sha256-") and " " not in policy[name]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_route_of_the_document_is_listed(tab, proxy):
    document = httpx.get(proxy.url + "/api/v1/openapi.json", timeout=PATIENCE).json()
    names = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    links = tab.evaluate("[...document.querySelectorAll('#chapters a')].map((link) => link.hash.slice(1))")
    assert set(links) == names and len(links) == len(names)
    assert tab.evaluate("document.querySelectorAll('.overview .index a').length") == len(names)
    for name in names:
        show(tab, name)
        assert tab.evaluate("document.querySelector('h1').textContent.length") > 0


def test_members_and_what_they_mean_can_be_read(tab):
    show(tab, "createChatCompletion")
    text = tab.evaluate("document.querySelector('.operation .text').textContent")
    for expected in ("X-Security-Tier", "messages", "list of object", "required", "text/event-stream", "429"):
        assert expected in text
    tab.evaluate("document.querySelector('.members details').open = true")
    assert "tool_call_id" in tab.evaluate("document.querySelector('.operation .text').innerText")


def test_a_chat_is_sent_and_its_answer_shown(tab, router):
    show(tab, "createChatCompletion")
    content = mark("prompt") + " <b>not bold</b> & \u2028 äöü"
    write(tab, {"model": "echo", "messages": [{"role": "user", "content": content}]})
    send(tab)
    tab.wait_for(ENDED)
    assert outcome(tab).startswith("200")
    assert tab.evaluate("document.querySelector('.piece-text').textContent") == content
    assert tab.evaluate("document.querySelectorAll('.transcript b').length") == 0
    assert router.exchanges[0].last_content == content
    assert "x-request-id" in tab.evaluate("document.querySelector('.fields').textContent")
    assert '"finish_reason": "stop"' in tab.evaluate("document.querySelector('.panel .code').textContent")


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("createChatCompletion", {"messages": [{"role": "user", "content": "x"}]}),
        ("createCompletion", {"prompt": "x"}),
        ("createResponse", {"input": "x"}),
        ("createMessage", {"messages": [{"role": "user", "content": "x"}], "max_tokens": 9}),
        ("ollamaChat", {"messages": [{"role": "user", "content": "x"}]}),
        ("ollamaGenerate", {"prompt": "x"}),
    ],
)
def test_streams_and_whole_answers_of_every_dialect_are_joined(tab, router, operation, body):
    said = mark("answer") + " " + "one two three four five six seven eight " * 8
    router.always(sealed(completion(message(said))))
    show(tab, operation)
    for is_stream in (True, False):
        write(tab, {"model": "echo", **body, "stream": is_stream})
        send(tab)
        tab.wait_for(f"{ENDED} && document.querySelector('.transcript').textContent.length > 100")
        assert tab.evaluate("document.querySelector('.piece-text').textContent").strip() == said.strip()
        assert (tab.evaluate("document.querySelectorAll('.events li').length") > 2) == is_stream
        tab.evaluate("document.querySelector('.answer').remove()")


def test_thoughts_and_tool_calls_of_a_stream_are_told_apart(tab, router):
    calls = [tool_call("call_1", "weather", '{"city":"Bern"}'), tool_call("call_2", "time", "{}")]
    router.always(sealed(completion(message(None, reasoning="Two tools.", calls=calls))))
    show(tab, "createChatCompletion")
    write(tab, {"model": "echo", "stream": True, "messages": [{"role": "user", "content": "x"}]})
    send(tab)
    tab.wait_for(ENDED)
    assert tab.evaluate("document.querySelector('.piece-thought p').textContent") == "Two tools."
    pieces = tab.evaluate("[...document.querySelectorAll('.piece-call p')].map((each) => each.textContent)")
    assert pieces == ['weather {"city":"Bern"}', "time {}"]


def test_events_show_while_the_stream_is_under_way_and_cancel_ends_it(tab, router):
    router.always(late(30, sealed(completion(message("too late")))))
    show(tab, "createChatCompletion")
    write(tab, {"model": "echo", "stream": True, "messages": [{"role": "user", "content": "x"}]})
    send(tab)
    tab.wait_for("document.querySelectorAll('.events li').length > 0")  # stream.commit_after has passed
    assert tab.evaluate("document.querySelector('.primary').getAttribute('aria-disabled')") == "true"
    buttons = "[...document.querySelectorAll('.actions button')]"
    tab.evaluate(buttons + ".find((it) => it.textContent === 'Cancel').click()")
    tab.wait_for("document.querySelector('.outcome').innerText.includes('Cancelled')")
    assert router.wait_for(1)[0].client_gone.wait(10), "the router was not told"


def test_an_error_is_shown_as_one(tab, proxy):
    show(tab, "createChatCompletion")
    write(tab, {"messages": []})
    send(tab)
    tab.wait_for(ENDED)
    assert outcome(tab).startswith("400")
    assert "model" in tab.evaluate("document.querySelector('.piece-error p').textContent")
    # A browser's console counts every refused request; that it does is no fault of the page.
    tab.complaints[:] = [each for each in tab.complaints if "status of 400" not in each]


def test_an_error_inside_a_stream_does_not_look_like_a_good_end(tab, router):
    router.always(refusal(400, "no such thing", delay=1.5))
    show(tab, "createChatCompletion")
    write(tab, {"model": "echo", "stream": True, "messages": [{"role": "user", "content": "x"}]})
    send(tab)
    tab.wait_for(ENDED)
    assert outcome(tab).startswith("200") and "ended with an error" in outcome(tab)
    assert "no such thing" in read(tab)


def test_the_token_is_sent_and_neither_stored_nor_copied(tab, start_proxy, start_router, browser):
    secret = mark("token")
    keyless = start_proxy(start_router(), api_key=None)
    own = browser.tab()
    own.open(keyless.url + PAGE, LISTED)
    own.evaluate(f"document.getElementById('token').value = '{secret}'")
    show(own, "getModel")
    own.evaluate("document.querySelector('.console input').value = 'openai/gpt-oss-20b'")
    send(own)
    own.wait_for(ENDED)
    assert outcome(own).startswith("200")
    copied = own.evaluate(
        "new Promise((done) => { navigator.clipboard.writeText = async (text) => done(text);"
        " [...document.querySelectorAll('.actions button')].at(-1).click(); })"
    )
    assert copied == (
        f"curl '{keyless.url}/v1/models/openai%2Fgpt-oss-20b' \\\n  -H \"Authorization: Bearer $NOMYO_API_KEY\""
    )
    assert own.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
    sent = [url for url in own.requested if secret in urllib.parse.unquote(url)]
    # Before there was a token, its list of models was refused, and a browser's console counts that.
    complaints = [each for each in own.complaints if "status of 401" not in each]
    assert sent == [] and complaints == []
    own.close()


@pytest.fixture
def foreign_tab(browser, start_proxy, router):
    """A tab that shows nothing yet, and the page of a proxy that offers none of what the document's examples name."""
    proxy = start_proxy(router, models={"list": ["my/first", "my/second"]}, **HELPER)
    tab = browser.tab()
    yield tab, proxy.url + PAGE
    tab.close()


def test_the_first_request_works_without_typing(foreign_tab, router):
    """Examples and path fields name the first model and the first chatbot that there are."""
    tab, page = foreign_tab
    tab.open(page, LISTED)
    for operation in (
        "createChatCompletion",
        "createMessage",
        "createResponse",
        "ollamaGenerate",
        "getModel",
    ):
        show(tab, operation)
        source = "JSON.parse(document.querySelector('textarea').value).model"
        if operation == "getModel":
            source = "document.querySelector('.console input').value"
        tab.wait_for(f"{source} === 'my/first'")
        send(tab)
        tab.wait_for(ENDED)
        assert outcome(tab).startswith("200"), operation
    assert {each.payload["model"] for each in router.exchanges} == {"my/first"}
    for operation in ("chatWithChatbot", "createChatbotCompletion", "listChatbotModels"):
        show(tab, operation)
        tab.wait_for("document.querySelector('.console input').value === 'helper'")
        send(tab)
        tab.wait_for(ENDED)
        assert outcome(tab).startswith("200"), operation
    show(tab, "createEmbeddings")
    assert body(tab)["model"] == "nomic-embed-text", "the router's models embed nothing"
    assert tab.complaints == []


def test_what_there_is_becomes_known_later_and_changes_nothing_that_was_typed(foreign_tab):
    tab, page = foreign_tab
    tab.call("Network.setBlockedURLs", urls=["*/api/v1/models", "*/chatbot/list"])
    tab.open(page, LISTED)
    show(tab, "createChatCompletion")
    assert body(tab)["model"] == "Qwen/Qwen3-0.6B"
    typed = {"model": "typed", "messages": []}
    write(tab, typed)
    show(tab, "listChatbotModels")
    tab.evaluate("document.querySelector('.console input').value = 'typed'")
    show(tab, "chatWithChatbot")
    assert tab.evaluate("document.querySelector('.console input').value") == "support"
    tab.complaints.clear()  # of the lists that could not be had
    tab.call("Network.setBlockedURLs", urls=[])
    tab.evaluate("document.getElementById('token').dispatchEvent(new Event('change'))")
    tab.wait_for("document.querySelector('.console input').value === 'helper'")
    show(tab, "createMessage")
    tab.wait_for("JSON.parse(document.querySelector('textarea').value).model === 'my/first'")
    show(tab, "listChatbotModels")
    assert tab.evaluate("document.querySelector('.console input').value") == "typed"
    show(tab, "createChatCompletion")
    assert body(tab) == typed
    assert tab.complaints == []


def test_an_example_is_chosen_until_the_text_is_edited(tab):
    show(tab, "createChatCompletion")
    choice = "document.querySelector('.console select')"
    assert tab.evaluate(choice + ".labels[0].firstChild.data") == "Example"
    assert tab.evaluate(choice + ".selectedOptions[0].text") == "Whole answer"
    whole = body(tab)
    write(tab, {**whole, "stream": True})
    assert tab.evaluate(choice + ".selectedIndex") == -1
    for at, name in ((1, "stream"), (2, "tools")):
        tab.evaluate(f"{choice}.selectedIndex = {at}; {choice}.dispatchEvent(new Event('change'))")
        assert name in body(tab) and tab.evaluate(choice + ".selectedIndex") == at
    write(tab, {})
    assert tab.evaluate(choice + ".selectedIndex") == -1
    tab.evaluate(f"{choice}.selectedIndex = 0; {choice}.dispatchEvent(new Event('change'))")
    assert body(tab) == whole


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ("openResponsesSocket", "405"),
        ("getResponse", "404"),
        ("deleteResponse", "404"),
        ("ollamaPull", "501"),
    ],
)
def test_what_is_not_offered_can_be_looked_up_and_tried(tab, operation, status):
    show(tab, operation)
    assert tab.evaluate("document.querySelectorAll('.operation .badge-good').length") == 0
    send(tab)
    tab.wait_for(ENDED)
    assert outcome(tab).startswith(status)
    tab.complaints[:] = [each for each in tab.complaints if f"status of {status}" not in each]


def test_the_keyboard_is_enough(tab, router):
    """From the filter to a route, into the body, sent, and to another tab of the answer, without a mouse."""
    tab.press("/", 191)
    assert tab.evaluate("document.activeElement.id") == "filter"
    tab.call("Input.insertText", text="chat/completions post")
    links = "[...document.querySelectorAll('#chapters a')]"
    assert tab.evaluate(links + ".filter((it) => it.offsetParent).length") == 2
    tab.press("Tab", 9)
    tab.press("Enter", 13)
    tab.wait_for("location.hash === '#createChatCompletion' && document.querySelector('.console')")
    for _ in range(60):
        tab.press("Tab", 9)
        if tab.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    else:
        raise AssertionError("the body is not within reach of the Tab key")
    outline = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    write(tab, {"model": "echo", "messages": [{"role": "user", "content": "typed"}]})
    tab.press("Enter", 13, CTRL)
    tab.wait_for(ENDED)
    assert read(tab) == "typed"
    tab.evaluate("document.querySelector('[role=tab][aria-selected=true]').focus()")
    tab.press("ArrowRight", 39)
    assert tab.evaluate("document.activeElement.textContent") == "Body"
    assert tab.evaluate("document.querySelectorAll('[role=tabpanel]:not([hidden])').length") == 1


def test_controls_have_names(tab):
    for operation in ("createMessage", "chatWithChatbot", "listModels"):
        show(tab, operation)
        nameless = tab.evaluate(
            "[...document.querySelectorAll('input, select, textarea, button')].filter((it) =>"
            " !it.labels?.length && !it.getAttribute('aria-label') && !it.textContent.trim())"
            ".map((it) => it.outerHTML)"
        )
        assert nameless == []
        assert tab.evaluate("document.querySelectorAll('main h1').length") == 1


@pytest.mark.parametrize("width", [360, 400, 768, 1100, 1440])
def test_it_fits_every_width(tab, width):
    tab.size(width, 800)
    for operation in ("", "createChatCompletion", "chatWithChatbot"):
        tab.evaluate(f"location.hash = '{operation}'")
        tab.wait_for("document.querySelector('.overview, .operation')")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), operation
    room = tab.evaluate("""(() => {
      const field = document.getElementById('token');
      const style = getComputedStyle(field);
      const ink = document.createElement('canvas').getContext('2d');
      ink.font = style.font;
      return field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
        - ink.measureText(field.placeholder).width;
    })()""")
    assert room >= 0, "the token's label is cut"
    if width < 800:
        tab.evaluate("document.getElementById('menu').click()")
        assert tab.evaluate("document.querySelector('#chapters a').offsetParent !== null")


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance of `rgb(r, g, b)`."""
    parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_can_both_be_read(tab, tmp_path, scheme):
    """Text has at least the contrast that WCAG 2 asks for, 4.5 to 1, against what is behind it."""
    tab.prefer(scheme)
    show(tab, "createChatCompletion")
    send(tab)
    tab.wait_for(ENDED)
    tab.screenshot(tmp_path / f"{scheme}.png")
    assert (tmp_path / f"{scheme}.png").stat().st_size > 20_000
    texts = tab.evaluate("""(() => {
      const behind = (it) => {
        for (; it; it = it.parentElement) {
          const colour = getComputedStyle(it).backgroundColor;
          if (!colour.endsWith(', 0)')) return colour;
        }
        return 'rgb(255, 255, 255)';
      };
      return [...document.querySelectorAll('body *')]
        .filter((it) => it.offsetParent && !it.matches(':disabled, :disabled *, script, style')
          && [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .map((it) => [getComputedStyle(it).color, behind(it), it.textContent.slice(0, 40)]);
    })()""")
    assert (luminance(texts[0][1]) < 0.1) == (scheme == "dark")
    poor = set()
    for ink, paper, text in texts:
        light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
        if (light + 0.05) / (dark + 0.05) < 4.5:
            poor.add((ink, paper, text))
    assert poor == set()
