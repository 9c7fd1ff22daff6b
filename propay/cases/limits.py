"""Limits on the size of a what-if in JSON, checked before the work they limit (bonus.md 9). Pure.

They apply to cases from outside. A real ProPay has no limit, since its size comes from the time worked.
"""

# Per input: bytes, cases in a list, and worker-workweeks in the results.
MAX_BYTES = 64_000_000
MAX_CASES = 20_000
MAX_TRUE_UPS = 600_000
# The same for a case on a page, which shows every step.
PAGE_BYTES = 1_000_000
PAGE_TRUE_UPS = 2_000

# Per case: `time` and `all_time` entries, people across all its lists, and workweeks with time.
MOST_ENTRIES = 20_000
MOST_PEOPLE = 2_000
MOST_WEEKS = 1_040
# Dated policies, and dated rows of a worker.
MOST_POLICIES = 6
MOST_STATUSES = 100
# Lines of a budget by cost code, and penalties.
MOST_LINES = 1_000
