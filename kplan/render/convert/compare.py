"""A Helm chart and the one converted from it, rendered both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kplan.render.order import documents as printed

if TYPE_CHECKING:
    from kplan.render.rendering import Chance, Rendered

_MOST = 20
"""Differences that are told of one rendering."""


class Document(NamedTuple):
    """An object, and the template that made it, by its path in the chart."""

    template: str
    data: Any

    @property
    def name(self) -> str:
        """`Service web (templates/service.yaml)`."""
        data = self.data if isinstance(self.data, dict) else {}
        metadata = data.get("metadata")
        called = metadata.get("name") if isinstance(metadata, dict) else None
        return f"{data.get('kind') or 'a document'} {called or ''}".rstrip() + f" ({self.template})"

    @property
    def is_secret(self) -> bool:
        """Whether its data are not to be shown."""
        return isinstance(self.data, dict) and self.data.get("kind") == "Secret"


class Comparison(NamedTuple):
    """`objects` are how many Helm makes; `differences` a line for each thing that is another one.

    `chances` are the calls whose result is another one each time, so that a difference may come of them.
    """

    objects: int
    differences: tuple[str, ...]
    chances: tuple[Chance, ...]


def compare(
    folder: str, converted: str, *, minor: int, file: str | None = None, values: bytes = b""
) -> Comparison | None:
    """What `helm template` makes of the chart in `folder` beside what kplan makes of the one in `converted`.

    `file` is a values file for Helm, `values` the same for kplan. None where helm is not installed.
    Raises ProgramError where it fails, InputError for values that cannot be read.
    """
    from kplan.render.chart import read_chart
    from kplan.render.helm import helm_template
    from kplan.render.release import Capabilities, Release
    from kplan.render.rendering import render
    from kplan.render.value import Given, chart_with_values

    chart = read_chart(converted)
    options = ("--values", file) if file else ()
    texts = helm_template(folder, shown=folder, release=chart.name, namespace="default", minor=minor, arguments=options)
    if texts is None:
        return None
    found = [Document(text.template.removeprefix(f"{folder}/"), data) for text in texts for data in documents(text.raw)]
    helm = [document for document in found if not document.template.startswith("crds/")]
    chart, merged = chart_with_values(chart, Given(files=((file, values),) if file else ()))
    made = render(chart, merged, Release(chart.name, "default"), capabilities=Capabilities(minor))
    return Comparison(len(helm), (*_errors(made), *differences(helm, _ours(made))), tuple(made.chances))


def documents(raw: bytes) -> list[Any]:
    """The documents of a YAML text, as plain data; one that cannot be read is its error."""
    from kplan.loader.stream import read

    stream = read(raw)
    return [*(str(fault) for fault in stream.faults), *(d.data for d in stream.documents if d.data is not None)]


def _ours(rendered: Rendered) -> list[Document]:
    """The documents of our rendering, as Helm prints them."""
    return [
        Document(each.source.partition("/")[2], data)
        for each in printed(rendered.files)
        for data in documents(f"{each.text}\n".encode())
    ]


def _errors(rendered: Rendered) -> Iterator[str]:
    return (f"{finding.span}: {finding.message}" for finding in rendered.findings)


def differences(helm: Iterable[Document], ours: Iterable[Document]) -> tuple[str, ...]:
    """How the documents differ, a line each; their order does not matter.

    >>> differences([Document("a.yaml", {"kind": "A", "x": [1]})], [Document("a.yaml", {"kind": "A", "x": [2]})])
    ('A (a.yaml): x[0] is 1 in Helm, and 2 here',)
    """
    theirs, mine = Counter(map(_key, helm)), Counter(map(_key, ours))
    only_helm = [_document(key) for key in (theirs - mine).elements()]
    only_ours = [_document(key) for key in (mine - theirs).elements()]
    told: list[str] = []
    for document in only_helm:
        same = next((other for other in only_ours if other.name == document.name), None)
        if same is None:
            told.append(f"{document.name}: only in Helm")
        else:
            only_ours.remove(same)
            told += [f"{document.name}: {line}" for line in _between(document.data, same.data, "", document.is_secret)]
    told += [f"{document.name}: not in Helm" for document in only_ours]
    return (*told[:_MOST], *([f"and {len(told) - _MOST} more"] if len(told) > _MOST else []))


def _key(document: Document) -> tuple[str, str]:
    return document.template, json.dumps(_numbers(document.data), sort_keys=True)


def _numbers(value: Any) -> Any:
    """Numbers as JSON knows them: 1.0 is 1."""
    if isinstance(value, dict):
        return {key: _numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _document(key: tuple[str, str]) -> Document:
    return Document(key[0], json.loads(key[1]))


def _between(helm: Any, ours: Any, path: str, is_secret: bool) -> Iterator[str]:
    """Where two values differ, innermost."""
    if isinstance(helm, Mapping) and isinstance(ours, Mapping):
        for key in [*helm, *(key for key in ours if key not in helm)]:
            inner = f"{path}.{key}" if path else str(key)
            if key not in ours:
                yield f"{inner} is only in Helm"
            elif key not in helm:
                yield f"{inner} is not in Helm"
            else:
                yield from _between(helm[key], ours[key], inner, is_secret)
    elif isinstance(helm, list) and isinstance(ours, list) and len(helm) == len(ours):
        for index, (left, right) in enumerate(zip(helm, ours, strict=True)):
            yield from _between(left, right, f"{path}[{index}]", is_secret)
    elif helm != ours or type(helm) is not type(ours):
        hidden = is_secret and path.startswith(("data", "stringData"))
        yield f"{path} differs" if hidden else f"{path or 'it'} is {_shown(helm)} in Helm, and {_shown(ours)} here"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
