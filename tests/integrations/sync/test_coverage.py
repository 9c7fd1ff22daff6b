"""From when to when everything was re-read, and when."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from integrations.sync.coverage import Coverage, Pass, coverage

START = date(2026, 10, 1)
NOON = datetime(2026, 11, 11, 19, tzinfo=UTC)


def day(number: int) -> date:
    return START + timedelta(days=number)


def read(hours_ago: int, *ranges: tuple[int, int], done: int | None = None) -> Pass:
    spans = [(day(first), day(after)) for first, after in ranges]
    total = sum((after - first).days for first, after in spans)
    return Pass(NOON - timedelta(hours=hours_ago), spans, total if done is None else done)


def test_nothing_read_is_no_coverage():
    assert coverage([], start=START) is None
    assert coverage([read(1, (3, 9))], start=START) is None


def test_the_oldest_of_the_last_reads_counts():
    passes = [read(2, (10, 20)), read(4, (5, 20), (0, 5)), read(6, (0, 20))]
    assert coverage(passes, start=START) == Coverage(day(0), day(20), NOON - timedelta(hours=4))


def test_only_the_days_that_were_done_count():
    assert coverage([read(2, (10, 20), (0, 10), done=14)], start=START) == Coverage(
        day(0), day(4), NOON - timedelta(hours=2)
    )


def test_days_before_the_start_date_are_ignored():
    assert coverage([read(2, (0, 9)), read(9, (-20, 0))], start=START) == Coverage(
        day(0), day(9), NOON - timedelta(hours=2)
    )


passes = st.lists(
    st.tuples(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10)), min_size=1, max_size=3), st.integers(0, 30)),
    max_size=6,
)


@given(drawn=passes)
def test_it_agrees_with_checking_every_day(drawn):
    runs = []
    for age, (ranges, done) in enumerate(drawn):
        one = read(age, *((first, first + length) for first, length in ranges))
        runs.append(Pass(one.started_at, one.ranges, min(done, one.days_done)))
    last: dict[date, datetime] = {}
    for run in reversed(runs):
        days = [s + timedelta(days=n) for s, e in run.ranges for n in range((e - s).days)]
        last |= dict.fromkeys(days[: run.days_done], run.started_at)
    covered = []
    while day(len(covered)) in last:
        covered.append(last[day(len(covered))])
    expected = Coverage(START, day(len(covered)), min(covered)) if covered else None
    assert coverage(runs, start=START) == expected
