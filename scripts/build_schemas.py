#!/usr/bin/env python3
"""Builds kplan/schemas/data from the OpenAPI definitions of every Kubernetes minor from 1.16 to 1.37.

Sources, by name and version:

- `kubernetes-validate` 1.24.1 (sdist: 1.16 to 1.24) and 1.37.0 (wheel: 1.25 to 1.37) from PyPI, which hold the
  definitions of each release's swagger.json as JSON Schema. Fetched with pip into the cache folder once.
- `--lifecycle`: a JSON list of {group, version, kind, introduced, deprecated, removed, replacement, successor}, the
  facts of the lifecycle functions in k8s.io/api.
- `--openapi`: `/openapi/v2` of an API server, gzipped: `--check` compares its merge keys and list-map keys.

    python scripts/build_schemas.py CACHE --lifecycle lifecycle.json [--openapi v2.json.gz] [--check]

With `--check` nothing is written: the data in the tree is compared with the sources, field by field and minor by minor.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kplan.kinds.scope import scope  # noqa: E402
from kplan.schemas.text import FieldText, format_field  # noqa: E402

DATA = ROOT / "kplan" / "schemas" / "data"
MINORS = range(16, 38)
SDIST, WHEEL = "kubernetes-validate-1.24.1.tar.gz", "kubernetes_validate-1.37.0-py3-none-any.whl"

PACKAGES = {
    "io.k8s.api.": "",
    "io.k8s.apimachinery.pkg.apis.": "",
    "io.k8s.apiextensions-apiserver.pkg.apis.": "",
    "io.k8s.kube-aggregator.pkg.apis.": "",
}
# What decodes itself: its JSON form is not its OpenAPI form.
SELF_DECODED = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "string:date-time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "string:micro-time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "any",
}
for group_version in ("v1", "v1beta1"):
    prefix = f"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.{group_version}.JSON"
    SELF_DECODED[prefix] = "any"
    SELF_DECODED[f"{prefix}SchemaPropsOrArray"] = "any:schema-or-list"
    SELF_DECODED[f"{prefix}SchemaPropsOrBool"] = "any:schema-or-boolean"
    SELF_DECODED[f"{prefix}SchemaPropsOrStringArray"] = "any:schema-or-texts"

# OpenAPI calls these required; API servers take objects without them, because they have a default or zero will do.
# Taken from pkg/apis/*/validation and pkg/apis/*/*/defaults.go. By type and field, of one version where named.
NOT_REQUIRED = set(
    """
    APIServiceSpec.service CSIDriver.spec CSINode.spec CSINodeSpec.drivers ControllerRevision.revision Counter.value
    CustomResourceDefinitionVersion.served CustomResourceDefinitionVersion.storage DeviceCapacity.value DeviceClass.spec
    EndpointSlice.endpoints Event.involvedObject GroupResource.group HTTPHeader.value HostPortRange.max
    HostPortRange.min IDRange.max IDRange.min ISCSIPersistentVolumeSource.lun ISCSIVolumeSource.lun
    LimitRangeSpec.limits
    NetworkPolicySpec.podSelector PodFailurePolicy.rules PodFailurePolicyRule.onPodConditions
    PreferredSchedulingTerm.preference PriorityClass.value ProjectedVolumeSource.sources ResourceClaim.spec
    ResourceClaimTemplate.spec ResourceClaimTemplateSpec.spec ResourcePool.generation RoleRef.apiGroup
    RuntimeClassStrategyOptions.allowedRuntimeClassNames ScaleIOPersistentVolumeSource.secretRef
    ScaleIOVolumeSource.secretRef SleepAction.seconds StatefulSetSpec.serviceName StorageVersion.spec Sysctl.value
    TokenRequest.audience
    apiextensions.v1beta1.CustomResourceDefinitionSpec.scope autoscaling.v2beta1.ObjectMetricSource.targetValue
    events.v1beta1.Event.eventTime events.v1beta1.EventSeries.count events.v1beta1.EventSeries.lastObservedTime
    events.v1beta1.EventSeries.state
    """.split()  # noqa: SIM905 a column of a hundred quoted lines reads no better
)

# Before this minor the API server does not look into the field: its feature gate was off (the field is dropped), or
# validation came later (StatefulSets). Nothing is required there. Taken from pkg/features/kube_features.go.
UNVALIDATED_BEFORE = {
    "Container.resizePolicy": 33,
    "Container.restartPolicyRules": 35,
    "Container.startupProbe": 18,
    "CustomResourceDefinitionVersion.selectableFields": 31,
    "EnvVarSource.fileKeyRef": 35,
    "JSONSchemaProps.x-kubernetes-validations": 25,
    "JobSpec.podFailurePolicy": 26,
    "JobSpec.successPolicy": 31,
    "MetricSpec.containerResource": 27,
    "MutatingWebhook.matchConditions": 28,
    "PersistentVolumeClaimSpec.dataSourceRef": 24,
    "PodSpec.os": 24,
    "PodSpec.resourceClaims": 34,
    "PodSpec.schedulingGates": 27,
    "PodSpec.topologySpreadConstraints": 18,
    "Probe.grpc": 24,
    "ResourceRequirements.claims": 34,
    "StatefulSetSpec.template": 34,
    "StatefulSetSpec.volumeClaimTemplates": 34,
    "ValidatingWebhook.matchConditions": 28,
    "Volume.ephemeral": 21,
}

Definitions = dict[str, dict[str, Any]]
Row = tuple[str, int, int]


def main() -> None:
    """Builds or checks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--lifecycle", type=Path, required=True)
    parser.add_argument("--openapi", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    fetch(options.cache)
    versions = {minor: definitions(options.cache, minor) for minor in MINORS}
    lifecycle = json.loads(options.lifecycle.read_text())
    files = dict(build(versions, lifecycle))
    if options.check:
        check(files, versions, options.openapi)
    else:
        write(files)


def fetch(cache: Path) -> None:
    """Downloads the two packages into the cache, unless they are there."""
    cache.mkdir(parents=True, exist_ok=True)
    for name, requirement in ((SDIST, "kubernetes-validate==1.24.1"), (WHEEL, "kubernetes-validate==1.37.0")):
        if not (cache / name).exists():
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(cache), requirement], check=True
            )


