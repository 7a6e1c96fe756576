"""Dates.

A rendering knows no clock: `now` is the same moment in every rendering. The local time zone is UTC.

Source: github.com/Masterminds/sprig v3 date.go; go time format.go.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, ClassVar, Final

from kplan.render.fault import Fault
from kplan.render.function.table import Group, Rendering
from kplan.render.thing import Thing

GROUP = Group("date")
NOW: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""What `now` gives."""
_MONTHS: Final = ["January", "February", "March", "April", "May", "June", "July", "August",
                  "September", "October", "November", "December"]  # fmt: skip
_DAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_ELEMENT: Final = re.compile(
    r"January|Jan|Monday|Mon|MST|2006|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07"
    r"|[.,]0+(?!\d)|[.,]9+(?!\d)|002|01|02|03|04|05|06|__2|_2|15|PM|pm|1|2|3|4|5"
)
_UNITS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_SHIFT: Final = re.compile(r"([0-9]*(?:\.[0-9]*)?)(ns|us|µs|μs|ms|s|m|h)")


class Moment(Thing):
    """A point in time."""

    shown: ClassVar[tuple[str, ...]] = (
        "Unix", "UnixMilli", "UnixNano", "Year", "Month", "Day", "Hour", "Minute", "Second", "YearDay", "Weekday",
        "Format", "UTC",
    )  # fmt: skip

    def __init__(self, time: datetime) -> None:
        self.time = time

    def Unix(self) -> int:  # noqa: N802: Go's name
        """Seconds since 1970."""
        return int(self.time.timestamp() // 1)

    def UnixMilli(self) -> int:  # noqa: N802: Go's name
        """Milliseconds since 1970."""
        return self.UnixNano() // 10**6

    def UnixNano(self) -> int:  # noqa: N802: Go's name
        """Nanoseconds since 1970."""
        since = self.time - datetime(1970, 1, 1, tzinfo=UTC)
        return (since.days * 86400 + since.seconds) * 10**9 + since.microseconds * 1000

    def Format(self, layout: str) -> str:  # noqa: N802: Go's name
        """The time in a layout of Go's."""
        return format_time(self.time, layout)

    def UTC(self) -> Moment:  # noqa: N802: Go's name
        """The same in UTC."""
        return Moment(self.time.astimezone(UTC))

    def Year(self) -> int:  # noqa: N802: Go's name
        """The year."""
        return self.time.year

    def Month(self) -> str:  # noqa: N802: Go's name
        """The month's name."""
        return _MONTHS[self.time.month - 1]

    def Day(self) -> int:  # noqa: N802: Go's name
        """The day of the month."""
        return self.time.day

    def Hour(self) -> int:  # noqa: N802: Go's name
        """The hour."""
        return self.time.hour

    def Minute(self) -> int:  # noqa: N802: Go's name
        """The minute."""
        return self.time.minute

    def Second(self) -> int:  # noqa: N802: Go's name
        """The second."""
        return self.time.second

    def YearDay(self) -> int:  # noqa: N802: Go's name
        """The day of the year."""
        return self.time.timetuple().tm_yday

    def Weekday(self) -> str:  # noqa: N802: Go's name
        """The day of the week."""
        return _DAYS[self.time.weekday()]

    def __str__(self) -> str:
        return format_time(self.time, "2006-01-02 15:04:05.999999999 -0700 MST")


def format_time(time: datetime, layout: str) -> str:
    """The time in a layout of Go's.

    >>> format_time(datetime(2024, 2, 3, 14, 5, 6, tzinfo=UTC), "Mon Jan _2 3:04PM 2006 Z07:00")
    'Sat Feb  3 2:05PM 2024 Z'
    """
    return _ELEMENT.sub(lambda found: _element(time, found[0]), layout)


def _element(time: datetime, name: str) -> str:
    hour = time.hour % 12 or 12
    simple = {
        "January": _MONTHS[time.month - 1], "Jan": _MONTHS[time.month - 1][:3], "1": str(time.month),
        "01": f"{time.month:02d}", "Monday": _DAYS[time.weekday()], "Mon": _DAYS[time.weekday()][:3],
        "2": str(time.day), "_2": f"{time.day:2d}", "02": f"{time.day:02d}",
        "002": f"{time.timetuple().tm_yday:03d}", "__2": f"{time.timetuple().tm_yday:3d}",
        "15": f"{time.hour:02d}", "3": str(hour), "03": f"{hour:02d}", "4": str(time.minute),
        "04": f"{time.minute:02d}", "5": str(time.second), "05": f"{time.second:02d}", "2006": f"{time.year:04d}",
        "06": f"{time.year % 100:02d}", "PM": "PM" if time.hour >= 12 else "AM",
        "pm": "pm" if time.hour >= 12 else "am", "MST": time.tzname() or "UTC",
    }  # fmt: skip
    if name in simple:
        return simple[name]
    if name[0] in ".,":
        digits = f"{time.microsecond:06d}000"[: len(name) - 1].ljust(len(name) - 1, "0")
        digits = digits.rstrip("0") if name[1] == "9" else digits
        return name[0] + digits if digits else ""
    return _zone(time, name)


def _zone(time: datetime, name: str) -> str:
    offset = time.utcoffset() or timedelta()
    seconds = int(offset.total_seconds())
    if name[0] == "Z" and seconds == 0:
        return "Z"
    sign, seconds = "-" if seconds < 0 else "+", abs(seconds)
    parts = [f"{seconds // 3600:02d}", f"{seconds // 60 % 60:02d}", f"{seconds % 60:02d}"]
    count = (len(name.replace(":", "")) - 1) // 2
    return sign + (":" if ":" in name else "").join(parts[:count])


_PARTS: Final = {
    "2006": r"(?P<year>\d{4})", "06": r"(?P<short>\d\d)", "01": r"(?P<month>\d\d)", "1": r"(?P<month>\d\d?)",
    "02": r"(?P<day>\d\d)", "2": r"(?P<day>\d\d?)", "_2": r" ?(?P<day>\d\d?)", "15": r"(?P<hour>\d\d?)",
    "03": r"(?P<half>\d\d)", "3": r"(?P<half>\d\d?)", "04": r"(?P<minute>\d\d)", "4": r"(?P<minute>\d\d?)",
    "05": r"(?P<second>\d\d)(?P<fraction>[.,]\d+)?", "5": r"(?P<second>\d\d?)(?P<fraction>[.,]\d+)?",
    "PM": r"(?P<noon>AM|PM)", "pm": r"(?P<noon>am|pm)", "MST": r"(?P<name>[A-Z]{3,4})",
    "January": f"(?P<word>{'|'.join(_MONTHS)})", "Jan": f"(?P<word>{'|'.join(m[:3] for m in _MONTHS)})",
    "Monday": f"(?:{'|'.join(_DAYS)})", "Mon": f"(?:{'|'.join(d[:3] for d in _DAYS)})",
    "002": r"(?P<yearday>\d{3})", "__2": r" {0,2}(?P<yearday>\d{1,3})",
}  # fmt: skip


def parse_time(layout: str, text: str) -> datetime:
    """The time that a text in a layout of Go's is. Raises ValueError."""
    made, at = "", 0
    for found in _ELEMENT.finditer(layout):
        made += re.escape(layout[at : found.start()]) + _pattern_of(found[0])
        at = found.end()
    try:
        match = re.fullmatch(made + re.escape(layout[at:]), text)
    except re.error:
        raise ValueError(f"`{layout}` has an element twice") from None
    if match is None:
        raise ValueError(f"`{text}` is no time in the layout `{layout}`")
    return _time(match.groupdict())


def _pattern_of(name: str) -> str:
    if name in _PARTS:
        return _PARTS[name]
    if name[0] in ".,":
        return r"(?:[.,]\d+)?" if name[1] == "9" else rf"[.,]\d{{{len(name) - 1}}}"
    digits = r"[-+]\d\d(?::?\d\d){0,2}"
    return rf"(?P<zone>Z|{digits})" if name[0] == "Z" else rf"(?P<zone>{digits})"


def _time(parts: dict[str, str | None]) -> datetime:
    get = {key: value for key, value in parts.items() if value is not None}.get
    short = int(get("short", "0"))
    year = int(get("year", str(short + (1900 if short >= 69 else 2000) if get("short") else 1)))
    word = get("word")
    month = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(word)) if word else int(get("month", "1"))
    hour = int(get("hour", "0"))
    if get("half"):
        hour = int(get("half", "0")) % 12 + (12 if get("noon", "").lower() == "pm" else 0)
    fraction = get("fraction", ".0")[1:7].ljust(6, "0")
    time = datetime(
        max(year, 1), month, int(get("day", "1")), hour, int(get("minute", "0")), int(get("second", "0")),
        int(fraction),
        tzinfo=_offset(get("zone", "Z")),
    )  # fmt: skip
    return time.replace(month=1, day=1) + timedelta(days=int(get("yearday", "1")) - 1) if get("yearday") else time


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(6, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:]))
    return timezone(-offset if text[0] == "-" else offset)


