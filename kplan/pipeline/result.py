"""What a lint found, and what becomes of several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from kplan.model import Finding, Manifest, Severity, Source, Unchecked

if TYPE_CHECKING:
    from kplan.suppression import Baseline


WITHOUT_SCHEMA = ("object", "without schema")


class Lint:
    """What a lint of `manifest` found, and what it could not check.

    `findings` are in order of file and place. `unchecked` is what the rules that were asked for did not see, in order,
    one for each sort and reason; documents that are no objects are none of it. `rules` were asked for, and in some
    files others: `rules_in`. `allowed` counts the findings that are not shown: `comment`, `annotation`, `configuration`
    and `baseline` are what allows them, `revision` stands for those that a change did not bring. `minors` are all
    versions of Kubernetes that parts of it were judged by.
    """

    def __init__(
        self,
        manifest: Manifest,
        findings: tuple[Finding, ...],
        minor: int,
        unchecked: tuple[Unchecked, ...] = (),
        rules: frozenset[str] = frozenset(),
        *,
        rules_in: Mapping[str, frozenset[str]] | None = None,
        allowed: Mapping[str, int] | None = None,
        minors: tuple[int, ...] = (),
    ) -> None:
        self.manifest = manifest
        self.findings = findings
        self.minor = minor
        self.unchecked = unchecked
        self.rules = rules
        self.rules_in = rules_in or {}
        self.allowed = allowed or {}
        self.minors = minors or (minor,)

    @property
    def without_schema(self) -> tuple[str, ...]:
        """The kinds, as `apiVersion/Kind`, that no schema is known for; empty where the schema was not asked for."""
        return next((u.where for u in self.unchecked if (u.what, u.why) == WITHOUT_SCHEMA), ())

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(f.severity == severity for f in self.findings)

    def text(self, file: str) -> str | None:
        """The text of a file of the manifest, None where it is not at hand."""
        if file in self.manifest.texts:
            return self.manifest.texts[file]
        source = self._sources.get(file)
        return source.text() if source else None

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return {r.source.file: r.source for r in self.manifest.resources}


def with_findings(found: Lint, findings: tuple[Finding, ...], allowed: Mapping[str, int]) -> Lint:
    """The same with other findings, and with the counts of those that are not shown."""
    return Lint(
        found.manifest,
        findings,
        found.minor,
        found.unchecked,
        found.rules,
        rules_in=found.rules_in,
        allowed={by: count for by, count in allowed.items() if count},
        minors=found.minors,
    )


def forget_known(found: Lint, baseline: Baseline, name_of: Callable[[str], str]) -> Lint:
    """The same without the findings of a baseline."""
    from kplan.suppression import without_known

    left = without_known(found.findings, baseline, name_of)
    return with_findings(found, left, {**found.allowed, "baseline": len(found.findings) - len(left)})


def forget_earlier(
    found: Lint,
    before: Iterable[Finding] | None,
    name_of: Callable[[str], str],
    name_before: Callable[[str], str],
    is_meant: Callable[[Finding], bool],
) -> Lint:
    """The same without the findings of before, but for what is meant; with that alone where before is unknown."""
    from kplan.suppression import without_earlier

    if before is None:
        left = tuple(filter(is_meant, found.findings))
    else:
        left = without_earlier(found.findings, before, name_of, name_before, is_meant)
    return with_findings(found, left, {**found.allowed, "revision": len(found.findings) - len(left)})


def join(judgements: Sequence[Lint]) -> Lint:
    """Judgements of parts of the input, each by its own settings, as one; the first tells its Kubernetes version."""
    from kplan.model.coverage import summed
    from kplan.rules.engine import in_order

    if len(judgements) == 1:
        return judgements[0]
    manifest = by_file(together([one.manifest for one in judgements]))
    findings = in_order(f for one in judgements for f in one.findings)
    unchecked = summed(u for one in judgements for u in one.unchecked)
    rules = frozenset().union(*(one.rules for one in judgements))
    return Lint(
        manifest,
        findings,
        judgements[0].minor,
        unchecked,
        rules,
        rules_in={file: one.rules_in.get(file, one.rules) for one in judgements for file in one.manifest.files},
        allowed=sum((Counter(one.allowed) for one in judgements), Counter()),
        minors=tuple(sorted({minor for one in judgements if one.manifest.files for minor in one.minors})),
    )


def together(manifests: Iterable[Manifest]) -> Manifest:
    """All that is in some manifests, in their order."""
    manifests = tuple(manifests)
    return Manifest(
        tuple(chain.from_iterable(m.resources for m in manifests)),
        tuple(chain.from_iterable(m.findings for m in manifests)),
        tuple(chain.from_iterable(m.skipped for m in manifests)),
        tuple(chain.from_iterable(m.files for m in manifests)),
        {file: text for m in manifests for file, text in m.texts.items()},
        tuple(chain.from_iterable(m.unchecked for m in manifests)),
        tuple(chain.from_iterable(m.partial for m in manifests)),
        {file: marks for m in manifests for file, marks in m.marks.items()},
    )


def by_file(manifest: Manifest) -> Manifest:
    """The manifest with its files in order, so that the order of arguments does not matter."""
    files = tuple(sorted(manifest.files))
    if files == manifest.files:
        return manifest
    return replace(
        manifest,
        resources=tuple(sorted(manifest.resources, key=lambda r: r.source.file)),
        skipped=tuple(sorted(manifest.skipped, key=lambda s: s.file)),
        files=files,
    )