def definitions(cache: Path, minor: int) -> Definitions:
    """All OpenAPI definitions of one minor, by full name."""
    inner = f"kubernetes_validate/kubernetes-json-schema/v1.{minor}.0-local/_definitions.json"
    if minor <= 24:
        with tarfile.open(cache / SDIST) as archive:
            member = archive.extractfile(f"{SDIST.removesuffix('.tar.gz')}/src/{inner}")
            assert member is not None
            loaded = json.load(member)
    else:
        with zipfile.ZipFile(cache / WHEEL) as archive:
            loaded = json.loads(archive.read(inner))
    found: Definitions = loaded.get("$defs") or loaded.get("definitions") or loaded
    return found


def short(name: str) -> str:
    """`io.k8s.api.core.v1.Container` as `core.v1.Container`."""
    for package in PACKAGES:
        if name.startswith(package):
            return name.removeprefix(package)
    return name


def build(versions: dict[int, Definitions], lifecycle: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    """The data files: (name, content)."""
    kinds = index(versions, lifecycle)
    rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in kinds)
    yield "kinds.json", f"[{rows}]\n".encode()
    shards: dict[str, list[str]] = {}
    roots = {row[3] for row in kinds}
    asked_for = set(reachable(versions, roots, without="status"))
    for name in reachable(versions, roots):
        present = [minor for minor in MINORS if name in versions[minor]]
        shard, _, type_name = short(name).rpartition(".")
        past = [(minor, versions[minor][name]) for minor in present]
        lines = [type_name, *field_lines(past, short(name), name in asked_for)]
        shards.setdefault(shard, []).append("\n".join(lines))
    for shard, blocks in sorted(shards.items()):
        yield f"{shard}.txt.gz", compress("\n\n".join(sorted(blocks)) + "\n")


