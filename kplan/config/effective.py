"""The effective values, with where each comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kplan.config.model import Config, Setting
from kplan.config.option import OPTIONS


def effective(config: Config, given: Mapping[str, Any]) -> dict[str, Setting]:
    """All options in the order of their table: what the command line gives counts before the configuration."""
    return {
        option.name: Setting(given[option.name], "option") if option.name in given else config.setting(option.name)
        for option in OPTIONS
    }


def document(config: Config, given: Mapping[str, Any]) -> dict[str, Any]:
    """The whole configuration as plain Python, for programs; dates are texts."""
    return {
        "version": 1,
        "file": config.file,
        "options": {name: _setting(setting) for name, setting in effective(config, given).items()},
        "severity": {rule: str(level) for rule, level in config.severity.items()},
        "allow": [
            {
                "source": f"{allow.span.file}:{allow.span.start.line}",
                "rule": list(allow.rules),
                "kind": list(allow.kinds),
                "namespace": list(allow.namespaces),
                "name": list(allow.names),
                "label": list(allow.labels),
                "path": list(allow.paths),
                "files": list(allow.files),
                "reason": allow.reason,
                "expires": _plain(allow.expires),
            }
            for allow in config.allows
        ],
        "group": [
            {
                "name": group.name,
                "files": list(group.files),
                "shared": group.shared,
                "options": {name: _setting(setting) for name, setting in group.settings.items()},
            }
            for group in config.groups
        ],
        "releases": [
            {
                "name": release.name,
                "chart": release.chart,
                "values": list(release.values),
                "namespace": release.namespace,
                "group": release.group,
            }
            for release in config.releases
        ],
    }


def _setting(setting: Setting) -> dict[str, Any]:
    return {"value": _plain(setting.value), "source": setting.source}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def lines(config: Config, given: Mapping[str, Any]) -> Iterable[str]:
    """The same for people: TOML, with the source of each value behind it."""
    settings = effective(config, given)
    texts = {name: f"{name} = {toml(setting.value)}" for name, setting in settings.items()}
    width = max(map(len, texts.values()))
    for name, setting in settings.items():
        mark = "" if setting.value is not None else "# "
        yield f"{(mark + texts[name]).ljust(width)}  # {setting.source}"
    if config.severity:
        yield ""
        yield "[severity]"
        yield from (f"{rule} = {toml(str(level))}" for rule, level in config.severity.items())
    data = document(config, given)
    for table in ("allow", "group", "releases"):
        for entry in data[table]:
            yield ""
            yield f"[[{table}]]" + (f"  # {entry.pop('source')}" if "source" in entry else "")
            options = entry.pop("options", {})
            yield from (
                f"{name} = {toml(value)}" for name, value in entry.items() if value not in ([], "", None, False)
            )
            yield from (f"{name} = {toml(one['value'])}  # {one['source']}" for name, one in options.items())


def toml(value: Any) -> str:
    """A value as TOML.

    >>> toml(("a", 'b"c')), toml(True), toml(None)
    ('["a", "b\\\\"c"]', 'true', '""')
    """
    import json

    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps("" if value is None else value, ensure_ascii=False).replace("\x7f", "\\u007f")
