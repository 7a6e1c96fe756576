"""Cron schedules as CronJobs know them: five fields or a descriptor, and when they come due in a time zone.

Source: github.com/robfig/cron/v3 ParseStandard, SpecSchedule.Next; Go time.LoadLocation, time.ParseDuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from typing import NamedTuple

_YEARS = 5
"""So many years ahead a run is looked for."""


class _Bounds(NamedTuple):
    first: int
    last: int
    names: tuple[str, ...] = ()


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (_Bounds(0, 59), _Bounds(0, 23), _Bounds(1, 31), _Bounds(1, 12, _MONTHS), _Bounds(0, 6, _WEEKDAYS))

_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY = "@every "
_DURATION = re.compile(r"([-+]?)(0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)\Z", re.ASCII)
_AMOUNT = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNIT_NS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_INTEGER = re.compile(r"[-+]?\d+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something runs: in which minutes, hours, days, months (1 to 12) and weekdays (0 is Sunday).

    Where `either_day` is set a day counts when its number or its weekday does, else both must. `every_s` is set for
    `@every`, and then nothing else counts. `time_zone` is set where the text itself names one.
    """

    minutes: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    either_day: bool = False
    every_s: int | None = None
    time_zone: str | None = None

    def has_day(self, moment: datetime) -> bool:
        """Whether it runs on the moment's day, if it does in its month."""
        day, weekday = moment.day in self.days, moment.isoweekday() % 7 in self.weekdays
        return day or weekday if self.either_day else day and weekday


def schedule_error(schedule: str) -> str | None:
    """Why a schedule cannot be read, in the words of the API server; None for a good one.

    >>> schedule_error("*/5 0 * jan-mar MON"), schedule_error("0 0 * * 7")
    (None, 'end of range (7) above maximum (6): 7')

    A step may be longer than its range, and 30 February is a date.
    """
    try:
        parse_schedule(schedule)
    except ValueError as error:
        return str(error)
    return None


@lru_cache(maxsize=512)
def parse_schedule(text: str) -> Schedule:
    """The schedule that a text describes.

    >>> sorted(parse_schedule("*/20 9-17/4 * JAN,jul mon").months)
    [1, 7]
    >>> parse_schedule("@every 1h30m").every_s
    5400

    Raises ValueError, in the words of the API server: there is no weekday 7, and no `@reboot`.
    """
    zone, spec = None, text
    if text.startswith(("TZ=", "CRON_TZ=")):
        prefix, blank, spec = text.partition(" ")
        zone, spec = prefix.partition("=")[2], spec.strip()
        if not blank or not is_time_zone(zone):
            raise ValueError(f"provided bad location {zone}: unknown time zone {zone}")
    if spec.startswith(_EVERY):
        return Schedule(every_s=_every(spec), time_zone=zone)
    if spec.startswith("@"):
        if spec not in _DESCRIPTORS:
            raise ValueError(f"unrecognized descriptor: {spec}")
        spec = _DESCRIPTORS[spec]
    return _parse_fields(spec, zone)


