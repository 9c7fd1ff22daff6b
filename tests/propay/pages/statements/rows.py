"""The pay period of these tests, and paying its statements."""

from propay import services
from tests.make.propays import NOW
from tests.make.statement_rows import PAY_DATE, PERIOD

PERIOD_KEY = f"{PERIOD[0]}_{PERIOD[1]}"


def pay(company, admin, *statements):
    services.pay_statements(
        company=company, actor=admin, statement_ids=[one.pk for one in statements], pay_date=PAY_DATE, now=NOW
    )
