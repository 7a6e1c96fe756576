"""Makes kplan/k8s/data/layouts.txt.gz: the Go types of the Kubernetes API, minor by minor.

Source: the Go modules k8s.io/api, k8s.io/apimachinery and k8s.io/apiextensions-apiserver, v0.16 to v0.37, as
`go mod download` stores them; where a minor of the latter two is not to be had, the next one stands in:

    for m in k8s.io/api@v0.16.15 k8s.io/apimachinery@v0.17.5 ...; do go mod download $m; done
    python scripts/build_layouts.py $(go env GOMODCACHE) kplan/k8s/data/layouts.txt.gz

One line a type, fields separated by tabs; a field is `GoName[=jsonName] type [flags] [first-last minor]`.
Flags: e omitempty, z omitzero, i inlined. A type that is no struct is `name = underlying`.
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

MINORS = range(16, 38)
GROUPS = [
    "core/v1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "extensions/v1beta1",
    "batch/v1",
    "batch/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "autoscaling/v2beta1",
    "autoscaling/v2beta2",
    "networking/v1",
    "networking/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac/v1",
    "rbac/v1beta1",
    "storage/v1",
    "storage/v1beta1",
    "scheduling/v1",
    "scheduling/v1beta1",
    "discovery/v1",
    "discovery/v1beta1",
    "coordination/v1",
    "coordination/v1beta1",
    "node/v1",
    "node/v1beta1",
    "admissionregistration/v1",
    "admissionregistration/v1beta1",
    "events/v1",
    "flowcontrol/v1",
    "certificates/v1",
]
PACKAGES = {
    "k8s.io/apimachinery/pkg/apis/meta/v1": "meta/v1",
    "k8s.io/apimachinery/pkg/api/resource": "resource",
    "k8s.io/apimachinery/pkg/util/intstr": "intstr",
    "k8s.io/apimachinery/pkg/types": "types",
    "k8s.io/apimachinery/pkg/runtime": "runtime",
}
# Types with a JSON form of their own: kplan reads and writes them by hand.
OPAQUE = {
    "meta/v1.Time", "meta/v1.MicroTime", "meta/v1.Duration", "meta/v1.FieldsV1", "resource.Quantity",
    "intstr.IntOrString", "runtime.RawExtension", "types.UID", "meta/v1.Fields",
    *(f"apiextensions/{version}.{name}" for version in ("v1", "v1beta1")
      for name in ("JSON", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray")),
}  # fmt: skip
BASIC = {"string", "bool", "int", "int32", "int64", "uint64", "float64", "byte", "uint8"}

Field = tuple[str, str, str]
Types = dict[str, "list[Field] | str"]


def main(cache: str, target: str) -> None:
    """Write all layouts."""
    history = {minor: types_of(Path(cache) / "k8s.io", minor) for minor in MINORS}
    lines = [line for name in sorted(set().union(*history.values())) for line in describe(name, history)]
    text = "\n".join(lines) + "\n"
    Path(target).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(len(lines), "types,", len(text), "characters,", Path(target).stat().st_size, "bytes")


def types_of(modules: Path, minor: int) -> Types:
    """The types of one minor that its kinds reach."""
    types: Types = {}
    api = newest(modules, "api", minor)
    machinery = newest(modules, "apimachinery", minor)
    for group in GROUPS:
        read_package(api / group, group, types)
    read_package(machinery / "pkg/apis/meta/v1", "meta/v1", types)
    extensions = newest(modules, "apiextensions-apiserver", minor)
    for version in ("v1", "v1beta1"):
        read_package(extensions / "pkg/apis/apiextensions" / version, f"apiextensions/{version}", types)
    roots = {name for name, fields in types.items() if isinstance(fields, list) and is_kind(fields)}
    return reachable(types, roots)


def newest(modules: Path, module: str, minor: int) -> Path:
    """The folder of the last patch release at hand, of the next minor that is."""
    for nearest in range(minor, MINORS.stop):
        found = sorted(modules.glob(f"{module}@v0.{nearest}.*"), key=lambda path: int(path.name.rsplit(".", 1)[1]))
        if found:
            return found[-1]
    raise SystemExit(f"no {module} for 1.{minor} or later")


def is_kind(fields: list[Field]) -> bool:
    """Whether the struct has the two fields of every object."""
    return any(type_ == "meta/v1.TypeMeta" for _, type_, _ in fields) and any(
        type_ == "meta/v1.ObjectMeta" for _, type_, _ in fields
    )


def read_package(folder: Path, package: str, types: Types) -> None:
    """Add the types of one Go package."""
    for path in sorted(folder.glob("*types*.go")):
        if "generated" not in path.name and not path.name.startswith("zz_") and not path.name.endswith("_test.go"):
            read_file(path.read_text(encoding="utf-8"), package, types)


def read_file(text: str, package: str, types: Types) -> None:
    """Add the types of one Go file."""
    imports = {}
    for alias, path in re.findall(r'^\s*(?:import )?(\w+ )?"([^"]+)"$', text, re.M):
        name = PACKAGES.get(path) or path.removeprefix("k8s.io/api/")
        imports[alias.strip() or path.rsplit("/", 1)[-1]] = name
    for name, body in re.findall(r"^type (\w+) struct \{\n(.*?)^\}", text, re.M | re.S):
        types[f"{package}.{name}"] = [field for line in body.split("\n") if (field := parse(line, package, imports))]
    for name, under in re.findall(r"^type (\w+) (?!struct|interface|func)=? ?([\w.\[\]*]+)$", text, re.M):
        types[f"{package}.{name}"] = qualify(under, package, imports)
    for name in re.findall(r"^type (\w+) struct \{\}", text, re.M):
        types[f"{package}.{name}"] = []


def parse(line: str, package: str, imports: dict[str, str]) -> Field | None:
    """One field: (GoName[=jsonName], type, flags)."""
    match = re.match(r"\t(?:(\w+)\s+)?([\w.*\[\]]+)\s*(?:`(.*)`)?\s*(?://.*)?$", line)
    if not match or line.lstrip().startswith("//"):
        return None
    name, type_, tags = match[1], match[2], match[3] or ""
    tag = re.search(r'json:"([^"]*)"', tags)
    json_name, *options = (tag[1] if tag else "").split(",")
    embedded = name is None
    name = name or type_.rsplit(".", 1)[-1].lstrip("*")
    if json_name == "-" or (not tag and not embedded):
        return None
    inline = "inline" in options or (embedded and not json_name)
    flags = "".join(f for f, on in (("e", "omitempty" in options), ("z", "omitzero" in options), ("i", inline)) if on)
    if not inline and json_name != name[0].lower() + name[1:]:
        name = f"{name}={json_name}"
    return name, qualify(type_, package, imports), flags


def qualify(type_: str, package: str, imports: dict[str, str]) -> str:
    """The Go type with the packages of its names written out."""

    def full(match: re.Match[str]) -> str:
        name = match[0]
        if name in BASIC or name == "map":
            return name
        if "." in name:
            alias, base = name.split(".")
            return f"{imports[alias]}.{base}"
        return f"{package}.{name}"

    return re.sub(r"[A-Za-z_][\w.]*", full, type_)


def reachable(types: Types, roots: set[str]) -> Types:
    """What the roots lead to."""
    found: Types = {}
    todo = sorted(roots)
    while todo:
        name = todo.pop()
        if name in found or name in OPAQUE or name not in types:
            continue
        found[name] = definition = types[name]
        parts = [definition] if isinstance(definition, str) else [type_ for _, type_, _ in definition]
        todo += [base for part in parts for base in re.findall(r"[\w/]+\.\w+", part)]
    return found


def describe(name: str, history: dict[int, Types]) -> list[str]:
    """The line of one type."""
    versions = {minor: types[name] for minor, types in history.items() if name in types}
    structs = {minor: version for minor, version in versions.items() if isinstance(version, list)}
    if not structs:
        return [f"{name} = {versions[max(versions)]}"]
    # A struct that became an alias of another version's keeps its own fields.
    rows = merge({minor: structs.get(minor, structs[max(structs)]) for minor in versions})
    first, last = min(versions), max(versions)
    cells = [name]
    for (field, type_, flags), minors in rows:
        span = "" if (min(minors), max(minors)) == (first, last) else f" {min(minors)}-{max(minors)}"
        cells.append(f"{field} {type_}{' ' + flags if flags else ''}{span}")
    return ["\t".join(cells)]


def merge(versions: dict[int, list[Field]]) -> list[tuple[Field, set[int]]]:
    """All fields that ever were, in an order that fits each minor, with the minors that have them."""
    rows: list[tuple[Field, set[int]]] = []
    for minor, fields in sorted(versions.items()):
        position = 0
        for field in fields:
            # A field that left, or that moved before one already placed, opens a new row.
            places = [i for i in range(position, len(rows)) if rows[i][0] == field and minor - 1 in rows[i][1]]
            if places:
                position = places[0] + 1
                rows[position - 1][1].add(minor)
            else:
                rows.insert(position, (field, {minor}))
                position += 1
    for minor, fields in versions.items():
        assert [field for field, minors in rows if minor in minors] == fields
    assert all(minors == set(range(min(minors), max(minors) + 1)) for _, minors in rows)
    return rows


if __name__ == "__main__":
    main(*sys.argv[1:])
