"""Relabelling rules, and the targets they make."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .checking import ConfigError, diagnostics
from .questions import call


@dataclass(frozen=True)
class RelabelStep:
    """What one rule did."""

    #: The rule's place in the list, from 0.
    rule: int
    action: str
    #: ``nothing``, ``no-match``, ``invalid-target``, ``changed`` or ``dropped``.
    effect: str
    #: The source labels joined; None for rules that look at names.
    value: str | None
    #: Whether the value matched; None where nothing is matched.
    matched: bool | None
    #: The names that matched (``labelmap``, ``labeldrop``, ``labelkeep``).
    names: list[str] | None
    #: The groups of the match, the whole match first: ``name``, ``value``, ``start``, ``end``.
    groups: list[dict[str, Any]]
    #: The labels that changed: ``name``, ``before``, ``after``.
    changes: list[dict[str, Any]]
    #: Line of the rule in its file, from 1.
    line: int | None


@dataclass(frozen=True)
class Relabelled:
    """What rules did to labels."""

    keep: bool
    #: The labels after all rules; None if they were dropped.
    labels: dict[str, str] | None
    #: What each rule did, up to the one that dropped the labels.
    steps: list[RelabelStep]


@dataclass(frozen=True)
class ActiveTarget:
    """A target that is scraped."""

    job: str
    url: str
    #: The labels of its samples.
    labels: dict[str, str]
    #: The labels before the rules.
    discovered: dict[str, str]
    interval_ms: int
    timeout_ms: int


@dataclass(frozen=True)
class DroppedTarget:
    """What a rule dropped, and that rule."""

    job: str
    discovered: dict[str, str]
    step: RelabelStep


@dataclass(frozen=True)
class Targets:
    """All targets of a configuration."""

    active: list[ActiveTarget]
    dropped: list[DroppedTarget]
    #: Entries that make no target, in Prometheus' words.
    failures: list[str]


def relabel(
    rules: str | Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    *,
    scheme: str = "utf8",
) -> Relabelled:
    """Apply rules, the value of a ``relabel_configs`` key as YAML or as Python lists and dicts.

    ``scheme`` is ``utf8`` or ``legacy``. Raises :class:`ConfigError` for rules that Prometheus refuses.
    """
    # JSON is YAML.
    text = rules if isinstance(rules, str) else json.dumps([dict(rule) for rule in rules])
    answer = call("relabel", {"rules": text, "labels": dict(labels), "scheme": scheme})
    _refuse(answer)
    return Relabelled(answer["keep"], answer["labels"], [_step(step) for step in answer["steps"]])


def targets(
    prometheus_yml: str,
    objects: str | Mapping[str, Any] | Sequence[Mapping[str, Any]],
    *,
    files: Mapping[str, str] | None = None,
    port_defaults: int = 3,
) -> Targets:
    """Find the targets of a ``prometheus.yml`` offline.

    ``objects`` is what ``kubectl get pods -o json`` prints, as text or parsed, or a list of objects. ``files`` holds
    the files that ``file_sd_configs`` names. Raises :class:`ConfigError` for a configuration with errors.
    """
    parsed = json.loads(objects) if isinstance(objects, str) else objects
    request = {
        "prometheus": prometheus_yml,
        "objects": parsed,
        "files": dict(files or {}),
        "port_defaults": port_defaults,
    }
    answer = call("targets", request)
    _refuse(answer)
    active, dropped, failures = [], [], []
    for job in answer["jobs"]:
        name = job["job"]
        active += [
            ActiveTarget(
                name, found["url"], found["labels"], found["discovered"], found["interval_ms"], found["timeout_ms"]
            )
            for found in job["active"]
        ]
        dropped += [DroppedTarget(name, found["discovered"], _step(found["step"])) for found in job["dropped"]]
        failures += [f"{name}: {failure}" for failure in job["failures"]]
    return Targets(active, dropped, failures)


def _refuse(answer: Mapping[str, Any]) -> None:
    problems = diagnostics(answer)
    if any(problem.is_error for problem in problems):
        raise ConfigError(problems)


def _step(step: Mapping[str, Any]) -> RelabelStep:
    place = step.get("place") or {}
    return RelabelStep(
        rule=step["rule"],
        action=step["action"],
        effect=step["effect"],
        value=step["value"],
        matched=step["matched"],
        names=step["names"],
        groups=step["groups"],
        changes=step["changes"],
        line=place.get("line"),
    )
