import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from protiv.accounts.form_tokens import FIELD, new_token
from protiv.kit.refused import Refused
from protiv.timekeeping.services import PlannedWage
from protiv.timekeeping.wage_csv import preview_wages, read_lines, read_plan, sign_plan
from tests.make import factories
from tests.reading import text_of

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
    assert [(line.number, line.named.external_id, line.wage) for line in lines] == [(3, "-7", "25"), (4, "x", "26")]


def test_preview_of_ten_thousand_lines_takes_three_queries(company, ana, django_assert_num_queries):
    start = datetime.date(2001, 1, 1)
    days = [start + datetime.timedelta(days=number) for number in range(9_000)]
    text = "number,start_date,wage\n" + "".join(f"17,{day},25\n" for day in days)
    with django_assert_num_queries(3):
        assert len(preview(company, text).new) == 9_000


# What spreadsheets do


@pytest.fixture
def luis(company):
    return factories.make_worker(company, "Luis Vega", number="42", external_id="w-luis")


@pytest.fixture
def ortiz(company):
    """Whose number is Luis' with zeros in front."""
    return factories.make_worker(company, "Ana Ortiz", number="0042", external_id="w-ortiz")


def outcome(company, text):
    """What is planned, by line: who and how much; and what is refused: in which column and why."""
    found = preview(company, text)
    planned = {one.number: (one.worker.name, str(one.wage.hourly_amount), one.note) for one in (*found.new,)}
    return planned, {one.number: (one.column, one.reason) for one in found.refused}


def test_an_exact_id_wins_over_a_number_that_lost_its_zeros(company, ortiz, luis):
    text = "worker_external_id,number,worker,current_wage,start_date,wage\nw-ortiz,42,Ana Ortiz,,11/2/2026,25\n"
    planned, refused = outcome(company, text)
    assert planned == {2: ("Ana Ortiz", "25.00", "The spreadsheet changed number 0042 to 42.")}
    assert not refused


def test_a_number_without_its_zeros_is_taken_where_only_one_can_be_meant(company, ortiz):
    planned, refused = outcome(company, "number,start_date,wage\n42,11/2/2026,25\n")
    assert planned == {2: ("Ana Ortiz", "25.00", "The spreadsheet changed number 0042 to 42.")}
    assert not refused


@pytest.mark.parametrize(
    ("line", "planned"),
    [
        ("0042,,11/2/2026,25", "Ana Ortiz"),
        ("0042,Ana Ortiz,11/2/2026,25", "Ana Ortiz"),
        ("42,Luis Vega,11/2/2026,25", "Luis Vega"),
    ],
)
def test_a_number_that_zeros_or_a_name_settle_is_taken(company, ortiz, luis, line, planned):
    assert outcome(company, f"number,worker,start_date,wage\n{line}\n")[0] == {2: (planned, "25.00", "")}


def test_a_number_that_may_have_lost_its_zeros_is_refused(company, ortiz, luis):
    planned, refused = outcome(company, "number,start_date,wage\n42,11/2/2026,25\n")
    assert not planned
    assert refused[2] == (
        "number",
        "number “42” could be “0042” (Ana Ortiz) or “42” (Luis Vega). Spreadsheets remove leading zeros. Use "
        "worker_external_id instead.",
    )


def test_a_name_of_someone_else_is_refused_naming_both(company, ortiz, luis):
    planned, refused = outcome(company, "number,worker,start_date,wage\n42,Ana Ortiz,11/2/2026,25.00\n")
    assert not planned
    assert refused[2] == (
        "worker",
        "number “42” is Luis Vega, but the line names Ana Ortiz. Spreadsheets remove leading zeros. Ana Ortiz has "
        "“0042”. Make both name the same person.",
    )


@pytest.mark.parametrize("heading", ["worker", "Name", "Employee Name", "Nombre"])
def test_every_column_of_names_is_compared(company, ana, luis, heading):
    planned, refused = outcome(company, f"worker_external_id,{heading},start_date,wage\nw-luis,Ana Ruiz,11/2/2026,25\n")
    assert not planned
    assert "is Luis Vega, but the line names Ana Ruiz" in refused[2][1]


