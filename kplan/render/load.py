"""Paths to a manifest, with every chart and kustomization among them rendered.

A folder that holds a chart or a kustomization is no folder of loose manifests: its files are read by what builds them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from kplan.loader import load_inputs
from kplan.loader.file import Input, inputs
from kplan.model import Finding, Manifest, Resource, Skipped, Unchecked

if TYPE_CHECKING:
    from kplan.loader.ignore import Walk

CHART: Final = "Chart.yaml"
KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True, slots=True)
class Release:
    """A chart under a name, with values files; `minor` is None where it is that of all."""

    name: str
    chart: str
    values: tuple[str, ...] = ()
    namespace: str = "default"
    minor: int | None = None
    sets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """How things are rendered: for Kubernetes' `minor`, charts as their releases say.

    A chart that no release names is rendered under its own name, into `namespace`, with its own values and those of the
    files in `values` and of the texts in `sets`, which are as `--set` takes them. Where `hooks` is false, objects that
    Helm runs apart from the release are left out, as they are in what it applies.
    """

    minor: int
    namespace: str = "default"
    releases: tuple[Release, ...] = ()
    hooks: bool = True
    values: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()

    def releases_of(self, folder: str) -> tuple[Release | None, ...]:
        """Those of the chart in a folder; None stands for the one that nobody declared."""
        place = os.path.realpath(folder)
        return tuple(one for one in self.releases if os.path.realpath(one.chart) == place) or (None,)


@dataclass(slots=True)
class Made:
    """What comes of one build: texts in place of the files in `consumed`, and what is to be said of it.

    `texts` are those of the files that positions may point into. `located` gives, for a text that was made, each of
    its objects, by its number in it, the places that it comes from, or leaves it out.
    """

    inputs: list[Input] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)
    consumed: frozenset[str] = frozenset()
    hooks: bool = True
    texts: dict[str, str] = field(default_factory=dict)
    located: dict[str, Callable[[int, Resource], Resource | Skipped]] = field(default_factory=dict)


def load(
    paths: Sequence[str | os.PathLike[str]],
    *,
    options: Options,
    stdin: bytes | None = None,
    walk: Walk | None = None,
) -> Manifest:
    """As `kplan.loader.load`, but that charts and kustomizations in folders are rendered.

    What cannot be rendered is in the manifest's findings, or, where the program for it is not installed, in its
    `unchecked`.
    """
    return load_built(inputs(paths, stdin, walk), options)


def load_revision(
    rev: str,
    paths: Sequence[str | os.PathLike[str]],
    *,
    options: Options,
    walk: Walk | None = None,
) -> Manifest:
    """As `kplan.loader.load_revision`, with charts and kustomizations rendered."""
    from kplan.loader.git import revision_files

    return load_built(revision_files(rev, paths, walk), options)


def load_built(files: Iterable[Input], options: Options) -> Manifest:
    """The manifest of the files, what belongs to charts and kustomizations among them rendered."""
    given = list(files)
    builds = [file for file, *_ in given if os.path.basename(file) == CHART or os.path.basename(file) in KUSTOMIZATIONS]
    if not builds:
        return load_inputs(given, options.namespace)
    from kplan.render.build import make_builds

    made = make_builds(builds, options)
    consumed = frozenset().union(*(one.consumed for one in made))
    loose = [each for each in given if key(each.file) not in consumed]
    manifest = load_inputs([*loose, *(each for one in made for each in one.inputs)], options.namespace)
    return _completed(manifest, given, made)


def key(file: str) -> str:
    """What tells files apart, whatever way they are named."""
    return file if ":" in file else os.path.abspath(file)


def _completed(manifest: Manifest, given: Sequence[Input], made: Sequence[Made]) -> Manifest:
    """The manifest with what the builds have to say, and with the names and texts of the files that they read."""
    located = list(_located(manifest.resources, made))
    read = set(manifest.files)
    texts = {each.file: each.raw.decode("utf-8", "replace") for each in given if each.file not in read}
    for one in made:
        texts |= one.texts
    return replace(
        manifest,
        resources=tuple(each for each in located if isinstance(each, Resource)),
        skipped=(*manifest.skipped, *(each for each in located if isinstance(each, Skipped))),
        findings=(*manifest.findings, *(finding for one in made for finding in one.findings)),
        files=tuple(each.file for each in given),
        texts={**texts, **manifest.texts},
        unchecked=(*manifest.unchecked, *(unchecked for one in made for unchecked in one.unchecked)),
    )


def _located(resources: Iterable[Resource], made: Sequence[Made]) -> Iterator[Resource | Skipped]:
    located = {file: place for one in made for file, place in one.located.items()}
    numbers: Counter[str] = Counter()
    for resource in resources:
        file = resource.source.file
        if file in located:
            numbers[file] += 1
            yield located[file](numbers[file] - 1, resource)
        else:
            yield resource
