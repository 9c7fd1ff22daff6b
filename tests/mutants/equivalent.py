"""Mutants that no test can notice, because they change nothing that anybody could see; each with the reason.

`make mutants` prints the name of a survivor just as it is written here, and complains about a name that is gone.
"""

PLANNING = "integrations/sync/planning.py: "
MONEY = "protiv/kit/money.py: "

EQUIVALENT: dict[str, str] = {
    f"{PLANNING}reread_cursor_after: return end if start <= cursor < end else cursor"
    " -> return end if start <= cursor <= end else cursor": "A cursor at the end stays at the end either way.",
    f"{PLANNING}_slice: if start >= recent: -> if start > recent:": (
        "Where both are the same day, the rest of the function gives the same empty slice."
    ),
    f"{PLANNING}_slice: first = cursor if cursor is not None and start <= cursor < recent else start"
    " -> first = cursor if cursor is not None and start < cursor < recent else start": (
        "A cursor at the start is the start."
    ),
    f"{MONEY}_half_up: return -whole if numerator < 0 else whole -> return -whole if numerator <= 0 else whole": (
        "Minus nothing is nothing."
    ),
    f"{MONEY}_half_up: return -whole if numerator < 0 else whole -> return -whole if numerator < 1 else whole": (
        "Minus nothing is nothing."
    ),
}
