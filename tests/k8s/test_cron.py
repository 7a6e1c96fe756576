"""Cron schedules: what can be read, and when they come due."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from kplan.k8s.cron import next_runs, parse_schedule, schedule_error, time_zone

NOON = datetime(2024, 3, 30, 12, tzinfo=UTC)  # a Saturday


def runs(schedule: str, after: datetime = NOON, zone: str | None = None, n: int = 3) -> list[str]:
    return [f"{run:%Y-%m-%d %H:%M:%S%z}" for run in next_runs(schedule, after, zone, n)]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("30 12 * * *", ["2024-03-30 12:30", "2024-03-31 12:30"]),
        ("0 12 * * *", ["2024-03-31 12:00", "2024-04-01 12:00"]),
        ("*/25 * * * *", ["2024-03-30 12:25", "2024-03-30 12:50", "2024-03-30 13:00"]),
        ("40/10 13 * * *", ["2024-03-30 13:40", "2024-03-30 13:50", "2024-03-31 13:40"]),
        ("0 1-7/3 * * *", ["2024-03-31 01:00", "2024-03-31 04:00", "2024-03-31 07:00"]),
        ("0 0 13 * 5", ["2024-04-05 00:00", "2024-04-12 00:00", "2024-04-13 00:00"]),  # day or weekday
        ("0 0 13 * *", ["2024-04-13 00:00", "2024-05-13 00:00"]),
        ("0 0 ? * 5", ["2024-04-05 00:00", "2024-04-12 00:00"]),
        ("0 0 */10 * 1", ["2024-03-31 00:00", "2024-04-01 00:00", "2024-04-08 00:00"]),  # a step is no star
        ("0 0 */1 * 1", ["2024-04-01 00:00", "2024-04-08 00:00"]),  # but a step of 1 is
        ("0 0 29 2 *", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("0 0 1 JAN-mar/2 *", ["2025-01-01 00:00", "2025-03-01 00:00"]),
        ("@hourly", ["2024-03-30 13:00"]),
        ("@daily", ["2024-03-31 00:00"]),
        ("@weekly", ["2024-03-31 00:00", "2024-04-07 00:00"]),
        ("@monthly", ["2024-04-01 00:00"]),
        ("@yearly", ["2025-01-01 00:00"]),
        ("@every 90m", ["2024-03-30 13:30", "2024-03-30 15:00"]),
        ("0,30 0 1 1 sun", ["2025-01-01 00:00", "2025-01-01 00:30", "2025-01-05 00:00"]),
    ],
)
def test_runs(schedule: str, expected: list[str]) -> None:
    assert [run[:16] for run in runs(schedule, n=len(expected))] == expected


def test_a_date_that_never_comes_has_no_runs() -> None:
    assert runs("0 0 30 2 *") == []
    assert runs(", * * * *") == []


def test_every_is_at_least_a_second_and_drops_fractions() -> None:
    every = [parse_schedule(f"@every {text}").every_s for text in ("10ms", "2.7s", "1h1m1s", "-5m", "0")]
    assert every == [1, 2, 3661, 1, 1]


def test_a_skipped_hour_has_no_run_and_a_repeated_one_two() -> None:
    assert runs("30 2 * * *", zone="Europe/Berlin", n=2) == ["2024-04-01 02:30:00+0200", "2024-04-02 02:30:00+0200"]
    autumn = datetime(2024, 10, 26, 12, tzinfo=UTC)
    assert runs("30 2 * * *", autumn, "Europe/Berlin", 3) == [
        "2024-10-27 02:30:00+0200",
        "2024-10-27 02:30:00+0100",
        "2024-10-28 02:30:00+0100",
    ]


def test_a_day_whose_midnight_is_skipped_still_has_its_other_hours() -> None:
    before = datetime(2023, 9, 30, 12, tzinfo=UTC)  # clocks in Asuncion go from 0:00 to 1:00 on 1 October 2023
    assert runs("0 0 * * *", before, "America/Asuncion", 1) == ["2023-10-02 00:00:00-0300"]
    assert runs("0 5 1 10 *", before, "America/Asuncion", 1) == ["2023-10-01 05:00:00-0300"]
    assert runs("0 5 1 * *", before, "America/Asuncion", 1) == ["2023-10-01 05:00:00-0300"]


def test_the_zone_in_a_schedule_comes_first() -> None:
    assert runs("TZ=Asia/Tokyo 0 9 * * *", zone="Europe/Berlin", n=1) == ["2024-03-31 09:00:00+0900"]
    assert runs("CRON_TZ=UTC @daily", n=1) == ["2024-03-31 00:00:00+0000"]


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("", "empty spec string"),
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("0 0 * * 7", "end of range (7) above maximum (6): 7"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("1/2/3 * * * *", "too many slashes: 1/2/3"),
        ("x * * * *", "failed to parse int from x"),
        ("-5 * * * *", "failed to parse int from "),
        ("@reboot", "unrecognized descriptor: @reboot"),
        ("@HOURLY", "unrecognized descriptor: @HOURLY"),
        ("@every", "unrecognized descriptor: @every"),
        ("@every soon", "failed to parse duration @every soon"),
        ("TZ=Nowhere * * * * *", "provided bad location Nowhere"),
    ],
)
def test_what_cannot_be_read(schedule: str, message: str) -> None:
    assert (schedule_error(schedule) or "").startswith(message)
    with pytest.raises(ValueError, match=re.escape(message)):
        next_runs(schedule, NOON)


def test_unknown_zones_and_moments_without_one_are_refused() -> None:
    for name in ("Nowhere", "../UTC", "Europe", ""):
        with pytest.raises(ValueError, match="unknown time zone"):
            time_zone(name)
    with pytest.raises(ValueError, match="no time zone"):
        next_runs("@daily", datetime(2024, 1, 1))
