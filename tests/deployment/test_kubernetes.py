"""The Kubernetes manifests: valid by Kubernetes' own schemas, and of one piece with the program.

Schemas come with `kubernetes-validate`. Those of the two operators (RabbitMQ, KEDA) are in no package;
of them it is checked that what they point at is there.
"""

import re
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from amnuay.__main__ import main
from amnuay.environment import EVERYTHING, GATEWAY
from infra.settings import SERVICES

FOLDER = Path("infra/deployment/kubernetes")
BASE, OVERLAY = FOLDER / "base", FOLDER / "overlays/province"
OPERATORS = {"RabbitmqCluster", "ScaledObject", "TriggerAuthentication"}
VERSION = "1.31"


def documents(*places: Path) -> list[dict[str, Any]]:
    return [one for place in places for one in yaml.safe_load_all(place.read_text("utf-8"))]


ALL = [
    one for one in documents(*sorted(BASE.glob("*.yaml"))) if one["kind"] != "Kustomization"
] + documents(OVERLAY / "namespace.yaml")


def of(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in ALL if one["kind"] == kind}


PODS = {
    name: one["spec"]["template"]["spec"] for name, one in (of("Deployment") | of("Job")).items()
}


def valid(one: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        kubernetes_validate.validate(one, VERSION, strict=True)


@pytest.mark.parametrize(
    "one",
    [one for one in ALL if one["kind"] not in OPERATORS],
    ids=lambda one: f"{one['kind']} {one['metadata']['name']}",
)
def test_each_is_valid_by_the_schemas(one: dict[str, Any]) -> None:
    valid(one)


def test_the_schemas_refuse_what_is_misspelt() -> None:
    wrong = yaml.safe_load(yaml.safe_dump(of("Deployment")["notify"]))
    wrong["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        valid(wrong)


def test_every_file_is_part_of_the_whole() -> None:
    (base,) = documents(BASE / "kustomization.yaml")
    assert sorted(base["resources"]) == sorted(
        place.name for place in BASE.glob("*.yaml") if place.name != "kustomization.yaml"
    )
    (overlay,) = documents(OVERLAY / "kustomization.yaml")
    named = {*overlay["resources"], *(patch["path"] for patch in overlay["patches"])} - {
        "../../base"
    }
    assert named == {place.name for place in OVERLAY.glob("*.yaml")} - {"kustomization.yaml"}


def test_kustomize_puts_them_together(tmp_path: Path) -> None:
    """By kubectl or kustomize where either is installed; each patch is seen in what comes out."""
    tools = {"kubectl": ["kubectl", "kustomize"], "kustomize": ["kustomize", "build"]}
    tool = next((words for name, words in tools.items() if shutil.which(name)), None)
    if tool is None:
        pytest.skip("neither kubectl nor kustomize is installed")
    built = subprocess.run([*tool, str(OVERLAY)], capture_output=True, text=True, timeout=60)
    assert built.returncode == 0, built.stderr
    found = list(yaml.safe_load_all(built.stdout))
    assert len(found) == len(ALL)
    for one in found:
        if one["kind"] not in OPERATORS:
            valid(one)
        if one["kind"] != "Namespace":
            assert one["metadata"]["namespace"] == "amnuay"
    assert "amnuay.example" not in built.stdout
    assert "image: registry.example/amnuay:" in built.stdout
    assert not re.search(r"image: amnuay$", built.stdout, re.MULTILINE)


def test_every_part_of_the_house_is_a_deployment_that_serves_it() -> None:
    found = of("Deployment")
    assert set(found) == set(EVERYTHING)
    for name in found:
        (container,) = PODS[name]["containers"]
        assert container["args"] == ["serve", name]
        port = {one["name"]: one["containerPort"] for one in container["ports"]}
        for probe, path in (
            ("startupProbe", "/healthz"),
            ("livenessProbe", "/healthz"),
            ("readinessProbe", "/readyz"),
        ):
            asked = container[probe]["httpGet"]
            assert asked["path"] == path
            assert port[asked["port"]] == (8000 if name == GATEWAY else 9100)
    (container,) = PODS["migrate"]["containers"]
    assert container["args"][0] in main.commands


@pytest.mark.parametrize("name", PODS)
def test_no_process_can_do_more_than_it_must(name: str) -> None:
    pod = PODS[name]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]
    assert {one["name"] for one in container["volumeMounts"]} == {
        one["name"] for one in pod["volumes"]
    }


def test_secrets_go_only_to_those_who_need_them() -> None:
    def given(name: str) -> set[str]:
        return {one["name"] for one in PODS[name]["containers"][0]["env"]}

    common = {"AMNUAY_BROKER_URL", "AMNUAY_IDENTITY_PUBLIC_KEY"}
    assert given(GATEWAY) == common
    more = {
        "personnel": {"AMNUAY_IDENTITY_PRIVATE_KEY"},
        "notify": {"AMNUAY_SMTP_URL"},
        "correspondence": {"AMNUAY_SARABAN_SMTP_URL", "AMNUAY_SARABAN_IMAP_URL"},
    }
    for name in SERVICES:
        own = {"AMNUAY_SERVICE_KEY", f"AMNUAY_DATABASE_URL_{name.upper()}"}
        assert given(name) == common | own | more.get(name, set())
    databases = {f"AMNUAY_DATABASE_URL_{name.upper()}" for name in SERVICES}
    keys = {"AMNUAY_SERVICE_KEY", "AMNUAY_IDENTITY_PRIVATE_KEY"}
    assert given("migrate") == common | databases | keys
    assert not of("Secret")


def test_what_is_scaled_is_there_and_follows_a_queue_that_is_there() -> None:
    scaled = of("ScaledObject")
    assert set(scaled) == set(SERVICES)
    for name, one in scaled.items():
        spec = one["spec"]
        assert spec["scaleTargetRef"]["name"] == name
        assert 2 <= spec["minReplicaCount"] < spec["maxReplicaCount"]
        (trigger,) = spec["triggers"]
        assert trigger["metadata"]["queueName"] == f"rpc-{name}"  # as Nameko calls it
        assert trigger["authenticationRef"]["name"] in of("TriggerAuthentication")
        assert all(isinstance(value, str) for value in trigger["metadata"].values())
    assert of("HorizontalPodAutoscaler")[GATEWAY]["spec"]["scaleTargetRef"]["name"] == GATEWAY
    assert set(of("PodDisruptionBudget")) == set(EVERYTHING)


def test_the_broker_has_three_nodes_apart() -> None:
    spec = of("RabbitmqCluster")["rabbitmq"]["spec"]
    assert spec["replicas"] == 3
    (apart,) = spec["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert apart["topologyKey"] == "kubernetes.io/hostname"
    assert "cluster_partition_handling = pause_minority" in spec["rabbitmq"]["additionalConfig"]


def test_selectors_find_the_pods_that_they_mean() -> None:
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in of("Deployment").values()]
    labels += [one["spec"]["template"]["metadata"]["labels"] for one in of("Job").values()]
    labels.append({"app.kubernetes.io/name": "rabbitmq"})  # the operator's own
    for kind in ("NetworkPolicy", "PodDisruptionBudget"):
        for name, one in of(kind).items():
            selector = one["spec"].get("podSelector") or one["spec"]["selector"]
            wanted = selector["matchLabels"].items()
            assert any(wanted <= found.items() for found in labels), name
    nobody = of("NetworkPolicy")["nobody"]["spec"]
    assert nobody["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & set(nobody)