def compress(text: str) -> bytes:
    """The text, gzipped: the same bytes every time."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as stream:
        stream.write(text.encode())
    return buffer.getvalue()


def index(versions: dict[int, Definitions], lifecycle: list[dict[str, Any]]) -> list[list[Any]]:
    """The rows of kinds.json: see kplan.schemas.index.Entry."""
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for minor, names in versions.items():
        for name, definition in names.items():
            marks = definition.get("x-kubernetes-group-version-kind", [])
            for mark in marks if len(marks) == 1 else ():
                found.setdefault((mark["group"], mark["version"], mark["kind"]), []).append((minor, name))
    lives = {(life["group"], life["version"], life["kind"]): life for life in lifecycle}
    rows = []
    for key in sorted(set(found) | set(lives)):
        if scope(key[0], key[2]) and (key in found or minor_of(lives[key]["removed"], 99) > MINORS[0]):
            rows.append([*key, *index_row(found.get(key, []), lives.get(key, {}))])
    return rows


def index_row(found: list[tuple[int, str]], life: dict[str, Any]) -> list[Any]:
    """The row after (group, version, kind)."""
    first, last = (found[0][0], found[-1][0]) if found else (0, 0)
    introduced = minor_of(life.get("introduced"), first if first > MINORS[0] else None)
    if found and first == MINORS[0] and (introduced or 0) > first:
        introduced = None  # the mark is younger than the version
    removed = minor_of(life.get("removed"), last + 1 if found and last < MINORS[-1] else None)
    successor = life.get("successor")
    return [
        short(found[-1][1]) if found else "",
        first,
        last,
        introduced,
        minor_of(life.get("deprecated"), None),
        removed,
        api_of(life.get("replacement")),
        api_of(successor),
    ]


def minor_of(version: str | None, default: Any) -> Any:
    """36 for "1.36"."""
    return int(version.split(".")[1]) if version else default


def api_of(replacement: Any) -> list[str] | None:
    """[group, version, kind]."""
    if not replacement:
        return None
    return [replacement["group"], replacement["version"], replacement["kind"]]


def reachable(versions: dict[int, Definitions], roots: set[str], without: str = "") -> list[str]:
    """The full names of all definitions that the kinds use, in any minor; `without` what only that field leads to."""
    seen: set[str] = set()
    todo = [name for names in versions.values() for name in names if short(name) in roots]
    while todo:
        name = todo.pop()
        if name in seen or name in SELF_DECODED:
            continue
        seen.add(name)
        for names in versions.values():
            properties = names.get(name, {}).get("properties", {})
            text = json.dumps([schema for field, schema in properties.items() if field != without])
            todo += re.findall(r'"\$ref": "#/(?:definitions|\$defs)/([^"]+)"', text)
    return sorted(seen)


def field_lines(history: list[tuple[int, dict[str, Any]]], owner: str, asked_for: bool) -> list[str]:
    """A line for each field of a definition: name, type, attributes, minors.

    Nothing is required of what is not asked for: an API server fills in the status itself. List types and list-map keys
    that an old minor does not state are those of the next minor that does: most were written down only later, and say
    how the lists always were. Patch marks stood from the first.
    """
    present = {minor for minor, _ in history}
    fields: dict[str, dict[int, FieldText]] = {}
    for minor, definition in reversed(history):
        for name, schema in definition.get("properties", {}).items():
            required = asked_for and name in definition.get("required", ()) and is_missed(owner, name)
            newer = fields.setdefault(name, {})
            validated = minor >= UNVALIDATED_BEFORE.get(f"{owner.rpartition('.')[2]}.{name}", 0)
            newer[minor] = field_text(schema, required, validated).with_list_type_of(newer.get(minor + 1))
    return [
        " " + format_field(name, field, first, last)
        for name, by_minor in sorted(fields.items())
        for field, first, last in runs(by_minor, present)
    ]


def is_missed(owner: str, field: str) -> bool:
    """Whether an API server refuses an object that has no such field, which OpenAPI calls required."""
    return field != "status" and not {f"{owner}.{field}", f"{owner.rpartition('.')[2]}.{field}"} & NOT_REQUIRED


def runs(by_minor: dict[int, FieldText], present: set[int]) -> Iterator[tuple[FieldText, int | None, int | None]]:
    """Stretches of minors with the same field; an end is None where the type itself begins or ends."""
    minors = sorted(by_minor)
    start = minors[0]
    for minor in minors:
        following = minor + 1
        if by_minor.get(following) != by_minor[minor]:
            yield by_minor[minor], start if start - 1 in present else None, minor if following in present else None
            start = next((later for later in minors if later > minor), following)


def field_text(schema: dict[str, Any], required: bool = False, validated: bool = True) -> FieldText:
    """One field of one minor."""
    return FieldText(
        type=type_text(schema),
        required=required,
        validated=validated,
        patch_strategy=schema.get("x-kubernetes-patch-strategy", ""),
        patch_merge_key=schema.get("x-kubernetes-patch-merge-key", ""),
        list_type=schema.get("x-kubernetes-list-type", ""),
        list_map_keys=",".join(schema.get("x-kubernetes-list-map-keys", ())),
    )


def type_text(schema: dict[str, Any]) -> str:
    """`string`, `integer:int32`, `[]core.v1.EnvVar`, `{}quantity`, ..."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return SELF_DECODED.get(name) or short(name)
    json_type = schema.get("type")
    if isinstance(json_type, list):
        json_type = next(name for name in json_type if name != "null")
    if json_type == "array":
        return "[]" + type_text(schema["items"])
    if json_type == "object":
        return "{}" + type_text(schema["additionalProperties"]) if "additionalProperties" in schema else "any"
    return f"{json_type}:{schema['format']}" if "format" in schema else str(json_type or "any")


