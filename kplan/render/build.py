"""Which charts and kustomizations there are among files, and what comes of each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Final

from kplan.errors import InputError
from kplan.k8s.version import NEWEST
from kplan.loader.file import Input
from kplan.loader.text import Origin
from kplan.model import Finding, Position, Resource, Severity, Skipped, Span, Unchecked
from kplan.render.chart import Chart, engine_of, read_chart
from kplan.render.kustomize import BuiltSource, Written, build, is_component, is_kustomization, kustomization_in, needed
from kplan.render.load import CHART, Made, Options, Release, key
from kplan.render.program import ProgramError
from kplan.render.tree import RevisionTree, Tree

FAILED: Final = "build-failed"
_PLACED: Final = re.compile(r"([^\s:]+):(?:(\d+):)?(?:(\d+):)? (.*)", re.DOTALL)
_TOOL: Final = "neither kustomize nor kubectl is installed"


def make_builds(files: Sequence[str], options: Options) -> list[Made]:
    """What comes of every chart and kustomization whose file is named; of those inside of another, the outer one.

    `files` are their Chart.yaml and kustomization.yaml, as positions show them.
    """
    made: list[Made] = []
    for revision, names in _by_revision(files).items():
        tree = RevisionTree(revision) if revision else Tree()
        folders = {name: os.path.dirname(tree.real(name)) or os.curdir for name in names}
        charts = _outermost(folder for name, folder in folders.items() if os.path.basename(name) == CHART)
        made += [_chart(folder, tree, options) for folder in charts]
        found = [folders[n] for n in names if os.path.basename(n) != CHART and is_kustomization(tree.real(n))]
        roots = list(_roots(f for f in found if not _below(f, charts)))
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # another program does the work
            made += pool.map(partial(_kustomization, tree), roots)
    return made


def _by_revision(files: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in files:
        revision = "" if os.path.lexists(file) else file.partition(":")[0]
        found.setdefault(revision, []).append(file)
    return found


def _outermost(folders: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for folder in sorted(folders, key=lambda path: path.split("/")):
        if not _below(folder, kept):
            kept.append(folder)
    return kept


def _below(folder: str, others: Iterable[str]) -> bool:
    return any(other == os.curdir or folder.startswith(f"{other}/") for other in others)


def _roots(folders: Iterable[str]) -> Iterator[str]:
    """The kustomizations that no other takes in, and that are built by themselves."""
    all_folders = [os.path.normpath(folder) for folder in folders]
    taken = {path for folder in all_folders for path in needed(folder)[0]}
    return (folder for folder in all_folders if folder not in taken and not is_component(folder))


def _kustomization(tree: Tree, folder: str) -> Made:
    files, remote = needed(folder)
    file = os.path.normpath(tree.shown(kustomization_in(folder) or folder))
    if remote:
        return Made(unchecked=[_not_built("kustomization", f"it takes {min(remote)} from the network", folder, tree)])
    try:
        built = build(folder)
    except ProgramError as error:
        return Made(findings=[_unbuilt(file, str(error), folder)], texts={file: _text(kustomization_in(folder) or "")})
    if built is None:
        return Made(unchecked=[_not_built("kustomization", _TOOL, folder, tree)])
    written = Written(tree.shown)
    name = f"{file} (built)"
    folders = {folder, *(path for path in files if os.path.isdir(path))}
    inside = {os.path.join(f, entry) for f in folders for entry in os.listdir(f)}
    taken = {path for path in {*files, *inside} if os.path.isfile(path)}
    patches = sorted(path for path in files if path in taken)

    def located(index: int, resource: Resource) -> Resource:
        origin = built.origins[index] if index < len(built.origins) else ""
        if not origin:
            return resource
        find = partial(written.source, origin, patches, resource)
        return replace(resource, source=BuiltSource(resource.source, find))

    return Made(
        inputs=[Input(name, built.raw)],
        consumed=_consumed(taken, tree),
        texts={tree.shown(path): _text(path) for path in taken},
        located={name: located},
    )


def _chart(folder: str, tree: Tree, options: Options) -> Made:
    shown = os.path.normpath(tree.shown(folder))
    inside = [os.path.join(above, name) for above, _, names in os.walk(folder) for name in names]
    made = Made(consumed=_consumed(inside, tree), hooks=options.hooks)
    try:
        chart = read_chart(folder, shown)
        if chart.is_library:
            return made
    except InputError as error:
        made.findings.append(_failed(f"{shown}/{CHART}", str(error)))
        return made
    add = _add_helm if engine_of(chart) == "helm" else _add_jinja
    for declared in options.releases_of(tree.named(folder)):
        release = _release(declared, chart, options)
        try:
            add(made, folder, chart, release, tree)
        except InputError as error:
            missing = next((file for file in release.values if not os.path.exists(file)), None)
            message = f"the values of release `{release.name}` cannot be read: there is no file `{missing}`"
            made.findings.append(_failed(f"{shown}/{CHART}", message if missing else str(error)))
    return made


def _release(release: Release | None, chart: Chart, options: Options) -> Release:
    """A release with all that is to be known of it."""
    if release is None:
        return Release(chart.name, chart.folder, options.values, options.namespace, options.minor, options.sets)
    return release if release.minor is not None else replace(release, minor=options.minor)


def _add_helm(made: Made, folder: str, chart: Chart, release: Release, tree: Tree) -> None:
    from kplan.render.helm import helm_template

    values = [text for file in release.values for text in ("--values", file)]
    values += [text for one in release.sets for text in ("--set", one)]
    try:
        texts = helm_template(
            folder,
            shown=chart.folder,
            release=release.name,
            namespace=release.namespace,
            minor=release.minor or NEWEST,
            arguments=values,
        )
    except ProgramError as error:
        made.findings.append(_failed(f"{chart.folder}/{CHART}", f"helm cannot render this chart: {error}"))
        return
    if texts is None:
        made.unchecked.append(_not_built("chart", "helm is not installed", folder, tree))
        return
    for text in texts:
        _add_text(made, text.file, text.raw, text.origin, release)
        made.texts[text.template] = text.source


def _add_jinja(made: Made, folder: str, chart: Chart, release: Release, tree: Tree) -> None:
    from kplan.render.refusal import chart_refusals, value_refusals
    from kplan.render.release import Capabilities
    from kplan.render.release import Release as Shown
    from kplan.render.remark import remarks
    from kplan.render.rendering import render
    from kplan.render.trail import with_values
    from kplan.render.value import Given, chart_with_values, values_files

    capabilities = Capabilities(release.minor or NEWEST)
    made.findings += chart_refusals(chart, capabilities)
    chart, values = chart_with_values(chart, Given(files=values_files(release.values), set=release.sets))
    made.findings += value_refusals(chart, values)
    rendered = render(chart, values, Shown(release.name, release.namespace), capabilities=capabilities)
    for file in rendered.files:
        if file.text.strip():
            _add_text(made, file.rendered_file, file.text.encode(), with_values(file.origins, values), release)
    made.findings += [*rendered.findings, *remarks(rendered)]
    made.texts |= rendered.texts


def _add_text(made: Made, file: str, raw: bytes, origin: Origin, release: Release) -> None:
    """A rendered text, under a name of its own; objects without a namespace are in that of the release."""
    name = file if file not in made.located else f"{file.removesuffix(')')} as {release.name})"
    made.inputs.append(Input(name, raw, origin=origin))
    made.located[name] = partial(_placed, release.namespace, made.hooks)


def _placed(namespace: str, hooks: bool, _index: int, resource: Resource) -> Resource | Skipped:
    event = resource.get("metadata", "annotations", "helm.sh/hook")
    if event is not None and not hooks:
        span = resource.source.span(())
        span = span.origin or span
        return Skipped(span.file, span.start.line, f"{resource.ref}, a Helm hook: {event}")
    if not resource.ref.namespace or resource.get("metadata", "namespace"):
        return resource
    return replace(resource, ref=replace(resource.ref, namespace=namespace))


def _not_built(what: str, why: str, folder: str, tree: Tree) -> Unchecked:
    return Unchecked(what, f"not rendered: {why}", 1, (tree.shown(folder),))


def _failed(file: str, message: str) -> Finding:
    """The finding; a message that begins with a place stands there."""
    placed = _PLACED.match(message)
    if placed:
        file, message = placed[1], placed[4]
    start = Position(int(placed[2] or 1), int(placed[3] or 1)) if placed else Position(1, 1)
    return Finding(FAILED, "chart", Severity.ERROR, message, span=Span(file, start, start))


def _unbuilt(file: str, said: str, folder: str) -> Finding:
    """The finding for a kustomization that cannot be built, at the word it is about."""
    from kplan.render.kustomize_error import failure, line_of

    why = failure(said, folder)
    line, column = line_of(why.word, _text(kustomization_in(folder) or ""))
    start = Position(line, column)
    span = Span(file, start, Position(line, column + len(why.word)))
    return Finding(
        FAILED, "chart", Severity.ERROR, f"this kustomization cannot be built: {why.message}", why.help, span=span
    )


def _consumed(paths: Iterable[str], tree: Tree) -> frozenset[str]:
    return frozenset(key(tree.shown(path)) for path in paths)


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