def _moment(rendering: Rendering, value: Any, function: str) -> datetime:
    if isinstance(value, Moment):
        return value.time
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)
        except OverflowError:
            raise Fault("the time is too far away") from None
    rendering.chance(function)
    return NOW


def _zoned(time: datetime, zone: str) -> datetime:
    from kplan.k8s.cron import is_time_zone, time_zone

    if zone in ("", "UTC", "Local") or not is_time_zone(zone):
        return time.astimezone(UTC)
    return time.astimezone(time_zone(zone))


@GROUP.add("now", inside=True)
def now(rendering: Rendering) -> Moment:
    """The start of the year 2000 in UTC, in every rendering."""
    rendering.chance("now")
    return Moment(NOW)


@GROUP.add("date", inside=True)
def date(rendering: Rendering, layout: str, value: Any) -> str:
    """The time, or the number of seconds since 1970, in a layout of Go's."""
    return format_time(_moment(rendering, value, "date").astimezone(UTC), layout)


@GROUP.add("dateInZone", "date_in_zone", inside=True)
def date_in_zone(rendering: Rendering, layout: str, value: Any, zone: str) -> str:
    """As `date`, in a time zone."""
    return format_time(_zoned(_moment(rendering, value, "dateInZone"), zone), layout)


@GROUP.add("htmlDate", inside=True)
def html_date(rendering: Rendering, value: Any) -> str:
    """The day, as 2006-01-02."""
    return format_time(_moment(rendering, value, "htmlDate").astimezone(UTC), "2006-01-02")


