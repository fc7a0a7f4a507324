"""Alert rules and dashboard speak of metrics that the processes tell, and each alert has its runbook."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import gateway.app  # noqa: F401 - its metric is declared there
from infra.health import Health

FOLDER = Path("infra/deployment")
RULES = yaml.safe_load((FOLDER / "prometheus/amnuay.rules.yml").read_text("utf-8"))["groups"]
BOARD = json.loads((FOLDER / "grafana/amnuay.json").read_text("utf-8"))


def rules(kind: str) -> list[dict[str, Any]]:
    return [rule for group in RULES for rule in group["rules"] if kind in rule]


def told() -> set[str]:
    """The names of all samples that a process can give."""
    _, _, body = Health().respond("/metrics")
    kinds = re.findall(r"^# TYPE (\S+) (\S+)$", body.decode(), re.MULTILINE)
    ends = {"histogram": ("_bucket", "_count", "_sum"), "counter": ("",), "gauge": ("",)}
    return {name + end for name, kind in kinds for end in ends.get(kind, ("",))}


QUESTIONS = {
    **{f"rule {rule.get('alert', rule.get('record'))}": rule["expr"] for rule in rules("expr")},
    **{
        f"panel {panel['title']}, {target['refId']}": target["expr"]
        for panel in BOARD["panels"]
        for target in panel["targets"]
    },
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_asked_for_is_told(question: str) -> None:
    named = set(re.findall(r"\bamnuay[a-z0-9_:]*", QUESTIONS[question])) - {"amnuay"}
    assert named or "up{" in QUESTIONS[question]
    recorded = {rule["record"] for rule in rules("record")}
    assert named <= told() | recorded


def test_labels_that_are_asked_for_are_told() -> None:
    """Of the metrics read from the databases; `by` keeps no label that is not there."""
    from infra.metrics import STANDING

    known = {label for _, labels in STANDING.values() for label in labels}
    known |= {"method", "outcome", "route", "le", "instance", "job"}
    for question in QUESTIONS.values():
        for inside in re.findall(r"\b(?:by|on) \(([^)]*)\)", question):
            assert set(re.split(r",\s*", inside)) <= known


def test_every_alert_has_words_a_weight_and_a_place_in_the_runbook() -> None:
    runbook = Path("docs/operations.md").read_text("utf-8")
    for rule in rules("alert"):
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert f"\n### {rule['alert']}\n" in runbook
    named = set(re.findall(r"^### (Amnuay\w+)$", runbook, re.MULTILINE))
    assert named == {rule["alert"] for rule in rules("alert")}


def test_panels_do_not_lie_on_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
