"""`--changed` and `--since`: what belongs to a change, now and before it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import click

from kplan.cli.configured import config_of, is_configured, under, value_of, walk_of
from kplan.cli.option import listed
from kplan.cli.part import Part, Settings, beside, lint_parts, parts_of, terms_of
from kplan.config import find_config, name_from, read_config
from kplan.errors import InputError, UsageError
from kplan.model import Manifest
from kplan.model.fingerprint import posix
from kplan.pipeline import forget_earlier

if TYPE_CHECKING:
    from datetime import date

    from kplan.config import Config, Terms
    from kplan.model import Finding, Span
    from kplan.pipeline import Lint

FROM: Final = "PRE_COMMIT_FROM_REF"
"""Where pre-commit says which revision a change begins at, when it is not HEAD."""
_BUILDS: Final = ("Chart.yaml", "kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True, slots=True)
class Root:
    """A folder of manifests that a change touches: `config` is the configuration that counts in it.

    `changed` are the real paths of what changed and is there, `gone` of what is deleted; `tracked` of all that git
    tracks, None where the folder is in no repository. `revision` is the commit before the change, None where there is
    none.
    """

    config: Config
    folder: str
    changed: frozenset[str]
    gone: frozenset[str]
    tracked: frozenset[str] | None
    revision: str | None

    def has(self, file: str) -> bool:
        """Whether a file is one of those that changed."""
        return real(file) in self.changed

    def counts(self, file: str) -> bool:
        """Whether a file is what the next commit has, or one of those that changed."""
        return self.tracked is None or real(file) in self.tracked or self.has(file)


def real(file: str) -> str:
    """The real path of the folder that a file or link is in, with its name."""
    folder, name = os.path.split(os.path.abspath(file))
    return os.path.join(_real(folder), name)


@cache
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def roots(ctx: click.Context, paths: Iterable[str], since: str | None) -> list[Root]:
    """The folders of manifests that changed files belong to, sorted; what was deleted since belongs to the change.

    It is the folder of the configuration that is nearest to a file, else the root of the git repository, else the
    working folder, or the file's own where that is elsewhere. Raises UsageError for a path that is not there and never
    was, InputError for an unknown revision.
    """
    from kplan.loader import git_change

    top = git_change.repository()
    revision = _revision(since) if top or since else None
    tracked = git_change.tracked() if top else None
    deleted = git_change.deleted(revision) if revision else ()
    changed = list(_changed(paths, {*deleted}))
    nearest = cache(lambda folder: config_of(ctx) if is_configured(ctx) else read_config(find_config(folder)))
    found: dict[str, tuple[Config, set[str], set[str]]] = {}
    for file in (*changed, *deleted):
        config = nearest(os.path.dirname(file))
        folder = _owner(config, file, top)
        if _may_count(file, folder):
            _, there, gone = found.setdefault(folder, (config, set(), set()))
            (gone if file in deleted else there).add(file)
    return [
        Root(
            config,
            os.path.relpath(folder),
            frozenset(there),
            frozenset(gone),
            tracked if _is_below(folder, top) else None,
            revision if _is_below(folder, top) else None,
        )
        for folder, (config, there, gone) in sorted(found.items())
    ]


def _revision(since: str | None) -> str | None:
    """The revision before the change; None where there is none yet."""
    from kplan.loader import git_change

    if since is not None:
        return known_revision(since)
    begin = os.environ.get(FROM)
    return (git_change.common(begin) if begin else None) or ("HEAD" if git_change.commit("HEAD") else None)


def known_revision(since: str, paths: Iterable[str] = ()) -> str:
    """A revision by a name without colons, which paths are compared with.

    Raises InputError where git knows none of that name, UsageError for paths that are not of the working tree.
    """
    from kplan.loader import git_change

    if any(path == "-" or (":" in path and not os.path.lexists(path)) for path in paths):
        raise UsageError("--since compares with files and folders of the working tree: give no others")
    found = git_change.commit(since)
    if found is None:
        reason = f"git knows no revision `{since}`" if git_change.repository() else "this is no git repository"
        raise InputError(f"--since {since}: {reason}")
    return found if ":" in since else since


def _changed(paths: Iterable[str], deleted: set[str]) -> Iterator[str]:
    from kplan.loader.file import near_miss

    for path in paths:
        if path == "-":
            raise UsageError("--changed: standard input (-) is no file that changes")
        if os.path.isdir(path):
            for above, folders, names in os.walk(path):
                folders[:] = [folder for folder in folders if not folder.startswith(".")]
                yield from (real(os.path.join(above, name)) for name in names)
        elif os.path.lexists(path):
            yield real(path)
        elif real(path) not in deleted:
            raise UsageError(f"`{path}` does not exist{near_miss(path)}")


def _owner(config: Config, file: str, top: str | None) -> str:
    """The real path of the folder whose manifests are judged with a file."""
    own = (os.path.realpath(config.root),) if config.file else ()
    above = (*own, *((top,) if top else ()), os.path.realpath(os.curdir))
    return next((folder for folder in above if _is_below(file, folder)), os.path.dirname(file))


def _is_below(path: str, folder: str | None) -> bool:
    return folder is not None and (path == folder or path.startswith(os.path.join(folder, "")))


def _may_count(file: str, folder: str) -> bool:
    """Whether a file can have a say in what the manifests of a folder are: one of them, or a part of a chart."""
    from kplan.loader.file import SUFFIXES

    *above, _ = os.path.relpath(file, folder).split(os.sep)
    if any(part.startswith(".") for part in above):
        return False
    return file.endswith(SUFFIXES) or _is_built(os.path.dirname(file), folder)


def _is_built(folder: str, top: str) -> bool:
    """Whether a folder, or one above it up to `top`, is of a chart or a kustomization."""
    if any(os.path.lexists(os.path.join(folder, name)) for name in _BUILDS):
        return True
    return folder != top and _is_below(os.path.dirname(folder), top) and _is_built(os.path.dirname(folder), top)


def settings_of(ctx: click.Context) -> Settings:
    """What is judged by, where no group says it."""
    from kplan.k8s.version import parse_version

    version = value_of(ctx, "kube-version")
    return Settings(
        version if isinstance(version, int) else parse_version(version),
        *(value_of(ctx, name) for name in ("namespace", "profile", "crds", "externals", "inventory")),
    )


def parts_now(ctx: click.Context, root: Root, top: Settings, *, hooks: bool = True) -> list[Part]:
    """What is judged together with the changed files of a root; nothing where none of them is a manifest."""
    from kplan.loader.file import inputs

    is_beside = beside(root.config, (*root.changed, *root.gone))
    read = (each._replace(file=os.path.relpath(each.file)) for each in inputs((root.folder,), walk=walk_of(ctx)))
    given = [each for each in read if root.counts(each.file)]
    if not root.gone and not any(root.has(file) or _is_part(file, root) for file, *_ in given):
        return []
    return parts_of(ctx, (each for each in given if is_beside(each.file)), top, hooks=hooks)


def _is_part(file: str, root: Root) -> bool:
    """Whether a file tells of a chart or kustomization that changed files are a part of."""
    if os.path.basename(file) not in _BUILDS:
        return False
    folder = os.path.dirname(real(file))
    return any(_is_below(changed, folder) for changed in root.changed)


def parts_before(ctx: click.Context, root: Root, top: Settings, *, hooks: bool = True) -> list[Part]:
    """The same as it was before the change."""
    from kplan.loader.git import revision_files

    if root.revision is None:
        return []
    is_beside = beside(root.config, (*root.changed, *root.gone))
    given = revision_files(root.revision, (root.folder,), walk_of(ctx))
    return parts_of(ctx, (each for each in given if is_beside(each.file)), top, hooks=hooks)


def lint_changed(ctx: click.Context, paths: Iterable[str], since: str | None, today: date) -> tuple[Lint, bool] | None:
    """What is wrong in changed files, and what they break elsewhere, and whether it is bad enough to fail.

    With `since`, only what is new in the changed files. None where no manifest is among them.
    """
    from kplan.cli.known import without_baseline
    from kplan.model import Severity
    from kplan.pipeline import join

    found, fails = [], False
    for root in roots(ctx, paths, since):
        with under(ctx, root.config):
            if parts := parts_now(ctx, root, settings_of(ctx)):
                one = _lint_root(ctx, root, parts, since is not None, today)
                if baseline := value_of(ctx, "baseline"):
                    one = without_baseline(one, baseline, False, name_from(root.config.root), root.config.root)
                level = Severity[value_of(ctx, "fail-on").upper()]
                fails = fails or any(finding.severity >= level for finding in one.findings)
                found.append(one)
    return (join(found), fails) if found else None


def _lint_root(ctx: click.Context, root: Root, parts: list[Part], only_new: bool, today: date) -> Lint:
    names = _names(ctx)
    terms = terms_of(ctx, (root.folder,), today)
    terms = replace(terms, whole=terms.whole and not root.config.groups)
    now = lint_parts(parts, *names, terms)
    is_here = partial(_is_here, root)
    if not only_new and all(map(is_here, now.findings)):
        return now
    if root.revision is None:
        return forget_earlier(now, None if root.tracked is None else (), terms.name_of, terms.name_of, is_here)
    before = lint_parts(parts_before(ctx, root, settings_of(ctx)), *names, terms)
    if only_new:
        return _only_new(now, before, root.revision, terms)
    return forget_earlier(now, before.findings, terms.name_of, terms.name_of, is_here)


def lint_since(ctx: click.Context, found: Lint, paths: Sequence[str], revision: str, terms: Terms) -> Lint:
    """What of the findings in the paths was not there in the revision, or stands in a line that is written since."""
    from kplan.loader.git import revision_files

    if not found.findings:
        return found
    given = revision_files(revision, paths, walk_of(ctx))
    before = lint_parts(parts_of(ctx, given, settings_of(ctx)), *_names(ctx), terms)
    return _only_new(found, before, revision, terms)


def _names(ctx: click.Context) -> tuple[list[str], list[str]]:
    """The rules and groups that are asked for, and those that are not."""
    return listed(value_of(ctx, "select")), listed(value_of(ctx, "ignore"))


def _only_new(now: Lint, before: Lint, revision: str, terms: Terms) -> Lint:
    from kplan.loader.git_change import moved

    name_of = terms.name_of
    new_names = {name_of(f"{revision}:{old}"): name_of(f"{revision}:{new}") for new, old in moved(revision).items()}

    def name_before(file: str) -> str:
        name = name_of(file)
        return new_names.get(name, name)

    return forget_earlier(now, before.findings, name_of, name_before, _is_written(now, before, name_of, name_before))


def _is_written(
    now: Lint, before: Lint, name_of: Callable[[str], str], name_before: Callable[[str], str]
) -> Callable[[Finding], bool]:
    """Whether the line that a finding points at, whatever its indentation, is not in the same file before."""
    files = {name_before(file): file for file in (*before.manifest.files, *before.manifest.texts)}

    @cache
    def lines(side: Lint, file: str) -> tuple[str, ...]:
        return tuple(line.strip() for line in (side.text(file) or "").split("\n"))

    def is_written(finding: Finding) -> bool:
        *_, span = (None, *_spans(finding))
        earlier = files.get(name_of(span.file)) if span else None
        if span is None or earlier is None:
            return False
        here = lines(now, span.file)[span.start.line - 1 : span.start.line]
        return not set(here) <= set(lines(before, earlier))

    return is_written


@dataclass(frozen=True, slots=True)
class Sides:
    """What there is before and after a change in one group: `title` names it, "" where there is only one.

    `is_here` says whether a finding is of a file that changed; of others, only what is new counts. None: all count.
    """

    before: Manifest
    after: Manifest
    minor: int
    crds: tuple[str, ...] = ()
    title: str = ""
    is_here: Callable[[Finding], bool] | None = None
    name_of: Callable[[str], str] = posix


def sides_of_change(ctx: click.Context, paths: Iterable[str], since: str | None) -> list[Sides]:
    """The sides of each group that changed files belong to, in order; none where no manifest is among them."""
    found = [each for root in roots(ctx, paths, since) for each in _sides(ctx, root)]
    return found if len(found) > 1 else [replace(each, title="") for each in found]


def _sides(ctx: click.Context, root: Root) -> Iterator[Sides]:
    is_beside = beside(root.config, (*root.changed, *root.gone), with_shared=False)
    with under(ctx, root.config):
        top = settings_of(ctx)
        now = parts_now(ctx, root, top, hooks=False)
        earlier = {part.name: part for part in parts_before(ctx, root, top, hooks=False)} if now else {}
    sides = {part.name: part for part in (*earlier.values(), *now)}
    for name, part in sides.items():
        after = part.manifest if part in now else Manifest()
        before = earlier[name].manifest if name in earlier else Manifest()
        title = f"{root.folder}: {name}" if name else root.folder
        if any(is_beside(file) for file in (*before.files, *after.files)):
            name_of = name_from(root.config.root)
            yield Sides(before, after, part.settings.minor, part.settings.crds, title, partial(_is_here, root), name_of)


def _is_here(root: Root, finding: Finding) -> bool:
    return any(root.has(span.file) for span in _spans(finding))


def _spans(finding: Finding) -> Iterator[Span]:
    """The place of a finding, and those in the templates that it was rendered from."""
    span = finding.span
    while span is not None:
        yield span
        span = span.origin
