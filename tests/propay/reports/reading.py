"""What a person reads of a report: on its page and in its file."""

import csv
import re

from django.urls import reverse

from propay.reports import REPORTS

SLUGS = sorted(REPORTS)


def text_of(response) -> str:
    """What a person reads in the main part: tags, choices not taken and runs of white space gone."""
    assert response.status_code == 200
    body = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]
    body = re.sub(r"<option.*?</option>", "", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def lines_of(response) -> list[dict[str, str]]:
    assert response.status_code == 200
    return list(csv.DictReader(b"".join(response.streaming_content).decode().splitlines()))


def page(client, slug, **query) -> str:
    return text_of(client.get(reverse("report", args=[slug]), query))


def file(client, slug, **query) -> list[dict[str, str]]:
    return lines_of(client.get(reverse("report_file", args=[slug]), query))


def cells_of(rows, title) -> list[str]:
    return next(list(row.values()) for row in rows if row["ProPay"] == title)
