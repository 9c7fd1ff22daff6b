"""Names that a made-up contractor would not have, and that a real account may hold: for tests of what is shown."""

from integrations.exaktime.sandbox.client import SandboxControl

FORMULA_PERSON, LONG_JOB, FORMULA_JOB = "p-103", "l-5", "l-6"


def spoil_names(control: SandboxControl) -> None:
    """Give one employee a formula for a name, one location another, and one location the longest name there can be."""
    control.edit_employee(FORMULA_PERSON, firstName="=Sam")
    control.rename_location(FORMULA_JOB, "=Table Rock Lot 12")
    control.rename_location(LONG_JOB, ("Union Station West, all buildings on the north side, " * 10)[:254] + ".")
