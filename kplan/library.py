"""What `import kplan` offers, for use without the command line.

Kubernetes versions are texts here ("1.36"); None is the newest that kplan knows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kplan.k8s.version import NEWEST, parse_version

if TYPE_CHECKING:
    from kplan.model import Finding, Manifest
    from kplan.model.change import Change
    from kplan.planner.model import Plan, Policy


def _minor(kube_version: str | None) -> int:
    return NEWEST if kube_version is None else parse_version(kube_version)


def load(
    paths: Sequence[str | os.PathLike[str]],
    *,
    kube_version: str | None = None,
    default_namespace: str = "default",
    stdin: bytes | None = None,
) -> Manifest:
    """All objects of the paths, in order; charts and kustomizations in folders are rendered for the version.

    A path is a file, a folder (with all `.yaml`, `.yml` and `.json` files below it, in order of their names; hidden
    folders and what .gitignore and .kplanignore name are not read), `-` for stdin, or `REV:path` for a file or folder
    of a git revision; a name that exists wins. What cannot be read or rendered is in the manifest's `findings`, what
    was not rendered for want of a program in its `unchecked`.

    Raises UsageError for a path that does not exist, InputError for a git revision that does not.
    """
    from kplan.render.load import Options
    from kplan.render.load import load as load_rendered

    return load_rendered(paths, options=Options(_minor(kube_version), default_namespace), stdin=stdin)


def template(
    chart: str | os.PathLike[str],
    *,
    name: str | None = None,
    namespace: str = "default",
    values: Sequence[str | os.PathLike[str]] = (),
    set: Sequence[str] = (),
    kube_version: str | None = None,
) -> Manifest:
    """The objects of a chart with Jinja templates, as the release `name` (None: the chart's name) has them.

    `values` are files, the last one wins; `set` are texts as `--set` takes them. Positions have the place in the
    template as their `origin`; the errors of the templates are in the manifest's `findings`.

    Raises InputError for a folder without a chart and for values that cannot be read, UsageError for a `set` text.
    """
    from kplan.render.chart import read_chart
    from kplan.render.release import Capabilities, Release
    from kplan.render.rendering import manifest, render
    from kplan.render.value import Given, chart_with_values, values_files

    found, merged = chart_with_values(
        read_chart(os.fspath(chart)), Given(files=values_files(str(os.fspath(file)) for file in values), set=tuple(set))
    )
    release = Release(found.name if name is None else name, namespace)
    rendered = render(found, merged, release, capabilities=Capabilities(_minor(kube_version)))
    return manifest(rendered, default_namespace=namespace)


def lint(
    manifest: Manifest,
    *,
    kube_version: str | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    crds: Manifest | None = None,
    profile: str = "default",
) -> tuple[Finding, ...]:
    """What is wrong with a manifest, in order of file and place.

    `select` and `ignore` are names of rules or groups; nothing selected is all of the profile. `crds` are definitions
    of custom resources that are not to be checked themselves. `profile` is "default", "recommended", "strict",
    "pss-baseline" or "pss-restricted".
    Raises UsageError for a version, rule, group or profile that kplan does not know.
    """
    from kplan.pipeline import lint_manifest

    minor = _minor(kube_version)
    return lint_manifest(manifest, minor=minor, select=select, ignore=ignore, crds=crds, profile=profile)


def diff(
    before: Manifest, after: Manifest, *, kube_version: str | None = None, prune: bool = False
) -> tuple[Change, ...]:
    """What an apply of `after` changes in a cluster that was given `before`, one change for each object.

    Without `prune`, objects that are only in `before` are left alone, as `kubectl apply` does.
    Raises UsageError for a version that kplan does not know.
    """
    from kplan.pipeline import diff_manifests

    return diff_manifests(before, after, minor=_minor(kube_version), prune=prune)


def plan(
    before: Manifest | None,
    after: Manifest,
    *,
    kube_version: str | None = None,
    policy: Policy = "batch",
    prune: bool = False,
) -> Plan:
    """What an apply of `after` does to a cluster that was given `before` (None: an empty one), step by step.

    `policy` says what a step is: "batch" for all kubelet acts that are due, "seq" for one. Counts are pods, requests
    are in millicores and bytes. Objects with errors are left out; the errors are the plan's `findings`.
    Raises UsageError for a version that kplan does not know.
    """
    from kplan.model import Manifest
    from kplan.pipeline import plan_manifests

    minor = _minor(kube_version)
    return plan_manifests(before or Manifest(), after, minor=minor, policy=policy, prune=prune)


def pod_template_hash(
    template: Mapping[str, Any], *, kube_version: str | None = None, collision_count: int | None = None
) -> str:
    """The `pod-template-hash` of a pod template as written: what follows `NAME-` in the ReplicaSet's name.

    `template` is a Deployment's or DaemonSet's `spec.template` as plain Python; defaults are filled in here.
    `collision_count` is the Deployment's `status.collisionCount`, None where it has none.

    Raises InputError for a template that the API server cannot decode, and for one whose hash cannot be predicted
    (a time in its metadata); UsageError for a version that kplan does not know.

    >>> template = {"metadata": {"labels": {"name": "mongo"}}, "spec": {"containers": [
    ...     {"name": "mongo", "image": "mongo", "ports": [{"name": "mongo", "containerPort": 27017}]}]}}
    >>> pod_template_hash(template, kube_version="1.20"), pod_template_hash(template, kube_version="1.36")
    ('5c694c878b', '555fcd886')
    """
    from kplan.defaults import template_hash

    return template_hash(dict(template), _minor(kube_version), collision_count)


def controller_revision_hash(
    workload: Mapping[str, Any], *, kube_version: str | None = None, collision_count: int | None = None
) -> str:
    """The hash in the name of the ControllerRevision of a StatefulSet or DaemonSet, as written: `NAME-HASH`.

    `workload` is the whole object as plain Python. `collision_count` is its `status.collisionCount`; where None, the
    object's own status counts.

    Raises InputError for an object that is neither, or that the API server cannot decode; UsageError for a version that
    kplan does not know.
    """
    from kplan.defaults import revision_hash, template_hash
    from kplan.errors import InputError

    kind, spec, status = workload.get("kind"), workload.get("spec"), workload.get("status")
    template = spec.get("template") if isinstance(spec, Mapping) else None
    if not isinstance(template, Mapping):
        raise InputError("spec.template: Required value")
    if collision_count is None and isinstance(status, Mapping):
        collision_count = status.get("collisionCount")
    if kind == "StatefulSet":
        return revision_hash(dict(template), _minor(kube_version), collision_count)
    if kind == "DaemonSet":
        return template_hash(dict(template), _minor(kube_version), collision_count)
    raise InputError(
        f"kind: a {kind or 'thing without kind'} has no ControllerRevisions; a StatefulSet or DaemonSet has"
    )