@GROUP.add("htmlDateInZone", inside=True)
def html_date_in_zone(rendering: Rendering, value: Any, zone: str) -> str:
    """The day in a time zone, as 2006-01-02."""
    return format_time(_zoned(_moment(rendering, value, "htmlDateInZone"), zone), "2006-01-02")


def _duration_ns(text: str) -> int:
    """The nanoseconds of a duration as Go writes it. Raises ValueError."""
    sign, rest = (-1, text[1:]) if text[:1] == "-" else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    parts = list(_SHIFT.finditer(rest))
    if not parts or "".join(part[0] for part in parts) != rest or any(part[1] in ("", ".") for part in parts):
        raise ValueError(f"`{text}` is no duration")
    from decimal import Decimal

    total = sign * int(sum(Decimal(part[1]) * _UNITS[part[2]] for part in parts))
    if abs(total) >= 2**63:
        raise ValueError(f"`{text}` is too long a duration")
    return total


@GROUP.add("dateModify", "date_modify", "mustDateModify", "must_date_modify")
def date_modify(shift: str, value: Any) -> Moment:
    """The time moved by a duration such as `-1.5h`."""
    if not isinstance(value, Moment):
        raise Fault("`dateModify` needs a time, as `now` or `toDate` give it")
    try:
        return Moment(value.time + timedelta(microseconds=_duration_ns(str.__str__(shift)) / 1000))
    except ValueError as error:
        raise Fault(str(error)) from None
    except OverflowError:
        raise Fault("the time is too far away") from None


@GROUP.add("toDate", "mustToDate")
def to_date(layout: str, text: str) -> Moment:
    """The time that a text in a layout of Go's is."""
    try:
        return Moment(parse_time(str.__str__(layout), str.__str__(text)))
    except (ValueError, OverflowError) as error:
        raise Fault(str(error)) from None


@GROUP.add("unixEpoch")
def unix_epoch(value: Any) -> str:
    """The seconds since 1970."""
    if not isinstance(value, Moment):
        raise Fault("`unixEpoch` needs a time, as `now` or `toDate` give it")
    return str(value.Unix())


def format_duration(nanoseconds: int) -> str:
    """A duration as Go prints it.

    >>> format_duration(5_400 * 10**9), format_duration(1_500_000)
    ('1h30m0s', '1.5ms')
    """
    if nanoseconds == 0:
        return "0s"
    sign, count = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    for unit, size in (("ns", 1), ("µs", 10**3), ("ms", 10**6)):
        if count < size * 1000:
            return f"{sign}{_fraction(count, size)}{unit}"
    minutes, rest = divmod(count, 60 * 10**9)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{sign}{text}{_fraction(rest, 10**9)}s"


def _fraction(count: int, size: int) -> str:
    whole, rest = divmod(count, size)
    digits = str(rest).rjust(len(str(size)) - 1, "0").rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)


@GROUP.add("ago", inside=True)
def ago(rendering: Rendering, value: Any) -> str:
    """How long ago the time was, seen from what `now` gives."""
    rendering.chance("ago")
    since = NOW - _moment(rendering, value, "ago")
    return format_duration(round(since.total_seconds()) * 10**9)


@GROUP.add("duration")
def duration(seconds: Any) -> str:
    """So many seconds as hours, minutes and seconds."""
    number = seconds if isinstance(seconds, int) else None
    if isinstance(seconds, str) and re.fullmatch(r"[-+]?\d{1,10}", seconds):
        number = int(seconds)
    return format_duration((number or 0) * 10**9)


@GROUP.add("durationRound", inside=True)
def duration_round(rendering: Rendering, value: Any) -> str:
    """The largest unit of a duration: `2h`, `3d`, `1mo`."""
    if isinstance(value, Moment):
        rendering.chance("durationRound")
        count = round((NOW - value.time).total_seconds() * 10**9)
    elif isinstance(value, str):
        try:
            count = _duration_ns(str.__str__(value))
        except ValueError:
            count = 0
    else:
        count = value if isinstance(value, int) else 0
    hour = 3600 * 10**9
    units = (
        ("y", 365 * 24 * hour),
        ("mo", 30 * 24 * hour),
        ("d", 24 * hour),
        ("h", hour),
        ("m", hour // 60),
        ("s", 10**9),
    )
    return next((f"{abs(count) // size}{unit}" for unit, size in units if abs(count) > size), "0s")
