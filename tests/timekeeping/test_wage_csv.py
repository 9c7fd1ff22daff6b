import datetime
from decimal import Decimal

import pytest

from protiv.kit.refused import Refused
from protiv.timekeeping import wage_csv
from protiv.timekeeping.services import PlannedWage
from protiv.timekeeping.wage_csv import decode, preview_wages, read_lines, read_plan, sign_plan
from tests.make import factories

TODAY = datetime.date(2026, 11, 24)
NOV_2 = datetime.date(2026, 11, 2)


def preview(company, text):
    return preview_wages(company=company, lines=read_lines(text), today=TODAY)


def shown(planned):
    return [(one.number, one.worker.name, str(one.wage.hourly_amount), one.in_force) for one in planned]


def test_preview_sorts_lines_by_what_they_do(company, ana, bo):
    carl = factories.make_worker(company, "Carl Berg", external_id="w-carl")
    factories.make_wage(ana, "24.00", datetime.date(2026, 1, 1))
    factories.make_wage(bo, "26.00", NOV_2)
    factories.make_wage(carl, "27.00", NOV_2)
    text = (
        "worker_external_id,number,start_date,wage\n"
        "w-ana,,2026-11-02,$25.00\n"
        ",18,11/2/2026,26.50\n"
        "w-carl,,2026-11-02,27\n"
        "\n"
        "w-nobody,,2026-11-02,27\n"
        "w-ana,,,\n"
    )
    found = preview(company, text)
    assert shown(found.new) == [(2, "Ana Maria Ruiz", "25.00", Decimal("24.00"))]
    assert shown(found.changed) == [(3, "Bo Lind", "26.50", Decimal("26.00"))]
    assert shown(found.unchanged) == [(4, "Carl Berg", "27.00", Decimal("27.00"))]
    assert [(one.number, one.who) for one in found.refused] == [(6, "w-nobody")]
    assert found.empty == 1
    assert [wage.before for wage in found.wages] == [None, Decimal("26.00")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("w-ana,,2026-11-02,-3", "isn't an amount"),
        ("w-ana,,2026-11-02,52000", "at most 1,000.00"),
        ("w-ana,,2/30/2026,25", "isn't a valid date"),
        ("w-ana,,,25", "The date is missing"),
        ("w-ana,,2.11.2026,25", "isn't a date"),
        ("w-ana,,1999-12-31,25", "Check the year"),
        (",,2026-11-02,25", "No worker is given"),
        (",99,2026-11-02,25", "No worker in your company has number “99”"),
        ("w-ana,18,2026-11-02,25", "whose number is “17”"),
    ],
)
def test_preview_refuses_a_line_and_says_why(company, ana, line, says):
    found = preview(company, f"worker_external_id,number,start_date,wage\n{line}\n")
    assert says in found.refused[0].reason
    assert not found.wages


def test_a_refused_line_names_its_worker_if_one_is_found(company, ana):
    found = preview(company, "worker_external_id,start_date,wage\nw-ana,2026-11-02,-3\nw-no,2026-11-02,25\n")
    assert [one.who for one in found.refused] == [ana.name, "w-no"]


def test_preview_refuses_a_number_that_two_have_and_a_worker_of_another_company(company, stranger, ana):
    factories.make_worker(company, "Dan Ruiz", number="17")
    factories.make_worker(stranger.memberships.get().company, "Eve Else", external_id="w-eve", number="40")
    found = preview(
        company,
        "worker_external_id,number,start_date,wage\n,17,2026-11-02,25\nw-eve,,2026-11-02,25\n,40,2026-11-02,25\n",
    )
    assert "2 workers have number “17” (Ana Maria Ruiz, Dan Ruiz)" in found.refused[0].reason
    assert [one.number for one in found.refused] == [2, 3, 4]
    assert "Eve" not in found.refused[1].reason


def test_preview_refuses_all_lines_of_one_worker_and_day(company, ana):
    text = "worker_external_id,number,start_date,wage\nw-ana,,2026-11-02,25\n,17,11/2/2026,26\nw-ana,,2026-11-03,26\n"
    found = preview(company, text)
    assert [one.number for one in found.refused] == [2, 3]
    assert "Ana Maria Ruiz's wage from Nov 2, 2026 is on more than one line: 2, 3." in found.refused[0].reason
    assert [one.number for one in found.new] == [4]


