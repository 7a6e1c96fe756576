"""Names that mean something in Go templates, in Jinja, or in both."""

from __future__ import annotations

from typing import Final

CONTEXT: Final = frozenset(("Values", "Release", "Chart", "Capabilities", "Files", "Template", "Subcharts"))
"""The objects of a chart."""
RELEASE: Final = frozenset(["Name", "Namespace", "IsUpgrade", "IsInstall", "Revision", "Service"])
"""The fields of a release."""
METHODS: Final = frozenset(["AsConfig", "AsSecrets"])
"""Methods without arguments: Go calls them where they are named."""
COMPARED: Final = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
"""Go's functions that are operators in Jinja."""
PIPED: Final = frozenset((
    "abbrev", "atoi", "b32dec", "b32enc", "b64dec", "b64enc", "camelcase", "compact", "default", "first", "float64",
    "fromJson", "fromJsonArray", "fromYaml", "fromYamlArray", "indent", "initial", "int", "int64", "join",
    "kebabcase", "keys", "kindOf", "last", "lower", "mustToJson", "mustToYaml", "nindent", "nospace", "quote",
    "repeat", "replace", "required", "rest", "reverse", "sha1sum", "sha256sum", "snakecase", "sortAlpha", "split",
    "splitList", "squote", "substr", "ternary", "title", "toJson", "toPrettyJson", "toRawJson", "toString",
    "toStrings", "toToml", "toYaml", "trim", "trimAll", "trimPrefix", "trimSuffix", "trunc", "typeOf", "uniq",
    "untitle", "upper", "values", "empty", "optional", "raw",
))  # fmt: skip
"""Functions that read better after what they are given than before it."""
OPEN: Final = frozenset((
    "add", "add1", "cat", "deepEqual", "float64", "has", "int", "int64", "join", "max", "min", "mul", "mustToJson",
    "mustToYaml", "print", "printf", "println", "quote", "sortAlpha", "squote", "sub", "toJson", "toPrettyJson",
    "toRawJson", "toString", "toStrings", "toYaml",
))  # fmt: skip
"""Functions that take a value that is not there as null, in Go."""
TAKEN: Final = CONTEXT | frozenset((
    "ctx", "dot", "true", "false", "none", "and", "or", "not", "in", "is", "if", "else", "loop", "varargs", "kwargs",
    "caller", "self", "super", "namespace",
))  # fmt: skip
"""Names that no variable may have."""
