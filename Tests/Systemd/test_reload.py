"""`systemctl reload`: waits for the outcome, and fails when the configuration is refused."""

import installed
from daemon import mark
from service import Service
from unit import until

REFUSED = "78"  # sysexits.h: the configuration


def aliases(service: Service) -> set[str]:
    """The models that the service lists."""
    with service.sdk() as sdk:
        return {model.id for model in sdk.models.list()}


def test_a_reload_is_in_force_when_it_returns(service: Service, router):
    service.start()
    pid = service.pid
    service.configure(models={"aliases": {"by-another-name": "echo"}})
    journal = service.journal()
    service.do("reload")
    assert "by-another-name" in aliases(service)
    assert (service.pid, service.state) == (pid, "active")
    # A thread of its own writes to the journal, and the reload does not wait for that.
    until(
        lambda: any("configuration reloaded" in line and "models.aliases" in line for line in journal.messages()),
        service.story,
    )


def test_a_broken_file_changes_nothing_and_everybody_says_so(service: Service, router):
    service.configure(models={"aliases": {"by-another-name": "echo"}})
    service.start()
    pid = service.pid
    installed.CONFIGURATION.write_text(installed.CONFIGURATION.read_text() + "\n[router\n")
    journal = service.journal()
    assert service.command("reload").returncode != 0
    journal.wait(f"status={REFUSED}/CONFIG")
    journal.wait("configuration not reloaded")
    status = service.admin("status")
    assert "reload" in status.stdout.lower(), status.stdout + status.stderr
    until(lambda: "reload refused" in service.get("StatusText"), service.story)
    assert (service.pid, service.state) == (pid, "active")
    assert "by-another-name" in aliases(service), "the old configuration is not in force any more"
    service.configure()
    service.do("reload")
    until(lambda: "reload refused" not in service.get("StatusText"), service.story)


def test_what_needs_a_restart_is_refused_by_name(service: Service, router):
    service.start()
    service.configure(log={"level": "debug"})
    journal = service.journal()
    assert service.command("reload").returncode != 0
    journal.wait("log.level")
    service.do("restart")
    said = mark()
    assert service.ask(said) == said
