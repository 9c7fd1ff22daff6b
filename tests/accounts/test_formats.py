"""Moments beside their distance from now: rounded as people say it, in both directions, in both languages."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation

from protiv.accounts.templatetags import formats

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 11, 12, 0, tzinfo=UTC)

LENGTHS = [
    (timedelta(minutes=1, seconds=29), "1 minute"),
    (timedelta(minutes=1, seconds=30), "2 minutes"),
    (timedelta(minutes=59, seconds=29), "59 minutes"),
    (timedelta(minutes=59, seconds=30), "1 hour"),
    (timedelta(hours=1, minutes=29, seconds=59), "1 hour"),
    (timedelta(hours=1, minutes=30), "2 hours"),
    (timedelta(hours=1, minutes=59, seconds=30), "2 hours"),
    (timedelta(hours=1, minutes=59, seconds=59, milliseconds=900), "2 hours"),
    (timedelta(hours=2), "2 hours"),
    (timedelta(hours=23, minutes=29), "23 hours"),
    (timedelta(hours=23, minutes=30), "1 day"),
    (timedelta(days=1, hours=23), "2 days"),
    (timedelta(days=13, hours=12), "14 days"),
    (timedelta(days=29, hours=11), "29 days"),
    (timedelta(days=29, hours=12), "1 month"),
    (timedelta(days=59), "2 months"),
    (timedelta(days=344), "11 months"),
    (timedelta(days=345), "1 year"),
    (timedelta(days=365 + 364), "2 years"),
]


@pytest.fixture(autouse=True)
def _stopped_clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def distance(at):
    return re.search(r"\((.+)\)", formats.moment(at))[1]


@pytest.mark.parametrize(("length", "text"), LENGTHS, ids=lambda value: str(value))
def test_a_distance_is_rounded_and_not_cut_off(length, text):
    assert distance(NOW + length) == f"in {text}"
    assert distance(NOW - length) == f"{text} ago"


@pytest.mark.parametrize("seconds", [-59, 0, 59])
def test_less_than_a_minute_is_now(seconds):
    assert distance(NOW + timedelta(seconds=seconds)) == "just now"


def test_a_distance_is_also_shown_in_spanish():
    with translation.override("es"):
        assert distance(NOW + timedelta(minutes=119, seconds=30)) == "dentro de 2 horas"
        assert distance(NOW - timedelta(minutes=119, seconds=30)) == "hace 2 horas"


def test_no_other_code_calculates_how_long_ago_something_was():
    cutting = re.compile(r"\b(timesince|timeuntil|naturaltime)\b(?! import TIME_STRINGS)")
    files = [file for part in ("protiv", "propay", "integrations", "templates") for file in (ROOT / part).rglob("*")]
    texts = {file: file.read_text() for file in files if file.suffix in (".py", ".html")}
    assert [file.name for file, text in texts.items() if cutting.search(text)] == []
