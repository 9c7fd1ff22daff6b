"""Minutes on workdays, which overtime goes by (bonus.md 10.1). Pure."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from propay.rules.terms import WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMinutes:
    """Net minutes of one worker on one workday: of one entry, or summed; several for one day are added up.

    `work_date` is the date on which the workday begins. While a company changes its hour, a day has two parts, and
    `begins` says when this one does; None: all of it is on that workday, whichever hour applies. `state` is that of the
    job, None the company's. `wage` None: unknown, or not asked for. `beyond_consecutive` of the minutes come after more
    consecutive hours than the state allows (`propay.rules.consecutive`).
    """

    worker_id: WorkerId
    work_date: date
    minutes: int
    begins: time | None = None
    state: str | None = None
    wage: Decimal | None = None
    beyond_consecutive: int = 0
