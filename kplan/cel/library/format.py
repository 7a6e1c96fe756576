"""Named formats in CEL.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/cel/library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kplan.cel.library.call import Unsupported
from kplan.k8s.url import parse_request_uri


def validate(name: str, text: str) -> list[str]:
    """What is wrong with the text by a named format; empty where it is fine."""
    from kplan.k8s import name as rule
    from kplan.k8s.label import label_value_errors

    def prefix(check: Callable[[str], tuple[str, ...]]) -> Callable[[str], tuple[str, ...]]:
        return lambda value: check(rule.mask_trailing_dash(value))

    checks: dict[str, Callable[[str], Any]] = {
        "dns1123Label": rule.dns_label,
        "dns1123LabelPrefix": prefix(rule.dns_label),
        "dns1123Subdomain": rule.dns_subdomain,
        "dns1123SubdomainPrefix": prefix(rule.dns_subdomain),
        "dns1035Label": rule.dns_label_1035,
        "dns1035LabelPrefix": prefix(rule.dns_label_1035),
        "qualifiedName": rule.qualified_name,
        "portName": rule.port_name,
        "labelValue": label_value_errors,
        "uri": _uri,
        "uuid": lambda value: [] if _UUID.match(value) else ["does not match the UUID format"],
        "byte": lambda value: [] if _BASE64.match(value) else ["invalid base64"],
        "date": lambda value: [] if _is_time(f"{value}T00:00:00Z") else ["invalid date"],
        "datetime": lambda value: [] if _is_time(value) else ["invalid datetime"],
    }
    if name not in checks:
        raise Unsupported(f"the format `{name}`")
    return list(checks[name](text))


def _uri(text: str) -> list[str]:
    try:
        parse_request_uri(text)
    except ValueError as error:
        return [str(error)]
    return []


_UUID = re.compile(r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\Z")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")


_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)\Z", re.ASCII)


def _is_time(text: str) -> bool:
    from datetime import datetime

    if not _TIME.match(text):
        return False
    try:
        datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
    except ValueError:
        return False
    return True
