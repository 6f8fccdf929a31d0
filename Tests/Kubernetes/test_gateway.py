"""The gateway: closed unless told otherwise, within the router's rate, and found by its Service."""

import pytest

from manifests import CHART, SAFE, environment_of, one, pod_of, proxy_of, refused, rendered, run


def variables(settings: dict) -> dict[str, str]:
    return environment_of(proxy_of(pod_of(one(rendered(settings), "Deployment"))))


def test_who_may_call_has_to_be_said():
    assert "Who may call the gateway?" in refused({})


def test_tokens_are_mounted_and_set():
    found = variables(SAFE)
    assert found["NOMYO_PROXY_ACCESS_TOKENS_FILE"] == "/run/secrets/nomyo-proxy-tokens/tokens"
    assert "NOMYO_PROXY_ACCESS_UNAUTHENTICATED_REMOTE" not in found


def test_without_tokens_it_is_said_in_so_many_words():
    found = variables({"gateway.tokens.unauthenticated": True})
    assert found["NOMYO_PROXY_ACCESS_UNAUTHENTICATED_REMOTE"] == "true"


@pytest.mark.parametrize(("replicas", "granted", "burst", "each"), [
    (1, 2, 4, ("2", "4")), (2, 2, 4, ("1", "2")), (3, 10, 20, ("3", "6")), (2, 0, 4, ("0", "2")), (4, 4, 1, ("1", "1")),
])
def test_replicas_share_what_the_router_grants(replicas, granted, burst, each):
    found = variables(SAFE | {
        "gateway.replicas": replicas, "gateway.routerRate.perSecond": granted, "gateway.routerRate.burst": burst})
    assert (found["NOMYO_PROXY_ROUTER_RATE_PER_SECOND"], found["NOMYO_PROXY_ROUTER_RATE_BURST"]) == each


def test_more_replicas_than_the_rate_allows_are_refused():
    assert "3 replicas cannot share 2 requests a second" in refused(SAFE | {"gateway.replicas": 3})


@pytest.mark.parametrize("setting", [
    "listen", "access.hosts", "tls.key_file", "metrics.listen", "admin.listen", "shutdown.drain", "router.api_key_file",
    "NOT_A_KEY",
])
def test_what_the_chart_decides_cannot_be_set_beside_it(setting):
    assert f"'{setting}'" in refused(SAFE | {"settings": {setting: "x"}})


def test_a_list_with_a_comma_in_an_item_would_be_another_list():
    assert "settings" in refused(SAFE | {"settings": {"models.list": ["a,b"]}})


def test_a_value_that_does_not_exist_is_refused():
    assert "replica" in refused(SAFE | {"gateway.replica": 3})


def test_callers_may_use_every_name_of_the_service():
    hosts = variables(SAFE | {"gateway.hosts": ["llm.example"]})["NOMYO_PROXY_ACCESS_HOSTS"].split(",")
    assert {"gateway", "gateway.apart", "gateway.apart.svc", "gateway.apart.svc.cluster.local", "llm.example"} <= set(hosts)


def test_the_service_the_policy_and_the_budget_find_the_pods():
    found = rendered(SAFE | {"gateway.serviceMonitor.enabled": True})
    labels = one(found, "Deployment")["spec"]["template"]["metadata"]["labels"]
    services = [document for document in found if document["kind"] == "Service"]
    selectors = [service["spec"]["selector"] for service in services]
    selectors += [one(found, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
                  one(found, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
                  one(found, "Deployment")["spec"]["selector"]["matchLabels"]]
    assert len(selectors) == 5 and all(selector.items() <= labels.items() for selector in selectors)
    ports = {port["name"] for port in proxy_of(pod_of(one(found, "Deployment")))["ports"]}
    assert {port["targetPort"] for service in services for port in service["spec"]["ports"]} == ports
    monitored = one(found, "ServiceMonitor")["spec"]["selector"]["matchLabels"]
    [figures] = [service for service in services if monitored.items() <= service["metadata"]["labels"].items()]
    assert figures["spec"]["ports"][0]["name"] == one(found, "ServiceMonitor")["spec"]["endpoints"][0]["port"]


def test_nobody_reads_the_figures_unless_told():
    [callers] = one(rendered(SAFE), "NetworkPolicy")["spec"]["ingress"]
    assert callers["ports"] == [{"port": "api"}]


def test_one_replica_has_no_budget_that_would_block_its_node():
    assert "PodDisruptionBudget" not in [document["kind"] for document in rendered(SAFE | {"gateway.replicas": 1})]


def test_switched_off_there_is_nothing():
    assert rendered({"gateway.enabled": False}) == []


def test_the_notes_name_the_address_that_works():
    said = run("helm", "install", "gateway", str(CHART), "--dry-run=client", "--namespace=apart",
               "--set=gateway.tokens.secretName=callers", "--set=gateway.service.port=8080", check=False)
    assert "OPENAI_BASE_URL=http://gateway.apart:8080/v1" in said.stdout, said.stderr
