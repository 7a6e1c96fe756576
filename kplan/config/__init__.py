"""The configuration: kplan.toml, or [tool.kplan] in pyproject.toml, read, checked, and said again with its sources."""

from kplan.config.find import find_config, name_from
from kplan.config.model import NO_CONFIG, NO_TERMS, Allow, Config, Group, Release, Setting, Terms
from kplan.config.read import read_config

__all__ = [
    "NO_CONFIG",
    "NO_TERMS",
    "Allow",
    "Config",
    "Group",
    "Release",
    "Setting",
    "Terms",
    "find_config",
    "name_from",
    "read_config",
]
