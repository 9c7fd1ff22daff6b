"""What a person reads of a report: on its page and in its file."""

import csv

from django.urls import reverse

from propay.reports import REPORTS
from tests.reading import text_of

SLUGS = sorted(REPORTS)


def lines_of(response) -> list[dict[str, str]]:
    assert response.status_code == 200
    return list(csv.DictReader(b"".join(response.streaming_content).decode("utf-8-sig").splitlines()))


def page(client, slug, **query) -> str:
    return text_of(client.get(reverse("report", args=[slug]), query), with_choices=False)


def file(client, slug, **query) -> list[dict[str, str]]:
    return lines_of(client.get(reverse("report_file", args=[slug]), query))


def cells_of(rows, title) -> list[str]:
    return next(list(row.values()) for row in rows if row["ProPay"] == title)
