"""A plan for programs: JSON as described by `kplan/report/plan.schema.json`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from kplan.k8s.version import format_version
from kplan.model import Finding, Span
from kplan.model.path import format_path
from kplan.planner.model import Effect, Plan, Risk, Rollout, ServicePlan, Stuck, Undo, WhatIf
from kplan.report.colour import Paint, plain
from kplan.report.diff_json import change_document, object_document, summary
from kplan.report.place import shown

FORMAT_VERSION = 1
"""Grows when a reader of the version before would stumble; new fields may come at any time."""


def report(plan: Plan, *, paint: Paint = plain) -> str:
    """The plan as one JSON document, indented, ending in a newline."""
    return json.dumps(document(plan), indent=2, ensure_ascii=False) + "\n"


def document(plan: Plan) -> dict[str, Any]:
    """The plan as plain Python."""
    rolling = [each for each in plan.rollouts if each.effect == Effect.ROLL]
    return {
        "version": FORMAT_VERSION,
        "kube_version": format_version(plan.minor),
        "policy": plan.policy,
        "complete": plan.complete,
        "unknown": list(plan.unknown),
        "summary": {**summary(plan.changes), "rollouts": len(rolling), "errors": len(plan.findings)},
        "findings": [_finding(finding) for finding in plan.findings],
        "changes": [change_document(change) for change in plan.changes],
        "rollouts": [_rollout(each) for each in plan.rollouts],
        "services": [_service(each) for each in plan.services],
        "notes": [{"object": object_document(note.ref), "text": note.text} for note in plan.notes],
        "stuck": [_stuck(each) for each in plan.stuck],
        "what_ifs": [_what_if(each) for each in plan.what_ifs],
        "risks": [_risk(risk) for risk in plan.risks],
        "undo": _undo(plan.undo) if plan.undo else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "group": finding.group,
        "severity": str(finding.severity),
        "message": finding.message,
        "help": finding.help,
        "object": object_document(finding.ref) if finding.ref else None,
        "path": format_path(finding.path),
        **_place(finding.span),
    }


def _rollout(found: Rollout) -> dict[str, Any]:
    return {
        "object": object_document(found.ref),
        "effect": str(found.effect),
        "summary": found.summary,
        "because": list(found.because),
        "strategy": found.strategy,
        "old_names": list(found.old_names),
        "new_name": found.new_name,
        "removed": list(found.removed),
        "replicas_before": found.replicas_before,
        "replicas_after": found.replicas_after,
        "most_pods": found.most_pods,
        "least_available": found.least_available,
        "fewest_available": found.fewest_available,
        "finished": found.finished,
        "peak": asdict(found.peak),
        "steps": [asdict(step) for step in found.steps],
    }


def _service(service: ServicePlan) -> dict[str, Any]:
    return {
        "object": object_document(service.ref),
        "endpoints": list(service.endpoints),
        "fewest": service.fewest,
        "at_zero": list(service.at_zero),
        "shares": dict(service.shares),
    }


def _stuck(stuck: Stuck) -> dict[str, Any]:
    return {
        "object": object_document(stuck.ref),
        "pods": stuck.pods,
        "why": stuck.why,
        "message": stuck.message,
    }


def _what_if(found: WhatIf) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "title": found.title,
        "text": list(found.text),
        "steps": [
            {
                "at_s": step.at_s,
                "what": step.what,
                "counts": [
                    {"object": object_document(ref), "before": before, "after": after}
                    for ref, before, after in step.counts
                ],
            }
            for step in found.steps
        ],
        "outages": [object_document(ref) for ref in found.outages],
        "help": list(found.help),
    }


def _risk(risk: Risk) -> dict[str, Any]:
    return {
        "rule": risk.rule,
        "severity": risk.severity,
        "message": risk.message,
        "object": object_document(risk.ref) if risk.ref else None,
        "step": risk.step,
        "help": risk.help,
        "path": format_path(risk.path),
        **_place(risk.span),
    }


def _undo(undo: Undo) -> dict[str, Any]:
    return {
        "steps": undo.steps,
        "returns": [{"object": object_document(one.ref), "name": one.name, "kept": one.kept} for one in undo.returns],
        "losses": [{"object": object_document(one.ref), "text": one.text} for one in undo.losses],
    }


def _place(span: Span | None) -> dict[str, Any]:
    """File, line and column; those of the template where the text was rendered from one."""
    span = shown(span) if span else None
    return {
        "file": span.file if span else None,
        "line": span.start.line if span else None,
        "column": span.start.column if span else None,
    }
