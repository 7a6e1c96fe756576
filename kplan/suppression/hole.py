"""Findings that rest on a value which is not there yet: encrypted, a variable of Flux, an action of a template."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from kplan.model import Finding, Manifest, ObjectRef, Resource, Severity

_ENCRYPTED: Final = re.compile(r"ENC\[AES256_GCM,|^RU5DW0FFUzI1Nl9HQ00s")  # as it is, and in base64
_ACTION: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
_VARIABLE: Final = re.compile(r"(?<!\$)\$\{[A-Za-z_]\w*(?P<default>:?[-=+?][^}]*)?\}")
_FLUX: Final = ".toolkit.fluxcd.io"
_FLUX_OFF: Final = "kustomize.toolkit.fluxcd.io/substitute"
_JUDGED: Final = ("schema", "validation", "deprecation")
_HELP: Final = (
    "a variable such as `${name}` is taken for filled in where Flux is among the manifests, where it has a default, "
    "and in files that `placeholders` of the configuration names"
)


def without_holes(
    findings: Iterable[Finding],
    manifest: Manifest,
    is_filled_in: Callable[[str], bool] | None = None,
    *,
    only_secrets: bool = False,
    templates: bool = True,
) -> tuple[Finding, ...]:
    """The findings that hold whatever is filled in, and one for each file whose template was not rendered.

    `is_filled_in` says of which files somebody has said that `${name}` is filled in before they are applied. With
    `only_secrets`, only the encrypted values of Secrets are passed over: the others are needed. Without `templates`,
    what a template's action stands for is judged as it is written, as the API server would.
    """
    findings = tuple(findings)
    if not manifest.marks or all(marks <= {"kplan"} for marks in manifest.marks.values()):
        return findings
    holes = _Holes(manifest, is_filled_in, templates)
    return tuple(f for f in findings if not holes.is_secret(f)) if only_secrets else tuple(holes.left(findings))


class _Holes:
    """The holes of one manifest."""

    def __init__(self, manifest: Manifest, is_filled_in: Callable[[str], bool] | None, templates: bool) -> None:
        self._marks = manifest.marks
        self._is_tolerant = templates
        self._objects: dict[tuple[str, ObjectRef], Resource] = {
            (r.source.file, r.ref): r for r in (*manifest.resources, *manifest.partial) if r.source.file in self._marks
        }
        self._has_flux = any(resource.ref.group.endswith(_FLUX) for resource in manifest.resources)
        self._is_filled_in = is_filled_in
        self._templates = {u for one in manifest.unchecked if one.what == "template" for u in one.where}

    def is_secret(self, finding: Finding) -> bool:
        """Whether it is about an encrypted value of a Secret."""
        ref = finding.ref
        if ref is None or ref.kind != "Secret" or finding.path[:1] not in (("data",), ("stringData",)):
            return False
        resource = self._objects.get((finding.span.file if finding.span else "", ref))
        return any(map(_ENCRYPTED.search, _concerned(finding, resource.data if resource else None)))

    def left(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that stay; the first one of a file that rests on a template's action says so instead."""
        for finding in findings:
            file = finding.span.file if finding.span else ""
            marks = self._marks.get(file)
            if not marks or finding.ref is None:
                yield finding
                continue
            resource = self._objects.get((file, finding.ref))
            texts = tuple(_concerned(finding, resource.data if resource else None))
            if "ENC[" in marks and any(map(_ENCRYPTED.search, texts)):
                continue
            if "{{" in marks and self._is_tolerant and any(map(_ACTION.search, texts)):
                if file not in self._templates:
                    self._templates.add(file)
                    yield _unrendered(finding)
                continue
            if "${" in marks and (found := _variables(texts)):
                if self._is_variable(file, resource, found):
                    continue
                finding = replace(finding, help=finding.help or _HELP) if finding.group in _JUDGED else finding
            yield finding

    def _is_variable(self, file: str, resource: Resource | None, found: list[re.Match[str]]) -> bool:
        """Whether something fills the variables in, by all that is known."""
        if resource is not None and _is_switched_off(resource):
            return False
        has_default = all(each["default"] for each in found)
        return self._has_flux or has_default or (self._is_filled_in is not None and self._is_filled_in(file))


def _concerned(finding: Finding, data: Any) -> Iterator[str]:
    """The texts that a finding is about: the value at its path, the keys on the way, and what the message tells."""
    yield finding.message
    value = data
    for part in finding.path:
        if isinstance(part, str):
            yield part
        if isinstance(value, str):
            break
        try:
            value = value[part]
        except (TypeError, LookupError):
            return
    if isinstance(value, str):
        yield value


def _variables(texts: Iterable[str]) -> list[re.Match[str]]:
    return [found for text in texts for found in _VARIABLE.finditer(text)]


def _is_switched_off(resource: Resource) -> bool:
    """Whether Flux is told to leave the object as it is."""
    marks = (resource.get("metadata", field) for field in ("annotations", "labels"))
    return any(isinstance(mark, dict) and mark.get(_FLUX_OFF) == "disabled" for mark in marks)


def _unrendered(finding: Finding) -> Finding:
    return replace(
        finding,
        rule="unrendered-template",
        group="chart",
        severity=Severity.WARNING,
        message="this value is of a template, which was not rendered",
        help="render it first and give kplan what comes out; what stands in for values is not judged",
        related=(),
    )
