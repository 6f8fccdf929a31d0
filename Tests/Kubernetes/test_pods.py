"""What is in the pods: the same container everywhere, and the one that the tests with podman ran."""

import sys

import pytest

from conftest import GATEWAYS, NAMES
from manifests import ROOT, environment_of, one, pod_manifest, pod_of, proxy_of

sys.path.append(str(ROOT / "Tests" / "Containers"))
from podman import LOCKED_DOWN  # noqa: E402

SIDECARS = [name for name in NAMES if name not in GATEWAYS]


def pods(documents):
    return [pod_of(document) for document in documents if document["kind"] in ("Pod", "Deployment")]


@pytest.mark.parametrize("name", NAMES)
def test_the_container_is_the_one_that_ran_under_podman(every, name):
    flags = {
        ("readOnlyRootFilesystem", True): "--read-only",
        ("allowPrivilegeEscalation", False): "--security-opt=no-new-privileges",
        ("drop", ("ALL",)): "--cap-drop=ALL",
    }
    for pod in pods(every[name]):
        context = dict(proxy_of(pod)["securityContext"])
        # The image's own user and the engine's own filter, which podman's runs had without a flag.
        assert (context.pop("runAsNonRoot"), context.pop("runAsUser"), context.pop("runAsGroup")) == (True, 65532, 65532)
        assert context.pop("seccompProfile") == {"type": "RuntimeDefault"}
        asked = {(key, tuple(value)) for key, value in context.pop("capabilities").items()} | set(context.items())
        assert {flags[item] for item in asked} == set(LOCKED_DOWN) - {"--read-only-tmpfs=false"}
        assert 'USER 65532:65532' in (ROOT / "deploy/container/Dockerfile").read_text()


@pytest.mark.parametrize("name", SIDECARS)
def test_sidecars_are_native_and_all_the_same(every, name):
    model = proxy_of(pod_manifest()["spec"])
    for pod in pods(every[name]):
        [container] = pod["initContainers"]
        assert container["restartPolicy"] == "Always"
        for part in ("startupProbe", "readinessProbe", "livenessProbe", "lifecycle", "securityContext", "volumeMounts",
                     "resources"):
            assert container[part] == model[part], part
        variables = environment_of(container)
        assert environment_of(model).items() <= variables.items()
        # Loopback is the default and shared by the pod; nothing of a sidecar is reachable from outside.
        assert not any("LISTEN" in key or "REMOTE" in key for key in variables) and "ports" not in container


@pytest.mark.parametrize("name", NAMES)
def test_a_pod_outlives_its_drain(every, name):
    for pod in pods(every[name]):
        container = proxy_of(pod)
        drain = int(environment_of(container)["NOMYO_PROXY_SHUTDOWN_DRAIN"].removesuffix("s"))
        before = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pod["terminationGracePeriodSeconds"] >= drain + before + 10


@pytest.mark.parametrize("name", NAMES)
def test_every_mount_has_its_volume_and_all_that_is_written_is_memory(every, name):
    for pod in pods(every[name]):
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        for mount in proxy_of(pod)["volumeMounts"]:
            volume = volumes[mount["name"]]
            assert mount.get("readOnly") if "secret" in volume else volume["emptyDir"]["medium"] == "Memory"


def test_the_example_makes_the_key_that_it_mounts(every):
    made = one(every["kustomize example"], "Secret")["metadata"]["name"]
    [pod] = pods(every["kustomize example"])
    assert made in [volume.get("secret", {}).get("secretName") for volume in pod["volumes"]]
