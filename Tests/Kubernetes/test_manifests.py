"""Manifests as Kubernetes takes them, and settings as the program takes them."""

import os
import pathlib
import re
import subprocess

import kubernetes_validate
import pytest
from cloudcoil.models.prometheus_operator.v1 import ServiceMonitor

from conftest import NAMES
from manifests import CHART, PROXY, ROOT, environment_of, one, pod_of, proxy_of, run

# The first one that runs what the manifests need without a feature gate, and the newest that has schemas.
VERSIONS = ["1.30", "1.33", kubernetes_validate.latest_version()]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", NAMES)
def test_the_published_schemas_take_them(every, name, version):
    for document in every[name]:
        if document["kind"] != "ServiceMonitor":
            kubernetes_validate.validate(document, version, strict=True)


def test_the_schemas_would_refuse_what_is_wrong(every):
    """Otherwise the test before would prove nothing."""
    wrong = dict(one(every["gateway"], "PodDisruptionBudget"))
    wrong["spec"] = wrong["spec"] | {"minAvailible": 1}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_the_operators_model_takes_the_service_monitor(every):
    document = one(every["gateway with everything"], "ServiceMonitor")
    read = ServiceMonitor.model_validate(document)
    assert read.spec.endpoints[0].port == "metrics" and read.spec.endpoints[0].interval == "30s"
    # The model passes over what it does not know; everything that was written has to come back.
    assert read.model_dump(by_alias=True, exclude_none=True)["spec"] == document["spec"]


def test_helm_finds_nothing_to_say():
    said = run("helm", "lint", "--strict", str(CHART), "--set=gateway.tokens.secretName=callers").stdout
    assert "[WARNING]" not in said and "[ERROR]" not in said


@pytest.mark.parametrize("name", NAMES)
def test_the_program_takes_the_settings(every, name, tmp_path):
    """`nomyo-proxy check` with the very variables, on files where the volumes would be."""
    for document in every[name]:
        if document["kind"] not in ("Pod", "Deployment"):
            continue
        variables = environment_of(proxy_of(pod_of(document)))
        secrets = tmp_path / "secrets"
        write_secrets(secrets)
        variables = {key: value.replace("/run/secrets", str(secrets)) for key, value in variables.items()}
        done = subprocess.run(
            [os.environ["NOMYO_PROXY"], "check"], capture_output=True, text=True, timeout=30,
            env=variables | {"HOME": str(tmp_path), "STATE_DIRECTORY": str(tmp_path), "RUNTIME_DIRECTORY": str(tmp_path)})
        assert done.returncode == 0, done.stdout + done.stderr


def write_secrets(folder: pathlib.Path) -> None:
    """Secrets as their volumes would show them."""
    for name, text in {
        "nomyo-proxy/router-api-key": "a-key\n",
        "nomyo-proxy-tokens/tokens": f"chat:{'ab' * 32}\n",
    }.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    (folder / "nomyo-proxy-tls").mkdir()
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2",
        "-subj", "/CN=gateway.apart", "-keyout", str(folder / "nomyo-proxy-tls/tls.key"),
        "-out", str(folder / "nomyo-proxy-tls/tls.crt"))


def test_the_versions_are_the_programs():
    version = re.search(r'^let version = "(.+)"$', (ROOT / "Package.swift").read_text(), re.M)[1]
    chart = (CHART / "Chart.yaml").read_text()
    assert f"\nversion: {version}\n" in chart and f"\nappVersion: {version}\n" in chart
    assert f'| default "{version}"' in (CHART / "templates/_container.tpl").read_text()
    assert f"image: {PROXY}:{version}\n" in (ROOT / "deploy/kubernetes/pod.yaml").read_text()
