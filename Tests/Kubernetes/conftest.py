"""Every set of manifests that somebody may apply, by a name."""

import shutil

import pytest

from manifests import ROOT, SAFE, kustomized, pod_manifest, rendered, run

GATEWAYS = {
    "gateway": SAFE,
    "gateway with everything": SAFE | {
        "gateway.tls.secretName": "certificate", "gateway.serviceMonitor.enabled": True,
        "gateway.serviceMonitor.labels": {"release": "prometheus"}, "gateway.hosts": ["llm.example"],
        "gateway.networkPolicy.metricsFrom": [{"namespaceSelector": {"matchLabels": {"name": "monitoring"}}}],
        "gateway.networkPolicy.routerTo": [{"ipBlock": {"cidr": "203.0.113.0/24"}}],
        "gateway.service.annotations": {"a": "b"}, "gateway.podLabels": {"c": "d"},
        "gateway.podAnnotations": {"e": "f"}, "gateway.nodeSelector": {"kubernetes.io/arch": "amd64"},
        "gateway.tolerations": [{"key": "k", "operator": "Exists"}],
        "settings": {"keys.primes": 4, "router.pins": ["sha256/" + "A" * 43 + "=", "sha256/" + "B" * 42 + "A="],
                     "router.trust": "pinned", "privacy.pad_requests": True, "limits.in_flight": 1000000 // 4000},
    },
    "gateway for everybody": {"gateway.tokens.unauthenticated": True, "gateway.networkPolicy.enabled": False},
    "gateway of one": SAFE | {"gateway.replicas": 1, "gateway.routerRate.perSecond": 0},
}


@pytest.fixture(scope="session")
def application_chart(tmp_path_factory) -> list[dict]:
    """What a chart of somebody else's makes that depends on ours."""
    folder = tmp_path_factory.mktemp("charts") / "Tests" / "Kubernetes" / "application-chart"
    shutil.copytree(ROOT / "Tests" / "Kubernetes" / "application-chart", folder)
    shutil.copytree(ROOT / "deploy" / "kubernetes", folder.parents[2] / "deploy" / "kubernetes")
    run("helm", "dependency", "build", str(folder))
    return rendered(chart=folder, release="application")


@pytest.fixture(scope="session")
def every(application_chart) -> dict[str, list[dict]]:
    """All of them."""
    return {
        "pod": [pod_manifest()],
        "kustomize base": kustomized("base"),
        "kustomize example": kustomized("overlays/example"),
        "sidecar of another chart": application_chart,
        **{name: rendered(values) for name, values in GATEWAYS.items()},
    }


NAMES = ["pod", "kustomize base", "kustomize example", "sidecar of another chart", *GATEWAYS]
