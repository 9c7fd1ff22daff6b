"""A case as JSON on the page: everything that the command takes, to the same cents, and errors that name the field."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from propay.cases import solving
from propay.cases.limits import PAGE_BYTES
from tests.propay.pages.what_if.scenario import address
from tests.reading import text_of

pytestmark = pytest.mark.django_db
CASE = {
    "budget": {"type": "AMOUNT", "amount": "1400.00"},
    "split_percent": "50",
    "time": [
        {"worker": "a", "date": "2026-11-02", "minutes": 3000, "wage": "20.00"},
    ],
    "overtime": {"rule": "FEDERAL"},
    "deductions": [{"worker": "a", "amount": "30.00"}],
    "take_back": "NEVER",
}


def where() -> str:
    return reverse("what_if_upload")


def uploaded(content: bytes):
    return {"file": SimpleUploadedFile("case.json", content, content_type="application/json")}


def error_of(answer) -> str:
    form = answer.context["form"]
    assert "answer" not in answer.context
    return " ".join(error for errors in form.errors.values() for error in errors)


def test_who_may_calculate_a_case(anonymous, as_worker, as_manager):
    assert anonymous.get(where()).status_code == 302
    assert as_worker.get(where()).status_code == as_worker.post(where()).status_code == 403
    assert f'href="{where()}"' in as_manager.get(address()).content.decode()
    assert as_manager.get(where()).status_code == 200


@pytest.mark.parametrize("data", [{"text": json.dumps(CASE)}, uploaded(b"\xef\xbb\xbf" + json.dumps(CASE).encode())])
def test_case_comes_to_the_figures_of_the_command(as_manager, data):
    answer = as_manager.post(where(), data)
    assert solving.as_json(answer.context["solution"]) == solving.run(CASE)
    text = text_of(answer)
    assert "Overtime by workweek" in text
    assert "a Nov 2, 2026 $200.00 50:00 10:00 $20.00 $0.00" in text
    assert "a $200.00 $20.00 $0.00 $0.00 $30.00 $220.00" in text


def test_downloaded_propay_comes_to_its_figures(as_manager, propay):
    file = as_manager.get(reverse("what_if_case", args=[propay.pk])).content
    answer = as_manager.post(where(), uploaded(file))
    assert answer.context["answer"].after.amounts["pool"] == propay.pool_amount


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "Choose a file or paste a case, one of the two."),
        ({"text": "{}", **uploaded(b"{}")}, "Choose a file or paste a case, one of the two."),
        ({"text": "{"}, "input: is not valid JSON"),
        ({"text": "[]"}, "input: must be one case, not a list of cases."),
        ({"text": json.dumps({**CASE, "tim": []})}, "has an unknown key 'tim'"),
        ({"text": json.dumps({**CASE, "split_percent": 50})}, "split_percent: must be a number in a string"),
        (uploaded(b"\xff"), "input: is not UTF-8 text."),
        (uploaded(b" " * (PAGE_BYTES + 1)), "input: is larger than 1 MB."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_calculated(as_manager, data, told):
    assert told in error_of(as_manager.post(where(), data))


def test_more_true_ups_than_a_page_shows_are_refused(as_manager):
    second = {"worker": "a", "date": "2026-11-09", "minutes": 60, "wage": "20.00"}
    case = {**CASE, "time": [*CASE["time"], second], "pool": {"crew": "50", "other": "50"}}
    fits = json.dumps({**case, "others": [f"other{number}" for number in range(999)]})
    assert as_manager.post(where(), {"text": fits}).context["answer"]
    more = json.dumps({**case, "others": [f"other{number}" for number in range(1_000)]})
    told = error_of(as_manager.post(where(), {"text": more}))
    assert told.startswith("overtime: must come to at most 2,000 true-ups")
