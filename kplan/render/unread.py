"""Values that no template reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kplan.render.origin import ValuePath
from kplan.render.rendering import Unread
from kplan.render.undefined import nearest
from kplan.render.value.table import FilePlace, Place

if TYPE_CHECKING:
    from kplan.render.chart import Chart
    from kplan.render.session import Session
    from kplan.render.value import Values


def unread(session: Session, chart: Chart, values: Values) -> Iterator[Unread]:
    """The values that no template reads, nor would in a branch that was not reached.

    A list or mapping none of whose entries is read is one value. `global` may be meant for any chart; what a dependency
    sets for itself is its own affair.
    """
    asked = _asked(session, chart)
    covered = _covered(session) | set(_switches(chart))
    possible = _possible(session)
    names = _charts(chart)
    for path in _tops(session.values, asked | covered, ()):
        last = path[-1]
        if last in possible or "global" in path or _below(path, covered) or path in names:
            continue
        if _default_of_dependency(path, names, chart):
            continue
        beside = {str(each[len(path) - 1]) for each in asked | covered if each[:-1][: len(path) - 1] == path[:-1]}
        known = {each for each in beside if each != last and not _is_beside(values, path, each)}
        yield Unread(path, values.origin(path), nearest(str(last), known))


def _asked(session: Session, chart: Chart) -> set[ValuePath]:
    """The paths that templates asked for; those of `global` as the outermost chart has them."""
    return {path[path.index("global") :] if "global" in path else path for path in session.reads.paths}


def _covered(session: Session) -> set[ValuePath]:
    """The paths that expressions name which were not reached."""
    made: set[ValuePath] = set()
    engine = session.engine
    longest: dict[tuple[str, int], int] = {}
    for site, _, _ in engine.accesses:
        place = engine.sites[site]
        start = (place.sheet.name, place.start)
        longest[start] = max(longest.get(start, 0), place.end)
    for site, root, keys in engine.accesses:
        place = engine.sites[site]
        is_part = place.end < longest[place.sheet.name, place.start]  # `Values.image` of `Values.image.tag`
        if root == "Values" and site not in engine.visited and not is_part:
            full = place.sheet.name.partition("/templates/")[0]
            inside = tuple(full.split("/charts/")[1:])
            made.add((*inside, *(keys[: keys.index(None)] if None in keys else keys)))
    return made


def _switches(chart: Chart, prefix: ValuePath = ()) -> Iterator[ValuePath]:
    """What decides which dependencies are on, and the values of those that are off."""
    there = {child.name for child in chart.dependencies}
    for one in chart.declared:
        for condition in str(one.get("condition") or "").split(","):
            yield (*prefix, *condition.strip().split("."))
        yield from (("tags", tag) for tag in one.get("tags") or ())
        name = str(one.get("alias") or one.get("name"))
        if name not in there:
            yield (*prefix, name)
    for child in chart.dependencies:
        yield from _switches(child, (*prefix, child.name))


def _possible(session: Session) -> set[Any]:
    """The keys that are asked of something else than `Values` in expressions which were not reached."""
    engine = session.engine
    return {
        key for site, root, keys in engine.accesses if site not in engine.visited and root != "Values" for key in keys
    }


def _tops(data: Any, asked: set[ValuePath], path: ValuePath) -> Iterator[ValuePath]:
    """The paths below which nothing is read, outermost ones."""
    above = {each[: length + 1] for each in asked for length in range(len(each))}
    yield from _walk(data, above, path)


def _walk(data: Any, above: set[ValuePath], path: ValuePath) -> Iterator[ValuePath]:
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        inner = (*path, key)
        if inner not in above:
            yield inner
        elif isinstance(value, dict | list) and value:
            yield from _walk(value, above, inner)


def _below(path: ValuePath, covered: set[ValuePath]) -> bool:
    return any(path[:length] in covered for length in range(1, len(path) + 1))


def _charts(chart: Chart, prefix: ValuePath = ()) -> dict[ValuePath, Chart]:
    made: dict[ValuePath, Chart] = {}
    for child in chart.dependencies:
        made[(*prefix, child.name)] = child
        made |= _charts(child, (*prefix, child.name))
    return made


def _default_of_dependency(path: ValuePath, names: dict[ValuePath, Chart], chart: Chart) -> bool:
    """Whether a value is one that a dependency has by itself."""
    owner = next((names[path[:length]] for length in range(len(path), 0, -1) if path[:length] in names), None)
    if owner is None:
        return False
    node: Any = owner.values
    depth = next(length for length in range(len(path), 0, -1) if path[:length] in names)
    for key in path[depth:]:
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return True


def _is_beside(values: Values, path: ValuePath, key: str) -> bool:
    """Whether another key stands beside a value in the same file or option: then it is not what was meant."""
    node: Any = values.table
    for each in path[:-1]:
        node = node[each]
    if key not in node:
        return False
    return _written_in(values.origin(path)) == _written_in(values.origin((*path[:-1], key)))


def _written_in(place: Place | None) -> str:
    return place.source.file if isinstance(place, FilePlace) else str(place)
