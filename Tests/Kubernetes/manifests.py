"""The manifests of deploy/kubernetes, as the tools of Kubernetes make them."""

import json
import pathlib
import subprocess

import yaml

ROOT = pathlib.Path(__file__).parents[2]
PLACE = ROOT / "deploy" / "kubernetes"
CHART = PLACE / "helm" / "nomyo-proxy"
SAFE = {"gateway.tokens.secretName": "callers"}
PROXY = "nomyo-proxy"


def run(*command: str, check: bool = True) -> subprocess.CompletedProcess:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert not check or done.returncode == 0, done.stderr + done.stdout
    return done


def documents(text: str) -> list[dict]:
    return [document for document in yaml.safe_load_all(text) if document]


def kustomized(folder: str) -> list[dict]:
    return documents(run("kubectl", "kustomize", str(PLACE / folder)).stdout)


def rendered(settings: dict | None = None, release: str = "gateway", chart: pathlib.Path = CHART) -> list[dict]:
    """What helm makes of the chart with these values, each named by its path."""
    values = [f"--set-json={path}={json.dumps(value)}" for path, value in (settings or {}).items()]
    return documents(run("helm", "template", release, str(chart), "--namespace=apart", *values).stdout)


def refused(settings: dict) -> str:
    """Why helm makes nothing of these values."""
    values = [f"--set-json={path}={json.dumps(value)}" for path, value in settings.items()]
    done = run("helm", "template", "gateway", str(CHART), *values, check=False)
    assert done.returncode != 0, done.stdout
    return done.stderr


def one(found: list[dict], kind: str) -> dict:
    [document] = [document for document in found if document["kind"] == kind]
    return document


def pod_of(document: dict) -> dict:
    """The pod's specification in a pod or in what makes pods."""
    spec = document["spec"]
    return spec["template"]["spec"] if "template" in spec else spec


def proxy_of(pod: dict) -> dict:
    """The proxy's container, sidecar or not."""
    [container] = [
        container for container in pod.get("initContainers", []) + pod["containers"] if container["name"] == PROXY]
    return container


def environment_of(container: dict) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in container["env"]}


def pod_manifest() -> dict:
    [pod] = documents((PLACE / "pod.yaml").read_text())
    return pod
