"""The formats of text that schemas of custom resources may ask for.

Source: kube-openapi pkg/validation/strfmt; apiextensions-apiserver v1.36 pkg/apiserver/validation formats.go.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date

from kplan.k8s.name import dns_label, dns_subdomain

_UUID = r"[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?{}-?{}-?[0-9a-f]{{12}}\Z"
_HEX4 = "[0-9a-f]{4}"
_BYTE = r"(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])"
_ANY_LETTER = r"a-zA-Z0-9\p{S}\p{L}"
_ASCII_LETTER = r"a-zA-Z0-9$+<=>^`|~"
_HOST = (
    "^([{0}]((-?[{0}]{{0,62}})?)|"
    r"([{0}](([-{0}]{{0,61}}[{0}])?)(\.)){{1,}}([{0}])(-?[{0}]){{1,62}})$"
)
_MAC_GROUPS = (6, 8, 20)
_ATOM = r"[^\x00-\x20()<>@,;:\\\".\[\]\x7f]+"
_QUOTED = r"\"(?:[^\"\\]|\\.)*\""
_ADDRESS = re.compile(rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@(?:{_ATOM}(?:\.{_ATOM})*|\[[^\[\]]*\])\Z")
_WORD = re.compile(rf"{_QUOTED}|[^\x00-\x20()<>@,;:\\\"\[\]\x7f]+")
_LEADING_ZEROS = re.compile(r"(?<![0-9A-Fa-f:])0+(?=[0-9])")
_GO_DURATION = re.compile(r"[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)\Z", re.ASCII)
_SCALA_PART = re.compile(r"(\d+)\s*([A-Za-zµ]+)", re.ASCII)
_UNITS = ("ns", "us", "µs", "ms", "s", "m", "h", "d", "w", "wk", "hr")
_LONG_UNITS = ("nano", "micro", "milli", "sec", "min", "hour", "day", "week")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))\Z", re.DOTALL)
_CARD = re.compile(
    r"(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}"
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})\Z"
)


def _matches(pattern: str, flags: re.RegexFlag = re.ASCII) -> Callable[[str], bool]:
    match = re.compile(pattern, flags).match
    return lambda text: match(text) is not None


def _uuid(third: str, fourth: str) -> Callable[[str], bool]:
    return _matches(_UUID.format(third, fourth), re.ASCII | re.IGNORECASE)


def _is_uri(text: str) -> bool:
    from kplan.cel.library.url import is_url

    return is_url(text)


def _is_ip(text: str, mark: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return mark in text and "%" not in text


def _is_ipv4(text: str) -> bool:
    return _is_ip(_LEADING_ZEROS.sub("", text) if "." in text else text, ".")


def _is_cidr(text: str) -> bool:
    address, slash, bits = text.partition("/")
    if not slash or not re.match(r"\d{1,3}\Z", bits, re.ASCII) or not (_is_ipv4(address) or _is_ip(address, ":")):
        return False
    return int(bits) <= (128 if ":" in address else 32)


def _is_mac(text: str) -> bool:
    if re.match(r"[0-9A-Fa-f]+\Z", text):
        return len(text) in (12, 16, 40)
    if "." in text:
        return re.match(r"[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4})+\Z", text) is not None and len(text) in (14, 19, 49)
    match = re.match(r"[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2})*\Z", text)
    return match is not None and (len(text) + 1) // 3 in _MAC_GROUPS


def _is_email(text: str) -> bool:
    """Whether the text is one address, with a name before it or without."""
    text = text.strip(" \t\r\n")
    name, opened, address = text.rpartition("<")
    if not opened or not text.endswith(">"):
        return _ADDRESS.match(text) is not None
    return not _WORD.sub("", name).strip(" \t") and _ADDRESS.match(address[:-1].strip(" \t")) is not None


def _is_hostname(text: str) -> bool:
    if text.isascii():
        fits = re.match(_HOST.format(_ASCII_LETTER), text) is not None and not text.endswith("\n")
    else:
        from kplan.k8s.regexp import compile_go

        fits = compile_go(_HOST.format(_ANY_LETTER)).search(text) is not None
    size = len(text.encode("utf-8", "surrogatepass"))
    return fits and size <= 255 and all(len(part.encode("utf-8", "surrogatepass")) <= 63 for part in text.split("."))


def _is_isbn10(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    if not re.match(r"(?:[0-9]{9}X|[0-9]{10})\Z", digits):
        return False
    return sum((10 - place) * (10 if char == "X" else int(char)) for place, char in enumerate(digits)) % 11 == 0


def _is_isbn13(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    if not re.match(r"[0-9]{13}\Z", digits):
        return False
    return sum((3 if place % 2 else 1) * int(char) for place, char in enumerate(digits)) % 10 == 0


def _is_credit_card(text: str) -> bool:
    digits = re.sub(r"[^0-9]+", "", text)
    if not _CARD.match(digits):
        return False
    doubled = (int(char) * (2 if place % 2 else 1) for place, char in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _is_duration(text: str) -> bool:
    if _GO_DURATION.match(text):
        return True
    parts = [(int(match[1]), match[2].lower()) for match in _SCALA_PART.finditer(text)]
    return all(number < 2**63 for number, _ in parts) and any(
        unit in _UNITS or unit.startswith(_LONG_UNITS) for _, unit in parts
    )


def _is_date(text: str) -> bool:
    if not re.match(r"\d{4}-\d\d-\d\d\Z", text, re.ASCII):
        return False
    try:
        date(int(text[:4]) or 2000, int(text[5:7]), int(text[8:]))
    except ValueError:
        return False
    return True


def _is_datetime(text: str) -> bool:
    day, _, time = text.lower().partition("t")
    match = _TIME.match(time.split("t")[0])
    return match is not None and _is_date(day) and match[1] <= "23" and match[2] <= "59" and match[3] <= "59"


_FORMATS: dict[str, Callable[[str], bool]] = {
    "bsonobjectid": _matches(r"[0-9a-fA-F]{24}\Z"),
    "byte": _matches(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})\Z"),
    "cidr": _is_cidr,
    "creditcard": _is_credit_card,
    "date": _is_date,
    "datetime": _is_datetime,
    "duration": _is_duration,
    "email": _is_email,
    "hexcolor": _matches(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z"),
    "hostname": _is_hostname,
    "ipv4": _is_ipv4,
    "ipv6": lambda text: _is_ip(text, ":"),
    "isbn": lambda text: _is_isbn10(text) or _is_isbn13(text),
    "isbn10": _is_isbn10,
    "isbn13": _is_isbn13,
    "mac": _is_mac,
    "password": lambda text: True,
    "rgbcolor": _matches(rf"rgb\(\s*{_BYTE}\s*,\s*{_BYTE}\s*,\s*{_BYTE}\s*\)\Z"),
    "ssn": _matches(r"\d{3}[- ]\d{2}[- ]\d{4}\Z"),
    "uri": _is_uri,
    "uuid": _uuid(_HEX4, _HEX4),
    "uuid3": _uuid("3[0-9a-f]{3}", _HEX4),
    "uuid4": _uuid("4[0-9a-f]{3}", "[89ab][0-9a-f]{3}"),
    "uuid5": _uuid("5[0-9a-f]{3}", "[89ab][0-9a-f]{3}"),
    "k8sshortname": lambda text: not dns_label(text),
    "k8slongname": lambda text: not dns_subdomain(text),
}
_SINCE = {"k8sshortname": 35, "k8slongname": 35}


def known_format(name: str, minor: int) -> Callable[[str], bool] | None:
    """The test of text for a format; None for one that Kubernetes 1.`minor` does not know, which asks for nothing.

    >>> known_format("date-time", 36)("2024-05-01T10:00:00Z"), known_format("int-or-string", 36)
    (True, None)
    """
    normal = name.replace("-", "")
    return _FORMATS.get(normal) if minor >= _SINCE.get(normal, 0) else None