def test_first_and_last_names_are_compared(company, luis):
    text = "number,first_name,last_name,start_date,wage\n42,Luis,Vega,11/2/2026,25\n42,Ana,Vega,11/3/2026,25\n"
    planned, refused = outcome(company, text)
    assert [*planned] == [2]
    assert [*refused] == [3]


@pytest.mark.parametrize(
    "name",
    ["Ana Maria Ruiz", "ana ruiz", "Ruiz, Ana M.", "Ána  María Ruíz", "RUIZ", "", "17", "-"],
)
def test_a_name_written_another_way_is_still_the_worker(company, ana, name):
    planned, refused = outcome(company, f'number,worker,start_date,wage\n17,"{name}",11/2/2026,25\n')
    assert not refused
    assert [who for who, _, _ in planned.values()] == ["Ana Maria Ruiz"]


def test_a_short_name_that_is_all_of_anothers_is_refused(company, ana):
    factories.make_worker(company, "Ana Ruiz", number="20")
    assert (
        "is Ana Maria Ruiz, but the line names Ana Ruiz"
        in (outcome(company, "number,worker,start_date,wage\n17,Ana Ruiz,11/2/2026,25\n")[1][2][1])
    )


def test_a_number_that_a_spreadsheet_shortened_is_refused_and_an_exact_id_wins_over_it(company):
    factories.make_worker(company, "Kim Park", number="123456789012", external_id="w-kim")
    header = "worker_external_id,number,start_date,wage\n"
    planned, refused = outcome(company, f"{header},1.23457E+11,11/2/2026,25\nw-kim,1.23457E+11,11/3/2026,25\n")
    assert refused[2][0] == "number"
    assert "number “1.23457E+11” is how a spreadsheet shortens a long number" in refused[2][1]
    assert planned[3] == ("Kim Park", "25.00", "The spreadsheet changed number 123456789012 to 1.23457E+11.")


def test_one_date_with_the_day_first_makes_the_doubtful_ones_refused(company, ana, bo):
    text = (
        "number,start_date,wage\n17,05/11/2026,25.00\n18,25/11/2026,25.00\n"
        "17,11/11/2026,25.00\n17,11/23/2026,25.00\n17,2026-11-02,25.00\n"
    )
    planned, refused = outcome(company, text)
    assert [*planned] == [4, 5, 6]
    assert refused[2] == (
        "start_date",
        "“05/11/2026” could be May 11, 2026 or Nov 5, 2026, because line 3 has the day first. Write all dates like "
        "2026-11-02.",
    )
    assert "“25/11/2026” has the day first" in refused[3][1]


def test_the_date_that_has_the_day_first_may_be_of_a_line_without_a_wage(company, ana):
    refused = outcome(company, "number,start_date,wage\n17,05/11/2026,25\n17,25/11/26,\n")[1]
    assert "because line 3 has the day first" in refused[2][1]


@pytest.mark.parametrize(
    ("wage", "amount"),
    [
        ("25,50", "25.50"),
        ("25,5", "25.50"),
        ("25,1275", "25.1275"),
        ("1.000,00", "1000.00"),
        ("25.50", "25.50"),
        ("25", "25.00"),
    ],
)
def test_a_file_with_semicolons_may_have_decimal_commas(company, ana, wage, amount):
    assert outcome(company, f"number;start_date;wage\n17;11/2/2026;{wage}\n")[0][2][1] == amount


@pytest.mark.parametrize("wage", ["0,500", "1,000", "1.000", "$25,500", "25.125"])
def test_three_digits_behind_the_only_comma_are_refused_where_commas_are_decimal(company, ana, wage):
    for text in (
        f"number;start_date;wage\n17;11/2/2026;{wage}\n",
        f'number,start_date,wage\n17,11/2/2026,"{wage}"\n17,11/3/2026,"25,50"\n',
        f"number\tstart_date\twage\n17\t11/2/2026\t{wage}\n17\t11/3/2026\t25,50\n",
    ):
        column, reason = outcome(company, text)[1][2]
        assert column == "wage"
        assert f"“{wage}” could be dollars with decimals or thousands" in reason