def test_read_lines_takes_semicolons_capitals_spaces_extra_columns_and_our_apostrophe(company):
    text = 'Worker External ID;Note;Start Date;WAGE;\r\n"\'-7";"a;b\nc";2026-11-02;25\r\nx;;2026-11-02;26\r\n'
    lines = read_lines(text)
    assert [(line.number, line.external_id, line.wage) for line in lines] == [(3, "-7", "25"), (4, "x", "26")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Missing: worker_external_id (or number), start_date, wage."),
        ("name,wage\nAna,25\n", "Missing: worker_external_id (or number), start_date."),
        ("number,start_date\n17,2026-11-02\n", "Missing: wage."),
        ("number,start_date,wage\n", "no lines below the header"),
        ("number,start_date,wage\n,,\n", "no lines below the header"),
        ("number,number,start_date,wage\n1,2,2026-11-02,25\n", "appears twice"),
        ('number,start_date,wage\n17,"2026-11-02,25\n18,2026-11-02,26\n', "quotation mark"),
        ("number,start_date,wage\n" + "1,2026-11-02,25\n" * (wage_csv.MAX_LINES + 1), "more than 10,000 lines"),
    ],
)
def test_read_lines_refuses_the_file(text, says):
    with pytest.raises(Refused) as refused:
        read_lines(text)
    assert says in refused.value.message


def test_decode_takes_a_byte_order_mark_and_refuses_other_encodings():
    assert decode("number,Ünal\n".encode("utf-8-sig")) == "number,Ünal\n"
    for content, says in (
        (b"number\nM\xfcller\n", "line 2"),
        ("number".encode("utf-16"), "not UTF-8"),
        (b"a\0b", "not a text file"),
        (b"x" * (wage_csv.MAX_BYTES + 1), "larger than 1 MB"),
    ):
        with pytest.raises(Refused) as refused:
            decode(content)
        assert says in refused.value.message


def test_preview_of_ten_thousand_lines_takes_three_queries(company, ana, django_assert_num_queries):
    start = datetime.date(2001, 1, 1)
    days = [start + datetime.timedelta(days=number) for number in range(9_000)]
    text = "number,start_date,wage\n" + "".join(f"17,{day},25\n" for day in days)
    with django_assert_num_queries(3):
        assert len(preview(company, text).new) == 9_000


def test_a_plan_is_returned_unchanged_and_only_to_its_user(company, admin, manager, stranger):
    plan = [PlannedWage(7, NOV_2, Decimal("25.00"), None), PlannedWage(8, NOV_2, Decimal("26.50"), Decimal("26.00"))]
    signed = sign_plan(plan, company=company, user=admin)
    assert read_plan(signed, company=company, user=admin) == plan
    elsewhere = stranger.memberships.get().company
    for text, of_company, of_user in (
        (signed, company, manager),
        (signed, elsewhere, admin),
        (signed[:-1] + ("a" if signed[-1] != "a" else "b"), company, admin),
        ("", company, admin),
    ):
        with pytest.raises(Refused, match="doesn't match the preview"):
            read_plan(text, company=of_company, user=of_user)


def test_a_plan_is_too_old_after_an_hour(company, admin, time_machine):
    time_machine.move_to("2026-11-24T12:00:00Z", tick=False)
    signed = sign_plan([], company=company, user=admin)
    time_machine.shift(3601)
    with pytest.raises(Refused, match="more than an hour old"):
        read_plan(signed, company=company, user=admin)


def test_a_file_with_more_columns_than_any_sheet_is_refused_before_they_are_compared():
    header = "number,start_date,wage," + ",".join(f"c{place}" for place in range(98))
    with pytest.raises(Refused, match="more than 100 columns"):
        read_lines(f"{header}\n17,2026-11-02,25\n")


def test_lines_that_set_the_same_wage_name_a_few_of_the_others(company):
    factories.make_worker(company, "Ana Ruiz", number="17")
    lines = read_lines("number,start_date,wage\n" + "17,2026-11-02,25\n" * 2_000)
    preview = preview_wages(company=company, lines=lines, today=NOV_2)
    assert len(preview.refused) == 2_000
    assert preview.refused[0].reason.startswith("Ana Ruiz's wage from Nov 2, 2026 is on more than one line")
    assert "line: 2, 3, 4, 5, 6, and 1,995 more. Keep" in preview.refused[0].reason
