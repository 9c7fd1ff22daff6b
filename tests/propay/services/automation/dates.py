"""When the automation of these tests goes live."""

from datetime import date, timedelta

GO_LIVE = date(2026, 11, 1)
BEFORE = GO_LIVE - timedelta(days=1)
