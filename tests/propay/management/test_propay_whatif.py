"""`propay_whatif`: a file or standard input in, JSON or text out, and with which exit code."""

import json
import subprocess
import sys
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from propay.cases import solving
from propay.management.commands import propay_whatif
from tests.make.documented_cases import DOCUMENTED, SMALL, small_entry

ROOT = Path(__file__).parents[3]


def command(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "manage.py", "propay_whatif", *arguments]
    environment = {"DEBUG": "true", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    return subprocess.run(
        line, cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, check=False, timeout=60
    )


def test_command_reads_standard_input_and_needs_no_database() -> None:
    done = command(stdin=json.dumps(DOCUMENTED))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == solving.run(DOCUMENTED)


def test_command_ends_with_two_and_one_line_on_bad_input() -> None:
    done = command(stdin=json.dumps([SMALL, SMALL | {"time": [small_entry(minutes=1.5)]}]))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "case 2 (index 1): time[0].minutes: must be whole minutes, not 1.5" in line


def thousand_cases() -> list[dict[str, Any]]:
    return [DOCUMENTED | {"split_percent": str(Decimal(place) / 10)} for place in range(1000)]


def test_command_calculates_a_list_of_a_thousand_cases_in_order(monkeypatch) -> None:
    given = BytesIO(json.dumps(thousand_cases()).encode())
    monkeypatch.setattr(propay_whatif, "sys", SimpleNamespace(stdin=SimpleNamespace(buffer=given)))
    out = StringIO()
    call_command("propay_whatif", stdout=out)
    pools = [result["pool"] for result in json.loads(out.getvalue())]
    assert pools == [f"{Decimal(place) * 600 / 1000:.2f}" for place in range(1000)]


@pytest.mark.parametrize("explains", [False, True])
def test_command_names_the_one_bad_case_of_a_thousand_in_a_file(tmp_path: Path, explains: bool) -> None:
    cases = thousand_cases()
    cases[499] = DOCUMENTED | {"pool": {"crew": "60", "lead": "30"}}
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases))
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("propay_whatif", str(file), explain=explains, stdout=out)
    assert (caught.value.returncode, out.getvalue()) == (2, "")
    assert str(caught.value) == "case 500 (index 499): pool: must total 100, not 90"


def test_command_reads_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(json.dumps([SMALL]).encode("utf-8-sig"))
    out = StringIO()
    call_command("propay_whatif", str(file), stdout=out)
    assert json.loads(out.getvalue()) == [solving.run(SMALL)]


def test_command_explains_each_case_step_by_step(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps([SMALL, DOCUMENTED | {"time": []}]))
    out = StringIO()
    call_command("propay_whatif", str(file), "--explain", stdout=out)
    first, second = out.getvalue().split("\n\n")
    assert first.splitlines()[:3] == [
        "Case 1",
        "Counted time: a 10 h = 10 h",
        "Labor cost of a: 10 h × 20.00 = 200.00",
    ]
    assert "Share of a (by minutes): 50.00 × 600 / 600 = 50.00" in first
    assert "Warning: No one is eligible for the crew part, so it goes to the company part." in second


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No such file"), (b"\xff\xfe{", "is not UTF-8"), (b"{", "is not valid JSON"), (b"{}", "budget")],
)
def test_command_refuses_a_file_it_cannot_read(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "case.json"
    if content is not None:
        file.write_bytes(content)
    out = StringIO()
    with pytest.raises(CommandError, match=message) as caught:
        call_command("propay_whatif", str(file), stdout=out)
    assert (caught.value.returncode, out.getvalue()) == (2, "")