def write(files: dict[str, bytes]) -> None:
    """Writes the data, and removes what is no longer part of it."""
    DATA.mkdir(exist_ok=True)
    for old in DATA.glob("*"):
        if old.name not in files:
            old.unlink()
    for name, content in files.items():
        (DATA / name).write_bytes(content)
    print(f"{len(files)} files, {sum(map(len, files.values())):,} bytes")


def check(files: dict[str, bytes], versions: dict[int, Definitions], openapi: Path | None) -> None:
    """Exits with a message unless the tree's data agrees with the sources."""
    stale = [
        name for name, content in files.items() if not (DATA / name).exists() or (DATA / name).read_bytes() != content
    ]
    if stale:
        sys.exit(f"not as built: {', '.join(stale)}")
    compared = compare_fields(versions)
    marked = compare_marks(openapi) if openapi else 0
    print(
        f"{compared:,} fields agree over {len(versions)} minors; {marked} with merge keys agree with the API server's"
    )


def compare_fields(versions: dict[int, Definitions]) -> int:
    """How many fields the reader gives as the sources have them; exits at the first that differs."""
    from kplan.schemas import definition, history

    count = 0
    for minor, names in versions.items():
        for name, source in names.items():
            type_ = definition(short(name), minor)
            if type_ is None:
                continue
            given = {field: type_text(schema) for field, schema in source.get("properties", {}).items()}
            held = {line.name: line.field.type for line in history(short(name)) if line.holds(minor)}
            if given != held:
                sys.exit(f"1.{minor} {name}: {given} is held as {held}")
            count += len(given)
    return count


def compare_marks(openapi: Path) -> int:
    """How many marked fields of the newest minor agree with an API server's own; exits at the first that does not."""
    from kplan.schemas import history

    document = json.loads(gzip.decompress(openapi.read_bytes()))
    minor = int(document["info"]["version"].split(".")[1])
    count = 0
    for name, source in document["definitions"].items():
        held_fields = {line.name: line.field for line in history(short(name)) if line.holds(minor)}
        for field, schema in source.get("properties", {}).items() if held_fields else ():
            marks = field_text(schema).marks()
            if any(marks):
                held = held_fields[field].marks()
                if held != marks:
                    sys.exit(f"{name}.{field}: the API server has {marks}, the data {held}")
                count += 1
    return count


if __name__ == "__main__":
    main()