def _parse_fields(spec: str, zone: str | None) -> Schedule:
    fields = spec.split()
    if not fields:
        raise ValueError("empty spec string")
    if len(fields) != len(_FIELDS):
        raise ValueError(f"expected exactly {len(_FIELDS)} fields, found {len(fields)}: [{' '.join(fields)}]")
    parsed = [_parse_field(field, bounds) for field, bounds in zip(fields, _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = (values for values, _ in parsed)
    either_day = not (parsed[2][1] or parsed[4][1])
    return Schedule(minutes, hours, days, months, weekdays, either_day, time_zone=zone)


def _parse_field(field: str, bounds: _Bounds) -> tuple[frozenset[int], bool]:
    """The values of a field, and whether it is a star: then the other day field alone decides."""
    parsed = [_parse_range(part, bounds) for part in field.split(",") if part]
    return frozenset(value for values, _ in parsed for value in values), any(star for _, star in parsed)


def _parse_range(part: str, bounds: _Bounds) -> tuple[range, bool]:
    span, *steps = part.split("/")
    low, *high = span.split("-")
    star = low in ("*", "?")
    if star:
        first, last = bounds.first, bounds.last
    elif len(high) > 1:
        raise ValueError(f"too many hyphens: {part}")
    else:
        first = _value(low, bounds)
        last = _value(high[0], bounds) if high else first
    if len(steps) > 1:
        raise ValueError(f"too many slashes: {part}")
    step = _number(steps[0]) if steps else 1
    if steps and not high:
        last = bounds.last
    _check_range(part, first, last, step, bounds)
    return range(first, last + 1, step), star and step <= 1


def _check_range(part: str, first: int, last: int, step: int, bounds: _Bounds) -> None:
    if first < bounds.first:
        raise ValueError(f"beginning of range ({first}) below minimum ({bounds.first}): {part}")
    if last > bounds.last:
        raise ValueError(f"end of range ({last}) above maximum ({bounds.last}): {part}")
    if first > last:
        raise ValueError(f"beginning of range ({first}) beyond end of range ({last}): {part}")
    if step == 0:
        raise ValueError(f"step of range should be a positive number: {part}")


def _value(text: str, bounds: _Bounds) -> int:
    name = text.lower()
    return bounds.names.index(name) + bounds.first if name in bounds.names else _number(text)


def _number(text: str) -> int:
    if not _INTEGER.match(text):
        raise ValueError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    if int(text) < 0:
        raise ValueError(f"negative number ({int(text)}) not allowed: {text}")
    return int(text)


def _every(spec: str) -> int:
    """The whole seconds of `@every`, at least one."""
    text = spec.removeprefix(_EVERY)
    match = _DURATION.match(text)
    if match is None:
        raise ValueError(f'failed to parse duration {spec}: time: invalid duration "{text}"')
    amount_ns = sum(float(part[1]) * _UNIT_NS[part[2]] for part in _AMOUNT.finditer(match[2]))
    return 1 if match[1] == "-" else max(int(amount_ns) // 10**9, 1)


@cache
def _time_zones() -> frozenset[str]:
    from importlib.resources import files

    return frozenset(files("kplan.k8s").joinpath("data/timezones.txt").read_text("ascii").split())


def is_time_zone(name: str) -> bool:
    """Whether the server knows the time zone; case counts.

    >>> is_time_zone("Europe/Paris"), is_time_zone("etc/utc"), is_time_zone("+02:00")
    (True, False, False)
    """
    return name in _time_zones()


def time_zone(name: str | None) -> tzinfo:
    """The time zone of that name, by the rules in the package tzdata; UTC for none.

    The machine's own rules are not asked: they differ between machines.
    Raises ValueError for a name that is none.
    """
    if name is None or name == "UTC":
        return UTC
    if not is_time_zone(name):
        raise ValueError(f"unknown time zone {name}")
    from importlib.resources import files
    from zoneinfo import ZoneInfo

    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def next_runs(schedule: str, after: datetime, time_zone_name: str | None = None, n: int = 1) -> list[datetime]:
    """The first `n` runs later than a moment, in the time zone given (UTC where None); fewer where there are no more.

    >>> noon = datetime(2024, 3, 30, 12, tzinfo=UTC)
    >>> [f"{run:%d %H:%M %Z}" for run in next_runs("30 2 * * *", noon, "Europe/Berlin", 2)]
    ['01 02:30 CEST', '02 02:30 CEST']
    >>> next_runs("0 0 30 2 *", noon)
    []

    An hour that a clock skips has no run, one that it repeats has two. Raises ValueError for a schedule or time zone
    that is none, and for a moment without time zone.
    """
    if after.tzinfo is None:
        raise ValueError("the moment has no time zone")
    parsed = parse_schedule(schedule)
    zone = time_zone(parsed.time_zone or time_zone_name)
    runs = _runs(parsed, int(after.timestamp() // 1), zone)
    return [datetime.fromtimestamp(run_s, zone) for _, run_s in zip(range(n), runs, strict=False)]


def _runs(schedule: Schedule, after_s: int, zone: tzinfo) -> Iterator[int]:
    while (run_s := next_run_s(schedule, after_s, zone)) is not None:
        yield run_s
        after_s = run_s


def next_run_s(schedule: Schedule, after_s: int, zone: tzinfo) -> int | None:
    """The next run after a moment, both in Unix seconds; None where there is none within five years."""
    if schedule.every_s is not None:
        return after_s + schedule.every_s
    if not (schedule.minutes and schedule.hours):
        return None  # a field of nothing but commas names no time
    at_s = after_s + 1
    last_year = _local(at_s, zone).year + _YEARS
    while (moment := _local(at_s, zone)).year <= last_year:
        later_s = _first_miss(schedule, at_s, moment, zone)
        if later_s is None:
            return at_s
        at_s = later_s
    return None


def _first_miss(schedule: Schedule, at_s: int, moment: datetime, zone: tzinfo) -> int | None:
    """Where a moment is no run: the next moment worth a look, at which its largest unit that is wrong has changed."""
    if moment.month not in schedule.months:
        month = moment.year * 12 + moment.month
        return _midnight(month // 12, month % 12 + 1, 1, zone)
    if not schedule.has_day(moment):
        tomorrow = moment.date() + timedelta(days=1)
        return _midnight(tomorrow.year, tomorrow.month, tomorrow.day, zone)
    if moment.hour not in schedule.hours:
        return at_s + 3600 - moment.minute * 60 - moment.second
    if moment.minute not in schedule.minutes or moment.second:
        return at_s + 60 - moment.second
    return None


def _midnight(year: int, month: int, day: int, zone: tzinfo) -> int:
    """The first moment of a day, also where clocks skip midnight."""
    at_s = _unix(datetime(year, month, day), zone)
    hour = _local(at_s, zone).hour
    return at_s + (24 - hour if hour > 12 else 0) * 3600


def _local(at_s: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at_s, zone)


def _unix(wall: datetime, zone: tzinfo) -> int:
    """The Unix seconds of a time on the wall; where a clock skips it, an hour off.

    Source: Go time.Date.
    """
    as_utc = int(wall.replace(tzinfo=UTC).timestamp())
    guess = as_utc - _offset_s(as_utc, zone)
    return as_utc - _offset_s(guess, zone)


def _offset_s(at_s: int, zone: tzinfo) -> int:
    offset = _local(at_s, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
