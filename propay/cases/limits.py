"""Limits on the size of a what-if in JSON, checked before the work that they bound (bonus.md 9). Pure.

They are for cases that come from outside. A real ProPay has no limit: its size comes from the time that was worked.
"""

# Of one input together: bytes, cases in a list, and workweeks of people in the results.
MAX_BYTES = 64_000_000
MAX_CASES = 20_000
MAX_TRUE_UPS = 600_000

# Of one case: of `time`, and of `all_time`; people in all its lists together; workweeks with time.
MOST_ENTRIES = 20_000
MOST_PEOPLE = 2_000
MOST_WEEKS = 1_040
# Of a budget by cost code, and penalties.
MOST_LINES = 1_000