def test_elsewhere_three_digits_are_thousands_that_never_begin_with_zero(company, ana):
    text = 'number,start_date,wage\n17,11/2/2026,"1,000"\n'
    assert outcome(company, text)[0][2][1] == "1000.00"
    assert not outcome(company, text.replace("1,000", "0,500"))[0]


def test_an_amount_that_its_comma_divides_is_refused(company, ana):
    planned, refused = outcome(company, "number,start_date,wage\n17,11/2/2026,25,50\n17,11/3/2026,1,000.00\n")
    assert not planned
    assert "Remove commas inside numbers" in refused[2][1]
    assert [*refused] == [2, 3]


@pytest.mark.parametrize(
    ("date", "says"),
    [
        ("46328", "is a spreadsheet's number for a date"),
        ("11/2/26", "has a year of two digits"),
        ("2-Nov-26", "isn't a date"),
    ],
)
def test_a_date_that_is_none_of_ours_is_refused_by_its_name(company, ana, date, says):
    column, reason = outcome(company, f"number,start_date,wage\n17,{date},25\n")[1][2]
    assert column == "start_date"
    assert says in reason


@pytest.mark.parametrize("wage", ["25%", "2.5E+01", "€25", "25 USD", "#REF!", "(25.00)"])
def test_what_is_no_wage_is_refused_in_its_column(company, ana, wage):
    column, reason = outcome(company, f"number,start_date,wage\n17,11/2/2026,{wage}\n")[1][2]
    assert (column, "isn't an amount" in reason) == ("wage", True)


def test_spaces_of_spreadsheets_and_a_line_of_totals_do_no_harm(company, ana):
    planned, refused = outcome(
        company, "number,start_date,wage\n\xa017\xa0,\xa011/2/2026 ,\xa0$25.00\xa0\nTotal,,25.00\n,,\n"
    )
    assert planned[2][:2] == ("Ana Maria Ruiz", "25.00")
    assert "No worker in your company has number “Total”" in refused[3][1]


def test_a_plan_is_returned_unchanged_and_only_to_its_user(company, admin, manager, stranger):
    plan = [PlannedWage(7, NOV_2, Decimal("25.00"), None), PlannedWage(8, NOV_2, Decimal("26.1275"), Decimal("26.00"))]
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


def test_an_import_that_is_sent_twice_leads_to_the_wages(as_admin, company, admin, ana):
    plan = sign_plan([PlannedWage(ana.pk, NOV_2, Decimal("25.00"), None)], company=company, user=admin)
    sent = {"plan": plan, FIELD: new_token()}
    assert as_admin.post(reverse("wage_import_confirm"), sent).status_code == 302

    page = as_admin.post(reverse("wage_import_confirm"), sent, follow=True)

    assert page.redirect_chain == [(reverse("worker_list"), 302)]
    assert "This import was already applied, so nothing changed now." in text_of(page)
    assert "$25.00" in text_of(page)


def test_a_plan_is_too_old_after_an_hour(company, admin, time_machine):
    time_machine.move_to("2026-11-24T12:00:00Z", tick=False)
    signed = sign_plan([], company=company, user=admin)
    time_machine.shift(3601)
    with pytest.raises(Refused, match="more than an hour old"):
        read_plan(signed, company=company, user=admin)


def test_lines_that_set_the_same_wage_name_a_few_of_the_others(company):
    factories.make_worker(company, "Ana Ruiz", number="17")
    lines = read_lines("number,start_date,wage\n" + "17,2026-11-02,25\n" * 2_000)
    preview = preview_wages(company=company, lines=lines, today=NOV_2)
    assert len(preview.refused) == 2_000
    assert preview.refused[0].reason.startswith("Ana Ruiz's wage from Nov 2, 2026 is on more than one line")
    assert "line: 2, 3, 4, 5, 6, and 1,995 more. Keep" in preview.refused[0].reason
