"""Adds amounts to the statements of the workers they are owed to, and removes them while the statements are open.

No module outside writes a statement or a line of one; the others decide what is owed. All of it runs in the caller's
transaction, under the company's lock. A line that someone asked about is never deleted: when removed, it stays with
0.00 and its question.
"""

from propay.services.booking.adjustments import answer_adjustment, book_adjustment, refuse_unanswered
from propay.services.booking.closing import close_statements, lock_statements, unlock_statements
from propay.services.booking.lines import WeekOwed, book_drift, book_rollover, book_shares, book_true_ups
from propay.services.booking.periods import anchor_date, current_period, following_period, usual_anchor_date
from propay.services.booking.removing import drop_lines, unbook
from propay.services.booking.statements import next_open_periods, open_statements
from propay.services.booking.totals import retotal

__all__ = [
    "WeekOwed",
    "anchor_date",
    "answer_adjustment",
    "book_adjustment",
    "book_drift",
    "book_rollover",
    "book_shares",
    "book_true_ups",
    "close_statements",
    "current_period",
    "drop_lines",
    "following_period",
    "lock_statements",
    "next_open_periods",
    "open_statements",
    "refuse_unanswered",
    "retotal",
    "unbook",
    "unlock_statements",
    "usual_anchor_date",
]
