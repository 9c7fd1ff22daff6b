"""The requests of these tests, and what they answer."""

from django.urls import reverse

from tests.reading import text_of

DATES = {"start": "2026-11-02", "end": "2026-11-15"}
CHOICE = {"period": "2026-11-02_2026-11-15", "statements": "ALL", "layout": "GENERIC", "batch_id": "01"}


def body_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def preview(client, **query: str) -> str:
    return text_of(client.get(reverse("payroll_preview"), query))


def create(client, **choice: str):
    """Create a file; the answer leads to its page, or is the file itself if it is a draft."""
    return client.post(reverse("payroll_file"), CHOICE | choice)


def download(client, **choice: str):
    """Create a file and download it."""
    return client.post(f"{create(client, **choice)['Location']}download/")
