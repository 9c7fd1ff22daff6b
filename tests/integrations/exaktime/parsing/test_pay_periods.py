"""Pay periods."""

from datetime import date

import pytest

from integrations.exaktime.parsing import (
    parse_pay_periods,
)
from tests.integrations.exaktime.parsing.reading import one, parse_time, refused
from tests.integrations.exaktime.samples import (
    PAY_PERIOD,
    TIME_RECORD,
    changed,
)


def test_pay_period_that_ends_before_it_starts():
    assert "ends before it starts" in refused(parse_pay_periods([changed(PAY_PERIOD, EndDate="2026-11-01")])).reason
    assert one(parse_pay_periods([changed(PAY_PERIOD, EndDate="2026-11-02")])).end_date == date(2026, 11, 2)


NO_DATES = ["", "2026-11-3", "20261103", "2026-W45-2", "2026-02-30", "2026-11-03T00:00:00", "03/11/2026", "٢٠٢٦-١١-٠٣"]


@pytest.mark.parametrize("value", [*NO_DATES, " 2026-11-03", "2026-11-03\n", "0000-01-01"])
def test_date_must_be_iso(value):
    assert "WorkDate isn't a date" in refused(parse_time([changed(TIME_RECORD, WorkDate=value)])).reason
