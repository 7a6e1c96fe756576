"""Points in time as the API writes them: RFC 3339, in UTC, in whole seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:[.,]\d+)?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def parse_time(text: str) -> str:
    """The time in the spelling of the API server.

    >>> parse_time("2024-05-01T12:00:00.5+02:00")
    '2024-05-01T10:00:00Z'

    Raises ValueError for anything else.

    Source: kubernetes v1.36 apimachinery pkg/apis/meta/v1 Time.UnmarshalJSON, Time.MarshalJSON.
    """
    match = _RFC3339.match(text)
    if not match:
        raise ValueError(f'parsing time "{text}": want the form 2006-01-02T15:04:05Z')
    zone = "+00:00" if match[3] == "Z" else match[3]
    moment = datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}").astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"
