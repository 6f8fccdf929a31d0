"""SIGHUP: the configuration is read anew while requests are under way."""

import concurrent.futures
import signal
import time

from callers import post, prompt
from daemon import mark
from replies import late, says


def reload(proxy, change=lambda text: text) -> str:
    """Changes the file, sends the signal, and returns what the log says about it."""
    configuration = proxy.directory / "config.toml"
    configuration.write_text(change(configuration.read_text()))
    before = len(proxy.log())
    proxy.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while "reloaded" not in (said := proxy.log()[before:]):
        assert time.monotonic() < deadline and proxy.process.poll() is None, said
        time.sleep(0.02)
    proxy.admin("GET", "/status")  # is answered when the reload is over: warnings come after the word
    return proxy.log()[before:]


def test_what_changed_holds_for_the_next_request_and_not_for_the_one_under_way(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router, models={"aliases": {"gpt-4o": "one"}})
    router.will(late(1, says("as it began")))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        asking = pool.submit(post, proxy, prompt("slowly") | {"model": "gpt-4o"})
        router.wait_for(1)
        said = reload(proxy, lambda text: text.replace('"one"', '"two"'))
        assert "configuration reloaded" in said and "models.aliases" in said
        assert post(proxy, prompt("now") | {"model": "gpt-4o"}).headers["x-nomyo-model"] == "two"
        answer = asking.result(10)
    assert answer.status_code == 200 and answer.headers["x-nomyo-model"] == "one"


def test_a_broken_file_changes_nothing(start_proxy, start_router):
    proxy = start_proxy(start_router(), models={"aliases": {"gpt-4o": "one"}})
    said = reload(proxy, lambda text: text.replace('"one"', '"two"') + '\n[router]\nno_such_key = 1\n')
    assert "configuration not reloaded" in said
    assert post(proxy, prompt("still") | {"model": "gpt-4o"}).headers["x-nomyo-model"] == "one"


def test_what_needs_a_restart_is_named(start_proxy, start_router):
    proxy = start_proxy(start_router(), shutdown={"drain": "100s"})
    said = reload(proxy, lambda text: text.replace('"100s"', '"50s"'))
    assert "restart for these changes" in said and "shutdown.drain" in said


def test_a_new_api_key_is_used_from_the_next_request_on(start_proxy, start_router, tmp_path):
    old, new, file = mark("key"), mark("key"), tmp_path / "key"
    file.write_text(old)
    router = start_router(api_key=new)
    proxy = start_proxy(router, api_key=None, router={"api_key_file": str(file)})
    assert post(proxy, prompt("old")).status_code == 401
    file.write_text(new)
    reload(proxy)
    time.sleep(5.1)  # a key that was refused is not shown again before
    assert post(proxy, prompt("new")).status_code == 200


def test_signals_by_the_dozen_lose_nothing(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(post, proxy, prompt(str(number))) for number in range(40)]
        for _ in range(50):
            proxy.process.send_signal(signal.SIGHUP)
            time.sleep(0.01)
        assert [each.result(20).status_code for each in asking] == [200] * 40
    assert proxy.stop() == 0
